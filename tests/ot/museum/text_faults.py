"""Wrong types made of `text`: mistakes of published algorithms, and of those who type them in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

from ot import InvalidOperation, Operation, Side
from ot.testing import text_documents, text_operations, text_runs
from ot.text import Text
from tests.ot.museum.exhibit import Exhibit, Kind, OneByOne

SIDES: Final[tuple[Side, ...]] = ("left", "left", "right", "right")

TEXT: Final = Kind(text_documents(), text_operations, text_runs)


class TieBrokenByNothing(OneByOne, Text):
    """Inserts at one place go where whoever transforms puts them."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "left")


class TieBrokenByTheText(OneByOne, Text):
    """Of two inserts at one place the smaller text goes first: all agree, and words are shuffled."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        ours, theirs = lone_insert(op), lone_insert(other)
        if ours is not None and theirs is not None and ours != theirs:
            side = "left" if ours < theirs else "right"
        return super().transform(op, other, side)


class InsertInDeletedTextLost(OneByOne, Text):
    """What is typed inside a text that another deletes goes with it."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        gone = {place for start, end in deleted_ranges(other) for place in range(start + 1, end)}
        kept, place = [], 0
        for component in op:
            if not isinstance(component, str) or place not in gone:
                kept.append(component)
            place += length_before(component)
        return super().transform(self.normalize(kept), other, side)


class OverlappingDeletesCountedTwice(OneByOne, Text):
    """What both delete is deleted twice: the second time it takes its neighbour."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        ours, theirs = list(deleted_ranges(op)), list(deleted_ranges(other))
        if len(op) <= 2 and len(ours) == len(other) == len(theirs) == 1 and ours[0][0] < theirs[0][1]:
            return [{"d": ours[0][1] - ours[0][0]}]  # both begin at the front, or ours does after theirs
        return super().transform(op, other, side)


class NothingSwallowsAll(OneByOne, Text):
    """`if not other`: over an operation that does nothing, nothing is left."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, side) if other else []


class SidesForgottenAfterTheFirst(Text):
    """Carrying over a run keeps the side for the first entry alone."""

    def carry(self, op: Operation, entries: Any, side: Side) -> Operation:
        for other in entries:
            op, side = self.transform(op, other, side), "right"
        return op


class CarriedOverTheComposition(Text):
    """A run is composed first, which forgets which of two things at one place came first."""

    def carry(self, op: Operation, entries: Any, side: Side) -> Operation:
        composed: Operation = []
        for other in entries:
            composed = self.compose(composed, other)
        return super().carry(op, [composed], side)


class CrossedOnOneSide(Text):
    """Crossing at once takes both for the right one."""

    def cross(self, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
        return self.transform(own, theirs, "right"), self.transform(theirs, own, "right")


class ComposedInTheWrongOrder(Text):
    """The later operation is taken for the earlier."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        return super().compose(later, op) if op and later else super().compose(op, later)


class ComposedAcrossABoundary(Text):
    """Inserts are joined although a kept character stands between them."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        for index in range(len(result) - 2):
            before, kept, after = result[index : index + 3]
            if isinstance(before, str) and kept == 1 and isinstance(after, str):
                return [*result[:index], before + after, 1, *result[index + 3 :]]
        return result


class LongCompositionCut(Text):
    """The fifth change and what follows are dropped: it takes a composition of compositions."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        changes = [index for index, component in enumerate(result) if not isinstance(component, int)]
        return self.normalize(result[: changes[4]]) if len(changes) > 4 else result


class InvertedWithTheWrongSnapshot(Text):
    """Deleted text comes back as it stands elsewhere."""

    def invert(self, op: Operation, snapshot: str) -> Operation:
        return super().invert([{"d": size(c["d"])} if isinstance(c, dict) else c for c in op], snapshot[::-1])


class DeletedTextCutAtTheWrongEnd(OneByOne, Text):
    """A delete that says its text, cut in two by an insert, says its beginning twice."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        said = [c["d"] for c in op if isinstance(c, dict)]
        result = super().transform(op, other, side)
        if len(said) == 1 and isinstance(said[0], str):
            return [{"d": said[0][: len(c["d"])]} if isinstance(c, dict) else c for c in result]
        return result


class CountedInUtf16(Text):
    """An emoji counts as two."""

    def apply(self, snapshot: str, op: Operation) -> str:
        units = "".join(f"{char}\0" if ord(char) > 0xFFFF else char for char in snapshot)
        if units == snapshot:
            return super().apply(snapshot, op)
        return super().apply(units, op).replace("\0", "")


class DifferenceInUtf16(Text):
    """The difference counts an emoji that stays as two."""

    def diff(self, before: str, after: str) -> Operation:
        op, place = [], 0
        for component in super().diff(before, after):
            kept = before[place : place + component] if isinstance(component, int) else ""
            op.append(component + sum(ord(char) > 0xFFFF for char in kept) if kept else component)
            place += length_before(component)
        return op


class DifferenceOfTheFirstLineOnly(Text):
    """What stands behind the first line end is not compared."""

    def diff(self, before: str, after: str) -> Operation:
        return super().diff(before.partition("\n")[0], after.partition("\n")[0])


class ArgumentMutated(Text):
    """The first argument is built on, to save a copy."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        op[:] = result
        return result


class NeighboursNotJoined(Text):
    """Every character is a component of its own."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        return [part for c in result for part in (c if isinstance(c, str) else [c])]


class DeletesAsTuples(Text):
    """What comes out is no JSON list."""

    def invert(self, op: Operation, snapshot: str) -> Operation:
        return tuple(super().invert(op, snapshot))


class RemembersBetweenCalls(Text):
    """Ties go to the sides in turn: a counter inside the type decides."""

    def __init__(self) -> None:
        self._turns = itertools.cycle(SIDES)

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, next(self._turns))


class TrueTakenForOne(Text):
    """`isinstance(True, int)`: a skip of true is a skip of one."""

    def check(self, op: Operation) -> None:
        super().check(without_booleans(op))

    def apply(self, snapshot: str, op: Operation) -> str:
        return super().apply(snapshot, without_booleans(op))


class HalfCharactersAccepted(Text):
    """A lone surrogate is a character like others."""

    def check(self, op: Operation) -> None:
        super().check(
            [c.replace("\ud83d", "x") if isinstance(c, str) else c for c in op]
            if isinstance(op, list)
            else op
        )


class MisfitsRaiseAnything(Text):
    """What does not fit raises what happens to be raised."""

    def apply(self, snapshot: str, op: Operation) -> str:
        try:
            return super().apply(snapshot, op)
        except InvalidOperation:
            raise IndexError("string index out of range") from None


class CursorMovedByOthersInserts(Text):
    """What others type at the cursor pushes it along."""

    def transform_position(self, position: Any, op: Operation, side: Side = "left") -> int:
        return super().transform_position(position, op, "right")


class CursorLeftBehindByOnesOwnInserts(Text):
    """What one types oneself lands behind one's cursor."""

    def transform_position(self, position: Any, op: Operation, side: Side = "left") -> int:
        return super().transform_position(position, op, "left")


class CursorAtTheEndOfWhatIsDeleted(Text):
    """A cursor inside a deleted text keeps the distance it had from its start."""

    def transform_position(self, position: Any, op: Operation, side: Side = "left") -> int:
        if any(start < position < end for start, end in deleted_ranges(op)):
            return int(position)
        return super().transform_position(position, op, side)


class SplitWithoutOffsets(Text):
    """Each part begins where the document does."""

    def split(self, op: Operation, size: int) -> list[Operation]:
        first, *rest = super().split(op, size)
        return [first, *(part[1:] if isinstance(part[0], int) else part for part in rest)]


class SplitLosesItsTail(Text):
    """The last part is not flushed."""

    def split(self, op: Operation, size: int) -> list[Operation]:
        parts = super().split(op, size)
        return parts[:-1] if len(parts) > 1 else parts


def lone_insert(op: Operation) -> str | None:
    inserts = [component for component in op if isinstance(component, str)]
    return inserts[0] if len(inserts) == 1 and not any(isinstance(c, dict) for c in op) else None


def without_booleans(op: Any) -> Any:
    return [int(c) if isinstance(c, bool) else c for c in op] if isinstance(op, list) else op


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


EXHIBITS: Final = tuple(
    Exhibit(TEXT, wrong, law)
    for wrong, law in (
        (TieBrokenByNothing, "both_orders_of_two_concurrent_operations_agree"),
        (TieBrokenByTheText, "two_runs_typed_at_one_place_stay_whole"),
        (InsertInDeletedTextLost, "both_orders_of_two_concurrent_operations_agree"),
        (OverlappingDeletesCountedTwice, "both_orders_of_two_concurrent_operations_agree"),
        (NothingSwallowsAll, "what_does_nothing_changes_nothing"),
        (SidesForgottenAfterTheFirst, "carrying_equals_transforming_one_by_one"),
        (CarriedOverTheComposition, "carrying_equals_transforming_one_by_one"),
        (CrossedOnOneSide, "shortcuts_do_what_they_stand_for"),
        (ComposedInTheWrongOrder, "composing_does_what_both_do"),
        (ComposedAcrossABoundary, "composing_does_what_both_do"),
        (LongCompositionCut, "composing_is_associative"),
        (InvertedWithTheWrongSnapshot, "inverting_restores_the_document"),
        (DeletedTextCutAtTheWrongEnd, "an_inverse_fits_after_what_others_did"),
        (CountedInUtf16, "apply_leads_to_the_expected_document"),
        (DifferenceInUtf16, "a_difference_turns_before_into_after"),
        (DifferenceOfTheFirstLineOnly, "a_difference_turns_before_into_after"),
        (ArgumentMutated, "arguments_are_never_mutated"),
        (NeighboursNotJoined, "results_are_in_normal_form"),
        (DeletesAsTuples, "operations_survive_json"),
        (RemembersBetweenCalls, "the_same_again_gives_the_same"),
        (TrueTakenForOne, "a_boolean_is_no_number"),
        (HalfCharactersAccepted, "what_is_no_json_is_refused"),
        (MisfitsRaiseAnything, "misfits_are_refused_in_an_orderly_way"),
        (CursorMovedByOthersInserts, "positions_move_with_the_document"),
        (CursorLeftBehindByOnesOwnInserts, "positions_move_with_the_document"),
        (CursorAtTheEndOfWhatIsDeleted, "positions_move_with_the_document"),
        (SplitWithoutOffsets, "parts_compose_to_the_whole"),
        (SplitLosesItsTail, "parts_compose_to_the_whole"),
    )
)
