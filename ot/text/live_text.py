"""A text that changes in place, in chunks: a keystroke copies the chunk that it falls into, and no more.

People type where they have just typed, so one chunk is at hand, and where it begins is known. Any other is
found in a tree of lengths (Fenwick 1994, "A new data structure for cumulative frequency tables"): entry i is
the length together of the chunks up to the i-th, as many as the lowest bit of i says. To find a chunk, and to
change a length, takes a step for each bit of their number. What the chunk at hand has grown by is entered
when another one is taken up:

    chunks    "Lorem ips" "um dolor" "sit amet"      at hand: 1, which begins at 9 and has grown by 2
    tree    0  9           15         8              15: of two chunks, without what the second has grown by
"""

from __future__ import annotations

from itertools import accumulate

from ot.document_type import Json
from ot.text.applying import applied

CHUNK: int = 2_000  # not Final, nor is the next: compiled, the tests could not make them smaller
"""Code points of a chunk, until there are too many: to copy as many costs as much as all else here."""

CHUNKS: int = 1_000
"""Chunks, beyond which they grow instead: a step of the log copies the list of them."""


class LiveText:
    """A text, changed in place."""

    __slots__ = ("_at", "_chunks", "_grown", "_length", "_most", "_snapshot", "_start", "_tree")

    _chunks: list[str]
    _tree: list[int]
    _at: int
    _start: int
    _grown: int
    _most: int
    _length: int
    _snapshot: str | None

    def __init__(self, text: str, like: LiveText | None = None) -> None:
        """Begin as a text, or like another one, which is not looked at then."""
        if like is not None:
            self._chunks, self._tree = like._chunks.copy(), like._tree.copy()
            self._at, self._start, self._grown = like._at, like._start, like._grown
            self._length, self._most, self._snapshot = like._length, like._most, like._snapshot
            return
        self._chunks = []
        self._length = len(text)
        self._put(0, 0, text)
        self._snapshot = text

    def __len__(self) -> int:
        return self._length

    def snapshot(self) -> str:
        """Return the text. Cost: its size, once after each change."""
        if self._snapshot is None:
            self._snapshot = "".join(self._chunks)
        return self._snapshot

    def copy(self) -> LiveText:
        """Return another text, equal to this one and changed on its own."""
        return LiveText("", like=self)

    def apply(self, op: Json) -> None:
        """Apply an operation; raise InvalidOperation, with nothing changed, if it does not fit."""
        size = len(op) if type(op) is list else 0
        if size == 2 and type(op[0]) is int and 0 < op[0] <= self._length:
            done = self._typed(op[0], op[1])
        elif size == 1:
            done = self._typed(0, op[0])
        else:
            done = size > 0 and self._edited(op)
        if not done:  # it does not fit, or is too much for parts: the whole text knows
            text = applied(self.snapshot(), op)
            self._put(0, len(self._chunks), text)
            self._snapshot = text

    def _typed(self, place: int, component: Json) -> bool:
        """Insert or delete within one chunk; tell whether that was possible."""
        chunk = self._chunks[self._at]
        start = place - self._start
        if not 0 <= start <= len(chunk):
            self._take_up(place)
            chunk = self._chunks[self._at]
            start = place - self._start
        if type(component) is str:
            growth = len(component)
            chunk = chunk[:start] + component + chunk[start:]
        elif type(component) is dict and len(component) == 1:
            amount = component.get("d")
            if type(amount) is int:
                growth = -amount
            elif type(amount) is str and chunk.startswith(amount, start):
                growth = -len(amount)
            else:
                return False
            if not start < start - growth <= len(chunk):
                return self._edited([place, component] if place else [component])
            chunk = chunk[:start] + chunk[start - growth :]
        else:
            return False
        self._change(chunk, growth)
        return True

    def _edited(self, op: Json) -> bool:
        """Insert and delete wherever an operation does; tell whether that was possible."""
        edits: list[tuple[int, int, str]] = []
        place = 0
        for component in op:
            if type(component) is str:
                edits.append((place, place, component))
                continue
            amount = component.get("d") if type(component) is dict and len(component) == 1 else component
            if type(amount) is not int or amount < 1:
                return False
            if type(component) is dict:
                edits.append((place, place + amount, ""))
            place += amount
        if place > self._length or len(edits) > 2 * len(self._chunks):
            return False
        for start, end, text in reversed(edits):
            self._replace(start, end, text)
        return True

    def _replace(self, start: int, end: int, text: str) -> None:
        self._take_up(start)
        first = self._at
        begin = self._start
        chunk = self._chunks[first]
        if end - begin <= len(chunk):
            self._change(chunk[: start - begin] + text + chunk[end - begin :], len(text) - (end - start))
            return
        self._take_up(end)
        behind = self._chunks[self._at][end - self._start :]
        self._put(first, self._at + 1, chunk[: start - begin] + text + behind)

    def _change(self, chunk: str, growth: int) -> None:
        """Put another text in the place of the chunk at hand."""
        if 0 < len(chunk) <= self._most:
            self._chunks[self._at] = chunk
            self._length += growth
            self._grown += growth
            self._snapshot = None
        else:
            self._put(self._at, self._at + 1, chunk)

    def _take_up(self, place: int) -> None:
        """Put the chunk at hand that holds a place of the text."""
        if self._start <= place <= self._start + len(self._chunks[self._at]):
            return
        tree, count = self._tree, len(self._chunks)
        if self._grown:
            index = self._at + 1
            while index <= count:
                tree[index] += self._grown
                index += index & -index
            self._grown = 0
        at, rest, step = 0, place, 1 << (count.bit_length() - 1)
        while step:
            index = at + step
            if index <= count and tree[index] <= rest:
                at = index
                rest -= tree[index]
            step >>= 1
        if at == count:  # the end of the text is in the last chunk, not behind it
            at -= 1
            rest += len(self._chunks[at])
        self._at, self._start = at, place - rest

    def _put(self, first: int, end: int, text: str) -> None:
        """Put a text, cut into chunks if it is long, in the place of some chunks."""
        size = max(CHUNK, self._length // CHUNKS)
        self._chunks[first:end] = [text[start : start + size] for start in range(0, len(text), size)]
        if not self._chunks:
            self._chunks.append("")
        starts = list(accumulate(map(len, self._chunks), initial=0))
        self._tree = [0, *(starts[index] - starts[index & (index - 1)] for index in range(1, len(starts)))]
        self._length = starts[-1]
        self._at = min(first, len(self._chunks) - 1)
        self._start, self._grown = starts[self._at], 0
        self._most, self._snapshot = 2 * size, None
