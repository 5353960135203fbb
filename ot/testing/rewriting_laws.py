"""The laws of operations made one after the other: joined, undone, worked out and cut into parts."""

from __future__ import annotations

from typing import Final

from ot.document_type import DocumentType
from ot.testing.law import BOTH_SIDES, Law, expect
from ot.testing.scenario import Scenario


def apply_leads_to_the_expected_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """`apply` gives what the generator worked out by itself."""
    expect("apply(document, a)", doc_type.apply(scenario.document, scenario.a.op), scenario.a.after)


def composing_does_what_both_do(doc_type: DocumentType, scenario: Scenario) -> None:
    """A composition leads where its parts lead."""
    composed = doc_type.compose(scenario.a.op, scenario.a_next.op)
    after = doc_type.apply(scenario.document, composed)
    expect("apply(document, compose(a, a_next))", after, scenario.a_next.after)


def composing_is_associative(doc_type: DocumentType, scenario: Scenario) -> None:
    """Of three operations in a row it does not matter which two are joined first."""
    a, a_next = scenario.a.op, scenario.a_next.op
    third = doc_type.transform(doc_type.transform(scenario.b.op, a, "right"), a_next, "right")
    first_two_first = doc_type.compose(doc_type.compose(a, a_next), third)
    last_two_first = doc_type.compose(a, doc_type.compose(a_next, third))
    at_last = doc_type.apply(scenario.a_next.after, third)
    joined = doc_type.apply(scenario.document, first_two_first)
    expect("the document after compose(compose(a, a_next), b as it is then)", joined, at_last)
    joined = doc_type.apply(scenario.document, last_two_first)
    expect("the document after compose(a, compose(a_next, b as it is then))", joined, at_last)


def inverting_restores_the_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """An operation, then its inverse, leave nothing behind; so for a composition."""
    a, a_next = scenario.a, scenario.a_next
    inverse = doc_type.invert(a.op, scenario.document)
    expect("apply(after_a, invert(a, document))", doc_type.apply(a.after, inverse), scenario.document)
    composed = doc_type.compose(a.op, a_next.op)
    restored = doc_type.apply(a_next.after, doc_type.invert(composed, scenario.document))
    expect("the document after inverting compose(a, a_next)", restored, scenario.document)


def an_inverse_fits_after_what_others_did(doc_type: DocumentType, scenario: Scenario) -> None:
    """What undoes an operation can be carried over another's that landed since: undo relies on it."""
    a, a_next = scenario.a, scenario.a_next
    inverse = doc_type.invert(a.op, scenario.document)
    for side in BOTH_SIDES:
        doc_type.apply(a_next.after, doc_type.transform(inverse, a_next.op, side))


def a_difference_turns_before_into_after(doc_type: DocumentType, scenario: Scenario) -> None:
    """`diff` of any two documents leads from one to the other."""
    pairs = (
        (scenario.document, scenario.a_next.after),
        (scenario.a.after, scenario.b.after),
        (scenario.b_next.after, scenario.document),
    )
    for before, after in pairs:
        op = doc_type.diff(before, after)
        expect(f"{before!r} after its diff {op!r}", doc_type.apply(before, op), after)


def parts_compose_to_the_whole(doc_type: DocumentType, scenario: Scenario) -> None:
    """What `split` gives can be applied one after the other and composes to what was split."""
    for size in (1, 2, 5):
        first, *rest = doc_type.split(scenario.a.op, size)
        doc_type.check(first)
        composed, document = first, doc_type.apply(scenario.document, first)
        for part in rest:
            doc_type.check(part)
            composed, document = doc_type.compose(composed, part), doc_type.apply(document, part)
        expect(f"the document after the parts of size {size}", document, scenario.a.after)
        expect(f"the composition of the parts of size {size}", composed, scenario.a.op)


LAWS: Final[tuple[Law, ...]] = (
    apply_leads_to_the_expected_document,
    composing_does_what_both_do,
    composing_is_associative,
    inverting_restores_the_document,
    an_inverse_fits_after_what_others_did,
    a_difference_turns_before_into_after,
    parts_compose_to_the_whole,
)
