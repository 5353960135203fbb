"""What a room does beside its turns: snapshots for quick opening, hashes to find divergence."""

from __future__ import annotations

from typing import Final

import attrs

from ot import RevisionLog, state_hash
from storage import StoredSnapshot
from transport.effects import SaveSnapshot

SNAPSHOT_ENTRIES: Final = (200, 2_000)
"""Fewest and most entries between snapshots: opening reads one snapshot and a tail of about the second
at most."""

SNAPSHOT_BYTES_AN_ENTRY: Final = 4_096
"""What a snapshot may cost, spread over the entries since the last: large documents save less often."""

HASH_EVERY: Final = 30.0
"""Seconds between hashes of the state, for documents of up to 1 MiB; more for larger ones."""


@attrs.define
class Upkeep:
    """What has been saved and hashed of one document."""

    saved: int = 0
    """Revision of the newest snapshot in the store, or on its way there."""
    _hash: tuple[int, str] | None = None
    _hash_due: float = 0.0

    def snapshot_due(self, log: RevisionLog) -> list[SaveSnapshot]:
        """Return the snapshot to save after a step, if it is time."""
        unsaved = log.revision - self.saved
        if unsaved < SNAPSHOT_ENTRIES[0] or unsaved < entries_between_snapshots(log.size_bound):
            return []
        return self.last_snapshot(log)

    def last_snapshot(self, log: RevisionLog) -> list[SaveSnapshot]:
        """Return the snapshot to save of a log that is let go of, if there is anything new."""
        if log.revision == self.saved:
            return []
        self.saved = log.revision
        return [SaveSnapshot(log.epoch, StoredSnapshot(log.revision, log.tag, log.snapshot))]

    def hash_now(self, log: RevisionLog, now: float) -> None:
        """Hash the state, if it is time: between turns, never on the path of an operation."""
        if now < self._hash_due:
            return
        if self._hash is None or self._hash[0] != log.revision:
            self._hash = (log.revision, state_hash(log.snapshot))
        self._hash_due = now + HASH_EVERY * max(1.0, log.size_bound / 2**20)

    def hash_before(self, revision: int) -> str | None:
        """Return the hash of the state before the entry at `revision`, once, if it was taken there."""
        if self._hash is None or self._hash[0] != revision - 1:
            return None
        (_, digest), self._hash = self._hash, None
        return digest


def entries_between_snapshots(size: int) -> int:
    """Return how many entries land before a document of so many bytes is saved again."""
    fewest, most = SNAPSHOT_ENTRIES
    return max(fewest, min(most, size // SNAPSHOT_BYTES_AN_ENTRY))
