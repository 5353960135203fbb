"""The pictures of README.md and docs/: charts of runs that are kept in `benchmarks/recorded/`.

    python -m benchmarks draw

A picture is one chart on a ground of its own, so that it reads on any page, light or dark; and no wider than
a phone, so that it needs no shrinking there. Two stand side by side where there is room.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
import click

from benchmarks.pages import drawn
from benchmarks.reports import read_report
from benchmarks.tables import Plot, Table

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
    rows: tuple[str, ...] = ()
    """How the names of the rows begin that are drawn; all, if none is given."""

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
        kept = tuple(row for row in table.rows if row[0].startswith(self.rows or ""))
        if not self.column:
            plot = next(plot for plot in table.plots if plot.kind == "curves")
            return attrs.evolve(table, title=self.title, rows=kept), attrs.evolve(plot, unit=self.unit)
        place = table.columns.index(self.column)
        rows = tuple((name, (figures[place],)) for name, figures in kept)
        plot = Plot("bars", (self.title,), self.unit)
        return Table(self.title, table.how, (self.title,), rows, plots=(plot,)), plot


PAIRS: Final = "text: pairs of operations per second"
RICH_PAIRS: Final = "rich text: pairs of operations per second"
EDITS: Final = "text, many edits: edits per second"
CONNECTIONS: Final = "Connections that only stay"

PICTURES: Final = (
    Picture("keystrokes", "peers", PAIRS, "Keystrokes", "pairs transformed a second", "transform, keystroke"),
    Picture(
        "operations",
        "peers",
        PAIRS,
        "Operations of 1,000 components",
        "pairs transformed a second",
        "transform, 1,000",
    ),
    Picture(
        "rich-keystrokes",
        "peers",
        RICH_PAIRS,
        "Rich text, 2 components",
        "pairs transformed a second",
        "rich transform, 2",
    ),
    Picture("replaying", "peers", EDITS, "A text typed again", "edits of automerge-paper a second", "replay"),
    Picture(
        "merging",
        "peers",
        EDITS,
        "Two offline branches merged",
        "scattered edits a second",
        "merge, scattered",
    ),
)


@click.command()
def draw() -> None:
    """Draw the pictures of README.md and docs/ from the runs that are kept."""
    for picture in PICTURES:
        path = FOLDER / f"{picture.name}.svg"
        path.write_text(picture.svg())
        click.echo(f"docs/images/{path.name}")
