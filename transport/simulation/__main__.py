"""`python -m transport.simulation`: run seeds, and tell the shortest story of what went wrong."""

from __future__ import annotations

import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterable

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from transport.simulation.campaign import Summary, run
from transport.simulation.drawn_world import FAULTS, WHOLE, Narrowed
from transport.simulation.shrinking import shortest
from transport.simulation.simulating import SECONDS
from transport.simulation.workload import WORKLOADS


class Seeds(click.ParamType):  # type: ignore[type-arg]  # generic for checkers alone
    """One seed, or a range as `0-999`."""

    name = "seeds"

    def convert(
        self, value: str | range, param: click.Parameter | None, context: click.Context | None
    ) -> range:
        if isinstance(value, range):
            return value
        first, _, last = value.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            self.fail(f"{value!r} is no seed, and no range such as 0-999", param, context)
        return range(int(first), int(last or first) + 1)


@click.command()
@click.option("--seeds", type=Seeds(), help="A seed, or a range as 0-999; without it, fresh ones.")
@click.option("--minutes", type=click.FloatRange(min=0), help="Begin no seed after so long.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Virtual seconds of trouble.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at once; as many as there are cores.")
@click.option("--type", "doc_types", multiple=True, help="Document types to simulate; all if none is named.")
@click.option("--clients", default=WHOLE.clients, help="At most so many.", show_default=False)
@click.option("--nodes", default=WHOLE.nodes, help="At most so many.", show_default=False)
@click.option("--documents", default=WHOLE.documents, help="At most so many.", show_default=False)
@click.option("--without", multiple=True, type=click.Choice(FAULTS), help="A kind of fault to leave out.")
@click.option("--shrink/--no-shrink", default=True, help="Look for a shorter story of what went wrong.")
def main(
    seeds: range | None,
    minutes: float | None,
    seconds: float,
    jobs: int | None,
    doc_types: tuple[str, ...],
    clients: int,
    nodes: int,
    documents: int,
    without: tuple[str, ...],
    shrink: bool,
) -> None:
    """Simulate clients, servers, network and store, and check that every promise holds."""
    if seeds is None and minutes is None:
        raise click.UsageError("say --seeds, or --minutes for fresh ones")
    workloads = [one for one in WORKLOADS if not doc_types or one.doc_type in doc_types]
    if not workloads:
        raise click.UsageError(f"no type of {', '.join(doc_types)} has a workload")
    chosen: Iterable[int] = seeds if seeds is not None else fresh()
    narrowed = Narrowed(clients, nodes, documents, frozenset(without))
    console = Console()
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("starting")
        summary = run(
            chosen,
            seconds=seconds,
            workloads=workloads,
            narrowed=narrowed,
            minutes=minutes,
            jobs=jobs,
            told=lambda so_far: progress.update(bar, description=line(so_far)),
        )
    report(console, summary)
    for broken in summary.broken[:3]:
        story: object = broken
        if shrink and narrowed == WHOLE:
            story = shortest(broken.seed, workloads, seconds, broken)
        print(f"\nSeed {broken.seed}: {story}")
    for never in summary.never:
        console.print(f"never happened in {summary.seeds} seeds: {never}", style="red")
    sys.exit(1 if summary.broken or summary.never else 0)


def fresh() -> Iterable[int]:
    """Yield seeds that nobody has seen, beginning at a random one, which is printed."""
    first = random.SystemRandom().randrange(1_000_000, 1_000_000_000)
    print(f"fresh seeds from {first} on")
    return itertools.count(first)


def line(summary: Summary) -> str:
    """Return the progress in one line."""
    return (
        f"{summary.seeds} seeds, {summary.client_hours:.1f} client-hours, "
        f"{summary.faults.total():,} faults, {len(summary.broken)} broken promises"
    )


def report(console: Console, summary: Summary) -> None:
    """Print what happened."""
    console.print(
        f"{line(summary)}, {summary.landed:,} operations landed, {summary.steps:,} steps "
        f"in {summary.seconds:.0f} s",
        soft_wrap=True,
    )
    console.print(table("fault", summary.faults), table("rare branch", summary.branches))


def table(title: str, counted: Counter[str]) -> Table:
    """Return counts, most frequent first."""
    shown = Table(title, "times")
    shown.columns[1].justify = "right"
    for name, count in counted.most_common():
        shown.add_row(name, f"{count:,}")
    return shown


if __name__ == "__main__":
    main()
