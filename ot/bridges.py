"""Compositions that lead from one revision of a log to a later one, kept for whoever comes from there next.

After a server's restart everybody comes back from about the same revision: the first pays for the
composition, and for the next ones it is only led on by what has landed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from ot.composition import RunningComposition
from ot.document_type import DocumentType
from ot.entry import Entry

KEPT: Final = 8
"""Bridges of one log, the latest ones: each may be as large as the document."""


@attrs.frozen
class _Bridge:
    end: int
    composition: RunningComposition


@attrs.define
class Bridges:
    """Bridges over the entries of one log, by the revision that they begin at."""

    doc_type: DocumentType
    _kept: dict[int, _Bridge] = attrs.field(factory=dict, init=False)

    def over(self, entries: Sequence[Entry]) -> RunningComposition:
        """Return the composition of entries that follow each other, as far as it is made; there is one."""
        start, end = entries[0].revision - entries[0].span, entries[-1].revision
        known = self._kept.pop(start, None)
        if known is not None and known.end == end:
            bridge = known
        elif known is not None and known.end < end and known.composition.done:
            rest = [entry.op for entry in entries if entry.revision > known.end]
            bridge = _Bridge(end, RunningComposition(self.doc_type, [known.composition.result, *rest]))
        else:
            bridge = _Bridge(end, RunningComposition(self.doc_type, [entry.op for entry in entries]))
        self._kept[start] = bridge
        return bridge.composition

    def entry(self, entries: Sequence[Entry]) -> Entry:
        """Return one entry that does what entries that follow each other do."""
        if len(entries) == 1:
            return entries[0]
        span = sum(entry.span for entry in entries)
        return attrs.evolve(entries[-1], op=self.over(entries).result, span=span, hash=None)

    def trim(self) -> None:
        """Let go of all but the latest: between turns, since one turn may need any number."""
        for start in list(self._kept)[:-KEPT]:
            del self._kept[start]

    def forget(self, revision: int) -> None:
        """Let go of what leads beyond a revision: what is there has been undone."""
        self._kept = {start: bridge for start, bridge in self._kept.items() if bridge.end <= revision}
