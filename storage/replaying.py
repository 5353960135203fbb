"""Whether a store's documents are what their logs make of them: every log replayed from its start.

Beyond what a store promises of its rows, this asks whether the chain of tags holds, whether every operation
still applies, and whether each snapshot is what the entries before it lead to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import attrs

from ot import Absent, DocumentType, Entry, InvalidOperation, Snapshot, UnknownType, canonical_json, get_type
from ot.entry import first_tag, next_tag
from storage.errors import StoreCorrupt
from storage.store import Store, StoredDocument, StoredSnapshot

CHUNK: Final = 500
"""Entries read at a time: no more of them are in memory."""


class _Wrong(Exception):
    """A finding, after which the rest of the log cannot be judged."""


async def replayed(store: Store, doc: str) -> AsyncIterator[str]:
    """Yield what is wrong with a document, a line each; none where all is as it should be.

    Cost: each entry is read and applied once. A server may be writing the store.
    """
    try:
        stored = await store.load(doc)
        if stored is None:
            return  # deleted since it was listed
        doc_type = get_type(stored.doc_type)
        kept = {revision async for revision in _snapshot_revisions(store, stored)}
        if 0 not in kept:
            raise _Wrong(f"document {doc!r} has no snapshot of its beginning")
        replay = _Replay(doc, doc_type, first_tag(stored.epoch))
        async for finding in _compared(store, stored, kept, replay):
            yield finding
    except (StoreCorrupt, _Wrong) as error:
        yield error.reason if isinstance(error, StoreCorrupt) else str(error)
    except UnknownType as error:
        yield f"document {doc!r} cannot be replayed: {error}"


async def _compared(
    store: Store, stored: StoredDocument, kept: set[int], replay: _Replay
) -> AsyncIterator[str]:
    newest = stored.revision + len(stored.entries)
    first = await store.snapshot_before(stored.doc, 0)
    assert first is not None, "it is among those kept"
    replay.state = first.snapshot
    while True:
        if replay.revision in kept:
            snapshot = await store.snapshot_before(stored.doc, replay.revision)
            finding = None if snapshot is None else replay.differs(snapshot)
            if finding is not None:
                yield finding
        if replay.revision == newest:
            return
        until = min([newest, replay.revision + CHUNK, *(r for r in kept if r > replay.revision)])
        for entry in await store.entries(stored.doc, after=replay.revision, until=until):
            replay.take(entry)


async def _snapshot_revisions(store: Store, stored: StoredDocument) -> AsyncIterator[int]:
    revision = stored.revision
    while (found := await store.snapshot_before(stored.doc, revision)) is not None:
        yield found.revision
        revision = found.revision - 1


@attrs.define
class _Replay:
    """A document as its log has made it so far."""

    doc: str
    doc_type: DocumentType
    tag: str
    revision: int = 0
    state: Snapshot = None

    def take(self, entry: Entry) -> None:
        tag = next_tag(self.tag, entry.client, entry.seq, entry.op)
        if entry.tag != tag:
            raise _Wrong(
                f"entry {entry.revision} of {self.doc!r} has the tag {entry.tag}, but {tag} follows: "
                "it, or one before it, is of another history"
            )
        try:
            self.state = self.doc_type.apply(self.state, entry.op)
        except InvalidOperation as error:
            raise _Wrong(f"entry {entry.revision} of {self.doc!r} does not apply: {error}") from None
        self.tag, self.revision = tag, entry.revision

    def differs(self, snapshot: StoredSnapshot) -> str | None:
        where = f"the snapshot of {self.doc!r} at revision {self.revision}"
        if snapshot.revision != self.revision:
            return None  # replaced by an older one since it was listed
        if snapshot.tag != self.tag:
            return f"{where} has the tag {snapshot.tag}, but the log's is {self.tag}"
        if not _equal(snapshot.snapshot, self.state):
            return f"{where} is not what the log leads to"
        return None


def _equal(one: Snapshot, other: Snapshot) -> bool:
    if isinstance(one, Absent) or isinstance(other, Absent):
        return one is other
    return canonical_json(one) == canonical_json(other)
