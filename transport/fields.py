"""What a message class says of its fields, read out of its annotations.

The decoder, the JSON Schema, the TypeScript and the tables of the protocol page all start here, so that
none of them can know of a field, a bound or a rule that the others do not.
"""

from __future__ import annotations

import functools
import types
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from ot import Absent, Entry
from transport.messages import (
    About,
    Fate,
    Identity,
    Open,
    Presence,
    ReadHistory,
    SentLimits,
)

Kind: TypeAlias = Literal["string", "integer", "number", "boolean", "json", "object", "list"]

_KIND_OF: Final[dict[Any, Kind]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    Any: "json",
}

PARTS: Final[tuple[type, ...]] = (Entry, Identity, Presence, Fate, SentLimits)
"""What stands inside messages, each after those that it holds."""

ENTRY_ABOUT: Final[dict[str, About]] = {
    "revision": About("where the entry stands in the log; of a composed one, where it ends", least=1),
    "client": About("whose submission it was; of a composed one, the last"),
    "seq": About("that client's count of it", least=1),
    "op": About("the operation as it landed"),
    "span": About("how many entries this composes; left out: 1", least=1),
    "hash": About("SHA-256 over the canonical JSON of the snapshot *before* the entry, in hex"),
}
"""An entry's fields on the wire: `ot` keeps no bounds, and its chain tag never goes out with each."""


@attrs.frozen
class Field:
    """One field of a message or of a part of one."""

    name: str
    kind: Kind
    about: About
    optional: bool
    of: type | None = None
    """The class of an object, or of a list's members."""


@attrs.frozen
class Together:
    """All of these fields are given, or none."""

    names: tuple[str, ...]


@attrs.frozen
class Needs:
    """Who gives the field `name` gives `other` as well."""

    name: str
    other: str


@attrs.frozen
class ExactlyOne:
    """One of these fields is given, and only one."""

    names: tuple[str, ...]


Rule: TypeAlias = Together | Needs | ExactlyOne

RULES: Final[dict[type, tuple[Rule, ...]]] = {
    Open: (
        Together(("epoch", "revision", "tag")),
        Needs("diverged", "revision"),
        Needs("create", "doc_type"),
    ),
    ReadHistory: (ExactlyOne(("after", "before")),),
}
"""What holds between the fields of a message from a client."""


@functools.cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """Return the fields of a message class, or of a part, in the order of the class."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        _field(attribute, hints[attribute.name], ENTRY_ABOUT.get(attribute.name) if cls is Entry else None)
        for attribute in attrs.fields(cls)
        if cls is not Entry or attribute.name in ENTRY_ABOUT
    )


def message_name(cls: type) -> str:
    """Return what a message class is called in other languages, clear of `Error` and the like."""
    return cls.__name__ + "Message"


def _field(attribute: attrs.Attribute[Any], hint: Any, about: About | None) -> Field:
    if about is None:
        assert get_origin(hint) is Annotated, f"{attribute.name} does not say what it is about"
        hint, about = get_args(hint)
    optional = attribute.default is not attrs.NOTHING
    hint = _without_absence(hint)
    if get_origin(hint) is tuple:
        return Field(attribute.name, "list", about, optional, get_args(hint)[0])
    kind = _KIND_OF.get(hint, "object")
    return Field(attribute.name, kind, about, optional, hint if kind == "object" else None)


def _without_absence(hint: Any) -> Any:
    """Return the type that a value has where it is given."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    (given,) = (member for member in get_args(hint) if member not in (types.NoneType, Absent))
    return given
