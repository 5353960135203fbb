"""A SQLite store whose disk, lock or rows fail says so, stays readable, and comes back by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from storage import Appended, SQLiteStore, StoreCorrupt, StoreUnavailable, sqlite_file
from storage.testing import Script

HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
print("free", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path, lock_timeout=0.2)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
async def script(store: SQLiteStore) -> Script:
    """A document with three entries and snapshots at 0, 1 and 2."""
    script = Script(snapshot="at 0")
    await script.begin(store)
    await script.lands("ann", ["a"]).lands("ann", ["b"]).lands("bob", ["c"]).tell(store)
    for revision in (1, 2):
        await store.save_snapshot("notes", script.epoch, script.snapshot_at(revision, f"at {revision}"))
    return script


@contextmanager
def held_lock(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the write lock until it is told to let go or the block ends."""
    arguments = [sys.executable, "-c", HOLD_THE_LOCK, str(path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        yield holder
        holder.kill()


async def tell_the_writer(store: SQLiteStore, pragma: str) -> None:
    await store._writer.run(lambda connection: connection.execute(f"PRAGMA {pragma}").fetchall())


def tamper(path: Path, *statements: str) -> None:
    """Change rows behind the store's back, as a bad disk or a meddler would."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER IF EXISTS entries_never_change")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


# locks


async def test_a_lock_held_for_long_is_unavailable_and_reads_go_on(
    store: SQLiteStore, script: Script, path: Path
) -> None:
    waiting = script.rival().lands("ann", ["d"]).step()
    with held_lock(path):
        with pytest.raises(StoreUnavailable, match="locked by another process"):
            await store.append(waiting)
        await script.verify(store)
    assert await store.append(waiting) == Appended(4)


async def test_a_lock_that_is_given_up_in_time_is_only_waited_for(path: Path) -> None:
    store = SQLiteStore(path)
    await store.start()
    script = Script()
    await script.begin(store)
    with held_lock(path) as holder:
        assert holder.stdin is not None
        landing = asyncio.ensure_future(script.lands("ann", ["a"]).tell(store))
        await asyncio.sleep(0)  # it has been handed over
        assert await store.entries("notes", after=0) == []
        holder.stdin.write("\n")
        holder.stdin.flush()
        await landing
    await script.verify(store)
    await store.close()


async def test_the_event_loop_turns_while_a_lock_is_waited_for(
    store: SQLiteStore, script: Script, path: Path
) -> None:
    with held_lock(path):
        append = asyncio.ensure_future(store.append(script.rival().lands("ann", ["d"]).step()))
        longest, before = 0.0, time.monotonic()
        while not append.done():
            await asyncio.sleep(0)  # one turn of the loop
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
        assert longest < 0.1
        assert isinstance(append.exception(), StoreUnavailable)


# disks


async def test_a_full_disk_is_unavailable_and_readable_and_recovers_when_there_is_room(
    store: SQLiteStore, script: Script
) -> None:
    await tell_the_writer(store, "max_page_count = 1")  # SQLite takes the present size instead
    large = script.rival().lands("ann", ["x" * 100_000]).step()
    with pytest.raises(StoreUnavailable, match="no space"):
        await store.append(large)
    await script.verify(store)
    await tell_the_writer(store, "max_page_count = 1000000")
    assert await store.append(large) == Appended(4)


class Troubled(sqlite3.Connection):
    """A connection that fails at one statement, as SQLite does when the disk lets it down."""

    statement = ""
    trouble = ""

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if sql == Troubled.statement:
            error = sqlite3.OperationalError("simulated")
            error.sqlite_errorname = Troubled.trouble
            error.sqlite_errorcode = getattr(sqlite3, Troubled.trouble)
            raise error
        return super().execute(sql, *arguments)


@pytest.fixture
async def troubled(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SQLiteStore]:
    """A store whose writer will fail as `Troubled` says, and fails at nothing so far."""

    def connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
        kind = Troubled if mode == "rw" else sqlite3.Connection
        return sqlite3.connect(path, isolation_level=None, factory=kind)

    monkeypatch.setattr(sqlite_file, "connect", connect)
    monkeypatch.setattr(Troubled, "statement", "")
    store = SQLiteStore(path)
    await store.start()
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("statement", "trouble", "reason"),
    [
        ("BEGIN IMMEDIATE", "SQLITE_READONLY", "it cannot be written"),
        ("BEGIN IMMEDIATE", "SQLITE_IOERR_LOCK", "its disk failed"),
        ("BEGIN IMMEDIATE", "SQLITE_CANTOPEN", "a file of it cannot be opened"),
        ("COMMIT", "SQLITE_FULL", "no space is left"),
        ("COMMIT", "SQLITE_IOERR_WRITE", "its disk failed"),
    ],
)
async def test_trouble_that_passes_is_unavailable_and_readable_and_then_over(
    troubled: SQLiteStore, monkeypatch: pytest.MonkeyPatch, statement: str, trouble: str, reason: str
) -> None:
    script = Script()
    await script.begin(troubled)
    monkeypatch.setattr(Troubled, "statement", statement)
    monkeypatch.setattr(Troubled, "trouble", trouble)
    step = script.rival().lands("ann", ["a"]).step()
    with pytest.raises(StoreUnavailable, match=reason):
        await troubled.append(step)
    await script.verify(troubled)
    monkeypatch.setattr(Troubled, "statement", "")
    assert await troubled.append(step) == Appended(1)


async def test_after_a_failed_sync_nothing_is_written_until_a_restart(
    troubled: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script()
    await script.begin(troubled)
    monkeypatch.setattr(Troubled, "statement", "COMMIT")
    monkeypatch.setattr(Troubled, "trouble", "SQLITE_IOERR_FSYNC")
    step = script.rival().lands("ann", ["a"]).step()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="failed to sync"):
            await troubled.append(step)
        # The disk is well again, but that proves nothing about what it has lost.
        monkeypatch.setattr(Troubled, "statement", "")
    await script.verify(troubled)
    again = SQLiteStore(path)
    await again.start()
    assert await again.append(step) == Appended(1)
    await again.close()


# rows


async def test_a_snapshot_that_cannot_be_read_is_replaced_by_an_older_one_and_a_longer_tail(
    store: SQLiteStore, script: Script, path: Path
) -> None:
    assert await store.load("notes") == script.stored(2, "at 2")
    tamper(path, "UPDATE snapshots SET snapshot = '[' WHERE revision = 2")
    with structlog.testing.capture_logs() as logs:
        assert await store.load("notes") == script.stored(1, "at 1")
    assert [(line["event"], line["doc"], line["revision"]) for line in logs] == [
        ("snapshot_unreadable", "notes", 2)
    ]
    assert await store.snapshot_before("notes", 3) == script.snapshot_at(1, "at 1")
    tamper(path, "UPDATE snapshots SET snapshot = CAST(x'ff' AS TEXT) WHERE revision = 1")
    assert await store.load("notes") == script.stored(0, "at 0")


@pytest.mark.parametrize("statement", ["UPDATE snapshots SET snapshot = ''", "DELETE FROM snapshots"])
async def test_a_document_without_a_readable_snapshot_is_corrupt_never_empty(
    store: SQLiteStore, script: Script, path: Path, statement: str
) -> None:
    tamper(path, statement)
    with pytest.raises(StoreCorrupt, match="snapshots of 'notes'"):
        await store.load("notes")
    with pytest.raises(StoreCorrupt, match="snapshots of 'notes'"):
        await Script(epoch="another").begin(store)


@pytest.mark.parametrize("revision", [1, 2, 3])
async def test_a_missing_entry_is_corrupt_never_skipped(
    store: SQLiteStore, script: Script, path: Path, revision: int
) -> None:
    tamper(
        path, f"DELETE FROM entries WHERE revision = {revision}", "DELETE FROM snapshots WHERE revision > 0"
    )
    for reading in (store.load("notes"), store.entries("notes", after=0)):
        with pytest.raises(StoreCorrupt, match=f"entry {revision} of 'notes' is missing"):
            await reading


@pytest.mark.parametrize("op", ["'['", "''", "CAST(x'22ff22' AS TEXT)"])
async def test_an_entry_that_cannot_be_read_is_corrupt(
    store: SQLiteStore, script: Script, path: Path, op: str
) -> None:
    tamper(path, f"UPDATE entries SET op = {op} WHERE revision = 3")
    with pytest.raises(StoreCorrupt, match="entry 3 of 'notes' cannot be read"):
        await store.load("notes")


async def test_text_that_is_no_unicode_is_corrupt(store: SQLiteStore, script: Script, path: Path) -> None:
    tamper(path, "UPDATE entries SET client = CAST(x'ff' AS TEXT) WHERE revision = 3")
    with pytest.raises(StoreCorrupt):
        await store.load("notes")


async def test_an_entry_above_the_documents_revision_is_corrupt(
    store: SQLiteStore, script: Script, path: Path
) -> None:
    tamper(path, "INSERT INTO entries VALUES (1, 4, 'eve', 1, '[]', 'tag')")
    with pytest.raises(StoreCorrupt, match="contradict"):
        await store.append(script.rival().lands("ann", ["d"]).step())
