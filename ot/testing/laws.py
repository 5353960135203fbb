"""The laws of document types, each a property test of its own.

A law is a function of a type and what it is tried on; `laws` turns all of them into a class that pytest
collects. Equality is that of JSON. A law that fails says which, and tells how; pytest shows the code that
does it again in a section of its own, `Hypothesis`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from ot.document_type import DocumentType, Snapshot
from ot.testing import merging_laws, rewriting_laws, value_laws
from ot.testing.law import Law
from ot.testing.made import Operations
from ot.testing.scenario import RunsOf, Subject, scenarios
from ot.testing.story import told

EXAMPLES: Final = 400
"""Draws for each law, each tried both ways round: about 1.5 s for a type as fast as `text`, nearly all of
it spent on drawing. The rarest fault of the museum shows in one scenario of 300."""


def _by_name(*found: Law) -> dict[str, Law]:
    return {law.__name__: law for law in found}


_LAWS: Final = _by_name(*rewriting_laws.LAWS, *merging_laws.LAWS, *value_laws.LAWS)
_CLAIMS: Final = _by_name(*merging_laws.CLAIMS)
_OF_RUNS: Final = _by_name(*merging_laws.LAWS_OF_RUNS)


def laws(
    doc_type: DocumentType,
    documents: st.SearchStrategy[Snapshot],
    operations: Operations,
    *,
    runs: RunsOf | None = None,
    claims: Collection[str] = (),
    exempt: Collection[str] = (),
    examples: int = EXAMPLES,
) -> type:
    """Return a class for pytest with one test for each law that `doc_type` has to keep.

    `runs` goes from a document to runs that two people type in it at once: they have to stay whole. A type
    in which nothing is typed, or whose runs may mix, goes without. `claims` adds laws that few types keep
    (`transform_over_a_composition_equals_one_by_one`); `exempt` leaves laws out by name, which is a
    statement about your type and belongs in its docs. `examples` says how many scenarios are drawn.
    """
    _refuse_unknown(claims, _CLAIMS)
    _refuse_unknown(exempt, _LAWS)
    chosen = {name: law for name, law in _LAWS.items() if name not in exempt}
    chosen |= {name: _CLAIMS[name] for name in claims}
    cases = scenarios(documents, operations)
    tests = {f"test_{name}": _test(law, doc_type, cases, examples) for name, law in chosen.items()}
    if runs is not None:
        typed = documents.flatmap(runs)
        tests |= {f"test_{name}": _test(law, doc_type, typed, examples) for name, law in _OF_RUNS.items()}
    return type(f"LawsOf{type(doc_type).__name__}", (), tests)


def _refuse_unknown(names: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"no law is called {', '.join(unknown)}; there are {', '.join(known)}")


def _test(
    law: Law, doc_type: DocumentType, cases: st.SearchStrategy[Any], examples: int
) -> Callable[[Any], None]:
    def test(self: object, drawn: Subject) -> None:
        for subject in (drawn, drawn.swapped()):
            untouched = copy.deepcopy(subject)  # for the story: a type may mutate what it is given
            try:
                law(doc_type, subject)
            except Exception as fault:  # the type's own errors too: whatever it raises here breaks the law
                broken = told(doc_type, law, untouched)
                note(broken.code)
                raise broken from fault

    test.__name__ = test.__qualname__ = f"test_{law.__name__}"  # also Hypothesis' key for its memory
    test.__doc__ = law.__doc__
    chosen = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        report_multiple_bugs=False,
        phases=set(Phase) - {Phase.explain},  # the story is the explanation
    )
    return chosen(given(drawn=cases)(test))
