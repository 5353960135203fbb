"""JSON: values that are inserted, removed, moved and edited in place, in the format of ot-json1.

An operation is `None` (nothing to do) or a list that descends: a string into an object, a number into a list,
an object says what happens at the place, and lists inside are branches. `p` picks a value up and `d` drops
it elsewhere (the same slot in both), `r` removes, `i` inserts, `es` edits a string by an operation of `text`,
`ena` adds to a number, `et` and `e` edit by any registered type:

    [["title", {"es": [5, "!"]}], ["todo", 0, {"p": 0}], ["done", 0, {"d": 0}]]

Picks and removes happen first, and their paths are those of the document before the operation. The paths of
everything else are those of the document after it. Normal form: no needless brackets, a component before the
branches, branches in order (indexes, then keys by UTF-16 code units), nothing empty, slots numbered as they
appear. `check` accepts any numbering. A document is any JSON value, or `ot.ABSENT`: none at all.

Laws, for `a` and `b` made on one snapshot `s`, and `c` made after `a`:

    apply(apply(s, a), transform(b, a, "right")) == apply(apply(s, b), transform(a, b, "left"))
    apply(s, compose(a, c)) == apply(apply(s, a), c)
    apply(apply(s, a), invert(a, s)) == s

Where two operations do not go together, `transform` settles it: a remove wins over what happens inside, left
wins one member of an object, and what is moved into each other is removed. `try_transform` says so instead.
Of two moves of one value, left's stands.

Not laws: transform over a composition need not equal transform one by one, as for `text`; sums of fractions
depend in their last digit on the order of the additions; and an operation that was carried is refused by
`apply` where the document would become deeper than `MOST_DEPTH`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ot.carry_cost import CarryCost
from ot.document_type import ABSENT, Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.json1 import applying, composing, inverting, transforming
from ot.json1.carrying import operation_cost
from ot.json1.comparing import difference
from ot.json1.conflicts import Conflict, find_conflict
from ot.json1.faults import check
from ot.json1.growing import document_growth
from ot.json1.normal_form import checked, normal_form
from ot.json1.positions import path_moved, required_path
from ot.json1.splitting import parts
from ot.json1.tree import parse, write
from ot.json1.values import value_fault
from ot.sides import require_side
from ot.steps import Steps, finished


class Json1:
    """The document type `json1`. Positions are paths; the last key may be a position in a string."""

    name: Final = "json1"
    joins: Final = True

    def create(self, data: Json = ABSENT) -> Snapshot:
        """Return `data` as the snapshot of a new document; without it there is no document yet."""
        if data is ABSENT:
            return data
        fault = value_fault(data)
        if fault is not None:
            raise InvalidOperation(f"a json1 document is a JSON value: {fault}")
        return data

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        """Return the snapshot after `op`, which shares with the one before what `op` does not touch."""
        return applying.perform(snapshot, parse(op)).snapshot

    def growth(self, op: Operation, snapshot: Snapshot, most: int) -> int:
        """Return the most bytes that `op` adds to a document beyond its own; see `ot.growth`."""
        return document_growth(op, snapshot, most)

    def carry_cost(self, op: Operation) -> CarryCost:
        """Return what carrying `op` costs: with what its edits by other types do."""
        return operation_cost(op)

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed and, but for its slots, in normal form."""
        check(op)

    def checked(self, op: Operation) -> Operation:
        """Return `op` in normal form; raise InvalidOperation where `check` does."""
        return checked(op)

    def normalize(self, op: Operation) -> Operation:
        """Return `op` in normal form; raise InvalidOperation where it can't be understood."""
        return normal_form(op)

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`; where they do not go together, something is lost."""
        return self.carry(op, (other,), side)

    def try_transform(self, op: Operation, other: Operation, side: Side) -> Operation | Conflict:
        """Return `op` as it is after `other`, or the first conflict where they do not go together."""
        require_side(side)
        conflict = find_conflict(parse(op), parse(other), side)
        return self.transform(op, other, side) if conflict is None else conflict

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one."""
        return finished(self.carry_in_steps(op, entries, side))

    def carry_in_steps(self, op: Operation, entries: Iterable[Operation], side: Side) -> Steps[Operation]:
        """Come to what `carry` returns, in several steps for each entry."""
        require_side(side)
        for other in entries:
            ours = parse(op)
            if op is None or other is None or _are_apart(op, other):
                op = write(ours)
            else:
                yield
                op = yield from transforming.transform(ours, parse(other), side)
            yield
        return op

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`."""
        if op is None or later is None:
            return write(parse(later if op is None else op))
        return composing.compose(parse(op), parse(later))

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return what undoes `op`; `snapshot` is the one before `op`."""
        return inverting.invert(parse(op), snapshot)

    def with_removed_values(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return `op` with all that it takes from `snapshot`, the one before it, written out."""
        return inverting.filled(parse(op), snapshot)

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        """Return the path of the same value after `op`; None once it is gone, also if another took its place.

        An insert at the index of an item moves its path on. `side` matters inside of strings.
        """
        if position is None:
            return None
        return path_moved(required_path(position), parse(op), side)

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`. What was moved is removed and inserted."""
        return difference(before, after)

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters and components each that compose to `op`.

        Inserted values and moves stay whole: what moves has to arrive where it was meant to.
        """
        return parts(op, size)


def _are_apart(op: Operation, other: Operation) -> bool:
    """Tell whether two operations go down into different members of one object: then nothing of them meets.

    So it is with most edits at once of one document, and takes a tenth of the time of a transform.
    """
    for key, other_key in zip(op, other, strict=False):
        if key != other_key or type(key) is not type(other_key):
            return type(key) is str and type(other_key) is str
        if type(key) is not str and type(key) is not int:
            return False
    return False
