"""A comparison tells what has changed, keeps quiet about noise, and refuses what cannot be compared."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.compare import compared
from benchmarks.reports import Report, reported
from benchmarks.tables import Better, Figure, Table

FIGURES: Final = 1_000
BEGAN: Final = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def report(figures: list[Figure], better: Better = "more") -> Report:
    rows = tuple((f"row {place}", (figure,)) for place, figure in enumerate(figures))
    return reported("types", BEGAN, 3.0, "Nobody.", [Table("calls", "Counted.", ("apply",), rows, better)])


def noisy(rng: random.Random, times: float = 1.0) -> list[Figure]:
    """Return figures of any size, five repetitions each, which differ by a twentieth or so."""
    sizes = [10.0 ** rng.uniform(-3, 6) for _ in range(FIGURES)]
    return [tuple(size * times * rng.gauss(1, 0.05) for _ in range(5)) for size in sizes]


def run_again(rng: random.Random, figures: list[Figure], times: float) -> list[Figure]:
    middles = [sum(figure) / 5 for figure in figures if isinstance(figure, tuple)]
    return [tuple(middle * times * rng.gauss(1, 0.05) for _ in range(5)) for middle in middles]


def test_the_same_again_is_no_change() -> None:
    rng = random.Random(1)
    before = noisy(rng)
    found = compared(report(before), report(run_again(rng, before, 1)))
    assert found.compared == FIGURES
    assert len(found.changes) <= FIGURES / 100


@pytest.mark.parametrize(
    ("better", "times", "verdict"),
    [
        ("more", 2 / 3, "worse"),
        ("more", 3 / 2, "better"),
        ("less", 3 / 2, "worse"),
        ("less", 2 / 3, "better"),
        ("neither", 2 / 3, "changed"),
    ],
)
def test_a_third_slower_is_found_everywhere(better: Better, times: float, verdict: str) -> None:
    rng = random.Random(2)
    before = noisy(rng)
    found = compared(report(before, better), report(run_again(rng, before, times), better))
    assert len(found.changes) >= FIGURES * 0.99
    assert {change.verdict for change in found.changes} == {verdict}


def test_what_has_no_noise_has_changed_by_the_least_difference() -> None:
    (change,) = compared(report([(437.0,) * 5]), report([(438.0,) * 5])).changes
    assert str(change) == "better  calls; row 0; apply: 437 (437 to 437) -> 438 (438 to 438), 1 times"


def test_words_have_changed_where_they_are_others() -> None:
    changes = compared(report(["met", "met"]), report(["met", "missed"])).changes
    assert [str(change) for change in changes] == ["changed calls; row 1; apply: met -> missed"]


def test_too_few_repetitions_are_counted_and_not_compared() -> None:
    found = compared(report([(1.0,) * 4, 1.0, (1.0,) * 5]), report([(9.0,) * 5, 9.0, (1.0,) * 5]))
    assert (found.changes, found.compared, found.uncompared) == ((), 1, 2)


Rewrite = Callable[[Report], Report]


@pytest.fixture
def invoked(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """The command on a folder with one run, and a file with another that has become a third slower."""

    def invoke(*options: str, rewrite: Rewrite = lambda old: old) -> tuple[int, str]:
        (tmp_path / "old").mkdir()
        rewrite(report([(3.0, 3.1, 3.0, 3.0, 3.0)])).write(tmp_path / "old" / "types.json")
        report([(2.0, 2.1, 2.0, 2.0, 2.0)]).write(tmp_path / "new.json")
        done = CliRunner().invoke(
            main, ["compare", *options, str(tmp_path / "old"), str(tmp_path / "new.json")]
        )
        return done.exit_code, done.output

    return invoke


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on-worse",), 1)])
def test_the_command_tells_each_change_in_a_line(
    invoked: Callable[..., tuple[int, str]], options: tuple[str, ...], code: int
) -> None:
    exit_code, printed = invoked(*options)
    assert exit_code == code
    assert "worse   calls; row 0; apply: 3 (3 to 3.1) -> 2 (2 to 2.1), 0.667 times\n" in printed
    assert "1 of 1 figures have changed beyond noise\n" in printed


@pytest.mark.parametrize(
    ("rewrite", "told"),
    [
        (lambda old: attrs.evolve(old, processor="Abacus"), "processor: Abacus -> "),
        (lambda old: attrs.evolve(old, python="CPython 2.7"), "python: CPython 2.7 -> "),
        (lambda old: attrs.evolve(old, versions=old.versions | {"pebbles": "1"}), "pebbles: 1 -> none"),
    ],
)
def test_runs_of_other_machines_and_versions_are_refused_with_the_difference(
    invoked: Callable[..., tuple[int, str]], rewrite: Rewrite, told: str
) -> None:
    code, printed = invoked(rewrite=rewrite)
    assert code == 2
    assert f"not the same  {told}" in printed
    assert "worse" not in printed


def test_they_are_compared_where_that_is_wanted_and_the_difference_stands_above(
    invoked: Callable[..., tuple[int, str]],
) -> None:
    code, printed = invoked("--anyway", rewrite=lambda old: attrs.evolve(old, cores=64))
    assert code == 0
    assert printed.index("cores: 64 -> ") < printed.index("worse")


def test_another_version_of_this_project_is_what_is_compared(invoked: Callable[..., tuple[int, str]]) -> None:
    code, _ = invoked(rewrite=lambda old: attrs.evolve(old, versions=old.versions | {"counterpoint": "0"}))
    assert code == 0


def test_runs_of_different_benchmarks_have_nothing_in_common(invoked: Callable[..., tuple[int, str]]) -> None:
    code, printed = invoked(rewrite=lambda old: attrs.evolve(old, benchmark="merge"))
    assert code == 2
    assert "no benchmark in common" in printed
