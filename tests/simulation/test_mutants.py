"""The simulation finds every planted fault, on seeds fixed beforehand, and none in the code as it is."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation import BrokenPromise, simulate

SEEDS = range(100)
"""Tried in order, until one shows the fault."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    for seed in SEEDS:
        try:
            simulate(seed)
        except BrokenPromise as broken:
            print(f"{name}: seed {seed}: {broken.what.splitlines()[0][:150]}")
            return
    pytest.fail(f"{name} lives through {len(SEEDS)} seeds")
