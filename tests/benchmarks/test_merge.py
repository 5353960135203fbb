"""The benchmark of merging merges what it says, and both ways of merging end in one text."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

import ot
from benchmarks import merge
from benchmarks.__main__ import main
from benchmarks.merge import LENGTH, Author, scattered, typing

text = ot.get_type("text")


@pytest.mark.parametrize("author", [scattered, typing])
def test_a_branch_is_keystrokes_made_one_after_the_other(author: Author) -> None:
    branch = author(random.Random(3), 500)
    document = "-" * LENGTH
    for op in branch:
        text.check(op)
        document = text.apply(document, op)
    assert len(branch) == 500
    assert document != "-" * LENGTH


def test_typing_goes_on_where_it_was_most_of_the_time() -> None:
    branch = typing(random.Random(3), 2_000)
    on = sum(later[0] - op[0] in (-1, 0, 1) for op, later in pairwise(branch))
    assert 1_800 < on < 1_990
    scattered_on = sum(abs(b[0] - a[0]) < 2 for a, b in pairwise(scattered(random.Random(3), 2_000)))
    assert scattered_on < 10


def test_the_command_prints_both_ways_of_merging(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(merge, "SIZES", (10, 100))
    monkeypatch.setattr(merge, "ONE_BY_ONE", (5, 10))
    printed = CliRunner().invoke(main, ["merge", "--out", str(tmp_path)])
    assert printed.exit_code == 0, printed.output
    for words in ("merging two branches", "one by one", "scattered edits", "typing", "exponent"):
        assert words in printed.output
