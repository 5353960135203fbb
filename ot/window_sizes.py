"""How large the entries of a log's window are: what they take in memory, and to carry something over them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ot.entry import Entry
from ot.operation_size import OperationSize, operation_size


@attrs.define
class WindowSizes:
    """The size of each entry of a window, in their order, and of all of them together."""

    components: int = 0
    bytes: int = 0
    _sizes: list[OperationSize] = attrs.field(factory=list)

    def since(self, index: int) -> tuple[int, OperationSize]:
        """Return how many entries there are from `index` on, and their size together.

        What is carried over them goes through all their components: two characters behind 1,000 entries of
        10,000 components take 6 s (measured).
        """
        since = self._sizes[index:]
        components = sum(size.components for size in since)
        return len(since), OperationSize(components, sum(size.bytes for size in since))

    def fits(self, count: int, most_bytes: int) -> int:
        """Return how many of the last `count` entries have together at most so many bytes."""
        found = 0
        for size in reversed(self._sizes[max(len(self._sizes) - count, 0) :]):
            most_bytes -= size.bytes
            if most_bytes < 0:
                break
            found += 1
        return found

    def append(self, size: OperationSize) -> None:
        """Take in the size of an entry after the last."""
        self._sizes.append(size)
        self._count(size, 1)

    def widen(self, older: Iterable[Entry]) -> None:
        """Take in entries before the first."""
        sizes = [operation_size(entry.op) for entry in older]
        self._sizes[:0] = sizes
        for size in sizes:
            self._count(size, 1)

    def drop_last(self, count: int) -> None:
        """Let the last entries go."""
        for _ in range(count):
            self._count(self._sizes.pop(), -1)

    def drop_first(self, count: int) -> None:
        """Let the first entries go."""
        for size in self._sizes[:count]:
            self._count(size, -1)
        del self._sizes[:count]

    def excess(self, *, keep: int, components: int, most_bytes: int) -> int:
        """Return how many of the first entries have to go for the rest to be within all three bounds."""
        count = max(len(self._sizes) - keep, 0)
        left = OperationSize(self.components, self.bytes)
        bound = OperationSize(components, most_bytes)
        for size in self._sizes[:count]:
            left = _without(left, size)
        while not left.within(bound):
            left = _without(left, self._sizes[count])
            count += 1
        return count

    def _count(self, size: OperationSize, sign: int) -> None:
        self.components += sign * size.components
        self.bytes += sign * size.bytes


def _without(left: OperationSize, size: OperationSize) -> OperationSize:
    return OperationSize(left.components - size.components, left.bytes - size.bytes)
