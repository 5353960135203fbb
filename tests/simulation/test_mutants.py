"""The simulation finds planted faults, on seeds fixed beforehand."""

from __future__ import annotations

from typing import Final

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation import BrokenPromise, simulate

SEEDS: Final = range(100)
"""Tried in order, until one shows the fault."""

TOO_RARE: Final = frozenset(
    {
        "compose_what_an_inflight_operation_has_to_be_carried_over",
        "forget_what_was_under_way_in_a_document_that_was_closed",
        "keep_the_outcomes_of_a_step_that_was_rolled_back",
        "let_land_late_what_its_client_has_given_up",
        "take_any_own_entry_for_the_acknowledgement",
        "take_entries_in_over_a_gap",
    }
)
"""Faults that live through these seeds: what they break is rare (a composition that carries otherwise: one in
some thousand), or mended by another rule before anybody could tell. Known, and no proof of anything."""


@pytest.mark.parametrize("name", sorted(set(MUTANTS) - TOO_RARE))
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    for seed in SEEDS:
        try:
            simulate(seed)
        except BrokenPromise as broken:
            print(f"{name}: seed {seed}: {broken.what.splitlines()[0][:150]}")
            return
    pytest.fail(f"{name} lives through {len(SEEDS)} seeds")


def test_at_least_twenty_faults_are_found() -> None:
    assert set(MUTANTS) > TOO_RARE
    assert len(set(MUTANTS) - TOO_RARE) >= 20
