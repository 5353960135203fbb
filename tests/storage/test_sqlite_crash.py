"""What a SQLite store has acknowledged survives `kill -9`, whole and in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from ot.entry import next_tag
from storage import SQLiteStore

ROUNDS: Final = 5
ROOMS: Final = 8
ACKNOWLEDGED: Final = 300  # lines that are read before the child is killed, in the midst of its commits


def killed_writer(path: Path) -> dict[str, int]:
    """Let a child append until it is killed; return the last revision it acknowledged, by document."""
    arguments = [sys.executable, "-m", "tests.storage.crashing_writer", str(path), str(ROOMS)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(ACKNOWLEDGED)]
        child.kill()
        # What it wrote before it died counts too; the last line may be cut off.
        lines += child.stdout.read().splitlines(keepends=True)
    pairs = (line.split() for line in lines if line.endswith("\n"))
    return {doc: int(revision) for doc, revision in pairs}  # revisions rise: the last one stays


async def test_all_that_was_acknowledged_is_there_after_every_kill(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for _ in range(ROUNDS):
        acknowledged = killed_writer(path)
        assert len(acknowledged) == ROOMS
        store = SQLiteStore(path)
        await store.start()
        for doc, revision in acknowledged.items():
            await verify(store, doc, revision)
        await store.close()


async def verify(store: SQLiteStore, doc: str, acknowledged: int) -> None:
    stored = await store.load(doc)
    assert stored is not None
    log = await store.entries(doc, after=0)
    # One step can have landed whose acknowledgement the child did not live to print.
    assert acknowledged <= len(log) <= acknowledged + 1
    tag = stored.tag
    for revision, entry in enumerate(log, 1):
        assert (entry.revision, entry.seq, entry.op) == (revision, revision, [f"{doc} {revision}"])
        tag = next_tag(tag, entry.client, entry.seq, entry.op)
        assert entry.tag == tag
    outcomes = await store.outcomes(doc, ["ann", "bob"])
    assert {client: outcome.seq for client, outcome in outcomes.items()} == {
        "ann": len(log),
        "bob": len(log),
    }
