"""A store that lives as long as its process: for tests, for demonstrations, and as the plain twin of the
durable ones.

Nothing is copied or encoded: snapshots and operations are never mutated by anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

import attrs

from ot import Entry, Outcome, Snapshot
from storage.store import (
    Append,
    Appended,
    AppendResult,
    Conflict,
    DocumentHead,
    StoredDocument,
    StoredSnapshot,
    first_seqs,
)
from storage.thinning import superfluous


@attrs.define(eq=False)
class _Document:
    doc_type: str
    epoch: str
    snapshots: dict[int, StoredSnapshot]
    entries: list[Entry] = attrs.field(factory=list)
    outcomes: dict[str, Outcome] = attrs.field(factory=dict)

    @property
    def revision(self) -> int:
        return len(self.entries)

    def tag_at(self, revision: int) -> str | None:
        return self.snapshots[0].tag if revision == 0 else self.entries[revision - 1].tag

    def takes(self, step: Append) -> bool:
        if step.expected_revision != len(self.entries) or step.epoch != self.epoch:
            return False
        return all(seq == self.last_seq(client) + 1 for client, seq in first_seqs(step.outcomes).items())

    def last_seq(self, client: str) -> int:
        outcome = self.outcomes.get(client)
        return 0 if outcome is None else outcome.seq

    def snapshot_before(self, revision: int) -> StoredSnapshot | None:
        at_or_below = [kept for kept in self.snapshots if kept <= revision]
        return self.snapshots[max(at_or_below)] if at_or_below else None


class MemoryStore:
    """Fulfils `Store` without durability. Closing it forgets nothing; dropping it does."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}
        self._secret = secrets.token_bytes(32)

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._documents)} documents>"

    @property
    def durable(self) -> bool:
        return False

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def secret(self) -> bytes:
        return self._secret

    async def create(
        self, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str
    ) -> StoredDocument:
        first = StoredSnapshot(revision=0, tag=tag, snapshot=snapshot)
        document = self._documents.setdefault(doc, _Document(doc_type, epoch, {0: first}))
        return _stored(doc, document)

    async def load(self, doc: str) -> StoredDocument | None:
        document = self._documents.get(doc)
        return None if document is None else _stored(doc, document)

    async def append(self, step: Append) -> AppendResult:
        return self.append_now(step)

    def append_now(self, step: Append) -> AppendResult:
        """Land the step, or change nothing, without waiting for anything."""
        document = self._documents.get(step.doc)
        if document is None:
            return Conflict(revision=0, epoch="")
        if not document.takes(step):
            return Conflict(revision=document.revision, epoch=document.epoch)
        for entry in step.entries:
            document.entries.append(entry if entry.hash is None else attrs.evolve(entry, hash=None))
        for outcome in step.outcomes:
            document.outcomes[outcome.client] = outcome
        return Appended(revision=document.revision)

    async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
        document = self._documents.get(doc)
        if document is None or (until is not None and until < 0):
            return []
        return document.entries[max(after, 0) : until]

    async def outcomes(self, doc: str, clients: Iterable[str]) -> Mapping[str, Outcome]:
        document = self._documents.get(doc)
        if document is None:
            return {}
        return {client: document.outcomes[client] for client in clients if client in document.outcomes}

    async def save_snapshot(self, doc: str, epoch: str, snapshot: StoredSnapshot) -> bool:
        document = self._documents.get(doc)
        if document is None or document.epoch != epoch:
            return False
        if not 0 <= snapshot.revision <= document.revision:
            return False
        if document.tag_at(snapshot.revision) != snapshot.tag:
            return False
        document.snapshots[snapshot.revision] = snapshot
        for revision in superfluous(document.snapshots):
            del document.snapshots[revision]
        return True

    async def snapshot_before(self, doc: str, revision: int) -> StoredSnapshot | None:
        document = self._documents.get(doc)
        return None if document is None else document.snapshot_before(revision)

    async def documents(self) -> Sequence[DocumentHead]:
        return [
            DocumentHead(doc, document.doc_type, document.epoch, document.revision)
            for doc, document in sorted(self._documents.items())
        ]

    async def delete(self, doc: str) -> bool:
        return self._documents.pop(doc, None) is not None


def _stored(doc: str, document: _Document) -> StoredDocument:
    newest = document.snapshots[max(document.snapshots)]
    return StoredDocument(
        doc=doc,
        doc_type=document.doc_type,
        epoch=document.epoch,
        revision=newest.revision,
        tag=newest.tag,
        snapshot=newest.snapshot,
        entries=tuple(document.entries[newest.revision :]),
    )
