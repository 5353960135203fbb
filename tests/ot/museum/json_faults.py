"""Wrong types made of `json1` and `json0`: paths, moves, keys and numbers gone wrong."""

from __future__ import annotations

import copy
from typing import Any, Final

from ot import ABSENT, Json, Operation, Side, Snapshot
from ot.json0 import Json0
from ot.json1 import Json1
from ot.testing import json0_documents, json0_operations
from ot.testing.json1 import json1_documents, json1_operations
from tests.ot.museum.exhibit import Exhibit, Kind, OneByOne

JSON1: Final = Kind(json1_documents(), json1_operations)
JSON0: Final = Kind(json0_documents(), json0_operations)


class MoveForgetsItsTie(OneByOne, Json1):
    """Two who move one item, or drop at one key, both have their way."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "left" if "'d'" in str(op) else side)


class KeysByCodePoint(Json1):
    """Children in the order that Python sorts strings, where JavaScript's is by UTF-16 code unit."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        if isinstance(result, list) and result and all(isinstance(child, list) for child in result):
            return sorted(result, key=lambda child: (isinstance(child[0], str), child[0]))
        return result


class RestoredFromTheDocumentAfter(Json1):
    """What was removed is looked up in a document that no longer has it."""

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        return super().invert(op, self.apply(snapshot, op))


class PathsStayWhereTheyWere(Json1):
    """A position does not follow what is moved, inserted and removed around it."""

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        return position


class PathsOfRemovedItemsKept(Json1):
    """The position of an item that is gone is that of its parent."""

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        moved = super().transform_position(position, op, side)
        return position[:-1] if moved is None else moved


class NullTakenForAbsent(Json1):
    """A document that holds null is one that does not exist."""

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        after = super().apply(snapshot, op)
        return ABSENT if after is None else after


class InsertedValueShared(Json1):
    """What an operation inserts is not copied: a change of the document changes the operation."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        if isinstance(op, list) and isinstance(result, list):
            op[:] = copy.deepcopy(result)
        return result


class ListMoveForgetsItsTie(OneByOne, Json0):
    """Two who move one item both have their way."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "left" if any("lm" in component for component in op) else side)


class InsertTieInListsBrokenByNothing(OneByOne, Json0):
    """Both insert in front of the other."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "left" if any("li" in component for component in op) else side)


class LastAdditionWins(Json0):
    """Of two additions to one number the composition keeps the later."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        if op and later and "na" in op[-1] and "na" in later[0] and op[-1]["p"] == later[0]["p"]:
            return [*op[:-1], *later]
        return super().compose(op, later)


class InvertedFromTheFront(Json0):
    """Components are undone in the order in which they were done."""

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        return super().invert(op, snapshot)[::-1]


class DeletedContentNotBroughtUpToDate(OneByOne, Json0):
    """A delete still tells what stood there before the other's edit."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        result = super().transform(op, other, side)
        if len(result) == len(op) == 1 and "od" in op[0] and "od" in result[0]:
            return [{**result[0], "od": op[0]["od"]}]
        return result


class TrueAddedAsOne(Json0):
    """`na: true` adds one."""

    def check(self, op: Operation) -> None:
        super().check(with_numbers(op))

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        return super().apply(snapshot, with_numbers(op))


def with_numbers(op: Any) -> Any:
    if not isinstance(op, list) or not all(isinstance(component, dict) for component in op):
        return op
    return [{**c, "na": 1} if c.get("na") is True else c for c in op]


EXHIBITS: Final = tuple(
    Exhibit(kind, wrong, law)
    for kind, wrong, law in (
        (JSON1, MoveForgetsItsTie, "both_orders_of_two_concurrent_operations_agree"),
        (JSON1, KeysByCodePoint, "results_are_in_normal_form"),
        (JSON1, RestoredFromTheDocumentAfter, "inverting_restores_the_document"),
        (JSON1, PathsStayWhereTheyWere, "positions_move_with_the_document"),
        (JSON1, PathsOfRemovedItemsKept, "positions_move_with_the_document"),
        (JSON1, NullTakenForAbsent, "apply_leads_to_the_expected_document"),
        (JSON1, InsertedValueShared, "arguments_are_never_mutated"),
        (JSON0, ListMoveForgetsItsTie, "both_orders_of_two_concurrent_operations_agree"),
        (JSON0, InsertTieInListsBrokenByNothing, "both_orders_of_two_concurrent_operations_agree"),
        (JSON0, LastAdditionWins, "composing_does_what_both_do"),
        (JSON0, InvertedFromTheFront, "inverting_restores_the_document"),
        (JSON0, DeletedContentNotBroughtUpToDate, "both_orders_of_two_concurrent_operations_agree"),
        (JSON0, TrueAddedAsOne, "a_boolean_is_no_number"),
    )
)
