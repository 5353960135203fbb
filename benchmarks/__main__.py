"""Run benchmarks by name, all if none is named, and print their tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import click
from rich.console import Console
from rich.table import Table as PrintedTable

from benchmarks import merge, rooms, types
from benchmarks.tables import Table, shown

Benchmark: TypeAlias = Callable[[], Sequence[Table]]

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "types": types.tables,
    "merge": merge.tables,
    "rooms": rooms.tables,
}
"""By the name that the command line takes. A new one is a line here."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(BENCHMARKS)), metavar="[NAME]...")
def main(names: tuple[str, ...]) -> None:
    """Run the benchmarks named, all if none is, and say how each figure was taken."""
    console = Console()
    console.print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )
    for name in names or BENCHMARKS:
        for table in BENCHMARKS[name]():
            print_table(console, table)


def print_table(console: Console, table: Table) -> None:
    """Print one table and how its figures were taken."""
    printed = PrintedTable(title=table.title, title_justify="left", title_style="bold")
    printed.add_column("")
    for column in table.columns:
        printed.add_column(column, justify="right")
    for name, figures in table.rows:
        printed.add_row(name, *map(shown, figures))
    console.print()
    console.print(printed)
    console.print(table.how, style="dim")


if __name__ == "__main__":
    main()
