"""Where two sequences differ: what is found is right, small where little differs, and never runs long."""

from __future__ import annotations

import itertools
import random
import time
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot.difference import MOST_EDITS, Difference, differences, text_differences
from ot.text import Text

text: Final = Text()
words: Final = st.lists(st.sampled_from("ab\n"), max_size=12).map("".join)


def replaced(before: str, after: str, found: list[Difference]) -> str:
    """Return `before` with each difference replaced, from the back."""
    for start, end, after_start, after_end in reversed(found):
        before = before[:start] + after[after_start:after_end] + before[end:]
    return before


def fewest_edits(before: str, after: str) -> int:
    """Return how many characters have to go or come, by the table of all prefixes."""
    row = list(range(len(after) + 1))
    for index, char in enumerate(before, start=1):
        above, row = row, [index]
        for place, other in enumerate(after):
            row.append(above[place] if char == other else 1 + min(above[place + 1], row[place]))
    return row[-1]


def edits(found: list[Difference]) -> int:
    return sum(end - start + after_end - after_start for start, end, after_start, after_end in found)


@given(words, words)
def test_differences_turn_before_into_after_with_the_fewest_edits(before: str, after: str) -> None:
    found = differences(before, after)
    assert replaced(before, after, found) == after
    assert edits(found) == fewest_edits(before, after)
    assert all(one.end < next_one.start for one, next_one in itertools.pairwise(found))


@given(words, words, st.integers(0, 4))
def test_past_the_bound_differences_are_still_right(before: str, after: str, most_edits: int) -> None:
    assert replaced(before, after, differences(before, after, most_edits=most_edits)) == after


@pytest.mark.parametrize(
    ("before", "after", "op"),
    [
        ("", "", []),
        ("abc", "abc", []),
        ("abc", "abxc", [2, "x"]),
        ("aaa", "aa", [2, {"d": 1}]),
        ("abcdef", "aXcdYf", [1, "X", {"d": 1}, 2, "Y", {"d": 1}]),
        ("😀a", "😀b", [1, "b", {"d": 1}]),
        ("a\r\nb", "a\nb", [1, {"d": 1}]),
    ],
)
def test_a_small_difference_makes_a_small_operation(before: str, after: str, op: Any) -> None:
    assert text.diff(before, after) == op


def prose(lines: int, seed: int) -> list[str]:
    choose = random.Random(seed)
    return ["".join(choose.choices("etaoin shrdlu", k=60)) + "\n" for _ in range(lines)]


def test_lines_changed_here_and_there_in_a_large_text_leave_the_others_alone() -> None:
    lines = prose(10_000, seed=1)
    changed = list(lines)
    for place in range(0, 10_000, 500):
        changed[place] = changed[place][:30] + "!" + changed[place][31:]
    del changed[7_100:7_110]
    before, after = "".join(lines), "".join(changed)
    started = time.perf_counter()
    op = text.diff(before, after)
    assert time.perf_counter() - started < 2
    assert text.apply(before, op) == after
    assert sum(len(part) for part in op if isinstance(part, str)) == 20
    assert sum(part["d"] for part in op if isinstance(part, dict)) == 20 + 610


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("".join(prose(4_000, seed=2)), "".join(prose(4_000, seed=3))),
        ("ab" * 200_000, "ba" * 200_000),
        ("a" * 500_000, "a" * 400_000 + "b"),
        ("x\n" * 100_000, "y\n" * 50_000 + "x\n" * 60_000),
        ("".join(prose(4_000, seed=4)), "".join(reversed(prose(4_000, seed=4)))),
    ],
    ids=["nothing in common", "shifted by one", "one letter", "two kinds of lines", "reversed"],
)
def test_no_pair_of_large_texts_takes_long(before: str, after: str) -> None:
    started = time.perf_counter()
    op = text.diff(before, after)
    assert time.perf_counter() - started < 3
    assert text.apply(before, op) == after
    text.check(op)


def test_a_text_replaced_as_a_whole_is_one_difference() -> None:
    before, after = "a" * (2 * MOST_EDITS), "b" * (2 * MOST_EDITS)
    assert text_differences(before, after) == [Difference(0, 2 * MOST_EDITS, 0, 2 * MOST_EDITS)]
