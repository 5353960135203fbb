"""The seam between the rooms and wherever revision logs live.

One transaction decides everything: `append` lets entries and outcomes land together or not at all, and
compares before it does, so that two nodes over one store can race for a revision and exactly one wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import attrs

from ot import Entry, Outcome, Snapshot
from ot.values import value


@attrs.frozen
class StoredDocument:
    """What opening a document reads: one snapshot and the bounded tail of entries after it."""

    doc: str
    doc_type: str
    epoch: str
    revision: int
    """That of `snapshot`; the document itself is at `revision + len(entries)`."""
    tag: str
    snapshot: Snapshot
    entries: tuple[Entry, ...] = ()


@attrs.frozen
class DocumentHead:
    """A document as a list of them shows it."""

    doc: str
    doc_type: str
    epoch: str
    revision: int
    """The newest."""


@attrs.frozen
class StoredSnapshot:
    """The document as it was at one revision."""

    revision: int
    tag: str
    snapshot: Snapshot


@value
class Append:
    """What one room wants to land in one step.

    The first entry's revision is `expected_revision + 1` and so on without a gap, each with its tag.
    Outcomes are in the order in which they were decided; each one's `seq` is one above the last of
    its client (1 for a client that the document has not seen). Every entry has its outcome here: that is
    how a client's submission lands once. A step that breaks this is a bug of its maker, and never made.
    """

    doc: str
    epoch: str
    expected_revision: int
    entries: tuple[Entry, ...]
    outcomes: tuple[Outcome, ...]

    def __attrs_post_init__(self) -> None:
        revision, entries = self.expected_revision, iter(self.entries)
        last: dict[str, int] = {}
        for outcome in self.outcomes:
            client, seq = outcome.client, outcome.seq
            assert last.get(client, seq - 1) == seq - 1, f"seq {seq} of {client} after {last[client]}"
            last[client] = seq
            if outcome.revision is not None:
                entry, revision = next(entries, None), revision + 1
                assert entry is not None, f"outcome of {outcome.revision} without an entry"
                assert entry.revision == revision, f"entry {entry.revision} where {revision} comes next"
                assert entry.tag is not None, f"entry {revision} has no tag"
                assert entry.span == 1, f"entry {revision} is a composition"
                same = entry.client == client and entry.seq == seq and outcome.revision == revision
                assert same, f"entry {revision} with the outcome of another"
        assert next(entries, None) is None, "an entry without an outcome"


@value
class Appended:
    """The step has landed and survives a crash, if the store is durable."""

    revision: int


@attrs.frozen
class Conflict:
    """Nothing was written: the epoch, the revision or a client's last `seq` has moved.

    Normal life with more than one node: read what is new, decide again, try again.
    """

    revision: int
    """The store's newest."""
    epoch: str
    """The store's; with revision 0 and an empty epoch there is no such document any more."""


AppendResult: TypeAlias = Appended | Conflict


def first_seqs(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return, for each client, the first `seq` decided: what a store compares with the last it has."""
    firsts: dict[str, int] = {}
    for outcome in outcomes:
        firsts.setdefault(outcome.client, outcome.seq)
    return firsts


class Store(Protocol):
    """Where revision logs live.

    Every store promises: a document's revisions are contiguous; append is all or nothing; what append
    has returned survives a crash, if `durable`; the last outcome of each `(doc, client)` changes in
    the transaction of its entry. Entries come back with `tag`, `span` 1 and no `hash`.

    Calls come from many tasks of one event loop, between `start` and `close`; a caller that is cancelled
    stops waiting, and what it asked for may still happen. Any method may raise StoreUnavailable (try again
    later; for `append` the fate is unknown, and trying the same again settles it by a conflict) or
    StoreCorrupt (stop). A snapshot or entry that cannot be read is never an empty document.
    """

    @property
    def durable(self) -> bool:
        """Whether what `append` has returned outlives the process and the machine's power."""

    async def start(self) -> None:
        """Open the store, migrating an older schema; raise StoreError where it cannot be used."""

    async def close(self) -> None:
        """Finish what was handed over and let go of every resource."""

    async def secret(self) -> bytes:
        """Return the 32 random bytes by which this store's servers sign identities, made once."""

    async def create(
        self, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str
    ) -> StoredDocument:
        """Make a document at revision 0, or return the one that is there: the loser of two creates
        gets the winner's."""

    async def load(self, doc: str) -> StoredDocument | None:
        """Return the newest snapshot and the entries after it; None if there is no such document."""

    async def append(self, step: Append) -> AppendResult:
        """Land the step, or change nothing."""

    async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
        """Return the entries with `after < revision <= until`, in order; none of a document that does not
        exist. They are there without a gap, or StoreCorrupt is raised."""

    async def outcomes(self, doc: str, clients: Iterable[str]) -> Mapping[str, Outcome]:
        """Return the last outcome of each of the clients that has one."""

    async def save_snapshot(self, doc: str, epoch: str, snapshot: StoredSnapshot) -> bool:
        """Keep a snapshot, so that `load` reads fewer entries.

        False, and nothing written, if the epoch has moved, the log has not reached that revision, or
        its tag there is another. A snapshot of the same revision is replaced. Old ones are dropped, but
        never the one at revision 0 or the newest.
        """

    async def snapshot_before(self, doc: str, revision: int) -> StoredSnapshot | None:
        """Return the newest snapshot at or below `revision`; None below 0 and where there is no document."""

    async def documents(self) -> Sequence[DocumentHead]:
        """Return all documents, sorted by name: for the command line."""

    async def delete(self, doc: str) -> bool:
        """Forget a document with its log, outcomes and snapshots; False if there is none.

        The next `create` of that name makes another document, with another epoch. A room that has it in
        memory meets a Conflict.
        """
