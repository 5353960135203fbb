"""What is wrong with a json1 operation, in words that name the place, the component and why.

`check` wants normal form: no needless brackets, one component a place and before the branches, each key once
and in order, nothing empty. Only the numbering of slots is free, as long as it counts from 0: other
implementations do not keep to one.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ot.document_type import Json, Operation
from ot.errors import InvalidOperation, UnknownType
from ot.json1.edits import MEMBERS, NUMBER, TEXT, edit_of, edit_type
from ot.json1.tree import Component, Path, key_order
from ot.json1.values import value_fault
from ot.json_values import LARGEST_INTEGER, MOST_DEPTH, key_fault

SHOWN: Final = 60  # characters of a path and of a component in a message

_KNOWN: Final = frozenset({"p", "r", "d", "i", *MEMBERS})
_EXCLUSIVE: Final = (("p", "r"), ("d", "i"), ("es", "ena", "e"))


def refusal(path: Path, reason: str, component: Json = None) -> InvalidOperation:
    """Return the error for something wrong at a path."""
    where = _shortened(path)
    what = "" if component is None else f", {_shortened(component)}"
    return InvalidOperation(f"at {where}{what}: {reason}", component=component)


class _Trail(NamedTuple):
    """The keys down to a place, from the last one up: cheap to make at every step."""

    above: _Trail | None
    key: Json
    depth: int

    def path(self) -> Path:
        keys, trail = [], self
        while trail.above is not None:
            keys.append(trail.key)
            trail = trail.above
        return keys[::-1]

    def below(self, key: Json) -> _Trail:
        return _Trail(self, key, self.depth + 1)


class _Seen:
    """What has been met on the way."""

    __slots__ = ("dropped", "embeds", "picked")

    def __init__(self) -> None:
        self.picked: dict[int, _Trail] = {}
        """Where each slot is picked up."""
        self.dropped: dict[int, _Trail] = {}
        """Where each slot is dropped."""
        self.embeds = False
        """Whether there are edits by other types, which have a normal form of their own."""


class _Branch(NamedTuple):
    """A list of the operation that has still to be looked at, and where it starts."""

    parts: list[Json]
    trail: _Trail


def check(op: Operation) -> bool:
    """Raise InvalidOperation unless `op` is well-formed and in normal form, in any numbering of slots.

    Tell whether it may have another normal form all the same: by its slots, or by its edits of other types.
    """
    if op is None:
        return False
    if type(op) is not list:
        raise InvalidOperation(f"a json1 operation is null or a list, not {_shortened(op)}", component=op)
    seen = _Seen()
    waiting = [_Branch(op, _Trail(None, None, 0))]
    while waiting:
        branch = waiting.pop()
        waiting += reversed(_check_branch(branch, seen))
    _check_slots(seen.picked, seen.dropped)
    return bool(seen.picked) or seen.embeds


def _check_branch(branch: _Branch, seen: _Seen) -> list[_Branch]:
    """Look at one list; return the lists in it."""
    parts, trail = branch
    if len(parts) == 2 and type(parts[1]) is dict and _is_key(parts[0]):
        _check_key(parts[0], trail)  # most branches: the rest of this takes twice as long
        _check_component(parts[1], trail.below(parts[0]), seen)
        return []
    is_root = trail.above is None
    if not parts:
        raise refusal(trail.path(), "an empty list says nothing; the operation that does nothing is null")
    if not is_root and not _is_key(parts[0]):
        raise refusal(trail.path(), f"a branch starts with a key, not {_shortened(parts[0])}")
    below: list[_Branch] = []
    last: type = str
    for part in parts:
        if type(part) is list:
            below.append(_Branch(part, trail))
            last = list
            continue
        if below:
            raise refusal(trail.path(), f"{_shortened(part)} has to come before the branches")
        if type(part) is dict:
            if last is dict:
                raise refusal(trail.path(), "two components of one place have to be joined to one", part)
            _check_component(part, trail, seen)
            last = dict
        else:
            _check_key(part, trail)
            trail = trail.below(part)
            last = str
    if last is str:
        raise refusal(trail.path(), "a path has to end in a component")
    _check_branches(below, trail)
    return [_Branch(parts, trail) for parts, _ in below]


def _check_branches(below: list[_Branch], trail: _Trail) -> None:
    if len(below) == 1:
        raise refusal(trail.path(), "a single branch is written without brackets")
    last = None
    for branch, _ in below:
        if not branch or not _is_key(branch[0]):
            shown = _shortened(branch[0]) if branch else "nothing"
            raise refusal(trail.path(), f"a branch starts with a key, not {shown}")
        order = key_order(branch[0])
        if last is not None and order <= last:
            rule = "indexes first, then keys by their UTF-16 code units, each of them once"
            raise refusal(trail.path(), f"the branch {_shortened(branch[0])} is not in order: {rule}")
        last = order


def _is_key(part: Json) -> bool:
    return type(part) is str or (type(part) is int and part >= 0)


def _check_key(key: Json, trail: _Trail) -> None:
    if type(key) is str:
        fault = key_fault(key)
    elif type(key) is int:
        fault = None if 0 <= key <= LARGEST_INTEGER else f"an index is from 0 to {LARGEST_INTEGER}"
    else:
        fault = "a key is a string or a whole number from 0 on; a component is an object"
    if fault is None and trail.depth >= MOST_DEPTH:
        fault = f"a path has at most {MOST_DEPTH} keys"
    if fault is not None:
        raise refusal(trail.path(), f"{_shortened(key)}: {fault}")


def _check_component(component: Json, trail: _Trail, seen: _Seen) -> None:
    reason = _component_fault(component, trail.depth)
    if reason is None and "p" in component:
        reason = _slot_fault(component["p"], seen.picked, "picked up")
    if reason is None and "d" in component:
        reason = _slot_fault(component["d"], seen.dropped, "dropped")
    if reason is not None:
        raise refusal(trail.path(), reason, component)
    if "p" in component:
        seen.picked[component["p"]] = trail
    if "d" in component:
        seen.dropped[component["d"]] = trail
    seen.embeds = seen.embeds or "et" in component


def _component_fault(component: Component, depth: int) -> str | None:
    if not component:
        return "an empty component says nothing"
    if not component.keys() <= _KNOWN:
        unknown = min(component.keys() - _KNOWN, key=str)
        return f"there is no member {_shortened(unknown)}; there are p, r, d, i, es, ena, et and e"
    for members in _EXCLUSIVE if len(component) > 1 else ():
        both = [member for member in members if member in component]
        if len(both) > 1:
            return f"{' and '.join(both)} exclude each other"
    for member in ("r", "i"):
        if member in component:
            fault = value_fault(component[member], depth)
            if fault is not None:
                return f"its {member}: {fault}"
    return _edit_fault(component)


def _edit_fault(component: Component) -> str | None:
    if ("et" in component) != ("e" in component):
        return "et and e need each other"
    if "et" in component:
        name = component["et"]
        if type(name) is not str:
            return f"et is the name of a type, not {_shortened(name)}"
        if name == "json1":
            return "an operation of json1 reaches inside by itself"
        if name in (TEXT, "text", NUMBER):
            return f"an edit of the type {name} is written {'ena' if name == NUMBER else 'es'}"
    edit = edit_of(component)
    if edit is None:
        return None
    try:
        edit_type(edit.type_name).check(edit.op)
    except (InvalidOperation, UnknownType) as fault:
        return f"its edit: {fault}"
    return None if edit.members() else "an edit that does nothing has to be left out"


def _slot_fault(slot: Any, taken: dict[int, _Trail], what: str) -> str | None:
    if type(slot) is bool:
        return "a boolean is not a number"
    if type(slot) is not int or slot < 0:
        return f"a slot is a whole number from 0 on, not {_shortened(slot)}"
    if slot in taken:
        return f"slot {slot} is {what} twice, also at {_shortened(taken[slot].path())}"
    return None


def _check_slots(picked: dict[int, _Trail], dropped: dict[int, _Trail]) -> None:
    for slot, trail in picked.items():
        if slot not in dropped:
            raise refusal(trail.path(), f"slot {slot} is picked up, but dropped nowhere")
    for slot, trail in dropped.items():
        if slot not in picked:
            raise refusal(trail.path(), f"slot {slot} is dropped, but picked up nowhere")
        if slot >= len(picked):
            raise refusal(
                trail.path(), f"slots are numbered from 0 without gaps: {slot} is one of {len(picked)}"
            )


def _shortened(value: Json) -> str:
    """Show a value in a message: in ASCII, and however large or deep it is."""
    try:
        text = ascii(value[:SHOWN]) if isinstance(value, (str, list)) else ascii(value)
    except RecursionError:
        text = f"a deeply nested {type(value).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "\N{HORIZONTAL ELLIPSIS}"
