"""Clients of one log converge, lose nothing and double nothing, whatever the network does.

Each fault that is planted breaks a promise of the design; that the worlds find every one of them is what
makes their silence about the real code worth something.
"""

from __future__ import annotations

from typing import Any

import pytest

from ot import InvalidOperation
from tests.ot.museum.log_faults import FAULTS
from tests.ot.world import World

WORLDS = 300
MOVES = 120


def live(seed: int) -> World:
    world = World(seed, count=2 + seed % 4)
    world.live(MOVES)
    world.check_settled()
    return world


def test_every_world_converges_and_keeps_every_token_once() -> None:
    worlds = [live(seed) for seed in range(WORLDS)]
    assert sum(world.network.log.revision for world in worlds) > 10 * WORLDS
    assert sum(world.network.superseded for world in worlds) > 0, "no world gave a submission up"


def test_a_world_repeats_from_its_seed() -> None:
    first, second = live(7), live(7)
    assert [entry.tag for entry in first.network.stored] == [entry.tag for entry in second.network.stored]


def test_a_token_typed_offline_by_each_client_arrives_once() -> None:
    world = World(1)
    for number in range(3):
        world.type(number)
        world.network.links[number].up.clear()
        world.network.cut(number)
        world.type(number)
    world.network.settle()
    world.check_settled()
    assert len(world.network.log.snapshot) == 6


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    for seed in range(600):
        try:
            live(seed)
        except (AssertionError, InvalidOperation) as found:
            print(f"found by seed {seed}: {type(found).__name__}")
            return
    pytest.fail("600 worlds have not found it")
