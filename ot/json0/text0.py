"""Text with offsets: the subtype `text0` of json0, which edits a string.

An operation lists components that apply one after the other: `{"p": 3, "i": "x"}` inserts at offset 3,
`{"p": 3, "d": "x"}` deletes this very text there. Offsets and lengths are UTF-16 code units; one between the
halves of a surrogate pair is refused. There is no normal form; `normalize` joins neighbours that touch.
At one place the left insert goes first; an insert inside what the other deletes survives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import attrs

from ot.difference import text_differences
from ot.document_type import Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.json0.joined import Joined
from ot.json0.lines import Extent, Line, line_of
from ot.json0.meeting import both_transformed
from ot.json0.open_string import OpenString
from ot.json0.rows import Rules
from ot.json0.text0_faults import component_fault
from ot.sides import require_side
from ot.utf16 import unit_slice, units, units_of

Component: TypeAlias = dict[str, Json]


class Text0:
    """The type `text0`. Snapshots are strings; offsets and lengths are UTF-16 code units."""

    name: Final = "text0"
    joins: Final = True

    def create(self, data: Json = None) -> str:
        """Return the text of a new document: `data`, or `""` where there is none."""
        return _require_text("" if data is None else data)

    def apply(self, snapshot: Snapshot, op: Operation) -> str:
        """Return the text after `op`. Cost: the text is copied once; little more for each component."""
        string = open_string(snapshot)
        edit(string, op)
        return string.text()

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed. Any list of good components is."""
        _required(op)

    def normalize(self, op: Operation) -> Operation:
        """Return `op` with neighbours joined that touch."""
        return self.compose([], _required(op))

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`; raise InvalidOperation where they delete different texts."""
        require_side(side)
        if not op or not other:
            return op
        if len(op) == len(other) == 1:
            return _over(op[0], other[0], side)
        if side == "left":
            return both_transformed(op, other, _RULES)[0]
        return both_transformed(other, op, _RULES)[1]

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one."""
        for other in entries:
            op = self.transform(op, other, side)
        return op

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`."""
        joined = Joined(_together, op)
        for component in later:
            joined.add(component)
        return joined.components

    def invert(self, op: Operation, snapshot: Snapshot = None) -> Operation:
        """Return what undoes `op`, which holds all that is needed for it."""
        return [
            {"p": component["p"], "d" if "i" in component else "i": _text(component)}
            for component in reversed(op)
        ]

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> int:
        """Return where `op` moves an offset; one inside a deleted text goes to its start.

        With side left it stays before an insert made at it, with side right it goes behind.
        """
        if type(position) is not int or position < 0:
            raise InvalidOperation(f"an offset is a whole number from 0 on, not {position!r:.60}")
        offset: int = position
        for component in op:
            offset = _offset_after(offset, component, side)
        return offset

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`. Cost: near linear."""
        before, after = _require_text(before), _require_text(after)
        op: Operation = []
        offset, place = 0, 0
        for start, end, after_start, after_end in text_differences(before, after):
            offset += units(after[place:after_start])
            place = after_start
            if end > start:
                op.append({"p": offset, "d": before[start:end]})
            if after_end > after_start:
                op.append({"p": offset, "i": after[after_start:after_end]})
        return op

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters each, made one after the other."""
        parts: list[Operation] = [[]]
        room = size
        for component in op:
            for piece in _pieces(component, size):
                length = len(_text(piece))
                if length > room and parts[-1]:
                    parts.append([])
                    room = size
                parts[-1].append(piece)
                room -= length
        return parts


def open_string(snapshot: Json) -> OpenString:
    """Return a string to be changed in place; raise InvalidOperation where it is none."""
    return OpenString(_text_of(snapshot))


def edit(string: OpenString, op: Operation) -> None:
    """Apply an operation to a string in place; raise InvalidOperation where it does not fit."""
    for index, component in enumerate(_required(op)):
        string.apply(component, index)


def _pieces(component: Component, size: int) -> list[Component]:
    """Return components that do one after the other what one does, each of at most `size` characters."""
    text, offset = _text(component), component["p"]
    if len(text) <= size:
        return [component]
    kind, pieces = ("i" if "i" in component else "d"), []
    for start in range(0, len(text), size):
        piece = text[start : start + size]
        pieces.append({"p": offset, kind: piece})
        offset += units(piece) if kind == "i" else 0
    return pieces


def _over(component: Component, other: Component, side: Side) -> list[Component]:
    """Return a component as it is after another."""
    if "i" in component:
        return [{"p": _offset_after(component["p"], other, side), "i": component["i"]}]
    if "i" in other:
        return _delete_over_insert(component, other)
    return _delete_over_delete(component, other)


def _delete_over_insert(delete: Component, other: Component) -> list[Component]:
    """Go round what the other put in: what stands before it first, then the rest."""
    text, start = delete["d"], delete["p"]
    before = other["p"] - start
    inserted = units(other["i"])
    if before <= 0:
        return [{"p": start + inserted, "d": text}]
    if before >= units(text):
        return [delete]
    return [
        {"p": start, "d": unit_slice(text, 0, before)},
        {"p": start + inserted, "d": unit_slice(text, before)},
    ]


def _delete_over_delete(delete: Component, other: Component) -> list[Component]:
    """Leave out what both delete."""
    text, start = delete["d"], delete["p"]
    end = start + units(text)
    other_text, other_start = other["d"], other["p"]
    other_end = other_start + units(other_text)
    if start >= other_end:
        return [{"p": start - (other_end - other_start), "d": text}]
    if end <= other_start:
        return [delete]
    from_here, to_here = max(start, other_start), min(end, other_end)
    both = unit_slice(text, from_here - start, to_here - start)
    if both != unit_slice(other_text, from_here - other_start, to_here - other_start):
        raise InvalidOperation("two deletions at one place say that different texts are there")
    left = unit_slice(text, 0, from_here - start) + unit_slice(text, to_here - start)
    return [{"p": min(start, other_start), "d": left}] if left else []


def _offset_after(offset: int, component: Component, side: Side) -> int:
    place: int = component["p"]
    if "i" in component:
        goes_behind = place < offset or (place == offset and side == "right")
        return offset + units(component["i"]) if goes_behind else offset
    if offset <= place:
        return offset
    return max(place, offset - units(component["d"]))


def _together(last: Component, component: Component) -> list[Component]:
    """Join two inserts or two deletions that touch."""
    joined = _joined_inserts(last, component) or _joined_deletes(last, component)
    return [last, component] if joined is None else [joined]


def _joined_inserts(last: Component, component: Component) -> Component | None:
    """Return one insert for two where the second goes into the first, or touches it."""
    if "i" not in last or "i" not in component:
        return None
    into, at = last["i"], component["p"] - last["p"]
    if not 0 <= at <= units(into):
        return None
    return {"p": last["p"], "i": unit_slice(into, 0, at) + component["i"] + unit_slice(into, at)}


def _joined_deletes(last: Component, component: Component) -> Component | None:
    """Return one deletion for two where the second takes what was around the first, or beside it."""
    if "d" not in last or "d" not in component:
        return None
    around, at = component["d"], last["p"] - component["p"]
    if not 0 <= at <= units(around):
        return None
    return {"p": component["p"], "d": unit_slice(around, 0, at) + last["d"] + unit_slice(around, at)}


def extent_of(component: Component) -> Extent:
    """Return where a component begins and ends, and by how much it makes the string longer."""
    start: int = component["p"]
    length = units(_text(component))
    return (start, start, length) if "i" in component else (start, start + length, -length)


def shifted_by(component: Component, shift: int) -> Component:
    """Return a component so much further on."""
    return {**component, "p": component["p"] + shift} if shift else component


@attrs.frozen
class _Glance:
    """Components seen at once, which another one passes where it is apart from all of them."""

    line: Line

    def passed_by(self, component: Component, shift: int) -> tuple[Component, int] | None:
        passing = self.line.passed_by(extent_of(component), shift)
        return None if passing is None else (shifted_by(component, passing[0]), passing[1])


_RULES: Final = Rules(
    _over, _together, lambda components: _Glance(line_of(map(extent_of, components))), shifted_by
)


def _text(component: Component) -> str:
    text: str = component["i"] if "i" in component else component["d"]
    return text


def _required(op: Json) -> list[Component]:
    """Return an operation's components, or raise InvalidOperation where one is none."""
    if type(op) is not list:
        raise InvalidOperation("a text0 operation is a list of components")
    for index, component in enumerate(op):
        reason = component_fault(component)
        if reason is not None:
            raise InvalidOperation(reason, component=component, index=index)
    return op


def _require_text(snapshot: Json) -> str:
    text = _text_of(snapshot)
    units_of(text)
    return text


def _text_of(snapshot: Json) -> str:
    if not isinstance(snapshot, str):
        raise InvalidOperation("text0 edits a string, and there is none")
    return snapshot
