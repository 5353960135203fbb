"""Compositions that lead from one revision of a log to a later one, kept for whoever comes from there next.

After a server's restart everybody comes back from about the same revision: the first pays for the
composition, and for the next ones it is only led on by what has landed since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import attrs

from ot.composition import RunningComposition
from ot.document_type import DocumentType, Operation

KEPT: Final = 8
"""Bridges of one log, the latest ones: each may be as large as the document."""


Operations: TypeAlias = Callable[[int], Sequence[Operation]]
"""Gives the operations after a revision up to where a bridge is to end."""


@attrs.frozen
class _Bridge:
    tag: str | None
    """The chain tag where it begins."""
    end: int
    composition: RunningComposition


@attrs.define
class Bridges:
    """Bridges over the entries of one log, by the revision that they begin at."""

    doc_type: DocumentType
    _kept: dict[int, _Bridge] = attrs.field(factory=dict, init=False)

    def over(self, start: int, tag: str | None, end: int, ops: Operations) -> RunningComposition:
        """Return the composition of the entries after `start` up to `end`, as far as it is made.

        `tag` is the chain tag at `start`, if that is known. Cost: no more than looking the composition up,
        where it is made.
        """
        known = self._kept.pop(start, None)
        if known is not None and known.end == end:
            bridge = known
        elif known is not None and known.end < end and known.composition.done:
            led_on = [known.composition.result, *ops(known.end)]
            bridge = _Bridge(tag, end, RunningComposition(self.doc_type, led_on))
        else:
            bridge = _Bridge(tag, end, RunningComposition(self.doc_type, ops(start)))
        self._kept[start] = bridge
        return bridge.composition

    def tag_at(self, start: int) -> str | None:
        """Return the chain tag at a revision, if a bridge begins there and it is known."""
        known = self._kept.get(start)
        return None if known is None else known.tag

    def reaches(self, start: int, revision: int) -> bool:
        """Tell whether a bridge that begins at `start` is made, and ends at `revision` or later."""
        known = self._kept.get(start)
        if known is None or known.tag is None:
            return False
        return known.composition.done and known.end >= revision

    def trim(self) -> None:
        """Let go of all but the latest: between turns, since one turn may need any number."""
        if len(self._kept) > KEPT:
            for start in list(self._kept)[:-KEPT]:
                del self._kept[start]

    def forget(self, revision: int) -> None:
        """Let go of what leads beyond a revision: what is there has been undone."""
        self._kept = {start: bridge for start, bridge in self._kept.items() if bridge.end <= revision}
