"""One open document, as an application has it: what it shows, what is done to it, what becomes of that.

Holds no rules of its own. It asks the `ClientState` that its connection drives, waits where something is
waited for, and passes on what happens to the document's readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, Protocol, TypeAlias

from ot import Changed, DocumentState, HandedBack, Json, Operation, Repaired, Replaced, Snapshot
from storage.events import event_log
from transport.client_effects import ClientEffect
from transport.client_errors import ConnectionStopped, DocumentClosed, TooManyChanges
from transport.client_state import ClientState
from transport.messages import HistoryRead, Presence, SnapshotRead

log = event_log("client")

CHANGES: Final = 10_000
"""Changes kept for a reader of `changes()` that does not keep up."""

Change: TypeAlias = Changed | Replaced | Repaired | HandedBack


class DocumentHost(Protocol):
    """What a document needs of the connection that it is open on, and applications do not see."""

    _state: ClientState
    _stopped: ConnectionStopped | None

    def _edited(self, effects: Callable[[ClientState, float], list[ClientEffect]]) -> None:
        """Do something to the client's state at the present time, and carry out what follows from it."""

    async def _ask(self, asked: tuple[int, ClientEffect]) -> HistoryRead | SnapshotRead:
        """Send a request and return its answer; raises RequestFailed."""

    async def _until(self, reached: Callable[[], bool]) -> None:
        """Wait until a condition holds, which is looked at after every message; raises ConnectionStopped."""

    def _let_go(self, doc: str) -> None:
        """Follow a document no more."""


class Document:
    """One open document."""

    def __init__(self, connection: DocumentHost, doc: str) -> None:
        self.doc = doc
        self.handed_back: list[HandedBack] = []
        """Edits that could not be kept, oldest first: for the application to show or offer again."""
        self._connection = connection
        self._opened = False
        self._closed: DocumentClosed | None = None
        self._readers: list[asyncio.Queue[Change | None]] = []

    def __repr__(self) -> str:
        return f"<Document {self.doc!r} {self._state!r}>"

    @property
    def snapshot(self) -> Snapshot:
        """The document with all that was done here."""
        return self._state.snapshot

    @property
    def revision(self) -> int:
        """The newest revision of the log that is in the snapshot."""
        return self._state.revision

    @property
    def access(self) -> str:
        """What the server lets one do here: "write" or "read"; what is done all the same is handed back."""
        self._raise_if_closed()
        return self._connection._state.documents[self.doc].access

    @property
    def synchronized(self) -> bool:
        """Whether everything that was done here is acknowledged."""
        return self._state.synchronized

    @property
    def pending(self) -> int:
        """How many operations made here are not acknowledged; those that were joined count as one."""
        return len(self._state.pending_ops)

    @property
    def repairs(self) -> int:
        """How often what landed was not what had been carried here: 0 in ordinary life."""
        return self._state.repairs

    @property
    def people(self) -> dict[str, Presence]:
        """Who else is here, by client id, with positions as they are in `snapshot`."""
        return self._connection._state.people(self.doc)

    def submit(self, op: Operation, *, group: object = None) -> None:
        """Apply an operation made on `snapshot`: local at once, and on its way.

        Edits of one `group` that follow each other are undone as one. An operation over half of the
        server's limits goes out in parts, each with a revision of its own. With nothing changed, raises
        InvalidOperation if it does not fit, DocumentTooLarge where it goes out in parts and the server
        would not take the last of them, DocumentClosed or ConnectionStopped where nothing goes out any more.
        """
        self._raise_if_over()
        self._connection._edited(lambda state, now: state.edit(self.doc, op, group, now))

    def undo(self) -> None:
        """Take back one's own latest edit, whatever others have done since."""
        self._raise_if_over()
        self._connection._edited(lambda state, now: state.undo(self.doc, now))

    def redo(self) -> None:
        """Do again what `undo` took back."""
        self._raise_if_over()
        self._connection._edited(lambda state, now: state.redo(self.doc, now))

    def hold(self) -> None:
        """Keep further edits here, each by itself, until `release`: to replay what once happened."""
        self._raise_if_over()
        self._state.hold()

    def release(self, count: int | None = None) -> None:
        """Let so many more held edits go out; None: all, and hold no longer."""
        self._raise_if_over()
        self._connection._edited(lambda state, now: state.release(self.doc, count, now))

    async def set_presence(self, state: Json) -> None:
        """Tell the others where one is, as soon as nothing is pending; None: gone.

        The members `cursor` and `anchor` of an object are positions, and move with the document.
        """
        self._raise_if_over()
        self._connection._edited(lambda client, now: client.show(self.doc, state, now))

    async def settled(self) -> None:
        """Wait until every operation made here is acknowledged: durable, and in its place."""
        await self._until(lambda: self._state.synchronized)

    async def at_revision(self, revision: int) -> None:
        """Wait until the log up to `revision` is in the snapshot."""
        await self._until(lambda: self._state.revision >= revision)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until a condition on this document holds; it is looked at after every message."""
        await self._until(reached)

    async def changes(self) -> AsyncIterator[Change]:
        """Yield what happens to the document from here on, one's own edits included.

        Ends when the document or the connection is closed. Raises TooManyChanges where the reader
        is too far behind; the snapshot is right all the same.
        """
        reader: asyncio.Queue[Change | None] = asyncio.Queue()
        self._readers.append(reader)
        try:
            while (change := await reader.get()) is not None:
                if reader.qsize() >= CHANGES:  # it was full: what came since then was let go of
                    raise TooManyChanges(self.doc, CHANGES)
                yield change
        finally:
            self._readers.remove(reader)

    async def history(
        self, *, after: int | None = None, before: int | None = None, limit: int = 100
    ) -> HistoryRead:
        """Read entries forwards from `after`, or backwards from `before`; RequestFailed if refused."""
        asked = self._connection._state.ask(self.doc, limit=limit, after=after, before=before)
        answer = await self._connection._ask(asked)
        assert isinstance(answer, HistoryRead), "a request is answered in kind"
        return answer

    async def snapshot_at(self, revision: int) -> Snapshot:
        """Read the document as it was at a revision; RequestFailed if that is not there."""
        answer = await self._connection._ask(self._connection._state.ask_snapshot(self.doc, revision))
        assert isinstance(answer, SnapshotRead), "a request is answered in kind"
        return answer.snapshot

    def close(self) -> None:
        """Stop following the document. What is not acknowledged goes no further: see `settled`."""
        if self._closed is None:
            self._connection._let_go(self.doc)
            self._refused(DocumentClosed(self.doc, "closed", "the document was closed here"))

    @property
    def _state(self) -> DocumentState:
        self._raise_if_closed()
        return self._connection._state._state(self.doc)

    async def _until(self, reached: Callable[[], bool]) -> None:
        await self._connection._until(lambda: self._closed is not None or reached())
        self._raise_if_closed()

    def _raise_if_closed(self) -> None:
        if self._closed is not None:
            raise self._closed

    def _raise_if_over(self) -> None:
        """Raise where what is done here would never reach the server."""
        self._raise_if_closed()
        if self._connection._stopped is not None:
            raise self._connection._stopped

    def _changed(self, change: object) -> None:
        if isinstance(change, HandedBack):
            self.handed_back.append(change)
            log.warning("edits_handed_back", doc=self.doc, code=change.code, reason=change.message)
        if isinstance(change, Changed | Replaced | Repaired | HandedBack):
            for reader in self._readers:
                if reader.qsize() <= CHANGES:
                    reader.put_nowait(change)

    def _refused(self, error: DocumentClosed) -> None:
        error.handed_back = tuple(self.handed_back)
        self._closed = error
        self._ended()

    def _ended(self) -> None:
        for reader in self._readers:
            reader.put_nowait(None)
