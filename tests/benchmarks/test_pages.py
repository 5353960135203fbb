"""The page of a report shows every figure and fetches nothing; the JSON beside it gives the report back."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest

from benchmarks.pages import page
from benchmarks.reports import Report, read_report, reported
from benchmarks.tables import Plot, Table, joined, middle

BARS: Final = Table(
    "calls <each> second",
    "Counted & timed.",
    ("apply", "said"),
    (("few: ours", ((3.0, 1.0, 2.0), "quick")), ("few: theirs", (0.5, ""))),
    better=("more", "neither"),
    plots=(Plot("bars", ("apply",), "calls a second"),),
)
CURVES: Final = Table(
    "seconds, by edits",
    "Once through.",
    ("10", "1,000", "exponent"),
    (("typing", (0.001, 0.1, 1.0)), ("scattered", (0.002, 0.4, 1.15))),
    better="less",
    plots=(Plot("curves", ("10", "1,000"), "seconds", "edits"),),
)


@pytest.fixture
def report() -> Report:
    began = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
    return reported("merge", began, 3.0, "Nobody <asks>.", (BARS, CURVES))


def test_a_report_comes_back_from_its_json(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path / "merge.json")
    assert read_report(tmp_path / "merge.json") == report


def test_what_no_benchmark_has_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="not what a benchmark has written"):
        read_report(tmp_path / "other.json")


def test_a_page_shows_every_figure_with_its_chart_and_fetches_nothing(report: Report) -> None:
    shown = page(report, ["merge", "types"])
    for words in (
        "calls &lt;each&gt; second",
        "Counted &amp; timed.",
        "Nobody &lt;asks&gt;.",
        ">2<",
        ">quick<",
        ">0.002<",
        ">1.15<",
    ):
        assert words in shown
    assert not re.findall(r"(?:src|@import|url\()|<script|<link", shown)
    assert re.findall(r'href="([^"]*)"', shown) == ["types.html", "merge.json"]
    charts = re.findall(r"<svg.*?</svg>", shown, re.DOTALL)
    names = [ET.fromstring(chart).get("aria-label") for chart in charts]
    assert names == ["apply", "seconds, by edits"]


def test_runs_are_joined_figure_by_figure_and_the_median_stands_for_them() -> None:
    row = ("one", (4.0, "quick"))
    runs = [Table("t", "h", ("a", "b"), (row,)), Table("t", "h", ("a", "b"), (("one", (8.0, "slow")),))]
    both = joined([*runs, runs[0]])
    ((_, (figure, words)),) = both.rows
    assert figure == (4.0, 8.0, 4.0)
    assert middle(figure) == 4.0
    assert words == "quick / slow"
