"""What is done to one document, as the tests keep account of it."""

from __future__ import annotations

import copy

from ot import Entry, Operation, Outcome, Snapshot
from ot.entry import first_tag, next_tag
from storage.store import Append, Appended, Store, StoredDocument, StoredSnapshot


class Script:
    """What is done to one document, and so what its log has to be: the tests' own account of it."""

    def __init__(self, doc: str = "notes", *, epoch: str = "epoch-1", snapshot: Snapshot = "") -> None:
        self.doc = doc
        self.epoch = epoch
        self.snapshot = snapshot
        self.entries: list[Entry] = []
        self.outcomes: dict[str, Outcome] = {}
        self._told = 0
        self._undecided: list[Outcome] = []

    @property
    def revision(self) -> int:
        return len(self.entries)

    @property
    def tag(self) -> str:
        return self.tag_at(self.revision)

    def tag_at(self, revision: int) -> str:
        return first_tag(self.epoch) if revision == 0 else str(self.entries[revision - 1].tag)

    def lands(self, client: str, op: Operation) -> Script:
        """Let the client's next submission land."""
        seq = self._next_seq(client)
        revision, tag = self.revision + 1, next_tag(self.tag, client, seq, op)
        self.entries.append(Entry(revision=revision, client=client, seq=seq, op=op, tag=tag))
        return self._decided(Outcome(client, seq, f"digest of {client}'s {seq}", revision=revision, op=op))

    def refused(self, client: str, code: str = "forbidden") -> Script:
        """Let the client's next submission be rejected."""
        seq = self._next_seq(client)
        return self._decided(Outcome(client, seq, None, code=code, message=f"{client} may not"))

    def step(self) -> Append:
        """Return all that was decided since the last step."""
        told, self._told = self._told, self.revision
        outcomes, self._undecided = self._undecided, []
        return Append(self.doc, self.epoch, told, tuple(self.entries[told:]), tuple(outcomes))

    def rival(self) -> Script:
        """Return a script that has come as far as this one, and goes on by itself."""
        return copy.deepcopy(self)

    def snapshot_at(self, revision: int, snapshot: Snapshot) -> StoredSnapshot:
        return StoredSnapshot(revision=revision, tag=self.tag_at(revision), snapshot=snapshot)

    def stored(self, revision: int, snapshot: Snapshot) -> StoredDocument:
        """Return what loading has to give if the newest snapshot is that one."""
        return StoredDocument(
            doc=self.doc,
            doc_type="text",
            epoch=self.epoch,
            revision=revision,
            tag=self.tag_at(revision),
            snapshot=snapshot,
            entries=tuple(self.entries[revision:]),
        )

    async def begin(self, store: Store) -> StoredDocument:
        return await store.create(self.doc, "text", self.epoch, self.snapshot, self.tag_at(0))

    async def tell(self, store: Store) -> None:
        """Append what was decided since the last step, which has to land."""
        assert await store.append(self.step()) == Appended(self.revision)

    async def verify(self, store: Store) -> None:
        """Compare all that the store can be asked with this script."""
        stored = await store.load(self.doc)
        assert stored is not None
        assert stored.epoch == self.epoch
        assert stored.revision + len(stored.entries) == self.revision
        assert await store.entries(self.doc, after=0) == self.entries
        assert await store.outcomes(self.doc, self.outcomes) == self.outcomes

    def _next_seq(self, client: str) -> int:
        return self.outcomes[client].seq + 1 if client in self.outcomes else 1

    def _decided(self, outcome: Outcome) -> Script:
        self.outcomes[outcome.client] = outcome
        self._undecided.append(outcome)
        return self
