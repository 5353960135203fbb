"""The simulation finds planted faults: on seeds fixed beforehand, or in the states of a small world."""

from __future__ import annotations

from typing import Final

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation import BrokenPromise, simulate
from transport.simulation.scopes import SCOPES
from transport.simulation.states import Found, search

SEEDS: Final = range(200)
"""Tried in order, until one shows the fault."""

STATES: Final = 100_000
"""Gone through in a scope, at most."""

IN_STATES: Final = {
    "compose_what_an_inflight_operation_has_to_be_carried_over": "more edits and a cut",
    "forget_what_was_under_way_in_a_document_that_was_closed": (
        "edits, a cut and a document that is opened again"
    ),
    "let_land_late_what_its_client_has_given_up": "edits, a cut and a document that is opened again",
    "take_entries_in_over_a_gap": "edits, a message told twice and one lost",
    "tell_what_landed_before_the_answer_that_it_leads_on_from": (
        "edits of three, and a document that is opened again"
    ),
}
"""Faults that take what no seed among these happens to draw, and the scope that holds it."""


@pytest.mark.parametrize("name", sorted(set(MUTANTS) - set(IN_STATES)))
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    for seed in SEEDS:
        try:
            simulate(seed)
        except BrokenPromise as broken:
            print(f"{name}: seed {seed}: {broken.what.splitlines()[0][:150]}")
            return
    pytest.fail(f"{name} lives through {len(SEEDS)} seeds")


@pytest.mark.parametrize("name", sorted(IN_STATES))
def test_a_planted_fault_is_found_by_going_through_all_states(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scope,) = (one for one in SCOPES if one.name == IN_STATES[name])
    MUTANTS[name](monkeypatch)
    with pytest.raises(Found) as found:
        search(scope, STATES)
    print(f"{name}: {found.value}")


def test_at_least_forty_faults_are_found() -> None:
    assert len(MUTANTS) >= 40
    assert set(IN_STATES) < set(MUTANTS)
