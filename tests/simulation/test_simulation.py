"""Simulated worlds repeat to the byte, and what goes wrong in one can be told shortly."""

from __future__ import annotations

import pickle

import pytest

from tests.simulation.mutants import MUTANTS
from transport.simulation import WORKLOADS, BrokenPromise, Narrowed, simulate
from transport.simulation.campaign import Summary, run
from transport.simulation.drawn_world import draw
from transport.simulation.shrinking import shortest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--repeated-seeds")))


def test_a_seed_does_the_same_twice(seed: int) -> None:
    first, second = (simulate(seed, seconds=40.0) for _ in range(2))
    assert first == second
    assert first.digest == second.digest


def test_seeds_keep_every_promise_over_documents_of_every_type() -> None:
    summary = run(range(1_000, 1_040), seconds=60.0, jobs=1)
    assert [str(broken) for broken in summary.broken] == []
    drawn = [draw(seed, WORKLOADS) for seed in range(1_000, 1_040)]
    types = {workload.doc_type for world in drawn for workload in world.documents.values()}
    assert types == {workload.doc_type for workload in WORKLOADS}
    assert summary.landed > 100
    assert summary.faults.total() > 1_000


def test_what_is_left_out_does_not_happen() -> None:
    without = frozenset(draw(7, WORKLOADS).faults)
    report = simulate(7, narrowed=Narrowed(clients=2, nodes=1, documents=1, without=without))
    assert report.faults.total() == 0
    assert report.landed > 0


def test_a_fault_is_told_by_a_smaller_world_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS["send_what_was_under_way_anew_after_a_cut"](monkeypatch)
    with pytest.raises(BrokenPromise) as found:
        simulate(0)
    story = shortest(0, WORKLOADS, 120.0, found.value)
    assert story.seconds < 120.0 or story.narrowed != Narrowed()
    assert f"--seeds 0 --seconds {story.seconds:g}" in story.command
    with pytest.raises(BrokenPromise) as again:
        simulate(0, seconds=story.seconds, narrowed=story.narrowed)
    assert str(again.value) == str(story.broken)


def test_a_broken_promise_comes_back_from_a_worker_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS["resume_off_by_one"](monkeypatch)
    with pytest.raises(BrokenPromise) as found:
        simulate(0)
    again = pickle.loads(pickle.dumps(found.value))
    assert (again.seed, again.what, again.story) == (0, found.value.what, found.value.story)


def test_a_campaign_says_what_never_happened() -> None:
    summary = Summary(seeds=1_000)
    assert "ghost" in summary.never
    assert "torn write" in summary.never
    assert Summary(seeds=10).never == []
