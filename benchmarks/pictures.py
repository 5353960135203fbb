"""The pictures of README.md and docs/: charts of runs that are kept in `benchmarks/recorded/`.

    python -m benchmarks draw

A picture is one chart on a ground of its own, so that it reads on any page, light or dark, and about as wide
as a phone. Two stand side by side where there is room.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
import click

from benchmarks.pages import drawn
from benchmarks.reports import read_report
from benchmarks.tables import Plot, Table, grouped

RECORDED: Final = Path(__file__).parent / "recorded"
FOLDER: Final = Path(__file__).parent.parent / "docs" / "images"


@attrs.frozen
class Picture:
    """One chart of one table: a column of it as bars, or all curves."""

    name: str
    benchmark: str
    table: str
    title: str
    unit: str
    column: str = ""
    """Whose figures the bars are; none for curves."""
    rows: tuple[str, ...] = ("",)
    """How the names of the rows begin that are drawn; what stands before `: ` is not told where it is one."""

    def svg(self) -> str:
        """Draw it. Raises LookupError where the run has no such table."""
        report = read_report(RECORDED / f"{self.benchmark}.json")
        table = next((table for table in report.tables if table.title == self.table), None)
        if table is None:
            raise LookupError(f"{self.benchmark}.json has no table {self.table!r}")
        (chart,) = drawn(*self._part(table))
        return chart.picture()

    def _part(self, table: Table) -> tuple[Table, Plot]:
        """Return what of a table is drawn, under the picture's title."""
        kept = tuple(row for row in table.rows if row[0].startswith(self.rows))
        if not self.column:
            plot = next(plot for plot in table.plots if plot.kind == "curves")
            return attrs.evolve(table, title=self.title, rows=kept), attrs.evolve(plot, unit=self.unit)
        place = table.columns.index(self.column)
        has_groups = len({grouped(name)[0] for name, _ in kept}) > 1
        rows = tuple((name if has_groups else grouped(name)[1], (figures[place],)) for name, figures in kept)
        plot = Plot("bars", (self.title,), self.unit)
        return Table(self.title, table.how, (self.title,), rows, plots=(plot,)), plot


PAIRS: Final = "text: pairs of operations per second"
RICH_PAIRS: Final = "rich text: pairs of operations per second"
EDITS: Final = "text, many edits: edits per second"
KEYSTROKE: Final = "text, one keystroke: microseconds, by code points of the document"
MERGE: Final = "text, merging two branches: seconds, by edits on each side"
ROOMS: Final = "Rooms at full speed: operations"
SERVERS: Final = "Servers, beside each other"
IDLE: Final = "Connections that only stay"

TRANSFORMED: Final = "pairs transformed a second"
REACHED: Final = "operations a second that reached everybody"
COST: Final = "µs of the server's processor for an operation"

PICTURES: Final = (
    Picture("keystrokes", "peers", PAIRS, "Keystrokes, plain text", TRANSFORMED, "transform, keystroke"),
    Picture("long-operations", "peers", PAIRS, "1,000 components", TRANSFORMED, "transform, 1,000"),
    Picture("rich-text", "peers", RICH_PAIRS, "Rich text, 2 components", TRANSFORMED, "rich transform, 2"),
    Picture("replay", "peers", EDITS, "automerge-paper, typed anew", "edits a second", "replay"),
    Picture("offline", "peers", EDITS, "Merging two offline branches", "edits a second", "merge, scattered"),
    Picture("merge", "merge", MERGE, "Merging two branches", "seconds"),
    Picture(
        "keystroke-by-length",
        "types",
        KEYSTROKE,
        "One keystroke in a long text",
        "microseconds",
        rows=("str, sliced, typing", "the log's document"),
    ),
    Picture(
        "rooms",
        "rooms",
        ROOMS,
        "One room, beside a bare relay",
        REACHED,
        "ops/s",
        ("2 typists: ", "10 typists: ", "50 typists: ", "200 typists: "),
    ),
    Picture("servers", "servers", SERVERS, "A room of 200 typists", COST, "µs/op", ("200 typists: ",)),
    Picture("idle", "memory", IDLE, "A connection that only stays", "KiB of the server's memory", "KiB each"),
)


@click.command()
def draw() -> None:
    """Draw the pictures of README.md and docs/ from the runs that are kept."""
    for picture in PICTURES:
        path = FOLDER / f"{picture.name}.svg"
        path.write_text(picture.svg(), encoding="utf-8")
        click.echo(f"docs/images/{path.name}")
