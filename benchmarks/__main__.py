"""Run benchmarks by name, all if none is named, and print their tables."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
import click
from rich.console import Console
from rich.table import Table as PrintedTable

from benchmarks import merge, opening, peers, rooms, types
from benchmarks.tables import Table, shown

Benchmark: TypeAlias = Callable[[], Sequence[Table]]

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "types": types.tables,
    "merge": merge.tables,
    "rooms": rooms.tables,
    "open": opening.tables,
    "peers": peers.tables,
}
"""By the name that the command line takes. A new one is a line here."""


@click.command()
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write figures there.")
@click.argument("names", nargs=-1, type=click.Choice(sorted(BENCHMARKS)), metavar="[NAME]...")
def main(names: tuple[str, ...], path: Path | None) -> None:
    """Run the benchmarks named, all if none is, and say how each figure was taken."""
    console = Console()
    console.print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )
    measured: dict[str, list[Table]] = {}
    for name in names or BENCHMARKS:
        measured[name] = list(BENCHMARKS[name]())
        for table in measured[name]:
            print_table(console, table)
    if path is not None:
        path.write_text(json.dumps(report(measured), indent=1) + "\n")


def report(measured: Mapping[str, Sequence[Table]]) -> dict[str, Any]:
    """Return all figures as JSON, with the versions and the machine that they are of."""
    packages = ("aiohttp", "attrs", "cattrs", "counterpoint", "msgpack", "orjson", "uvloop")
    installed = {found.name: found.version for found in distributions()}
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "versions": {name: installed[name] for name in packages if name in installed},
        "tables": {name: [attrs.asdict(table) for table in tables] for name, tables in measured.items()},
    }


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
