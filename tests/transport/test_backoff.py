"""Waits spread over an interval that doubles, and only a connection that held makes them short again."""

from __future__ import annotations

import random

import pytest

from transport.backoff import HELD, Backoff


class Farthest(random.Random):
    """Chance that always takes the far end of an interval."""

    def uniform(self, a: float, b: float) -> float:
        return b


def test_the_longest_wait_doubles_with_every_failure_up_to_the_cap() -> None:
    backoff = Backoff(base=0.5, cap=3.0)
    assert [backoff.wait(Farthest()) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_waits_are_spread_over_the_whole_interval() -> None:
    rng = random.Random(1)
    waits = [Backoff(base=8.0).wait(rng) for _ in range(4_000)]
    tenths = [sum(1 for wait in waits if 0.8 * i <= wait < 0.8 * (i + 1)) for i in range(10)]
    assert sum(tenths) == 4_000
    assert min(tenths) > 300


def test_what_the_server_asks_for_comes_on_top_of_the_jitter() -> None:
    backoff = Backoff(base=0.5)
    assert backoff.wait(Farthest(), at_least=7.0) == 7.5


@pytest.mark.parametrize(("seconds", "after"), [(0.0, 4.0), (HELD - 0.1, 4.0), (HELD, 0.5)])
def test_only_a_connection_that_held_makes_waits_short_again(seconds: float, after: float) -> None:
    backoff = Backoff(base=0.5, cap=30.0)
    for _ in range(3):
        backoff.wait(Farthest())
    backoff.lasted(seconds)
    assert backoff.wait(Farthest()) == after


def test_a_million_failures_are_no_overflow() -> None:
    backoff = Backoff(failures=1_000_000)
    assert backoff.wait(Farthest()) == 30.0
