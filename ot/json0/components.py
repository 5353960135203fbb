"""The components of json0 as this package works with them, and as they stand on the wire.

What a component changes is a container: a list, an object, a string or a number. `place` is the path to it,
`key` or `index` what is changed in it. The document itself is taken as the member `DOCUMENT` of an object
around it, so that it has a place and a key like every other value: all paths here begin with `DOCUMENT`.

    {"p": ["x"], "oi": 1}                  Member(place=(DOCUMENT,), key="x", inserted=1)
    {"p": [], "od": 1, "oi": 2}            Member(place=(), key=DOCUMENT, removed=1, inserted=2)
    {"p": ["l", 0], "lm": 2}               Move(place=(DOCUMENT, "l"), index=0, to=2)
    {"p": ["t", 3], "si": "a"}             Edit((DOCUMENT, "t"), "text0", [{"p": 3, "i": "a"}], bare=True)
    {"p": ["n"], "na": 1}                  Number(place=(DOCUMENT, "n"), amount=1)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from ot.document_type import ABSENT, Absent, Json, Operation
from ot.errors import InvalidOperation
from ot.values import value

Key: TypeAlias = str | int | None
Path: TypeAlias = tuple[Key, ...]

DOCUMENT: Final = None
"""The key of the document: no key on the wire is null."""

TEXT0: Final = "text0"


@value
class Number:
    """Add to the number at `place`."""

    place: Path
    amount: Json


@value
class Edit:
    """Change the value at `place` by an operation of a subtype."""

    place: Path
    subtype: str
    op: Operation
    bare: bool = False
    """Whether it is written as `si` or `sd`: then `op` is one component of text0."""


@value
class Item:
    """Insert, delete or replace in a list."""

    place: Path
    index: int
    removed: Json | Absent = ABSENT
    inserted: Json | Absent = ABSENT


@value
class Move:
    """Move an item of a list; `to` is its index after it was taken out."""

    place: Path
    index: int
    to: int


@value
class Member:
    """Insert, delete or replace in an object."""

    place: Path
    key: Key
    removed: Json | Absent = ABSENT
    inserted: Json | Absent = ABSENT


Component: TypeAlias = Number | Edit | Item | Move | Member

Written: TypeAlias = dict[str, Json]
"""A component on the wire."""


def components_of(op: Operation) -> list[Component]:
    """Return the components of an operation that is well-formed."""
    return [component_of(written) for written in op]


def component_of(written: Written) -> Component:
    """Return a component; raise InvalidOperation where its members make none.

    What the members hold is for `check` to see.
    """
    reader = READERS.get(frozenset(written)) if type(written) is dict else None
    if reader is None or type(written["p"]) is not list:
        raise InvalidOperation("not a component of json0")
    return reader((DOCUMENT, *written["p"]), written)


def written(component: Component) -> Written:
    """Return a component as it stands on the wire."""
    place = list(component.place[1:])
    match component:
        case Number(amount=amount):
            return {"p": place, "na": amount}
        case Edit(bare=True, op=[change]):
            return {
                "p": [*place, change["p"]],
                **({"si": change["i"]} if "i" in change else {"sd": change["d"]}),
            }
        case Edit():
            return {"p": place, "t": component.subtype, "o": component.op}
        case Move():
            return {"p": [*place, component.index], "lm": component.to}
        case Item():
            return {"p": [*place, component.index], **_values(component, "ld", "li")}
        case Member():
            path = [*place, component.key] if component.place else []
            return {"p": path, **_values(component, "od", "oi")}


def _values(component: Item | Member, removed: str, inserted: str) -> Written:
    values = {removed: component.removed, inserted: component.inserted}
    return {key: value for key, value in values.items() if value is not ABSENT}


def _bare_edit(path: Path, written: Written) -> Edit:
    kind, text = ("i", written["si"]) if "si" in written else ("d", written["sd"])
    return Edit(path[:-1], TEXT0, [{"p": path[-1], kind: text}], bare=True)


def _item(path: Path, written: Written) -> Item:
    return Item(path[:-1], path[-1], written.get("ld", ABSENT), written.get("li", ABSENT))  # type: ignore[arg-type]  # `check` has seen that it is an index


def _move(path: Path, written: Written) -> Move:
    return Move(path[:-1], path[-1], written["lm"])  # type: ignore[arg-type]  # as above


def _member(path: Path, written: Written) -> Member:
    return Member(path[:-1], path[-1], written.get("od", ABSENT), written.get("oi", ABSENT))


READERS: Final[dict[frozenset[str], Callable[[Path, Written], Component]]] = {
    frozenset({"p", "na"}): lambda path, written: Number(path, written["na"]),
    frozenset({"p", "t", "o"}): lambda path, written: Edit(path, written["t"], written["o"]),
    **dict.fromkeys((frozenset({"p", "si"}), frozenset({"p", "sd"})), _bare_edit),
    **dict.fromkeys((frozenset({"p", "li"}), frozenset({"p", "ld"}), frozenset({"p", "li", "ld"})), _item),
    frozenset({"p", "lm"}): _move,
    **dict.fromkeys((frozenset({"p", "oi"}), frozenset({"p", "od"}), frozenset({"p", "oi", "od"})), _member),
}
"""What a component does, by the members that it has: these combinations and no others."""
