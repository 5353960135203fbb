"""A rich text that changes in place, in blocks: an operation makes anew those that it touches, and no more.

A block is a short document. A long text goes on from one block to the next, and the snapshot joins it.
People type where they have just typed, so one block is at hand. Where blocks start, in code units, is known
up to that one; all behind it are off by the same `shift`, which is paid for when another one is taken up:

    blocks    [{"insert": "Lorem ip"}]  [{"insert": "sum"}, {"insert": {"hr": 1}}]  [{"insert": "dolor"}]
    starts     0                         8                                          12                    17

So what stands before an operation is not counted, which would be a walk over all of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import TypeAlias

from ot.document_type import Operation, Snapshot
from ot.errors import InvalidOperation
from ot.rich_text.applying import applied
from ot.rich_text.components import Builder, Component, cut_text, insert_length, is_plain_retain
from ot.rich_text.documents import require_document
from ot.rich_text.embeds import Embeds
from ot.rich_text.growth import document_growth

BLOCK: int = 1_000  # not Final, nor are the next: compiled, the tests could not make them smaller
"""Weight of a block when it is cut: its characters, and what its components weigh. It may grow fourfold."""

COMPONENT: int = 40
"""Characters that take as long as the component in which they stand."""

BLOCKS: int = 2_000
"""Blocks, of twice which there are never more: beyond, all are cut anew and larger."""

Edit: TypeAlias = tuple[int, int, list[Component], int]
"""From where to where an operation does something, what it does there, and by how much that grows."""


class LiveRichText:
    """A rich text, changed in place."""

    __slots__ = ("_at", "_blocks", "_embeds", "_shift", "_size", "_snapshot", "_starts")

    def __init__(self, document: Snapshot, embeds: Embeds) -> None:
        self._embeds = embeds
        self._snapshot: list[Component] | None = None
        self._blocks: list[list[Component]] = []
        self._starts: list[int] = []
        self._at = self._shift = self._size = 0
        self._lay_out(require_document(document))

    def snapshot(self) -> Snapshot:
        """Return the document. Cost: its size, once after each change."""
        if self._snapshot is None:
            self._snapshot = _joined(self._blocks)
        return self._snapshot

    def copy(self) -> LiveRichText:
        """Return another document, equal to this one and changed on its own."""
        twin = LiveRichText([], self._embeds)
        twin._blocks, twin._starts = self._blocks.copy(), self._starts.copy()
        twin._at, twin._shift, twin._size = self._at, self._shift, self._size
        twin._snapshot = self._snapshot
        return twin

    def apply(self, op: Operation) -> None:
        """Apply an operation; raise InvalidOperation, with nothing changed, if it does not fit."""
        edits = self._edits(op)
        try:
            changes = None if edits is None else [self._changed(edit) for edit in edits]
        except InvalidOperation:
            changes = None
        if changes is None:  # it does not fit: the whole document knows why
            self._lay_out(applied(self.snapshot(), op, self._embeds))
        for first, end, after, growth in reversed(changes or ()):
            self._take_up(first)
            if end == first + 1 and self._may_become(after, growth):
                self._blocks[first] = after
                self._shift += growth
            else:
                self._put(first, end, after)
            self._snapshot = None
        if len(self._blocks) > 2 * BLOCKS:
            self._lay_out(self.snapshot())

    def growth(self, op: Operation, most: int) -> int:
        """Return what `ot.growth` says of an operation on this document."""
        added = 0
        for begin, end, components, _ in self._edits(op) or ():
            if added > most:
                break
            first, behind = self._touched(begin, end)
            if first and begin == self._starts[first]:  # where two blocks meet, a text may go on
                first -= 1
            if behind < len(self._blocks) and end == self._starts[behind] + self._shift:
                behind += 1
            document, part = (
                _joined(self._blocks[first:behind]),
                _after(begin - self._starts[first], components),
            )
            added += document_growth(part, document, self._embeds, most - added)
        return added

    def _edits(self, op: Operation) -> list[Edit] | None:
        """Return what an operation does at places that are no two in one block; None if it can't fit.

        Those are taken for one between which less is kept than a block may have.
        """
        if type(op) is not list:
            return None
        edits, components = list[Edit](), list[Component]()
        place = begin = growth = 0
        for component in op:
            if type(component) is not dict:
                return None
            if "insert" in component:
                growth += insert_length(component["insert"])
                components.append(component)
                continue
            length = component.get("delete") or component.get("retain")
            if type(length) is dict:
                length = 1
            if type(length) is not int or length < 1:
                return None
            if not is_plain_retain(component):
                growth -= length if "delete" in component else 0
                components.append(component)
            elif components and length <= self._most:
                components.append(component)
            else:
                if components:
                    edits.append((begin, place, components, growth))
                    components, growth = [], 0
                begin = place + length
            place += length
        if components:
            edits.append((begin, place, components, growth))
        return edits if place <= self._starts[-1] + self._shift else None

    def _changed(self, edit: Edit) -> tuple[int, int, list[Component], int]:
        """Return the first block that an edit touches, the one behind all of them, and what becomes of them.

        The last is by how much that is longer. Raises InvalidOperation where the edit does not fit.
        """
        begin, end, components, growth = edit
        first, behind = self._touched(begin, end)
        part = _after(begin - self._starts[first], components)
        return first, behind, applied(_joined(self._blocks[first:behind]), part, self._embeds), growth

    def _touched(self, begin: int, end: int) -> tuple[int, int]:
        """Take up the block in which an edit begins; return it, and the one behind all that are touched."""
        starts, at, shift = self._starts, self._at, self._shift
        if begin < starts[at]:
            self._take_up(bisect_right(starts, begin, 0, at) - 1)
        elif begin >= starts[at + 1] + shift:
            behind = bisect_right(starts, begin - shift, at + 1)
            self._take_up(min(behind, len(self._blocks)) - 1)  # at the end of all, the last one
        at, shift = self._at, self._shift
        if end <= starts[at + 1] + shift:
            return at, at + 1
        return at, bisect_left(starts, end - shift, at + 1)

    def _take_up(self, at: int) -> None:
        """Put a block at hand."""
        starts, before, shift = self._starts, self._at, self._shift
        if at < before:
            starts[at + 1 : before + 1] = [start - shift for start in starts[at + 1 : before + 1]]
        elif at > before:
            starts[before + 1 : at + 1] = [start + shift for start in starts[before + 1 : at + 1]]
        self._at = at

    def _may_become(self, document: list[Component], growth: int) -> bool:
        """Tell whether a document, longer by as much, may stand in the place of the block at hand."""
        length = self._starts[self._at + 1] + self._shift - self._starts[self._at] + growth
        weight = length + COMPONENT * len(document)
        return weight <= self._most and (weight >= self._size // 4 or self._at == len(self._blocks) - 1)

    def _put(self, first: int, end: int, document: list[Component]) -> None:
        """Put a document in the place of blocks, the first of which is at hand.

        It is cut if it is long, and takes in the block behind if it might be short.
        """
        if end < len(self._blocks):
            end += 1
            document = _joined([document, self._blocks[end - 1]])
        blocks = list(_cut(document, self._size))
        starts = list(accumulate(map(_length, blocks), initial=self._starts[first]))
        self._shift = starts.pop() - self._starts[end]
        self._blocks[first:end], self._starts[first:end] = blocks, starts
        self._at = first + len(blocks) - 1

    def _lay_out(self, document: list[Component]) -> None:
        """Put a document in the place of all."""
        self._size = max(BLOCK, sum(map(_weight, document)) // BLOCKS)
        self._blocks = list(_cut(document, self._size))
        self._starts = list(accumulate(map(_length, self._blocks), initial=0))
        self._at = self._shift = 0
        self._snapshot = document

    def _check(self) -> None:
        """Assert that the blocks start where their lengths say, and that none is too large."""
        starts = [start + (self._shift if at > self._at else 0) for at, start in enumerate(self._starts)]
        assert starts == list(accumulate(map(_length, self._blocks), initial=0)), f"starts {starts}"
        weights = [_length(block) + COMPONENT * len(block) for block in self._blocks]
        assert max(weights) <= self._most, f"weights {weights}, which may be {self._most}"
        assert len(weights) <= 2 * BLOCKS, f"{len(weights)} blocks"

    @property
    def _most(self) -> int:
        """What a block weighs at the most, its characters counted in code units."""
        return 4 * self._size


def _after(begin: int, components: list[Component]) -> Operation:
    """Return what an edit does, as an operation that begins so far before it."""
    return [{"retain": begin}, *components] if begin else components


def _joined(blocks: list[list[Component]]) -> list[Component]:
    """Return the document that stands in blocks."""
    if len(blocks) == 1:
        return blocks[0]
    result = Builder()
    for block in blocks:
        result.extend(block)
    return result.finished()


def _cut(document: list[Component], size: int) -> Iterator[list[Component]]:
    """Yield a document in blocks, at least one, of a weight around `size` and never above twice that."""
    total = sum(map(_weight, document))
    if total <= 2 * size:
        yield document
        return
    size = -(-total // (total // size))
    block: list[Component] = []
    room = size
    for component in document:
        for piece in cut_text(component, size, size):
            weight = _weight(piece)
            if block and weight > room:
                yield block
                block, room = [], size
            block.append(piece)
            room -= weight
    yield block


def _weight(component: Component) -> int:
    """Return what a component weighs; of a text the code points count, which are known."""
    insert = component["insert"]
    return COMPONENT + (len(insert) if type(insert) is str else 0)


def _length(document: list[Component]) -> int:
    """Return how many code units a document has."""
    return sum(insert_length(component["insert"]) for component in document)
