"""The laws find out wrong types: each of these plants one classic fault in `text`, and a law names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ot import Operation, Side
from ot.testing import LawBroken, laws, text_documents, text_operations
from ot.text import Text


class TieBrokenByNothing(Text):
    def carry(self, op: Operation, entries: Any, side: Side) -> Operation:
        return super().carry(op, entries, "left")


class InsertInDeletedTextLost(Text):
    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        gone = {place for start, end in deleted_ranges(other) for place in range(start + 1, end)}
        kept, place = [], 0
        for component in op:
            if not isinstance(component, str) or place not in gone:
                kept.append(component)
            place += length_before(component)
        return super().transform(self.normalize(kept), other, side)


class OverlappingDeletesCountedTwice(Text):
    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        both_delete_one = len(op) == len(other) == 2 and op[1] == other[1] == {"d": 1}
        return op if both_delete_one else super().transform(op, other, side)


class ComposedInTheWrongOrder(Text):
    def compose(self, op: Operation, later: Operation) -> Operation:
        return super().compose(later, op) if op and later else super().compose(op, later)


class InvertedWithTheWrongSnapshot(Text):
    def invert(self, op: Operation, snapshot: str) -> Operation:
        return super().invert([{"d": size(c["d"])} if isinstance(c, dict) else c for c in op], snapshot[::-1])


class CountedInUtf16(Text):
    def apply(self, snapshot: str, op: Operation) -> str:
        units = "".join(f"{c}\0" if ord(c) > 0xFFFF else c for c in snapshot)
        return (
            super().apply(units, op).replace("\0", "") if units != snapshot else super().apply(snapshot, op)
        )


class ArgumentMutated(Text):
    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        op[:] = result
        return result


class NeighboursNotJoined(Text):
    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        return [part for c in result for part in (c if isinstance(c, str) else [c])]


class CursorMovedByAnInsertAtIt(Text):
    def transform_position(self, position: Any, op: Operation, side: Side = "left") -> int:
        return super().transform_position(position, op, "right")


class CarriedOverTheComposition(Text):
    def carry(self, op: Operation, entries: Any, side: Side) -> Operation:
        composed: Operation = []
        for other in entries:
            composed = self.compose(composed, other)
        return super().carry(op, [composed], side)


class DifferenceOfTheFirstLineOnly(Text):
    def diff(self, before: str, after: str) -> Operation:
        return super().diff(before.partition("\n")[0], after.partition("\n")[0])


class SplitWithoutOffsets(Text):
    def split(self, op: Operation, size: int) -> list[Operation]:
        first, *rest = super().split(op, size)
        return [first, *(part[1:] if isinstance(part[0], int) else part for part in rest)]


class DeletesAsTuples(Text):
    def invert(self, op: Operation, snapshot: str) -> Operation:
        return tuple(super().invert(op, snapshot))


def size(amount: int | str) -> int:
    return amount if isinstance(amount, int) else len(amount)


def length_before(component: Any) -> int:
    if isinstance(component, dict):
        return size(component["d"])
    return component if isinstance(component, int) else 0


def deleted_ranges(op: Operation) -> Iterator[tuple[int, int]]:
    place = 0
    for component in op:
        end = place + length_before(component)
        if isinstance(component, dict):
            yield place, end
        place = end


FAULTS = [
    (TieBrokenByNothing, "both_orders_of_two_concurrent_operations_agree"),
    (InsertInDeletedTextLost, "both_orders_of_two_concurrent_operations_agree"),
    (OverlappingDeletesCountedTwice, "both_orders_of_two_concurrent_operations_agree"),
    (ComposedInTheWrongOrder, "composing_does_what_both_do"),
    (InvertedWithTheWrongSnapshot, "inverting_restores_the_document"),
    (CountedInUtf16, "apply_leads_to_the_expected_document"),
    (ArgumentMutated, "arguments_are_never_mutated"),
    (NeighboursNotJoined, "results_are_in_normal_form"),
    (CursorMovedByAnInsertAtIt, "positions_move_with_the_document"),
    (CarriedOverTheComposition, "carrying_equals_transforming_one_by_one"),
    (DifferenceOfTheFirstLineOnly, "a_difference_turns_before_into_after"),
    (SplitWithoutOffsets, "parts_compose_to_the_whole"),
    (DeletesAsTuples, "operations_survive_json"),
]


@pytest.mark.parametrize(("wrong_type", "law"), FAULTS, ids=lambda value: getattr(value, "__name__", value))
def test_the_law_finds_the_fault(wrong_type: type[Text], law: str) -> None:
    tests: Any = laws(wrong_type(), text_documents(), text_operations, examples=2000)()
    with pytest.raises(LawBroken, match=law.replace("_", " ")):
        getattr(tests, f"test_{law}")()


def test_a_claim_that_does_not_hold_is_found_out() -> None:
    claim = "transform_over_a_composition_equals_one_by_one"
    tests: Any = laws(Text(), text_documents(), text_operations, claims=[claim], examples=5000)()
    with pytest.raises(LawBroken, match="transform over a composition equals one by one"):
        getattr(tests, f"test_{claim}")()


def test_every_law_has_a_fault_that_it_finds() -> None:
    kept = {name for name in dir(laws(Text(), text_documents(), text_operations)) if name.startswith("test_")}
    assert kept == {f"test_{law}" for _, law in FAULTS}


def test_a_law_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no law is called associativity"):
        laws(Text(), text_documents(), text_operations, exempt=["associativity"])
