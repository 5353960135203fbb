"""What a benchmark returns: figures, and with them how they were taken, and what of them is drawn."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import attrs

Figure: TypeAlias = float | str | tuple[float, ...]
"""A number, printed in three digits; words; or every repetition of one, of which the median is printed."""

Better: TypeAlias = Literal["more", "less", "neither"]
"""Whether a larger figure is an improvement."""


@attrs.frozen
class Plot:
    """What is drawn of a table."""

    kind: Literal["bars", "curves"]
    """Bars: a chart for each of `columns`, a bar for each row, grouped by what stands before `: ` in its
    name. Curves: one for each row over `columns`, whose names are numbers; both axes are logarithmic."""
    columns: tuple[str, ...]
    unit: str
    """Of the figures, as it stands beside the chart."""
    across: str = ""
    """What the numbers of a curve's columns count."""


@attrs.frozen
class Table:
    """One table of figures. `columns` name the figures; a row is what was measured, then its figures."""

    title: str
    how: str
    """How each figure was taken, in sentences: without it a figure says nothing."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]
    better: Better | tuple[Better, ...] = "neither"
    """Of every column, or of each one: by this a comparison knows what has fallen."""
    plots: tuple[Plot, ...] = ()

    def __attrs_post_init__(self) -> None:
        for name, figures in self.rows:
            if len(figures) != len(self.columns):
                raise ValueError(f"{name} has {len(figures)} figures for {len(self.columns)} columns")
        if not isinstance(self.better, str) and len(self.better) != len(self.columns):
            raise ValueError(f"{self.title}: {len(self.better)} directions for {len(self.columns)} columns")
        for plot in self.plots:
            if unknown := set(plot.columns) - set(self.columns):
                raise ValueError(f"{self.title} has no column {', '.join(sorted(unknown))} to draw")

    def directions(self) -> tuple[Better, ...]:
        """Return of each column whether more of it is better."""
        return (self.better,) * len(self.columns) if isinstance(self.better, str) else self.better


def grouped(name: str) -> tuple[str, str]:
    """Return what is compared, if that is said, and who does it, of a row's name: `50 typists: memory`."""
    group, _, who = name.rpartition(": ")
    return group, who


def repetitions(figure: Figure) -> tuple[float, ...]:
    """Return all that was measured for a figure; nothing for words."""
    if isinstance(figure, str):
        return ()
    return figure if isinstance(figure, tuple) else (figure,)


def middle(figure: Figure) -> float | None:
    """Return the number that a figure stands for: the median of its repetitions; None for words."""
    found = repetitions(figure)
    return statistics.median(found) if found else None


def joined(runs: Sequence[Table]) -> Table:
    """Return one table of what a benchmark measured in several runs: each figure has the repetitions of all.

    The rows are those of the first run; words that differ from run to run stand side by side.
    """
    first, *others = runs
    found = [dict(table.rows) for table in others]
    rows = (
        (name, tuple(map(_together, figures, *(rows[name] for rows in found if name in rows))))
        for name, figures in first.rows
    )
    return attrs.evolve(first, rows=tuple(rows))


def _together(*figures: Figure) -> Figure:
    if len(figures) == 1:
        return figures[0]
    numbers = tuple(number for figure in figures for number in repetitions(figure))
    return numbers or " / ".join(dict.fromkeys(str(figure) for figure in figures))


def shown(figure: Figure) -> str:
    """Return a figure as it is printed: 1.23 M or 58,900 or 3.21, or the words that it is."""
    number = middle(figure)
    if number is None:
        assert isinstance(figure, str), "what has no number is words"
        return figure
    if abs(number) >= 1_000_000:
        return f"{number / 1_000_000:.3g} M"
    if abs(number) >= 1000:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}"


def table_from_json(found: dict[str, Any]) -> Table:
    """Return the table that `attrs.asdict` made `found` of, by way of JSON."""
    better = found["better"]
    return Table(
        found["title"],
        found["how"],
        tuple(found["columns"]),
        tuple((name, tuple(map(_figure, figures))) for name, figures in found["rows"]),
        tuple(better) if isinstance(better, list) else better,
        tuple(
            Plot(plot["kind"], tuple(plot["columns"]), plot["unit"], plot["across"])
            for plot in found["plots"]
        ),
    )


def _figure(found: float | str | list[float]) -> Figure:
    return tuple(found) if isinstance(found, list) else found
