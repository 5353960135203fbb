"""The laws of operations made at once: whoever applies them in whatever order ends in one document."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from ot.composition import compose_all
from ot.crossing import crossed
from ot.document_type import DocumentType, Operation, Side, Snapshot
from ot.testing.law import BOTH_SIDES, Law, expect
from ot.testing.scenario import Runs, Scenario


def both_orders_of_two_concurrent_operations_agree(doc_type: DocumentType, scenario: Scenario) -> None:
    """The diamond, with either of the two as the left one."""
    a, b = scenario.a, scenario.b
    sides: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))
    for side, other_side in sides:
        a_first = doc_type.apply(a.after, doc_type.transform(b.op, a.op, other_side))
        b_first = doc_type.apply(b.after, doc_type.transform(a.op, b.op, side))
        expect(f"with a as {side}, the document that applied a first", a_first, b_first)


def carrying_equals_transforming_one_by_one(doc_type: DocumentType, scenario: Scenario) -> None:
    """`carry` over a run is `transform` over each, and what it gives fits."""
    a, b, b_next = scenario.a.op, scenario.b.op, scenario.b_next.op
    for side in BOTH_SIDES:
        one_by_one = doc_type.transform(doc_type.transform(a, b, side), b_next, side)
        expect(f"carry(a, [b, b_next], {side!r})", doc_type.carry(a, [b, b_next], side), one_by_one)
        expect("carry(a, [], side)", doc_type.carry(a, [], side), a)
        doc_type.apply(scenario.b_next.after, one_by_one)


def shortcuts_do_what_they_stand_for(doc_type: DocumentType, scenario: Scenario) -> None:
    """A `cross` of the type's own is both transforms, a `compose_all` of its own leads where all lead."""
    a, b, a_next = scenario.a.op, scenario.b.op, scenario.a_next
    both = [doc_type.transform(a, b, "left"), doc_type.transform(b, a, "right")]
    expect("crossing a with b", list(crossed(doc_type, a, b)), both)
    third = doc_type.carry(b, [a, a_next.op], "right")
    one_by_one = doc_type.apply(a_next.after, third)
    at_once = doc_type.apply(scenario.document, compose_all(doc_type, [a, a_next.op, third]))
    expect("the document after a, a_next and b as it is then, all composed,", at_once, one_by_one)


def what_does_nothing_changes_nothing(doc_type: DocumentType, scenario: Scenario) -> None:
    """The difference of a document and itself is no change, to documents and to other operations.

    And what is left of it after another operation is no change either.
    """
    document, a = scenario.document, scenario.a
    nothing = doc_type.diff(document, document)
    expect("the document after diff(document, document)", doc_type.apply(document, nothing), document)
    for side in BOTH_SIDES:
        still_a = doc_type.transform(a.op, nothing, side)
        expect(f"a after nothing, as {side},", doc_type.apply(document, still_a), a.after)
        still_nothing = doc_type.transform(nothing, a.op, side)
        expect(f"nothing after a, as {side},", doc_type.apply(a.after, still_nothing), a.after)
    then_nothing = doc_type.compose(a.op, doc_type.diff(a.after, a.after))
    expect("a, then nothing,", doc_type.apply(document, then_nothing), a.after)
    nothing_before = doc_type.compose(nothing, a.op)
    expect("nothing, then a,", doc_type.apply(document, nothing_before), a.after)


def positions_move_with_the_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """`transform_position` gives what the generator worked out by itself."""
    for move in scenario.a.moves:
        moved = doc_type.transform_position(move.position, scenario.a.op, move.side)
        expect(f"transform_position({move.position!r}, a, {move.side!r})", moved, move.expected)


def two_runs_typed_at_one_place_stay_whole(doc_type: DocumentType, runs: Runs) -> None:
    """Neither run ends up inside the other, whether they land one after the other or in turns."""
    first, second = ["a"] * len(runs.first), ["b"] * len(runs.second)
    in_turns = [author for turn in zip_longest(first, second) for author in turn if author is not None]
    for order in (first + second, in_turns):
        document = _landed(doc_type, runs, order)
        expect(f"what landed in the order {''.join(order)}", document, *runs.wholes)


def _landed(doc_type: DocumentType, runs: Runs, order: Iterable[str]) -> Snapshot:
    """Let keys land one by one, each author's still pending carried over the other's, as clients do."""
    pending: dict[str, list[Operation]] = {"a": list(runs.first), "b": list(runs.second)}
    document = runs.document
    for author in order:
        op = pending[author].pop(0)
        document = doc_type.apply(document, op)
        waiting = pending["b" if author == "a" else "a"]
        for index, own in enumerate(waiting):
            waiting[index], op = crossed(doc_type, own, op)
    return document


def transform_over_a_composition_equals_one_by_one(doc_type: DocumentType, scenario: Scenario) -> None:
    """Carrying over a composition is carrying over its parts. Neither `text` nor Quill's Delta keep it."""
    a, b, b_next = scenario.a.op, scenario.b.op, scenario.b_next.op
    for side in BOTH_SIDES:
        at_once = doc_type.transform(a, doc_type.compose(b, b_next), side)
        one_by_one = doc_type.transform(doc_type.transform(a, b, side), b_next, side)
        expect(f"transform(a, compose(b, b_next), {side!r})", at_once, one_by_one)


LAWS: Final[tuple[Law, ...]] = (
    both_orders_of_two_concurrent_operations_agree,
    carrying_equals_transforming_one_by_one,
    shortcuts_do_what_they_stand_for,
    what_does_nothing_changes_nothing,
    positions_move_with_the_document,
)
CLAIMS: Final[tuple[Law, ...]] = (transform_over_a_composition_equals_one_by_one,)
"""Laws that a good type need not keep: tested where they are claimed."""
LAWS_OF_RUNS: Final[tuple[Law, ...]] = (two_runs_typed_at_one_place_stay_whole,)
"""Laws tried on `Runs`: of types in which something is typed."""
