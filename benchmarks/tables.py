"""What a benchmark returns: figures, and with them how they were taken."""

from __future__ import annotations

from typing import TypeAlias

import attrs

Figure: TypeAlias = float | str
"""A number, printed in three significant digits, or words."""


@attrs.frozen
class Table:
    """One table of figures. `columns` name the figures; a row is what was measured, then its figures."""

    title: str
    how: str
    """How each figure was taken, in sentences: without it a figure says nothing."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]

    def __attrs_post_init__(self) -> None:
        for name, figures in self.rows:
            if len(figures) != len(self.columns):
                raise ValueError(f"{name} has {len(figures)} figures for {len(self.columns)} columns")


def shown(figure: Figure) -> str:
    """Return a figure as it is printed: 1.23 M or 58,900 or 3.21, or the words that it is."""
    if isinstance(figure, str):
        return figure
    if abs(figure) >= 1_000_000:
        return f"{figure / 1_000_000:.3g} M"
    if abs(figure) >= 1000:
        return f"{float(f'{figure:.3g}'):,.0f}"
    return f"{figure:.3g}"
