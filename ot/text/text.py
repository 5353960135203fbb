"""Text: skip, insert and delete over a string counted in Unicode code points.

An operation lists components from the start of the snapshot, in the format of ot-text-unicode: `5` skips,
`"x"` inserts, `{"d": 2}` deletes two code points, `{"d": "ab"}` deletes these two. What follows the last
component is kept. Normal form: nothing empty, no two neighbours of one kind, no skip at the end; nothing
to do is `[]`. An insert and a delete at one place may stand in either order, which every function keeps.

Laws, for `a` and `b` made on one snapshot `s`, and `c` made after `a`:

    apply(apply(s, a), transform(b, a, "right")) == apply(apply(s, b), transform(a, b, "left"))
    apply(s, compose(a, c)) == apply(apply(s, a), c)
    apply(apply(s, a), invert(a, s)) == s

At one place the left insert goes first. An insert inside what the other deletes survives.

Not a law: transform over a composition need not equal transform one by one, since a composition forgets
on which side of a deleted text an insert was made. The smallest case, on the document "k":

    transform(transform([1, "z"], [{"d": 1}, "x"], "left"), ["b"], "left") == ["z"]
    compose([{"d": 1}, "x"], ["b"]) == ["b", {"d": 1}, "x"]
    transform([1, "z"], ["b", {"d": 1}, "x"], "left") == [1, "z"]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ot.carry_cost import CarryCost
from ot.difference import text_differences
from ot.document_type import Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.operation_size import OperationSize, component_count
from ot.sides import require_side
from ot.text.applying import applied
from ot.text.components import Builder, Component, amount_size, cut
from ot.text.composing import composed
from ot.text.crossing import crossed
from ot.text.faults import (
    component_fault,
    deleted_amount,
    is_empty,
    misfit,
    require_components,
    require_text,
    require_unicode,
)
from ot.text.keystrokes import carried, keystroke_after, keystrokes_crossed
from ot.text.live_text import LiveText
from ot.text.positions import position_after
from ot.text.runs import all_composed
from ot.text.transforming import transformed

_KIND_NAMES: Final = {int: "skips", str: "inserts", dict: "deletes"}


class Text:
    """The document type `text`. Snapshots are strings; lengths and positions count code points."""

    name: Final = "text"
    joins: Final = True

    def create(self, data: Json = None) -> str:
        """Return the text of a new document: `data`, or `""` where there is none."""
        return "" if data is None else require_unicode(require_text(data))

    def apply(self, snapshot: Snapshot, op: Operation) -> str:
        """Return the text after `op`. Cost: the text is copied twice, however small the operation."""
        return applied(require_text(snapshot), op)

    def live(self, snapshot: Snapshot) -> LiveText:
        """Return a text that changes in place, at a cost that hardly depends on its length."""
        return LiveText(require_text(snapshot))

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed and in normal form."""
        last: type | None = None
        for index, component in enumerate(require_components(op)):
            kind = type(component)
            if kind is str and kind is not last and component and component.isascii():
                last = kind  # most inserts: the rest of this loop takes three times as long
                continue
            reason = component_fault(component)
            if reason is None and kind is last:
                reason = f"two {_KIND_NAMES[kind]} in a row have to be joined to one"
            if reason is not None:
                raise InvalidOperation(reason, component=component, index=index)
            last = kind
        if last is int:
            reason = "a skip at the end says nothing and has to be left out"
            raise InvalidOperation(reason, component=op[-1], index=len(op) - 1)

    def checked(self, op: Operation) -> Operation:
        """Return `op`, which is in normal form; raise InvalidOperation where `check` does."""
        self.check(op)
        return op

    def normalize(self, op: Operation) -> Operation:
        """Return `op` with nothing empty, neighbours joined and no skip at the end.

        Raises InvalidOperation where something in it is no component at all.
        """
        result = Builder()
        for index, component in enumerate(require_components(op)):
            if is_empty(component):
                continue
            reason = component_fault(component)
            if reason is not None:
                raise InvalidOperation(reason, component=component, index=index)
            if type(component) is int:
                result.skip += component
            else:
                result.add(component)
        return result.components

    def carry_cost(self, op: Operation) -> CarryCost:
        """Return what carrying `op` costs: one insert is carried as a number.

        A quarter of a step for each component, measured for long entries and for keystrokes.
        """
        components = component_count(op)
        size = OperationSize(components, 0)
        if type(op) is list and 0 < components <= 2 and type(op[-1]) is str:
            return CarryCost(size, entry=0, component=0.25)
        return CarryCost(size, entry=components)

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`; at one place the left insert goes first."""
        require_side(side)
        after = keystroke_after(op, other, side)
        return transformed(op, other, side) if after is None else after

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one: the quicker, the shorter they are."""
        return carried(op, entries, require_side(side))

    def cross(self, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
        """Return `own` as it is after `theirs`, left, and `theirs` as it is after `own`, right."""
        both = keystrokes_crossed(own, theirs) or crossed(own, theirs)
        if both is None:
            return transformed(own, theirs, "left"), transformed(theirs, own, "right")
        return both

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`.

        Where `later` inserts at the place of a text that `op` deleted, the insert comes first.
        """
        return composed(op, later)

    def compose_all(self, ops: Sequence[Operation]) -> Operation:
        """Return one operation that does several, made one after the other. Cost: near linear."""
        return all_composed(ops)

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return what undoes `op`, its deletes as text; `snapshot` is the one before `op`."""
        return [_inverse(component) for component in self.with_deleted_text(op, snapshot)]

    def with_deleted_text(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return `op` with each delete as the text that it takes from `snapshot`, the one before it."""
        text = require_text(snapshot)
        position, result = 0, list[Component]()
        for index, component in enumerate(require_components(op)):
            if type(component) is str:
                result.append(component)
                continue
            amount = component if type(component) is int else deleted_amount(component, index)
            end = position + amount_size(amount)
            if not position < end <= len(text) or (
                type(amount) is str and not text.startswith(amount, position)
            ):
                raise InvalidOperation(misfit(text, position, component), component=component, index=index)
            result.append(component if type(component) is int else {"d": text[position:end]})
            position = end
        return result

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> int:
        """Return where `op` moves a position; one inside a deleted text goes to its start.

        With side left it stays before an insert made at it, with side right it goes behind.
        """
        if type(position) is not int or position < 0:
            raise InvalidOperation(f"a position in a text is a whole number from 0 on, not {position!r:.60}")
        return position_after(position, op, require_side(side))

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`.

        Cost: near linear. Where very many places differ, whole passages are replaced.
        """
        before, after = require_text(before), require_text(after)
        result, position = Builder(), 0
        for start, end, after_start, after_end in text_differences(before, after):
            result.skip += start - position
            if after_end > after_start:
                result.add(after[after_start:after_end])
            if end > start:
                result.add({"d": end - start})
            position = end
        return result.components

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters and components each that compose to `op`.

        They go from front to back: what somebody else types meanwhile at the place of a long insert
        lands before or after it, never in its middle.
        """
        parts, part, position, room = [], Builder(), 0, size
        for component in op:
            if type(component) is int:
                part.skip += component
                position += component
                continue
            taken, weight = 0, _weight(component)
            while taken < weight:
                if room < 1:
                    parts.append(part.components)
                    part, room = Builder(skip=position), size
                end = min(weight, taken + room)
                piece = component if end - taken == weight else cut(component, taken, end)
                part.add(piece)
                position += len(piece) if type(piece) is str else 0
                room -= end - taken
                taken = end
            if type(component) is dict:  # an insert behind it begins in its part: compose puts it before
                room = max(room, 1)
        return [*parts, part.components]


def _inverse(component: Component) -> Component:
    """Undo one component whose delete is text."""
    match component:
        case int():
            return component
        case str():
            return {"d": component}
        case _:
            return component["d"]


def _weight(component: Component) -> int:
    """Return the characters that an insert or delete carries; a counted delete is small at any length."""
    if type(component) is dict:
        component = component["d"]
    return len(component) if type(component) is str else 1
