"""What has changed from one run of benchmarks to another, beyond noise.

Noise is what one and the same code does from repetition to repetition. So a figure has changed where the
medians of the two runs lie further apart than the repetitions of either run, from the lowest to the highest.
Of five repetitions of the same code, one figure in three hundred is told wrongly, and whatever has become a
third slower is found where repetitions differ by a tenth. That the lowest of one run is above the highest of
the other, which is what a rank test asks of five, is true of one in 126 by chance: too many, of hundreds of
figures. Fewer than five repetitions tell too little of their own noise to be compared.

What no rule sees is a machine that was busier during the whole of one run: take both on an idle one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

import attrs
import click

from benchmarks.reports import Report, read_report
from benchmarks.tables import Better, Figure, middle, repetitions, shown

ENOUGH: Final = 5
"""Repetitions in either run from which on a figure is compared."""

Verdict: TypeAlias = Literal["better", "worse", "changed"]

THIS_PROJECT: Final = "counterpoint"
"""Whose version may differ: that is what is compared."""


@attrs.frozen
class Change:
    """One figure that is another beyond noise."""

    what: str
    verdict: Verdict
    before: Figure
    after: Figure

    def __str__(self) -> str:
        old, new = middle(self.before), middle(self.after)
        times = f", {new / old:.3g} times" if old and new is not None else ""
        return f"{self.verdict:8}{self.what}: {_told(self.before)} -> {_told(self.after)}{times}"


@attrs.frozen
class Comparison:
    """What came of two runs of one benchmark."""

    changes: tuple[Change, ...]
    compared: int
    """Figures that both have, repeated often enough."""
    uncompared: int
    """Figures that both have, of which one has fewer repetitions."""
    alone: tuple[str, ...]
    """What only one of the two has."""


def reports_at(path: Path) -> dict[str, Report]:
    """Return the reports of a file, or of all JSON files of a folder, by benchmark.

    Raises ValueError for a file that is none.
    """
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    return {report.benchmark: report for report in map(read_report, paths)}


def surroundings(old: Report, new: Report) -> list[str]:
    """Say in what two runs differ that is not this project's code."""
    before, after = _surrounding(old), _surrounding(new)
    return [
        f"{name}: {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in before | after
        if before.get(name) != after.get(name)
    ]


def _surrounding(report: Report) -> dict[str, str]:
    found = {
        "machine": report.machine,
        "processor": report.processor,
        "cores": str(report.cores),
        "python": report.python,
        **report.versions,
    }
    return {name: value for name, value in found.items() if name != THIS_PROJECT}


def compared(old: Report, new: Report) -> Comparison:
    """Compare every figure that both runs of a benchmark have."""
    before, after = dict(_figures(old)), dict(_figures(new))
    both = [name for name in before if name in after]
    pairs = [(name, before[name][0], *after[name]) for name in both]
    enough = [pair for pair in pairs if _is_enough(pair[1]) and _is_enough(pair[2])]
    changes = (_change(*pair) for pair in enough)
    return Comparison(
        changes=tuple(change for change in changes if change is not None),
        compared=len(enough),
        uncompared=len(pairs) - len(enough),
        alone=tuple(sorted(before.keys() ^ after.keys())),
    )


def _figures(report: Report) -> Iterator[tuple[str, tuple[Figure, Better]]]:
    for table in report.tables:
        for name, figures in table.rows:
            for column, figure, better in zip(table.columns, figures, table.directions(), strict=True):
                yield f"{table.title}; {name}; {column}", (figure, better)


def _is_enough(figure: Figure) -> bool:
    return isinstance(figure, str) or len(repetitions(figure)) >= ENOUGH


def _change(what: str, before: Figure, after: Figure, better: Better) -> Change | None:
    old, new = middle(before), middle(after)
    if old is None or new is None:  # words, or numbers where there were words
        return None if before == after else Change(what, "changed", before, after)
    if abs(new - old) <= max(_spread(before), _spread(after)):
        return None
    if better == "neither":
        return Change(what, "changed", before, after)
    return Change(what, "better" if (new > old) is (better == "more") else "worse", before, after)


def _spread(figure: Figure) -> float:
    taken = repetitions(figure)
    return max(taken) - min(taken)


def _told(figure: Figure) -> str:
    taken = repetitions(figure)
    return f"{shown(figure)} ({shown(min(taken))} to {shown(max(taken))})" if taken else shown(figure)


@click.command()
@click.option("--anyway", is_flag=True, help="Also where the machine, Python or packages differ.")
@click.option("--fail-on-worse", is_flag=True, help="Exit code 1 if any figure has become worse.")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
def compare(old: Path, new: Path, *, anyway: bool, fail_on_worse: bool) -> None:
    """Say what has changed from OLD to NEW beyond noise: files that --out has written, or folders of them.

    A figure has changed where the medians lie further apart than the repetitions of either run do; it takes
    five of them (--repeat 5).
    """
    try:
        before, after = reports_at(old), reports_at(new)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    both = [name for name in before if name in after]
    if not both:
        raise click.UsageError(f"{old} and {new} have no benchmark in common")
    found = [_printed(before[name], after[name], anyway=anyway) for name in both]
    for name in sorted(before.keys() ^ after.keys()):
        click.echo(f"{name}: only in {old if name in before else new}")
    if fail_on_worse and any(change.verdict == "worse" for one in found for change in one.changes):
        raise click.exceptions.Exit(1)


def _printed(old: Report, new: Report, *, anyway: bool) -> Comparison:
    """Print what has changed in one benchmark; refuse runs that differ in more than code, unless told."""
    click.echo(f"{new.benchmark}: {old.taken} -> {new.taken}")
    others = surroundings(old, new)
    for other in others:
        click.echo(f"not the same  {other}")
    if others and not anyway:
        raise click.UsageError("the runs differ in more than this project's code; --anyway compares them")
    found = compared(old, new)
    for change in found.changes:
        click.echo(str(change))
    for name in found.alone:
        click.echo(f"not in both   {name}")
    click.echo(f"{len(found.changes)} of {found.compared} figures have changed beyond noise")
    if found.uncompared:
        click.echo(f"{found.uncompared} have fewer than {ENOUGH} repetitions, and are not compared")
    return found
