"""How long two branches of offline edits take to merge: composed first, and one by one as most clients do."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from time import process_time
from typing import Final, TypeAlias

import ot
from benchmarks.tables import Figure, Plot, Table
from ot import Operation
from ot.crossing import crossed
from ot.measuring import fitted_exponent, merge_seconds

SIZES: Final = (1_000, 3_000, 10_000, 30_000, 100_000)
"""Edits on each side."""

ONE_BY_ONE: Final = (100, 300, 1_000)
"""Edits on each side that are merged one by one: a square of steps, so more would take minutes."""

LENGTH: Final = 100_000  # code points of the document that both branches begin with
RUN: Final = 40  # keystrokes before the cursor goes elsewhere, on average

Branch: TypeAlias = list[Operation]
Author: TypeAlias = Callable[[random.Random, int], Branch]

TEXT: Final = ot.get_type("text")


def tables() -> list[Table]:
    """Merge branches of scattered edits and of typing."""
    rows = (("scattered edits", scattered), ("typing", typing))
    columns = (*(f"{size:,}" for size in SIZES), "exponent")
    return [
        Table(
            "text, merging two branches: seconds, by edits on each side",
            "Each side's edits are composed, and the two compositions transformed over each other, on a "
            f"document of {LENGTH:,} code points. Scattered: one character inserted or deleted anywhere, "
            f"half and half. Typing: runs of {RUN} keystrokes on average, every tenth a backspace. Once "
            "through, in processor time; both orders were applied, and ended in one text. Exponent: that of "
            "the power of the number of edits which fits the seconds best.",
            columns,
            tuple((name, _row(author, SIZES, merged_at_once)) for name, author in rows),
            better="less",
            plots=(Plot("curves", columns[:-1], "seconds", "edits on each side"),),
        ),
        Table(
            "the same one by one: seconds, by edits on each side",
            "Every edit of one side is carried over every edit of the other, and back. In processor time.",
            (*(f"{size:,}" for size in ONE_BY_ONE), "exponent"),
            tuple((name, _row(author, ONE_BY_ONE, merged_one_by_one)) for name, author in rows),
            better="less",
        ),
    ]


def _row(
    author: Author, sizes: Sequence[int], merge: Callable[[Branch, Branch], float]
) -> tuple[Figure, ...]:
    rng = random.Random(1)
    seconds = [merge(author(rng, size), author(rng, size)) for size in sizes]
    return (*seconds, fitted_exponent(list(zip(sizes, seconds, strict=True))))


def merged_at_once(ours: Branch, theirs: Branch) -> float:
    """Return the seconds that a merge takes, by composing first."""
    return merge_seconds(TEXT, "-" * LENGTH, ours, theirs, clock=process_time)


def merged_one_by_one(ours: Branch, theirs: Branch) -> float:
    """Return the seconds that it takes to carry every edit over every one of the other branch."""
    started = process_time()
    for own in ours:
        carried = []
        for other in theirs:
            own, other = crossed(TEXT, own, other)
            carried.append(other)
        theirs = carried
    return process_time() - started


def scattered(rng: random.Random, count: int) -> Branch:
    """Return edits of one character each, anywhere."""
    length, branch = LENGTH, list[Operation]()
    for _ in range(count):
        inserts = rng.random() < 0.5
        branch.append([rng.randint(1, length - 1), "x" if inserts else {"d": 1}])
        length += 1 if inserts else -1
    return branch


def typing(rng: random.Random, count: int) -> Branch:
    """Return keystrokes: runs of typing, with a backspace now and then."""
    length, place, branch = LENGTH, 1, list[Operation]()
    for _ in range(count):
        if rng.random() < 1 / RUN:
            place = rng.randint(1, length - 1)
        if rng.random() < 0.1 and place > 1:
            place, length = place - 1, length - 1
            branch.append([place, {"d": 1}])
        else:
            branch.append([place, rng.choice("etaoin ")])
            place, length = place + 1, length + 1
    return branch
