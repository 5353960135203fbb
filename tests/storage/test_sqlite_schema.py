"""The schema by itself keeps what is unique, and older schemas are brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import SQLiteStore, sqlite_schema
from storage.testing import Script


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def rows(path: Path) -> AsyncIterator[sqlite3.Connection]:
    """A connection of the test's own to a store whose document has had one entry of ann's."""
    store = SQLiteStore(path)
    await store.start()
    script = Script()
    await script.begin(store)
    await script.lands("ann", ["a"]).tell(store)
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()
    await store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO entries VALUES (1, 1, 'bob', 1, '[]', 'tag')",
        "UPDATE entries SET op = '[]' WHERE revision = 1",
        "INSERT INTO outcomes VALUES (1, 'ann', 2, NULL, NULL, NULL, 'forbidden', '')",
        "UPDATE outcomes SET seq = 1, code = 'forbidden', revision = NULL, op = NULL",
        "UPDATE outcomes SET seq = 2, code = 'forbidden'",
        "UPDATE outcomes SET seq = 2, op = NULL",
        "INSERT INTO documents VALUES (2, 'notes', 'text', 'epoch', 0, 'tag')",
        "INSERT INTO snapshots VALUES (1, 0, 'tag', 'twice')",
        "INSERT INTO meta VALUES (2, zeroblob(32), 0)",
    ],
)
def test_no_statement_lands_anything_twice(rows: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        rows.execute(statement)


async def test_the_settings_on_which_durability_rests_are_on(path: Path) -> None:
    store = SQLiteStore(path)
    await store.start()

    async def setting(name: str) -> object:
        return await store._writer.run(lambda c: c.execute(f"PRAGMA {name}").fetchone()[0])

    assert await setting("journal_mode") == "wal"
    assert await setting("synchronous") == 2  # FULL
    assert await setting("foreign_keys") == 1
    await store.close()


OLD = (
    "CREATE TABLE lines (doc TEXT, revision INTEGER, op TEXT)",
    "CREATE TABLE meta (id INTEGER PRIMARY KEY, secret BLOB, starts INTEGER)",
)
STEP = ("ALTER TABLE lines ADD COLUMN tag TEXT", "UPDATE lines SET tag = doc || revision")


def make_old(path: Path) -> None:
    """Write a file as the first version of some schema left it, by hand."""
    connection = sqlite3.connect(path)
    for statement in OLD:
        connection.execute(statement)
    connection.execute("INSERT INTO lines VALUES ('notes', 7, '[]')")
    connection.execute(f"PRAGMA application_id = {sqlite_schema.APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


async def start_and_close(path: Path) -> None:
    store = SQLiteStore(path)
    await store.start()
    await store.close()


def contents(path: Path) -> tuple[int, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    found = connection.execute("SELECT * FROM lines").fetchall()
    connection.close()
    return version, found


async def test_an_older_schema_is_brought_up_to_date_with_what_it_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(path)
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", (OLD, STEP))
    await start_and_close(path)
    assert contents(path) == (2, [("notes", 7, "[]", "notes7")])
    await start_and_close(path)  # and is left alone from then on
    assert contents(path) == (2, [("notes", 7, "[]", "notes7")])


async def test_a_migration_that_fails_leaves_the_older_schema_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(path)
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", (OLD, (*STEP, "INSERT INTO nowhere VALUES (1)")))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await start_and_close(path)
    assert contents(path) == (1, [("notes", 7, "[]")])


async def test_a_new_store_has_the_schema_of_one_that_was_migrated(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(path)
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", (OLD, STEP))
    await start_and_close(path)
    await start_and_close(tmp_path / "new.db")

    def schema(file: Path) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(file)
        found = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
        connection.close()
        return found

    assert schema(path) == schema(tmp_path / "new.db")
