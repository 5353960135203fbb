"""Rates are calls over the time of the best round, whatever type is measured."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from ot.measuring import ROUND_SECONDS, ROUNDS, Case, fitted_exponent, merge_seconds, rate, rates
from ot.text import Text


class Stepping:
    """A clock on which each call of `work` takes some time, and nothing else does."""

    def __init__(self, seconds: list[float]) -> None:
        self.now = 0.0
        self.calls = 0
        self.seconds = seconds

    def __call__(self) -> float:
        return self.now

    def work(self) -> None:
        self.now += self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.calls += 1


def test_a_rate_is_calls_per_second_of_the_clock() -> None:
    clock = Stepping([0.25])
    measured = rate("work", [clock.work, clock.work], clock=clock)
    assert (measured.function, measured.per_second, measured.calls) == ("work", 4.0, 2)
    assert clock.calls == 2 * ROUNDS


def test_the_best_round_counts() -> None:
    clock = Stepping([1.0, 0.5, 2.0])
    assert rate("work", [clock.work], clock=clock).per_second == 2.0


def test_short_calls_are_repeated_until_a_round_is_long_enough() -> None:
    clock = Stepping([ROUND_SECONDS / 5])
    measured = rate("work", [clock.work], clock=clock)
    assert measured.calls == 8
    assert measured.per_second == pytest.approx(5 / ROUND_SECONDS)


def test_every_function_of_a_type_is_measured() -> None:
    ticks = count()
    measured = rates(Text(), [Case("ab", [1, "x"], ["y"], [{"d": 1}])], clock=lambda: float(next(ticks)))
    assert [one.function for one in measured] == ["apply", "transform", "compose", "invert", "merge"]
    assert all(one.per_second == 1.0 for one in measured)


def test_a_merge_does_what_a_server_does_with_a_late_operation() -> None:
    called: list[Any] = []

    class Recording(Text):
        def transform(self, op: Any, other: Any, side: Any) -> Any:
            called.append(("transform", op, other, side))
            return super().transform(op, other, side)

        def check(self, op: Any) -> None:
            called.append(("check", op))

        def apply(self, snapshot: Any, op: Any) -> str:
            called.append(("apply", snapshot, op))
            return super().apply(snapshot, op)

    ticks = count()
    rates(Recording(), [Case("ab", [1, "x"], ["y"], [])], clock=lambda: float(next(ticks)))
    assert called[-3:] == [
        ("transform", [1, "x"], ["y"], "left"),
        ("check", [2, "x"]),
        ("apply", "yab", [2, "x"]),
    ]


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="there is nothing to measure apply with"):
        rates(Text(), [])


def test_a_merge_of_branches_composes_each_and_transforms_both() -> None:
    ticks = count()
    ours, theirs = [["x"], [1, "y"]], [[1, "z"], [2, {"d": 1}]]
    assert merge_seconds(Text(), "ab", ours, theirs, clock=lambda: float(next(ticks))) == 1.0


def test_branches_that_do_not_merge_are_refused() -> None:
    class Diverging(Text):
        cross: Any = None

        def transform(self, op: Any, other: Any, side: Any) -> Any:
            return super().transform(op, other, "left")

    with pytest.raises(ValueError, match="end in different documents"):
        merge_seconds(Diverging(), "ab", [["x"]], [["y"]])


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5, 2.0])
def test_an_exponent_is_that_of_the_power(exponent: float) -> None:
    costs = [(size, 0.3 * size**exponent) for size in (10.0, 50.0, 1000.0)]
    assert fitted_exponent(costs) == pytest.approx(exponent)


def test_an_exponent_of_a_curve_lies_between_those_of_its_ends() -> None:
    costs = [(size, size + size**2 / 1000) for size in (10.0, 100.0, 1000.0, 10_000.0)]
    assert 1.0 < fitted_exponent(costs) < 2.0


def test_one_size_has_no_exponent() -> None:
    with pytest.raises(ValueError, match="two sizes or more"):
        fitted_exponent([(10, 1.0), (10, 2.0)])
