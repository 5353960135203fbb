"""Entries that are packed are read as if they were rows, and damage to them is never another past."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from storage import SQLiteStore, StoreCorrupt, StoredSnapshot, sqlite_rows, sqlite_segments
from storage.replaying import replayed
from storage.sqlite_backup import restore
from storage.testing import Script

KEPT, ENTRIES, BYTES = 3, 4, 1_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("KEPT", KEPT), ("ENTRIES", ENTRIES), ("BYTES", BYTES)):
        monkeypatch.setattr(sqlite_segments, name, value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.start()
    yield store
    await store.close()


async def typed(store: SQLiteStore, letters: int = 30) -> Script:
    """Let two type letters at the start of a document, and save what came of it."""
    script = Script()
    await script.begin(store)
    for number in range(letters):
        script.lands("ann" if number % 3 else "bob", ["x"])
    await script.refused("cid").tell(store)
    await store.save_snapshot("notes", script.epoch, script.snapshot_at(letters, "x" * letters))
    return script


def asked(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(question).fetchall()


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for trigger in ("segments_never_change", "entries_land_once", "outcomes_only_rise"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)


@pytest.mark.parametrize("seed", range(5))
async def test_every_range_is_what_was_written_however_much_of_it_is_packed(
    store: SQLiteStore, path: Path, seed: int
) -> None:
    rng, script = random.Random(seed), Script()
    await script.begin(store)
    while script.revision < 40:
        for _ in range(rng.randint(1, 5)):
            who = f"{rng.choice('äb')} \N{PILE OF POO}"
            script.lands(who, [rng.choice(["x", "ü\n", "y" * 600, 1.5, None, {"d": 2}])])
            if rng.random() < 0.3:
                script.refused(who)
        await script.tell(store)
        if rng.random() < 0.5:
            await store.save_snapshot("notes", script.epoch, script.snapshot_at(script.revision, "text"))
    for after in range(-1, 41):
        until = rng.choice([None, *range(after, 42)])
        expected = script.entries[max(after, 0) : until]
        assert await store.entries("notes", after=after, until=until) == expected, (after, until)
    await script.verify(store)
    assert await store.findings() == []
    assert len(asked(path, "SELECT 1 FROM segments")) > 4


async def test_all_but_the_newest_entries_are_packed_once_they_fill_a_segment(
    store: SQLiteStore, path: Path
) -> None:
    await typed(store)
    assert asked(path, "SELECT first, last FROM segments") == [(n, n + 3) for n in range(1, 25, 4)]
    assert asked(path, "SELECT min(revision), max(revision) FROM entries") == [(25, 30)]


async def test_a_segment_of_large_operations_is_full_sooner(store: SQLiteStore, path: Path) -> None:
    script = Script()
    await script.begin(store)
    for _ in range(10):
        script.lands("ann", ["x" * 600])
    await script.tell(store)
    await store.save_snapshot("notes", script.epoch, script.snapshot_at(10, "text"))
    assert asked(path, "SELECT first, last FROM segments") == [(1, 2), (3, 4), (5, 6)]
    await script.verify(store)


async def test_a_letter_takes_few_bytes_once_it_is_packed(
    store: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # segments as they are
    script, rng = Script(), random.Random(1)
    await script.begin(store)
    for revision in range(2_500):
        script.lands("a client's identity", [1 + revision, rng.choice("etaoin ")])
    await script.tell(store)
    await store.save_snapshot("notes", script.epoch, script.snapshot_at(2_500, "text"))
    [(entries, size)] = asked(path, "SELECT sum(last - first + 1), sum(length(entries)) FROM segments")
    assert (entries, size) == (500, pytest.approx(500 * 3, rel=0.5))


async def test_a_snapshot_may_be_saved_where_entries_are_packed(store: SQLiteStore) -> None:
    script = await typed(store)
    assert await store.save_snapshot("notes", script.epoch, script.snapshot_at(9, "x" * 9))
    wrong = StoredSnapshot(9, script.tag_at(10), "x" * 9)
    assert not await store.save_snapshot("notes", script.epoch, wrong)
    assert await store.snapshot_before("notes", 15) == script.snapshot_at(9, "x" * 9)


async def test_a_deleted_document_leaves_nothing_packed(store: SQLiteStore, path: Path) -> None:
    await typed(store)
    assert await store.delete("notes")
    assert asked(path, "SELECT * FROM segments") == []
    await (await typed(store)).verify(store)


async def test_a_restarted_store_reads_and_packs_on(store: SQLiteStore, path: Path) -> None:
    script = await typed(store)
    await store.close()
    again = SQLiteStore(path)
    await again.start()
    await script.verify(again)
    await script.lands("ann", ["y"]).lands("bob", ["y"]).tell(again)
    await again.save_snapshot("notes", script.epoch, script.snapshot_at(32, "yy" + "x" * 30))
    await script.verify(again)
    assert asked(path, "SELECT max(last) FROM segments") == [(28,)]
    await again.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO entries VALUES (1, 5, 'eve', 1, '[]', 'tag')",
        "UPDATE segments SET tag = 'another'",
        "INSERT INTO segments VALUES (1, 1, 4, 'tag', 'tag', x'00')",
    ],
)
async def test_no_statement_lands_anything_twice(store: SQLiteStore, path: Path, statement: str) -> None:
    await typed(store)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


DAMAGES = [
    ("DELETE FROM segments WHERE first = 9", "entries 13 to 16 of document notes, packed, do not follow"),
    ("DELETE FROM segments WHERE first = 21", "but has 26 entries"),
    ("UPDATE segments SET entries = x'00' WHERE first = 5", "entries 5 to 8 of 'notes', packed, cannot be"),
    ("UPDATE segments SET entries = substr(entries, 1, 20) WHERE first = 5", "cannot be read"),
    (
        "UPDATE segments SET entries = (SELECT entries FROM segments WHERE first = 1) WHERE first = 5",
        "entries 5 to 8 of 'notes', packed, are of another history",
    ),
    ("UPDATE segments SET tag = 'another' WHERE first = 5", "entries 5 to 8 of 'notes', packed, are of"),
    (
        "UPDATE segments SET before = 'another' WHERE first = 1",
        "entries 1 to 4 of document notes, packed, do",
    ),
    ("INSERT INTO entries VALUES (1, 5, 'eve', 1, '[]', 'tag')", "has entries both as rows and packed"),
    (
        "INSERT INTO outcomes VALUES (1, 'eve', 1, '', 7, '[\"x\"]', NULL, '')",
        "the outcome of eve in document notes is not the entry that landed",
    ),
]


@pytest.mark.parametrize(("statement", "finding"), DAMAGES)
async def test_what_is_wrong_with_packed_entries_is_found(
    store: SQLiteStore, path: Path, statement: str, finding: str
) -> None:
    await typed(store)
    assert await store.findings() == []
    changed(path, statement)
    found = await store.findings()
    assert any(finding in line for line in found), found


@pytest.mark.parametrize(("statement", "finding"), DAMAGES[:6])
async def test_damaged_entries_are_not_read_as_another_past(
    store: SQLiteStore, path: Path, statement: str, finding: str
) -> None:
    script = await typed(store)
    changed(path, statement)
    with pytest.raises(StoreCorrupt, match="notes"):
        await store.entries("notes", after=0)
    assert [line async for line in replayed(store, "notes")] != []
    stored = await store.load("notes")  # its newest are sound
    assert stored == script.stored(30, "x" * 30)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET op = '[\"y\"]' WHERE revision = 7",
        "UPDATE entries SET op = '[' WHERE revision = 7",
        "UPDATE entries SET op = '1,2' WHERE revision = 7",
        "UPDATE entries SET client = 'eve' WHERE revision = 7",
        "UPDATE entries SET seq = 9 WHERE revision = 7",
        "UPDATE entries SET tag = 'another' WHERE revision = 7",
        "DELETE FROM entries WHERE revision = 7",
    ],
)
async def test_entries_that_are_not_what_was_written_stay_as_they_are(
    store: SQLiteStore, path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_segments, "KEPT", 1_000)
    script = await typed(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER entries_never_change")
        connection.execute(statement)
    monkeypatch.setattr(sqlite_segments, "KEPT", KEPT)
    before = asked(path, "SELECT * FROM entries WHERE revision > 4")
    with structlog.testing.capture_logs() as logs:
        await store.save_snapshot("notes", script.epoch, script.snapshot_at(30, "x" * 30))
    assert asked(path, "SELECT first, last FROM segments") == [(1, 4)]
    assert asked(path, "SELECT * FROM entries WHERE revision > 4") == before
    assert [line["event"] for line in logs] == ["entries_not_packed"]


def to_first_version(path: Path) -> None:
    """Leave the file as the version that packed nothing would have."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER entries_land_once")
        connection.execute("DROP TABLE segments")
        connection.execute("PRAGMA user_version = 1")


async def test_a_store_of_the_first_version_is_taken_over_and_packed_bit_by_bit(
    store: SQLiteStore, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sqlite_rows, "pack", lambda connection, doc: False)
        script = await typed(store, 120)
    await store.close()
    to_first_version(path)
    copied = tmp_path / "copied.db"
    restore(copied, path, datetime(2026, 1, 1, tzinfo=UTC))
    again = SQLiteStore(copied)
    await again.start()
    await script.verify(again)
    packed = []
    for _ in range(3):
        await again.save_snapshot("notes", script.epoch, script.snapshot_at(120, "x" * 120))
        packed += asked(copied, "SELECT max(last) FROM segments")
        await script.verify(again)
    assert packed == [(80,), (116,), (116,)]
    assert await again.findings() == []
    await again.close()


async def test_a_damaged_store_of_the_first_version_is_refused(store: SQLiteStore, path: Path) -> None:
    await typed(store, 6)
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM entries WHERE revision = 3")
    to_first_version(path)
    with pytest.raises(StoreCorrupt, match="is at revision 6, but has"):
        await SQLiteStore(path).start()
