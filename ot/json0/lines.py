"""Changes of one string or of one list, as far as others are shifted by them.

An extent is where a change begins, where it ends, and by how much it makes what is behind it longer: an
insert of three at 5 is (5, 5, 3), a deletion of three (5, 8, -3). Of two changes with anything between them
neither does more to the other than to shift it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import attrs

Extent: TypeAlias = tuple[int, int, int]


@attrs.frozen
class Line:
    """Changes that apply one after the other: the least place, the greatest, and all of the growth.

    The greatest is told as a place before all of them: what is behind it is behind each of them in turn.
    """

    start: int
    end: int
    growth: int

    def passed_by(self, extent: Extent, shift: int) -> tuple[int, int] | None:
        """Return by how much a change is shifted by the line, which was shifted itself, and shifts it.

        None where they are not apart.
        """
        start, end, growth = extent
        if self.start + shift > end:
            return 0, growth
        if self.end + shift < start:
            return self.growth, 0
        return None


def line_of(extents: Iterable[Extent]) -> Line:
    """Return the line of changes, of which there is one at least."""
    least, greatest, grown = None, 0, 0
    for start, end, growth in extents:
        if least is None:
            least, greatest = start, end
        least, greatest = min(least, start), max(greatest, end - grown)
        grown += growth
    assert least is not None, "a row has components"
    return Line(least, greatest, grown)
