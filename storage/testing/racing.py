"""A writer that tries again until it lands."""

from __future__ import annotations

from ot import Entry, Outcome
from ot.entry import next_tag
from storage.store import Append, Appended, Conflict, Store


async def write(store: Store, client: str, count: int) -> list[int]:
    """Land `count` operations against whoever else does, as a room would; return their revisions."""
    won = []
    for seq in range(1, count + 1):
        result: Appended | Conflict = Conflict(0, "")
        while isinstance(result, Conflict):
            stored = await store.load("notes")
            assert stored is not None
            tag = stored.entries[-1].tag if stored.entries else stored.tag
            revision, op = stored.revision + len(stored.entries) + 1, [f"{client} {seq}"]
            entry = Entry(revision, client, seq, op, tag=next_tag(str(tag), client, seq, op))
            outcome = Outcome(client, seq, "digest", revision, op)
            result = await store.append(Append("notes", stored.epoch, revision - 1, (entry,), (outcome,)))
        won.append(result.revision)
    return won
