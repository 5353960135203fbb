"""Charts as SVG: bars that lie beside their names, and curves over two logarithmic axes.

A chart is a `<svg>` of fixed width that scales down; its colours are classes of `charts.css`. Nothing in it
is fetched or run: it stands in a page, and in a picture of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

import attrs

from benchmarks.tables import Figure, middle, repetitions, shown

STYLE: Final = (Path(__file__).parent / "charts.css").read_text()

WIDTH: Final = 400  # pixels: two stand side by side in a page, and one fills a phone
LINE: Final = 20  # pixels from one bar to the next, or one line of a legend
HEAD: Final = 44  # pixels above what is drawn: the title, and what the numbers are
LABEL: Final = 168  # pixels for the names at bars
NUMBER: Final = 62  # pixels for the numbers behind bars
LETTERS: Final = 27  # of a name that fit there

PLOT_HEIGHT: Final = 190
MARGIN: Final = 16  # pixels around the chart of a picture
LEFT: Final = 54  # pixels for the numbers at the upright axis

OTHERS: Final = 7  # tones for those who are not ours


@attrs.frozen
class Mark:
    """One bar, or one curve with as many figures as there are places."""

    name: str
    figures: tuple[Figure, ...]
    tone: str
    """`ours`, or `s0` to `s6`."""
    group: str = ""
    note: str = ""
    """What stands behind its name in the legend of curves."""


def tones(names: Iterable[str], ours: Iterable[str]) -> dict[str, str]:
    """Return a tone for each name: one colour for all that are ours, the others in turns."""
    own = frozenset(ours)
    others = [name for name in dict.fromkeys(names) if name not in own]
    return {name: f"s{number % OTHERS}" for number, name in enumerate(others)} | dict.fromkeys(own, "ours")


@attrs.frozen
class Chart:
    """One chart; as a string it is what stands in a page that has `STYLE`."""

    title: str
    height: float
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"<svg {self._box(WIDTH, self.height)}>{''.join(self.parts)}</svg>"

    def picture(self) -> str:
        """Return a file of its own, on a ground of its own: what is around it may be light or dark."""
        width, height = WIDTH + 2 * MARGIN, self.height + 2 * MARGIN
        drawn = "\n".join(self.parts)
        return (
            f"<svg {self._box(width, height)}>\n<style>\n{STYLE}</style>\n"
            f'<rect class="ground" x=".5" y=".5" width="{width - 1}" height="{height - 1:g}" rx="8"/>\n'
            f'<g transform="translate({MARGIN} {MARGIN})">\n{drawn}\n</g>\n</svg>\n'
        )

    def _box(self, width: float, height: float) -> str:
        """Return the attributes of a chart whose parts take so much room: they scale to `WIDTH`."""
        return (
            f'class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{WIDTH}" height="{height * WIDTH / width:.0f}" role="img" '
            f'aria-label="{escape(self.title)}"'
        )


def bars(title: str, unit: str, marks: Sequence[Mark]) -> Chart:
    """Return a chart with a bar for the first figure of each mark; one without a number is told in words."""
    longest = max((max(repetitions(mark.figures[0]), default=0.0) for mark in marks), default=0.0) or 1.0
    scale = (WIDTH - LABEL - NUMBER) / longest
    parts = _head(title, unit)
    y = HEAD
    for group, within in groupby(marks, key=lambda mark: mark.group):
        if group:
            parts.append(_text(0, y + 13, group))
            y += LINE
        for mark in within:
            parts += _bar(mark, y, scale, indent=10 if group else 0)
            y += LINE
        y += 6 if group else 0
    return Chart(title, y + 4, tuple(parts))


def _bar(mark: Mark, y: float, scale: float, *, indent: int) -> Iterator[str]:
    figure = mark.figures[0]
    number, taken = middle(figure), repetitions(figure)
    length = 0.0 if number is None else max(1.0, number * scale)
    end = LABEL + max([length, *(one * scale for one in taken)])
    name = mark.name if len(mark.name) <= LETTERS else mark.name[: LETTERS - 1] + "…"
    yield f'<g class="{mark.tone}"><title>{escape(_told(mark.name, figure))}</title>'
    yield _text(indent, y + 13, name, "quiet" if indent else "")
    yield f'<rect class="filled" x="{LABEL}" y="{y + 3}" width="{length:.1f}" height="13" rx="2"/>'
    if len(taken) > 1:
        low, high = LABEL + min(taken) * scale, LABEL + max(taken) * scale
        yield f'<path class="range" d="M{low:.1f} {y + 9.5}H{high:.1f}"/>'
    yield _text(end + 6, y + 13, shown(figure), "number") + "</g>"


def curves(title: str, unit: str, across: str, places: Sequence[float], marks: Sequence[Mark]) -> Chart:
    """Return a chart with a curve for each mark, whose figures are those at `places`."""
    numbers = [number for mark in marks for figure in mark.figures if (number := middle(figure))]
    low, high = _decades(numbers)
    legend = HEAD + LINE * len(marks)
    wide = WIDTH - LEFT - 14
    x_low, x_high = math.log10(min(places)), math.log10(max(places))

    def x(place: float) -> float:
        return LEFT + wide * (math.log10(place) - x_low) / (x_high - x_low)

    def y(number: float) -> float:
        return legend + 8 + PLOT_HEIGHT * (high - math.log10(number)) / (high - low)

    parts = _head(title, unit)
    for line, mark in enumerate(marks):
        parts += _legend(mark, HEAD + LINE * line)
    for power in range(low, high + 1):
        parts.append(f'<path class="rule" d="M{LEFT} {y(10**power):.1f}H{WIDTH - 14}"/>')
        parts.append(_text(LEFT - 8, y(10**power) + 4, shown(10.0**power), "quiet number end"))
    for place in places:
        parts.append(_text(x(place), legend + PLOT_HEIGHT + 28, shown(place), "quiet number middle"))
    parts.append(_text(LEFT + wide / 2, legend + PLOT_HEIGHT + 46, across, "quiet middle"))
    for mark in marks:
        points = [
            (x(place), y(number), _told(f"{mark.name}, {shown(place)} {across}", figure))
            for place, figure in zip(places, mark.figures, strict=True)
            if (number := middle(figure))
        ]
        parts += _curve(mark, points)
    return Chart(title, legend + PLOT_HEIGHT + 54, tuple(parts))


def _decades(numbers: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around all numbers."""
    low = math.floor(math.log10(min(numbers, default=1.0)))
    return low, max(low + 1, math.ceil(math.log10(max(numbers, default=1.0))))


def _legend(mark: Mark, y: float) -> Iterator[str]:
    yield f'<g class="{mark.tone}"><path class="drawn curve" d="M2 {y + 9}H20"/>'
    yield f'<circle class="filled" cx="11" cy="{y + 9}" r="3.5"/>{_text(28, y + 13, mark.name)}'
    yield _text(WIDTH - 14, y + 13, mark.note, "quiet number end") + "</g>"


def _curve(mark: Mark, points: Sequence[tuple[float, float, str]]) -> Iterator[str]:
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points)
    yield f'<g class="{mark.tone}"><path class="drawn curve" d="M{line}"/>'
    for x, y, told in points:
        yield f'<circle class="filled" cx="{x:.1f}" cy="{y:.1f}" r="3.5">'
        yield f"<title>{escape(told)}</title></circle>"
    yield "</g>"


def _told(name: str, figure: Figure) -> str:
    taken = repetitions(figure)
    if len(taken) < 2:
        return f"{name}: {shown(figure)}"
    return f"{name}: {shown(figure)}, {shown(min(taken))} to {shown(max(taken))} in {len(taken)} repetitions"


def _head(title: str, unit: str) -> list[str]:
    return [_text(0, 13, title, "title"), _text(0, 31, unit, "quiet")]


def _text(x: float, y: float, text: str, classes: str = "") -> str:
    kind = f' class="{classes}"' if classes else ""
    return f'<text x="{x:g}" y="{y:g}"{kind}>{escape(text)}</text>' if text else ""
