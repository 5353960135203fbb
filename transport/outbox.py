"""What waits to be written to one connection, bounded in bytes.

A reader that is too slow is not dropped and does not grow memory: past the first bound the entries of a
document that have not gone out are let go of, and it gets one `lagging` with the revision up to which it
has been told. When it has read that far it opens the document again and catches up in one composed
operation. Presence keeps only the last value of each client. Past the second bound the connection ends.

The answer to an open may be larger than both bounds, and counts for neither: else a large document could
not be opened. Only one for each document is let off: a client awaits an answer before it opens again. So
may a snapshot that was asked for. What bounds these is that a connection which does not take in its
answers is not read from (`transport.pace`).
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

import attrs

EMPTIED: Final = 64
"""Frames that were let go of and may stay in the queue: beyond, and where they are most of it, it is packed.
A reader that is stuck would else pay for every presence that a later one has replaced."""


NONE: Final[frozenset[str]] = frozenset()
"""No document: one for all outboxes, since nearly all are empty and thousands of them are kept."""


@attrs.define
class _Waiting:
    """One frame; emptied in place when it is let go of."""

    frame: bytes
    doc: str | None = None
    first_revision: int | None = None
    """Of the entries in it; None: not to be let go of for being late."""
    presence: str | None = None
    exempt: bool = False
    """Whether its bytes count for no bound."""
    opens: str | None = None
    """The document whose opening it is, where that is exempt."""


@attrs.define
class Outbox:
    """Frames in order, for one connection."""

    lagging_bytes: int
    closed_bytes: int
    size: int = 0
    """Bytes that wait."""
    lagging: Set[str] = NONE
    """Documents whose entries are let go of until they are opened again."""
    _waiting: list[_Waiting] = attrs.field(factory=list)
    """A list, of which an empty one takes a tenth of what an empty deque does."""
    _presences: dict[tuple[str, str], _Waiting] = attrs.field(factory=dict)
    _openings: Set[str] = NONE
    """Documents with an answer that waits and counts for no bound."""
    _exempt: int = 0
    """Bytes that count for no bound."""
    _emptied: int = 0
    """Frames in the queue that were let go of."""

    def __repr__(self) -> str:
        return f"<Outbox of {self.size} bytes, lagging {sorted(self.lagging)}>"

    @property
    def full(self) -> bool:
        """Whether so much waits that the connection has to end."""
        return self.size - self._exempt > self.closed_bytes

    def put(self, frame: bytes) -> None:
        """Add a frame that has to arrive."""
        self._add(_Waiting(frame))

    def put_opened(self, doc: str, frame: bytes) -> None:
        """Add the answer to an open: from here on the document is not lagging."""
        self.lagging = _without(self.lagging, doc)
        if doc in self._openings:
            self._add(_Waiting(frame))
            return
        self._openings |= {doc}
        self._add(_Waiting(frame, exempt=True, opens=doc))

    def put_answer(self, frame: bytes) -> None:
        """Add what was asked for, however large it is."""
        self._add(_Waiting(frame, exempt=True))

    def put_operations(self, doc: str, first_revision: int, frame: bytes) -> int | None:
        """Add entries; return the revision to say `lagging` with, where they are let go of instead."""
        if doc in self.lagging:
            return None
        if self.size - self._exempt + len(frame) <= self.lagging_bytes:
            self._add(_Waiting(frame, doc, first_revision))
            return None
        self.lagging |= {doc}
        earliest = first_revision
        for waiting in self._waiting:
            if waiting.doc == doc and waiting.first_revision is not None:
                earliest = min(earliest, waiting.first_revision)
                self._let_go(waiting)
        return earliest - 1

    def put_presence(self, doc: str, client: str, frame: bytes) -> None:
        """Add a presence, in place of one of the same client that has not gone out."""
        if doc in self.lagging:
            return
        earlier = self._presences.get((doc, client))
        if earlier is not None:
            self._let_go(earlier)
        waiting = _Waiting(frame, doc, presence=client)
        self._presences[doc, client] = waiting
        self._add(waiting)

    def forget(self, doc: str) -> None:
        """Let go of what waits of a document that was closed."""
        self.lagging = _without(self.lagging, doc)
        for waiting in self._waiting:
            if waiting.doc == doc:
                self._let_go(waiting)

    def clear(self) -> None:
        """Let go of everything: the connection ends, and whoever comes back catches up."""
        for waiting in self._waiting:
            self._gone(waiting)
        self._waiting.clear()
        self.size, self.lagging = 0, NONE

    def take(self, most: int) -> bytes:
        """Return frames to write now, at least one if any waits and about `most` bytes."""
        taken: list[bytes] = []
        size = 0
        for waiting in self._waiting:
            if size >= most:
                break
            self._gone(waiting)
            taken.append(waiting.frame)
            size += len(waiting.frame)
        del self._waiting[: len(taken)]
        self.size -= size
        return b"".join(taken)

    def _add(self, waiting: _Waiting) -> None:
        if self._emptied > max(EMPTIED, len(self._waiting) // 2):
            self._waiting = [one for one in self._waiting if one.frame]
            self._emptied = 0
        self._waiting.append(waiting)
        self.size += len(waiting.frame)
        if waiting.exempt:
            self._exempt += len(waiting.frame)

    def _let_go(self, waiting: _Waiting) -> None:
        self.size -= len(waiting.frame)
        if waiting.presence is not None and waiting.doc is not None:
            self._presences.pop((waiting.doc, waiting.presence), None)
        waiting.frame = b""
        waiting.doc = waiting.first_revision = waiting.presence = None
        self._emptied += 1

    def _gone(self, waiting: _Waiting) -> None:
        """Note that a frame has left the queue to be written."""
        if not waiting.frame:
            self._emptied -= 1
        if waiting.presence is not None and waiting.doc is not None:
            self._presences.pop((waiting.doc, waiting.presence), None)
        if waiting.exempt:
            self._exempt -= len(waiting.frame)
        if waiting.opens is not None:
            self._openings = _without(self._openings, waiting.opens)


def _without(docs: Set[str], doc: str) -> Set[str]:
    return (docs - {doc} or NONE) if doc in docs else docs
