"""What holds for operations that a type let in, whoever made them."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ot import DocumentType, InvalidOperation, Operation, Side, Snapshot
from ot.crossing import crossed
from ot.testing import same_json

SIDES: Final[tuple[tuple[Side, Side], ...]] = (("left", "right"), ("right", "left"))
PART: Final = 3  # characters or components
LARGEST: Final = 2**40  # of whole numbers whose sums are exact, so that their order does not matter


@attrs.frozen
class Landed:
    """An operation that fits its document, and the document after it."""

    op: Operation
    after: Snapshot


def is_exact(value: Any) -> bool:
    """Tell whether sums of the numbers in a value do not depend on their order."""
    match value:
        case float():
            return False
        case int():
            return abs(value) < LARGEST
        case list():
            return all(map(is_exact, value))
        case dict():
            return all(map(is_exact, value.values()))
    return True


def is_undone(doc_type: DocumentType, snapshot: Snapshot, landed: Landed) -> None:
    """Assert that the inverse of an operation leads back."""
    back = doc_type.apply(landed.after, doc_type.invert(landed.op, snapshot))
    assert same_json(back, snapshot), f"undone it is {back!r}"


def comes_in_parts(doc_type: DocumentType, snapshot: Snapshot, landed: Landed) -> None:
    """Assert that the parts of an operation, one after the other, do what it does."""
    for part in doc_type.split(landed.op, PART):
        doc_type.check(part)
        snapshot = doc_type.apply(snapshot, part)
    assert same_json(snapshot, landed.after), f"in parts it ends as {snapshot!r}"


def differ_by_an_operation(doc_type: DocumentType, before: Snapshot, after: Snapshot) -> None:
    """Assert that the difference of two documents is an operation that leads from one to the other."""
    op = doc_type.diff(before, after)
    doc_type.check(op)
    end = doc_type.apply(before, op)
    assert same_json(end, after), f"{op!r} leads to {end!r}"


def is_carried(doc_type: DocumentType, op: Operation, landed: Landed) -> None:
    """Assert that an operation that may not fit is carried, and then applied, or refused at either."""
    for side in ("left", "right"):
        try:
            carried = doc_type.carry(op, [landed.op], side)
            doc_type.apply(landed.after, carried)
        except InvalidOperation as error:
            str(error)


def both_orders_end_alike(
    doc_type: DocumentType, snapshot: Snapshot, one: Landed, two: Landed, *, exact: bool
) -> None:
    """Assert the diamond with either side left, and that one way can be composed.

    Where sums are not exact, ends may differ in a last digit; all has to be total even so.
    """
    for side, other_side in SIDES:
        then = doc_type.transform(two.op, one.op, other_side)
        then_one = doc_type.transform(one.op, two.op, side)
        end = doc_type.apply(one.after, then)
        other_end = doc_type.apply(two.after, then_one)
        assert not exact or same_json(end, other_end), f"{side}: {end!r} and {other_end!r}"
        _is_carried_one_by_one(doc_type, one.op, [two.op, then_one], side)
        composed = doc_type.apply(snapshot, doc_type.compose(one.op, then))
        assert not exact or same_json(composed, end), f"composed it ends as {composed!r}"
    _is_crossed(doc_type, one, two)


def _is_carried_one_by_one(doc_type: DocumentType, op: Operation, run: list[Operation], side: Side) -> None:
    """Assert that `carry` is `transform`, again and again: it may pass what does not meet at a glance."""
    carried = op
    for entry in run:
        carried = doc_type.transform(carried, entry, side)
    assert same_json(doc_type.carry(op, run, side), carried), "carry is not transform, one by one"


def _is_crossed(doc_type: DocumentType, one: Landed, two: Landed) -> None:
    ours, theirs = crossed(doc_type, one.op, two.op)
    assert same_json(ours, doc_type.transform(one.op, two.op, "left")), "cross is not transform"
    assert same_json(theirs, doc_type.transform(two.op, one.op, "right")), "cross is not transform"
