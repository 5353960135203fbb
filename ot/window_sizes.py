"""How large the entries of a log's window are: what they take in memory, and to carry something over them.

Kept as running totals, one after each entry, so that the size of any run is a difference of two: in a room
of 200 typists every submission asks for that of the last 200 entries.

    entries of     3   5   2            components
    totals    10  13  18  20            the last two entries: 20 - 13

Where the totals begin does not matter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import attrs

from ot.entry import Entry
from ot.operation_size import operation_size


def _nothing() -> list[int]:
    return [0]


@attrs.define
class WindowSizes:
    """The size of each entry of a window, in their order."""

    _components: list[int] = attrs.field(factory=_nothing)
    """Total before the first entry, after the first, and so on."""
    _bytes: list[int] = attrs.field(factory=_nothing)

    def __len__(self) -> int:
        return len(self._bytes) - 1

    @property
    def components(self) -> int:
        """Those of all entries together."""
        return self._components[-1] - self._components[0]

    @property
    def bytes(self) -> int:
        """Those of all entries together."""
        return self._bytes[-1] - self._bytes[0]

    def since(self, index: int) -> tuple[int, int, int]:
        """Return how many entries there are from `index` on, their components and their bytes.

        What is carried over them goes through all their components: two characters behind 1,000 entries of
        10,000 components take 6 s (measured).
        """
        components, size = self._components, self._bytes
        end = len(size) - 1
        if index > end:
            index = end
        return end - index, components[end] - components[index], size[end] - size[index]

    def fits(self, count: int, most_bytes: int) -> int:
        """Return how many of the last `count` entries have together at most so many bytes."""
        least = self._bytes[-1] - most_bytes
        return len(self) - max(bisect_left(self._bytes, least), len(self) - min(count, len(self)))

    def append(self, components: int, size: int) -> None:
        """Take in an entry after the last, of so many components and bytes."""
        self._components.append(self._components[-1] + components)
        self._bytes.append(self._bytes[-1] + size)

    def widen(self, older: Sequence[Entry]) -> None:
        """Take in entries before the first."""
        sizes = [operation_size(entry.op) for entry in older]
        _widen(self._components, [size.components for size in sizes])
        _widen(self._bytes, [size.bytes for size in sizes])

    def drop_last(self, count: int) -> None:
        """Let the last entries go."""
        if count:
            del self._components[-count:], self._bytes[-count:]

    def drop_first(self, count: int) -> None:
        """Let the first entries go."""
        del self._components[:count], self._bytes[:count]

    def excess(self, *, keep: int, components: int, most_bytes: int) -> int:
        """Return how many of the first entries have to go for the rest to be within all three bounds."""
        if len(self) <= keep and self.components <= components and self.bytes <= most_bytes:
            return 0  # as after nearly every step
        return max(
            len(self) - keep,
            bisect_left(self._components, self._components[-1] - components),
            bisect_left(self._bytes, self._bytes[-1] - most_bytes),
        )


def _widen(totals: list[int], sizes: list[int]) -> None:
    """Put the totals of earlier entries before the first one."""
    total, earlier = totals[0], []
    for size in reversed(sizes):
        total -= size
        earlier.append(total)
    totals[:0] = reversed(earlier)
