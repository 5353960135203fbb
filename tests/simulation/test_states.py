"""All that can happen in a small world keeps what is promised, and the search sees where it does not."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation.copying import copied
from transport.simulation.small_world import SmallWorld
from transport.simulation.states import SCOPES, Found, search

CRASH = SCOPES[1]


def test_every_state_that_edits_and_a_crash_lead_to_keeps_every_promise() -> None:
    searched = search(CRASH, 10_000)
    assert searched.complete
    assert searched.states > 2_000
    assert searched.transitions > searched.states


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.name)
def test_the_nearest_states_of_every_scope_keep_every_promise(scope: object) -> None:
    (one,) = (known for known in SCOPES if known == scope)
    assert search(one, 300).states >= 300


def test_a_search_ends_where_it_is_told_to() -> None:
    searched = search(CRASH, 50)
    assert not searched.complete
    assert 50 <= searched.states < 100


def test_a_state_that_goes_on_leaves_the_one_it_was_copied_from_as_it_was() -> None:
    world = SmallWorld.begun(CRASH)
    before = world.key()
    while actions := world.actions():
        after = copied(world)
        assert after.key() == world.key()
        after.do(actions[0])
        assert world.key() == before
        world, before = after, after.key()


def test_what_is_acknowledged_before_it_is_on_the_disk_is_found_by_the_shortest_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MUTANTS["acknowledge_before_the_append"](monkeypatch)
    with pytest.raises(Found) as found:
        search(CRASH, 1_000)
    assert [step[0] for step in found.value.steps] == ["edit", "up", "down"]
    assert found.value.what == "submission 1 of a was acknowledged at 1: None"
    assert str(found.value).endswith("  1 edit a\n  2 up a\n  3 down a")
