"""All that can happen in a small world keeps what is promised, and the search sees where it does not."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation.scopes import SCOPES, Scope
from transport.simulation.small_world import SmallWorld
from transport.simulation.states import Found, Seen, search

CRASH = SCOPES[0]
WHOLE: Final = SCOPES[:10]
"""Those that are gone through to their end."""

NEAREST: Final = 3_000
"""States of each of the others."""

TRIED: Final = 5
"""Ways of each scope that are gone in two worlds."""

LONG: Final = 40
"""Steps of such a way, at most."""


def seen_from_its_beginning(world: SmallWorld, count: int) -> Seen:
    """Return the states that so many states of a world lead to."""
    seen = Seen(world.first())
    for number in range(count):
        state = seen.states[number]
        for by, action in enumerate(world.actions(state)):
            seen.reached(world.after(state, action), number, by)
    return seen


@pytest.mark.parametrize("scope", WHOLE, ids=lambda scope: scope.name)
def test_every_state_of_a_small_scope_keeps_every_promise(scope: Scope) -> None:
    searched = search(scope, 1_000_000)
    assert searched.complete
    assert searched.states > 2_000
    assert searched.transitions > searched.states


@pytest.mark.parametrize("scope", SCOPES[len(WHOLE) :], ids=lambda scope: scope.name)
def test_the_nearest_states_of_a_larger_scope_keep_every_promise(scope: Scope) -> None:
    assert search(scope, NEAREST).states >= NEAREST


def test_a_search_ends_where_it_is_told_to() -> None:
    searched = search(CRASH, 50)
    assert not searched.complete
    assert 50 <= searched.states < 100


@pytest.mark.parametrize("scope", WHOLE, ids=lambda scope: scope.name)
def test_a_state_is_the_one_that_its_way_leads_to_in_a_world_where_nothing_else_has_happened(
    scope: Scope,
) -> None:
    random, known = Random(scope.name), SmallWorld(scope)
    seen_from_its_beginning(known, 1_000)
    for _ in range(TRIED):
        alone = SmallWorld(scope)
        state, twin = known.first(), alone.first()
        for _ in range(LONG):
            actions = known.actions(state)
            assert alone.actions(twin) == actions
            if not actions:
                break
            action = random.choice(actions)
            state, twin = known.after(state, action), alone.after(twin, action)
            assert known.told(state) == alone.told(twin)
            alone.check(twin)


def test_the_way_to_a_state_leads_there() -> None:
    world = SmallWorld(CRASH)
    seen = seen_from_its_beginning(world, 200)
    for number, reached in enumerate(seen.states):
        state = seen.states[0]
        for action in seen.way(world, number):
            state = world.after(state, action)
        assert state == reached


def test_what_is_acknowledged_before_it_is_on_the_disk_is_found_by_the_shortest_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MUTANTS["acknowledge_before_the_append"](monkeypatch)
    with pytest.raises(Found) as found:
        search(CRASH, 1_000)
    assert [step[0] for step in found.value.steps] == ["edit", "up", "down"]
    assert found.value.what == "submission 1 of a was acknowledged at 1: None"
    assert str(found.value).endswith("  1 edit a\n  2 up a\n  3 down a")
