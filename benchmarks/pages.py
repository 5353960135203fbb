"""A report as a page: one file of HTML that fetches nothing, with the charts and tables of one benchmark."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import Final

from benchmarks.charts import STYLE, Chart, Mark, bars, curves, tones
from benchmarks.reports import Report
from benchmarks.tables import Figure, Plot, Table, grouped, repetitions, shown

PAGE_STYLE: Final = (Path(__file__).parent / "page.css").read_text()

OURS: Final = "Counterpoint"
EXPONENT: Final = "exponent"
"""The column that is told beside the curve it was fitted to."""


def page(report: Report, others: Collection[str] = ()) -> str:
    """Return the page of a report, with links to those of other benchmarks that lie beside it."""
    title = escape(report.benchmark)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: Counterpoint, measured</title>\n<style>\n{PAGE_STYLE}{STYLE}</style>\n"
        f"<header>\n<p>Counterpoint, measured</p>\n<h1>{title}</h1>\n{_facts(report)}</header>\n"
        f"{_links(report.benchmark, others)}"
        f"<main>\n{''.join(map(_section, report.tables))}"
        f"<section>\n<h2>Who asks</h2>\n<p>{escape(report.load)}</p>\n</section>\n</main>\n"
        f"<footer>Made by <code>python -m benchmarks {title}</code> in {report.seconds:,.0f} s; "
        f'the figures with all repetitions: <a href="{title}.json">{title}.json</a></footer>\n</html>\n'
    )


def _facts(report: Report) -> str:
    facts = {
        "Taken": report.taken.replace("T", " ").removesuffix("+00:00") + " UTC",
        "Python": report.python,
        "Machine": f"{report.processor}, {report.cores} cores; {report.machine}",
        "Versions": ", ".join(f"{name} {version}" for name, version in report.versions.items()),
    }
    rows = (f"<div><dt>{name}</dt><dd>{escape(fact)}</dd></div>\n" for name, fact in facts.items())
    return f"<dl>\n{''.join(rows)}</dl>\n"


def _links(benchmark: str, others: Collection[str]) -> str:
    links = (f'<a href="{name}.html">{name}</a>\n' for name in others if name != benchmark)
    return f"<nav>\n{''.join(links)}</nav>\n" if len(others) > 1 else ""


def _section(table: Table) -> str:
    charts = "".join(str(chart) for plot in table.plots for chart in drawn(table, plot))
    return (
        f"<section>\n<h2>{escape(table.title)}</h2>\n"
        + (f'<div class="charts">\n{charts}</div>\n' if charts else "")
        + f'<div class="scrolled">\n{_table(table)}</div>\n<p>{escape(table.how)}</p>\n</section>\n'
    )


def _table(table: Table) -> str:
    columns = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = (
        f"<tr><th>{escape(name)}</th>{''.join(map(_cell, figures))}</tr>\n" for name, figures in table.rows
    )
    return (
        f"<table>\n<thead><tr><th></th>{columns}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n"
    )


def _cell(figure: Figure) -> str:
    taken = repetitions(figure)
    if len(taken) > 1:
        ends = f"{shown(min(taken))} to {shown(max(taken))}, {len(taken)} repetitions"
        return f'<td title="{ends}">{shown(figure)}</td>'
    kind = "" if taken else ' class="words"'
    return f"<td{kind}>{escape(shown(figure))}</td>"


def drawn(table: Table, plot: Plot) -> Iterator[Chart]:
    """Return the charts of a plot: one for each column, or all curves in one."""
    if plot.kind == "curves":
        yield _curves(table, plot)
        return
    named = [(*grouped(name), figures) for name, figures in table.rows]
    who = [name for _, name, _ in named]
    tone = tones(who, [name for name in who if name.startswith(OURS)])
    for column in plot.columns:
        place = table.columns.index(column)
        marks = [
            Mark(name, (figures[place],), tone[name], group)
            for group, name, figures in named
            if figures[place] != ""
        ]
        yield bars(column, plot.unit, marks)


def _curves(table: Table, plot: Plot) -> Chart:
    places = [table.columns.index(column) for column in plot.columns]
    tone = tones([name for name, _ in table.rows], [])
    marks = []
    for name, figures in table.rows:
        note = f"n^{shown(figures[table.columns.index(EXPONENT)])}" if EXPONENT in table.columns else ""
        marks.append(Mark(name, tuple(figures[place] for place in places), tone[name], note=note))
    sizes = [float(column.replace(",", "")) for column in plot.columns]
    return curves(table.title.partition(":")[0], plot.unit, plot.across, sizes, marks)
