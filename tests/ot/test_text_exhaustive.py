"""Every pair of text operations on every document up to length 3, over a small alphabet.

What two operations make together is worked out place by place, without the type. Deletes come in both
forms; one author inserts one character at a place, the other two, so that no insert is taken for another.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Final

import pytest

from ot.testing import Made, every_text_operation
from ot.text import Text
from tests.ot.plain_text import merged, places

LETTERS: Final = "ab😀"
LONGEST: Final = 3
LEAST_PAIRS: Final = 1_000_000

text: Final = Text()


def documents(longest: int) -> Iterator[str]:
    for length in range(longest + 1):
        yield from map("".join, itertools.product(LETTERS, repeat=length))


def disagreement(a: Made, b: Made, together: str, swapped: str) -> str | None:
    """Return what is wrong with the ways round a pair, if anything: a left, then b left."""
    a_first = text.apply(a.after, text.transform(b.op, a.op, "right"))
    b_first = text.apply(b.after, text.transform(a.op, b.op, "left"))
    if not a_first == b_first == together:
        return f"{a.op} and {b.op}: {a_first!r} and {b_first!r}, not {together!r}"
    a_first = text.apply(a.after, text.transform(b.op, a.op, "left"))
    b_first = text.apply(b.after, text.transform(a.op, b.op, "right"))
    if not a_first == b_first == swapped:
        return f"{b.op} and {a.op}: {b_first!r} and {a_first!r}, not {swapped!r}"
    return None


def disagreements(document: str) -> tuple[int, list[str]]:
    """Return how many pairs there are on a document, and what is wrong with them."""
    ours, theirs = (
        [(made, places(made.op, len(document))) for made in every_text_operation(document, [inserted])]
        for inserted in ("x", "yz")
    )
    found = (
        disagreement(a, b, merged(document, a_places, b_places), merged(document, b_places, a_places))
        for a, a_places in ours
        for b, b_places in theirs
    )
    return len(ours) * len(theirs), [f"{document!r}: {fault}" for fault in found if fault is not None]


def test_every_pair_ends_in_the_merged_document(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()
    counts, faults = zip(*map(disagreements, documents(LONGEST)), strict=True)
    pairs = sum(counts)
    with capsys.disabled():
        print(f"\n{pairs:,} pairs of text operations in {time.perf_counter() - started:.0f} s")
    assert [fault for found in faults for fault in found[:5]] == []
    assert pairs >= LEAST_PAIRS


def test_every_composition_does_what_its_parts_do() -> None:
    pairs = 0
    for document in ("", "a", "ab"):
        for a in every_text_operation(document, ["x"]):
            for later in every_text_operation(a.after, ["y"]):
                composed = text.compose(a.op, later.op)
                assert text.apply(document, composed) == later.after, (document, a.op, later.op)
                text.check(composed)
                pairs += 1
    assert pairs > 16_000
