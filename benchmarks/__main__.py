"""Run benchmarks by name, all if none is named; compare two runs; draw those that are kept.

python -m benchmarks                         # all: tables, and for each a file of JSON and a page
python -m benchmarks types merge --repeat 5  # these two, medians of five
python -m benchmarks compare OLD NEW         # what has changed beyond noise
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import attrs
import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as PrintedTable

from benchmarks import memory, merge, opening, rooms, types
from benchmarks.compare import compare
from benchmarks.pages import page
from benchmarks.peers import contest, servers
from benchmarks.pictures import draw
from benchmarks.reports import Report, reported
from benchmarks.tables import Table, grouped, joined, shown


@attrs.frozen
class Benchmark:
    """What is run by one name."""

    tables: Callable[[], Sequence[Table]]
    load: str = "Nobody asks over a network: what is timed is called from the thread that looks at the clock."
    """Who asks what is measured, and how it was checked that they are not what is slow."""


BENCHMARKS: Final = {
    "types": Benchmark(types.tables),
    "merge": Benchmark(merge.tables),
    "rooms": Benchmark(rooms.tables, rooms.LOAD),
    "open": Benchmark(opening.tables, opening.LOAD),
    "memory": Benchmark(memory.tables, memory.LOAD),
    "peers": Benchmark(contest.tables, contest.LOAD),
    "servers": Benchmark(servers.tables, servers.LOAD),
}
"""By the name that the command line takes. A new one is a line here."""

FOLDER: Final = Path(__file__).parent.parent / "build" / "benchmarks"


class Commands(click.Group):
    """What does not begin with the name of a command is what the command `run` is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of it."""
        if not args or args[0] not in {*self.commands, "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Commands)
def main() -> None:
    """Run benchmarks (`run` may be left out), compare two runs, or draw those that are kept."""


main.add_command(compare)
main.add_command(draw)


@main.command("run")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="Where to write NAME.json and NAME.html; build/benchmarks if not said.",
)
@click.option("--repeat", type=click.IntRange(1), default=1, help="Times to run each; medians are printed.")
@click.argument("names", nargs=-1, type=click.Choice(sorted(BENCHMARKS)), metavar="[NAME]...")
def run(names: tuple[str, ...], folder: Path, repeat: int) -> None:
    """Run the benchmarks named, all if none is, and say how each figure was taken."""
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)
    seconds = {}
    for name in names or BENCHMARKS:
        report = measured(name, repeat)
        for table in report.tables:
            print_table(console, table)
        write(report, folder)
        seconds[name] = report.seconds
        console.print(f"\n{name}: {folder / name}.html", style="bold")
    told = ", ".join(f"{name} {taken:.0f} s" for name, taken in seconds.items())
    console.print(f"\n{told}; together {sum(seconds.values()):.0f} s", style="bold")


def measured(name: str, repeat: int) -> Report:
    """Run a benchmark so many times, and return what all runs together have shown."""
    began, started = datetime.datetime.now(datetime.UTC), time.monotonic()
    runs = [BENCHMARKS[name].tables() for _ in range(repeat)]
    tables = [joined(same) for same in zip(*runs, strict=True)]
    return reported(name, began, time.monotonic() - started, BENCHMARKS[name].load, tables)


def write(report: Report, folder: Path) -> None:
    """Write a report as JSON and as a page, which links to those that lie there already."""
    report.write(folder / f"{report.benchmark}.json")
    beside = [name for name in BENCHMARKS if (folder / f"{name}.json").exists()]
    (folder / f"{report.benchmark}.html").write_text(page(report, beside))


def print_table(console: Console, table: Table) -> None:
    """Print one table and how its figures were taken; what rows have in common stands above them, once."""
    printed = PrintedTable(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    printed.add_column("", no_wrap=True)
    for column in table.columns:
        printed.add_column(column, justify="right", overflow="fold")
    for group, rows in groupby(table.rows, lambda row: grouped(row[0])[0]):
        if group:
            printed.add_row(group, style="dim")
        for name, figures in rows:
            printed.add_row(f"  {grouped(name)[1]}" if group else name, *map(shown, figures))
    console.print(f"\n{table.title}", style="bold")
    console.print(printed)
    console.print(table.how, style="dim")


if __name__ == "__main__":
    main()
