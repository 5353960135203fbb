"""Wrong types made of `rich-text`: attributes, embeds and code units gone wrong."""

from __future__ import annotations

from typing import Any, Final

from ot import Json, Operation, Side, Snapshot
from ot.rich_text import RichText
from ot.testing import rich_text_documents, rich_text_operations
from tests.ot.museum.exhibit import Exhibit, Kind, OneByOne

RICH_TEXT: Final = Kind(rich_text_documents(), rich_text_operations)


class AttributeConflictsResolvedByNothing(OneByOne, RichText):
    """Whoever formats what another formats keeps all attributes, on either side."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "right" if any("attributes" in c for c in op) else side)


class EmbedTieBrokenByNothing(OneByOne, RichText):
    """Two embeds at one place: each goes first."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, "right" if any(is_embed(c) for c in op) else side)


class NullLostInCompose(RichText):
    """Clearing an attribute is dropped as if it were nothing."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        return self.normalize([without_nulls(component) for component in super().compose(op, later)])


class NullKeptInTheDocument(RichText):
    """A cleared attribute stands in the document as null."""

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        after = super().apply(snapshot, op)
        nulls = {name: None for c in op if "retain" in c for name, v in attributes(c).items() if v is None}
        return [{**c, "attributes": nulls | attributes(c)} for c in after] if nulls else after


class NeighboursJoinedAcrossTrueAndOne(RichText):
    """In Python `{"bold": True} == {"bold": 1}`: two texts become one."""

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        joined: list[Any] = []
        for component in super().apply(snapshot, op):
            last = joined[-1] if joined else {}
            if attributes(last) == attributes(component) and not is_embed(component) and not is_embed(last):
                joined[-1:] = [{**component, "insert": last.get("insert", "") + component["insert"]}]
            else:
                joined.append(component)
        return joined


class InverseForgetsWhatWasNotSet(RichText):
    """Undoing puts old values back, and leaves attributes that had none."""

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        return self.normalize([without_nulls(component) for component in super().invert(op, snapshot)])


class PositionsInCodePoints(RichText):
    """A cursor behind a new emoji is one unit short."""

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        moved = super().transform_position(position, op, side)
        astral = sum(ord(c) > 0xFFFF for component in op for c in text_of(component))
        return max(0, moved - astral) if position else moved


class EmbedsCountedAsNothing(RichText):
    """A cursor is not moved by embeds."""

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        return super().transform_position(position, [c for c in op if not is_embed(c)], side)


class DocumentChangedInPlace(RichText):
    """Formatting writes into the components that the document holds."""

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        after = super().apply(snapshot, op)
        for component in snapshot[:1]:
            if op and attributes(op[0]):
                component["attributes"] = attributes(op[0])
        return after


class DeletesBeforeInserts(RichText):
    """At one place the delete comes first: other peers write it the other way round."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        result = super().compose(op, later)
        for index in range(len(result) - 1):
            if "insert" in result[index] and "delete" in result[index + 1]:
                result[index : index + 2] = [result[index + 1], result[index]]
                return result
        return result


class DifferenceOfTheTextOnly(RichText):
    """Two documents that differ in their formatting alone count as equal."""

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        texts = ["".join(map(text_of, document)) for document in (before, after)]
        return [] if texts[0] == texts[1] else super().diff(before, after)


def attributes(component: Any) -> dict[str, Json]:
    found: dict[str, Json] = component.get("attributes", {})
    return found


def without_nulls(component: Any) -> Any:
    if "retain" not in component:
        return component
    kept = {name: value for name, value in attributes(component).items() if value is not None}
    return {"retain": component["retain"], "attributes": kept} if kept else {"retain": component["retain"]}


def is_embed(component: Any) -> bool:
    return isinstance(component.get("insert"), dict)


def text_of(component: Any) -> str:
    insert = component.get("insert", "")
    return insert if isinstance(insert, str) else ""


EXHIBITS: Final = tuple(
    Exhibit(RICH_TEXT, wrong, law)
    for wrong, law in (
        (AttributeConflictsResolvedByNothing, "both_orders_of_two_concurrent_operations_agree"),
        (EmbedTieBrokenByNothing, "both_orders_of_two_concurrent_operations_agree"),
        (NullLostInCompose, "composing_does_what_both_do"),
        (NullKeptInTheDocument, "apply_leads_to_the_expected_document"),
        (NeighboursJoinedAcrossTrueAndOne, "apply_leads_to_the_expected_document"),
        (InverseForgetsWhatWasNotSet, "inverting_restores_the_document"),
        (PositionsInCodePoints, "positions_move_with_the_document"),
        (EmbedsCountedAsNothing, "positions_move_with_the_document"),
        (DocumentChangedInPlace, "arguments_are_never_mutated"),
        (DeletesBeforeInserts, "results_are_in_normal_form"),
        (DifferenceOfTheTextOnly, "a_difference_turns_before_into_after"),
    )
)
