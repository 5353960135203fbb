"""Edits anywhere in a text, as one operation: a sorted list of splices, in which one lands by bisection.

A splice is what has become of one place: so much deleted there, this text put in its stead. Between two of
them there is always something kept. An edit that touches some makes one splice of them and itself; all others
move by as much as it makes the document longer. So that few have to be moved, splices lie in blocks, and in
each block at so much behind where it begins:

    bases    0                17                 60
    starts   [3, 9, 12]       [0, 8, 30, 41]     [0, 5]

The text of the document does not matter, so none is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, TypeAlias

from ot.text.components import Component

BLOCK = 48
"""Splices of a block, past which it is cut in two."""

FULL: Final = 2_000
"""Splices past which a list is full: moving its blocks would cost as much as composing two lists."""

LONGEST: Final = 1_000
"""Code points of a text, past which it is not edited here: an edit copies it."""

Block: TypeAlias = tuple[list[int], list[str], list[int]]
"""Where splices start in the document as it is now, from where the block begins; their texts; and how many
code points of the first document are gone there."""


class Scattered:
    """A composition in the making."""

    __slots__ = ("_bases", "_blocks", "_count")

    def __init__(self) -> None:
        self._bases: list[int] = [0]
        self._blocks: list[Block] = [([], [], [])]
        self._count = 0
        """Splices in all blocks."""

    @property
    def full(self) -> bool:
        """Whether it should be taken as it is, and another one begun."""
        return self._count >= FULL

    def put(self, place: int, gone: int, text: str) -> bool:
        """Replace `gone` code points at `place` by a text; say False, and do nothing, if this takes a walk.

        A new composition takes everything.
        """
        bases = self._bases
        number = bisect_right(bases, place) - 1
        at = place - bases[number]
        end = at + gone
        if number + 1 < len(bases) and place + gone >= bases[number + 1]:
            return False
        starts, texts, deletes = self._blocks[number]
        first, last = bisect_right(starts, at), bisect_right(starts, end)
        if first and starts[first - 1] + len(texts[first - 1]) >= at:
            first -= 1
        growth = len(text) - gone
        if first == last:
            starts.insert(first, at)
            texts.insert(first, text)
            deletes.insert(first, gone)
            self._count += 1
            first += 1
        else:
            whole = _joined(at, end, text, starts[first:last], texts[first:last], deletes[first:last])
            if whole is None:
                return False
            start, text, gone = whole
            kept = 1 if text or gone else 0
            starts[first:last] = [start] * kept
            texts[first:last] = [text] * kept
            deletes[first:last] = [gone] * kept
            self._count += kept - (last - first)
            first += kept
        if growth:
            starts[first:] = [start + growth for start in starts[first:]]
            bases[number + 1 :] = [base + growth for base in bases[number + 1 :]]
        if len(starts) > BLOCK:
            self._cut(number)
        return True

    def _cut(self, number: int) -> None:
        """Make two blocks of one."""
        starts, texts, deletes = self._blocks[number]
        half = len(starts) // 2
        base = starts[half]
        behind = ([start - base for start in starts[half:]], texts[half:], deletes[half:])
        self._blocks.insert(number + 1, behind)
        self._bases.insert(number + 1, self._bases[number] + base)
        del starts[half:], texts[half:], deletes[half:]

    def operation(self) -> list[Component]:
        """Return what all edits do, in normal form."""
        op: list[Component] = []
        done = 0
        for base, (starts, texts, deletes) in zip(self._bases, self._blocks, strict=True):
            for start, text, gone in zip(starts, texts, deletes, strict=True):
                place = base + start
                if place > done:
                    op.append(place - done)
                done = place
                if text:
                    op.append(text)
                    done += len(text)
                if gone:
                    op.append({"d": gone})
        return op


def _joined(
    at: int, end: int, text: str, starts: list[int], texts: list[str], deletes: list[int]
) -> tuple[int, str, int] | None:
    """Return one splice of an edit and of those that it touches; None where their text is long.

    What lies between two of them is deleted, as is all from `at` to `end` that none of them has inserted.
    """
    inserted = sum(map(len, texts))
    if inserted > LONGEST:
        return None
    start, behind = starts[0], starts[-1] + len(texts[-1]) - end
    span = end - at
    if start < at:
        span += at - start
        text = texts[0][: at - start] + text
    else:
        start = at
    if behind > 0:
        span += behind
        text += texts[-1][-behind:]
    return start, text, sum(deletes) + span - inserted
