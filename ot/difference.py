"""Where two sequences differ, for the `diff` of types whose documents are sequences.

What both begin and end with is cut off first, by comparing slices: one edit, however large the document,
costs little more than reading it. What is left is compared by Myers' greedy algorithm ("An O(ND)
Difference Algorithm and Its Variations", 1986), whose cost grows with the number of differences and not
with the product of the lengths. It is bounded: past `most_edits` the span counts as replaced as a whole,
so that no pair of sequences runs long.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

MOST_EDITS: Final = 1000
"""Items taken out or put in, past which a span is replaced: the algorithm takes about half the square of
it in steps, 0.2 s."""

LINES_FROM: Final = 2000
"""Code points, from which lines are compared first: of a longer span more than `MOST_EDITS` may differ, and
what two passages have in common would be lost."""


class Difference(NamedTuple):
    """`before[start:end]` becomes `after[after_start:after_end]`; one of the two may be empty."""

    start: int
    end: int
    after_start: int
    after_end: int


def differences(
    before: Sequence[Any], after: Sequence[Any], *, most_edits: int = MOST_EDITS
) -> list[Difference]:
    """Return what turns `before` into `after`, in order; between two of them at least one item is kept."""
    prefix = common_prefix(before, after)
    suffix = common_suffix(before, after, min(len(before), len(after)) - prefix)
    end, after_end = len(before) - suffix, len(after) - suffix
    kept = _kept_runs(before[prefix:end], after[prefix:after_end], most_edits)
    found, start, after_start = [], prefix, prefix
    for run_start, run_after_start, length in [*kept, (end - prefix, after_end - prefix, 0)]:
        if (start, after_start) != (prefix + run_start, prefix + run_after_start):
            found.append(Difference(start, prefix + run_start, after_start, prefix + run_after_start))
        start, after_start = prefix + run_start + length, prefix + run_after_start + length
    return found


def text_differences(before: str, after: str) -> list[Difference]:
    """Return what turns one text into the other: by lines first where much differs, then by characters."""
    prefix = common_prefix(before, after)
    suffix = common_suffix(before, after, min(len(before), len(after)) - prefix)
    before_middle, after_middle = before[prefix : len(before) - suffix], after[prefix : len(after) - suffix]
    spans = [Difference(0, len(before_middle), 0, len(after_middle))]
    if min(len(before_middle), len(after_middle)) > LINES_FROM:
        spans = _line_differences(before_middle, after_middle)
    most_edits = int(MOST_EDITS / max(1, len(spans)) ** 0.5)  # all together cost what one would
    return [
        Difference(prefix + start + a, prefix + start + b, prefix + after_start + c, prefix + after_start + d)
        for start, end, after_start, after_end in spans
        for a, b, c, d in differences(
            before_middle[start:end], after_middle[after_start:after_end], most_edits=most_edits
        )
    ]


def _line_differences(before: str, after: str) -> list[Difference]:
    """Return the spans of characters in which lines differ."""
    lines, after_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    places = [0, *accumulate(map(len, lines))]
    after_places = [0, *accumulate(map(len, after_lines))]
    return [
        Difference(places[start], places[end], after_places[after_start], after_places[after_end])
        for start, end, after_start, after_end in differences(lines, after_lines)
    ]


def common_prefix(before: Sequence[Any], after: Sequence[Any]) -> int:
    """Return how many items both begin with. Cost: linear, and that in slices."""
    equal, possible = 0, min(len(before), len(after))
    while equal < possible:
        middle = (equal + possible + 1) // 2
        if before[equal:middle] == after[equal:middle]:
            equal = middle
        else:
            possible = middle - 1
    return equal


def common_suffix(before: Sequence[Any], after: Sequence[Any], most: int) -> int:
    """Return how many items, `most` at the most, both end with."""
    equal, possible, end, after_end = 0, most, len(before), len(after)
    while equal < possible:
        middle = (equal + possible + 1) // 2
        if before[end - middle : end - equal] == after[after_end - middle : after_end - equal]:
            equal = middle
        else:
            possible = middle - 1
    return equal


def _kept_runs(before: Sequence[Any], after: Sequence[Any], most_edits: int) -> list[tuple[int, int, int]]:
    """Return runs of items that stay: start in `before`, start in `after`, length.

    Myers' search: `furthest[diagonal]` is how far into `before` one gets on the diagonal
    `start - after_start` with that many edits. Nothing stays where that takes too many.
    """
    length, after_length = len(before), len(after)
    if not length or not after_length or abs(length - after_length) > most_edits:
        return []
    furthest, history = {1: 0}, []
    for edits in range(min(length + after_length, most_edits) + 1):
        history.append(furthest.copy())
        for diagonal in range(-edits, edits + 1, 2):
            if _puts_in(furthest, diagonal, edits):
                start = furthest[diagonal + 1]
            else:
                start = furthest[diagonal - 1] + 1
            start += _equal_run(before, after, start, start - diagonal)
            furthest[diagonal] = start
            if start >= length and start - diagonal >= after_length:
                return _runs_on_path(history, start, start - diagonal)
    return []


def _puts_in(furthest: dict[int, int], diagonal: int, edits: int) -> bool:
    """Tell whether the best way onto a diagonal puts an item in; otherwise it takes one out."""
    return diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])


def _runs_on_path(history: list[dict[int, int]], start: int, after_start: int) -> list[tuple[int, int, int]]:
    """Walk back from the end of both sequences, and return the runs that stay, in order."""
    runs = []
    for edits in range(len(history) - 1, -1, -1):
        furthest, diagonal = history[edits], start - after_start
        previous = diagonal + 1 if _puts_in(furthest, diagonal, edits) else diagonal - 1
        before_edit = furthest[previous]
        run_start = before_edit if previous == diagonal + 1 else before_edit + 1
        if start > run_start:
            runs.append((run_start, run_start - diagonal, start - run_start))
        start, after_start = before_edit, before_edit - previous
    return runs[::-1]


def _equal_run(before: Sequence[Any], after: Sequence[Any], start: int, after_start: int) -> int:
    """Return how many items are equal from two places on: one by one at first, then in slices."""
    most = min(len(before) - start, len(after) - after_start)
    equal = 0
    while equal < most and equal < 8:
        if before[start + equal] != after[after_start + equal]:
            return equal
        equal += 1
    step = 16
    while equal < most:
        here, there = start + equal, after_start + equal
        if before[here : here + step] == after[there : there + step]:
            equal = min(most, equal + step)
            step *= 2
        elif step == 1:
            return equal
        else:
            step //= 2
    return max(equal, 0)
