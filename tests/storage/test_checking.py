"""Whatever contradicts itself in a store is found, and what is sound is left in peace."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from ot import ABSENT
from storage import MemoryStore, SQLiteStore, Store, StoreCorrupt, sqlite_check
from storage.replaying import replayed
from storage.testing import Script


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


async def fill(store: Store) -> None:
    """Write 700 letters into a document, with snapshots on the way, and leave another one empty."""
    script = Script()
    await script.begin(store)
    for number in range(700):
        script.lands("ann" if number % 3 else "bob", ["x"])
    await script.refused("cid").tell(store)
    for revision in (10, 600, 700):
        await store.save_snapshot("notes", "epoch-1", script.snapshot_at(revision, "x" * revision))
    await store.create("absent", "json1", "epoch-2", ABSENT, Script("absent", epoch="epoch-2").tag)


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.start()
    await fill(store)
    yield store
    await store.close()


async def replays(store: Store) -> list[str]:
    return [
        finding
        for head in await store.documents()
        for finding in [f async for f in replayed(store, head.doc)]
    ]


def tampered(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for trigger in ("entries_never_change", "outcomes_only_rise"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)


async def test_a_sound_store_has_nothing_to_tell(store: SQLiteStore) -> None:
    memory = MemoryStore()
    await fill(memory)
    assert await store.findings() == []
    assert await replays(store) == []
    assert await replays(memory) == []


IN_ROWS = [
    ("DELETE FROM entries WHERE revision = 300", "but has 699 entries"),
    ("DELETE FROM entries WHERE revision = 700", "but its log does not end there"),
    ("UPDATE documents SET revision = 699", "but its log does not end there"),
    ("UPDATE documents SET tag = 'another' WHERE doc = 'absent'", "but its log does not end there"),
    ("INSERT INTO entries VALUES (9, 1, 'eve', 1, '[]', 'tag')", "a row of entries belongs to no document"),
    ("UPDATE outcomes SET op = '[\"y\"]' WHERE client = 'ann'", "the outcome of ann in document notes"),
    (
        "UPDATE snapshots SET snapshot = '[' WHERE revision = 10",
        "notes at revision 10 cannot be read",
    ),
]


@pytest.mark.parametrize(("statement", "finding"), IN_ROWS)
async def test_rows_that_contradict_each_other_are_found(
    store: SQLiteStore, path: Path, statement: str, finding: str
) -> None:
    tampered(path, statement)
    found = await store.findings()
    assert any(finding in line for line in found), found


IN_LOGS = [
    ("UPDATE entries SET op = '[\"y\"]' WHERE revision = 300", "entry 300 of 'notes' has the tag"),
    ("UPDATE entries SET tag = 'another' WHERE revision = 699", "entry 699 of 'notes' has the tag another"),
    (
        "UPDATE snapshots SET snapshot = '\"y\"' WHERE revision = 600",
        "at revision 600 is not what the log leads to",
    ),
    ("UPDATE snapshots SET tag = 'another' WHERE revision = 10", "at revision 10 has the tag another"),
    ("DELETE FROM snapshots WHERE revision = 0 AND tag <> 'x'", "none of the 0 snapshots of 'notes' up to 9"),
    ("UPDATE documents SET doc_type = 'unheard-of' WHERE doc = 'absent'", "no document type 'unheard-of'"),
    ("DELETE FROM entries WHERE revision = 300", "entry 300 of 'notes' is missing"),
]


@pytest.mark.parametrize(("statement", "finding"), IN_LOGS)
async def test_a_log_that_is_not_what_was_written_is_found(
    store: SQLiteStore, path: Path, statement: str, finding: str
) -> None:
    tampered(path, statement)
    found = await replays(store)
    assert any(finding in line for line in found), found


@pytest.mark.parametrize(("statement", "finding"), IN_ROWS[:4])
async def test_a_start_on_a_contradictory_log_is_refused(path: Path, statement: str, finding: str) -> None:
    store = SQLiteStore(path)
    await store.start()
    await fill(store)
    await store.close()
    tampered(path, statement)
    with pytest.raises(StoreCorrupt, match=finding):
        await SQLiteStore(path).start()


async def test_a_large_store_is_looked_at_where_its_documents_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SQLiteStore(path)
    await store.start()
    await fill(store)
    await store.close()
    monkeypatch.setattr(sqlite_check, "CHECKED_WHOLE", 0)
    tampered(path, "DELETE FROM entries WHERE revision = 700")
    with pytest.raises(StoreCorrupt, match="does not end there"):
        await SQLiteStore(path).start()


async def test_a_check_at_start_that_takes_too_long_gives_up_and_the_store_opens(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SQLiteStore(path)
    await store.start()
    await fill(store)
    await store.close()
    monkeypatch.setattr(sqlite_check, "START_SECONDS", -1.0)
    monkeypatch.setattr(sqlite_check, "STEPS", 1)
    again = SQLiteStore(path)
    await again.start()
    assert len(await again.documents()) == 2
    await again.close()
