"""The laws of document types, each a property test of its own.

A law is a function of a type and a `Scenario`; `laws` turns all of them into a class that pytest collects.
Equality is that of JSON. A law that fails says which, and prints the scenario as code to paste.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection
from typing import Any, Final, TypeAlias

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ot.document_type import DocumentType, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.testing.json_equality import same_json
from ot.testing.made import Made, Operations

EXAMPLES: Final = 200  # scenarios for each law, about a second for a type as fast as `text`


@attrs.frozen
class Scenario:
    """A document, two operations made on it at once, and what each author does next."""

    document: Snapshot
    a: Made
    b: Made
    after_a: Made
    """Made on `a.after`."""
    after_b: Made
    """Made on `b.after`."""

    def __str__(self) -> str:
        return (
            f"document = {self.document!r}\n"
            f"a, a_next = {self.a.op!r}, {self.after_a.op!r}\n"
            f"b, b_next = {self.b.op!r}, {self.after_b.op!r}"
        )


class LawBroken(AssertionError):
    """A type that does not keep a law, with the scenario that shows it."""


Law: TypeAlias = Callable[[DocumentType, Scenario], None]

_LAWS: Final[dict[str, Law]] = {}
_CLAIMS: Final[dict[str, Law]] = {}
"""Laws that a good type need not keep: tested where they are claimed."""


def laws(
    doc_type: DocumentType,
    documents: st.SearchStrategy[Snapshot],
    operations: Operations,
    *,
    claims: Collection[str] = (),
    exempt: Collection[str] = (),
    examples: int = EXAMPLES,
) -> type:
    """Return a class for pytest with one test for each law that `doc_type` has to keep.

    `claims` adds laws that few types keep (`transform_over_a_composition_equals_one_by_one`); `exempt`
    leaves laws out by name, which is a statement about your type and belongs in its docs.
    """
    _refuse_unknown(claims, _CLAIMS)
    _refuse_unknown(exempt, _LAWS)
    chosen = {name: law for name, law in _LAWS.items() if name not in exempt}
    chosen |= {name: _CLAIMS[name] for name in claims}
    cases = scenarios(documents, operations)
    tests = {f"test_{name}": _test(name, law, doc_type, cases, examples) for name, law in chosen.items()}
    return type(f"LawsOf{type(doc_type).__name__}", (), tests)


@st.composite
def scenarios(draw: st.DrawFn, documents: st.SearchStrategy[Snapshot], operations: Operations) -> Scenario:
    """Return a strategy of scenarios."""
    document = draw(documents)
    a, b = draw(operations(document)), draw(operations(document))
    return Scenario(document, a, b, draw(operations(a.after)), draw(operations(b.after)))


def _refuse_unknown(names: Collection[str], known: dict[str, Law]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"no law is called {', '.join(unknown)}; there are {', '.join(known)}")


def _test(
    name: str, law: Law, doc_type: DocumentType, cases: st.SearchStrategy[Scenario], examples: int
) -> Callable[[Any], None]:
    def test(self: object, scenario: Scenario) -> None:
        try:
            law(doc_type, scenario)
        except Exception as fault:  # the type's own errors too: whatever it raises here breaks the law
            what = str(fault) if isinstance(fault, LawBroken) else f"{type(fault).__name__}: {fault}"
            cause = None if isinstance(fault, LawBroken) else fault
            raise LawBroken(f"{doc_type.name}: {name.replace('_', ' ')}: {what}\n{scenario}") from cause

    test.__name__ = test.__qualname__ = f"test_{name}"  # also Hypothesis' key for the failures it remembers
    test.__doc__ = law.__doc__
    chosen = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        report_multiple_bugs=False,
        phases=set(Phase) - {Phase.explain},  # the scenario is the explanation
    )
    return chosen(given(scenario=cases)(test))


def _law(function: Law) -> Law:
    _LAWS[function.__name__] = function
    return function


def _claim(function: Law) -> Law:
    _CLAIMS[function.__name__] = function
    return function


def _expect(what: str, value: Any, expected: Any) -> None:
    if not same_json(value, expected):
        raise LawBroken(f"{what} is {value!r}, not {expected!r}")


@_law
def apply_leads_to_the_expected_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """`apply` gives what the generator worked out by itself."""
    _expect("apply(document, a)", doc_type.apply(scenario.document, scenario.a.op), scenario.a.after)


@_law
def both_orders_of_two_concurrent_operations_agree(doc_type: DocumentType, scenario: Scenario) -> None:
    """The diamond, with either of the two as the left one."""
    a, b = scenario.a, scenario.b
    sides: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))
    for side, other_side in sides:
        a_first = doc_type.apply(a.after, doc_type.transform(b.op, a.op, other_side))
        b_first = doc_type.apply(b.after, doc_type.transform(a.op, b.op, side))
        _expect(f"with a as {side}, the document that applied a first", a_first, b_first)


@_law
def carrying_equals_transforming_one_by_one(doc_type: DocumentType, scenario: Scenario) -> None:
    """`carry` over a run is `transform` over each, and what it gives fits."""
    run = [scenario.b.op, scenario.after_b.op]
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        one_by_one = doc_type.transform(doc_type.transform(scenario.a.op, run[0], side), run[1], side)
        _expect(f"carry(a, [b, b_next], {side!r})", doc_type.carry(scenario.a.op, run, side), one_by_one)
        _expect("carry(a, [], side)", doc_type.carry(scenario.a.op, [], side), scenario.a.op)
        doc_type.apply(scenario.after_b.after, one_by_one)


@_law
def composing_does_what_both_do(doc_type: DocumentType, scenario: Scenario) -> None:
    """A composition leads where its parts lead."""
    composed = doc_type.compose(scenario.a.op, scenario.after_a.op)
    after = doc_type.apply(scenario.document, composed)
    _expect("apply(document, compose(a, a_next))", after, scenario.after_a.after)


@_law
def inverting_restores_the_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """An operation, then its inverse, leave nothing behind; so for a composition."""
    a, next_op = scenario.a, scenario.after_a
    inverse = doc_type.invert(a.op, scenario.document)
    _expect("apply(a.after, invert(a, document))", doc_type.apply(a.after, inverse), scenario.document)
    composed = doc_type.compose(a.op, next_op.op)
    restored = doc_type.apply(next_op.after, doc_type.invert(composed, scenario.document))
    _expect("the document after inverting compose(a, a_next)", restored, scenario.document)


@_law
def results_are_in_normal_form(doc_type: DocumentType, scenario: Scenario) -> None:
    """`check` accepts what every function returns, and `normalize` changes nothing about it."""
    for what, op in _results(doc_type, scenario):
        try:
            doc_type.check(op)
        except InvalidOperation as refusal:
            raise LawBroken(f"{what} is {op!r}, which check refuses: {refusal}") from None
        _expect(f"normalize({what})", doc_type.normalize(op), op)


@_law
def positions_move_with_the_document(doc_type: DocumentType, scenario: Scenario) -> None:
    """`transform_position` gives what the generator worked out by itself."""
    for move in scenario.a.moves:
        moved = doc_type.transform_position(move.position, scenario.a.op, move.side)
        _expect(f"transform_position({move.position!r}, a, {move.side!r})", moved, move.expected)


@_law
def arguments_are_never_mutated(doc_type: DocumentType, scenario: Scenario) -> None:
    """Documents and operations are what they were after every function has seen them."""
    seen = copy.deepcopy(scenario)
    _results(doc_type, seen)
    doc_type.apply(seen.document, seen.a.op)
    for move in seen.a.moves:
        doc_type.transform_position(move.position, seen.a.op, move.side)
    for (what, value), (_, before) in zip(_arguments(seen), _arguments(scenario), strict=True):
        _expect(f"after all functions, {what}", value, before)


@_law
def operations_survive_json(doc_type: DocumentType, scenario: Scenario) -> None:
    """What every function returns is plain JSON and comes back equal."""
    for what, op in _results(doc_type, scenario):
        _expect(f"{what}, written as JSON and read again,", json.loads(json.dumps(op)), op)


@_law
def a_difference_turns_before_into_after(doc_type: DocumentType, scenario: Scenario) -> None:
    """`diff` of any two documents leads from one to the other."""
    for before, after in _pairs(scenario):
        op = doc_type.diff(before, after)
        _expect(f"{before!r} after its diff {op!r}", doc_type.apply(before, op), after)


@_law
def parts_compose_to_the_whole(doc_type: DocumentType, scenario: Scenario) -> None:
    """What `split` gives can be applied one after the other and composes to what was split."""
    for size in (1, 2, 5):
        first, *rest = doc_type.split(scenario.a.op, size)
        composed, document = first, doc_type.apply(scenario.document, first)
        for part in rest:
            doc_type.check(part)
            composed, document = doc_type.compose(composed, part), doc_type.apply(document, part)
        _expect(f"the document after the parts of size {size}", document, scenario.a.after)
        _expect(f"the composition of the parts of size {size}", composed, scenario.a.op)


@_claim
def transform_over_a_composition_equals_one_by_one(doc_type: DocumentType, scenario: Scenario) -> None:
    """Carrying over a composition is carrying over its parts. Neither `text` nor Quill's Delta keep it."""
    a, b, b_next = scenario.a.op, scenario.b.op, scenario.after_b.op
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        at_once = doc_type.transform(a, doc_type.compose(b, b_next), side)
        one_by_one = doc_type.transform(doc_type.transform(a, b, side), b_next, side)
        _expect(f"transform(a, compose(b, b_next), {side!r})", at_once, one_by_one)


def _results(doc_type: DocumentType, scenario: Scenario) -> list[tuple[str, Operation]]:
    """Return the operations that the type's functions make of a scenario, with what they are."""
    a, b, a_next = scenario.a.op, scenario.b.op, scenario.after_a.op
    return [
        ("normalize(a)", doc_type.normalize(a)),
        ("transform(a, b, 'left')", doc_type.transform(a, b, "left")),
        ("transform(a, b, 'right')", doc_type.transform(a, b, "right")),
        ("carry(a, [b, b_next], 'left')", doc_type.carry(a, [b, scenario.after_b.op], "left")),
        ("compose(a, a_next)", doc_type.compose(a, a_next)),
        ("invert(a, document)", doc_type.invert(a, scenario.document)),
        ("diff(document, a_next.after)", doc_type.diff(scenario.document, scenario.after_a.after)),
        *((f"part {index} of a", part) for index, part in enumerate(doc_type.split(a, 2))),
    ]


def _arguments(scenario: Scenario) -> list[tuple[str, Any]]:
    made = (scenario.a, scenario.b, scenario.after_a, scenario.after_b)
    names = ("a", "b", "a_next", "b_next")
    documents = [("document", scenario.document), ("the document after a", scenario.a.after)]
    return [*documents, *((name, one.op) for name, one in zip(names, made, strict=True))]


def _pairs(scenario: Scenario) -> list[tuple[Snapshot, Snapshot]]:
    return [
        (scenario.document, scenario.after_a.after),
        (scenario.a.after, scenario.b.after),
        (scenario.after_b.after, scenario.document),
    ]
