"""What a SQLite store says, at start, of a file that it cannot use."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import (
    NewerSchema,
    SQLiteStore,
    StoreCorrupt,
    StoreError,
    StoreUnavailable,
    StoreUnusable,
    sqlite_file,
    sqlite_schema,
)
from storage.testing import Script


async def opened(path: Path) -> SQLiteStore:
    store = SQLiteStore(path)
    await store.start()
    return store


async def refusal(path: Path) -> StoreError:
    """Return the error of a start, after which nothing of the store is left to close."""
    store = SQLiteStore(path, lock_timeout=0.05)
    with pytest.raises(StoreError) as raised:
        await store.start()
    await store.close()
    return raised.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def nobody() -> Iterator[Path]:
    """Let the test go on as a user who owns nothing; give it a directory that this user can enter."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    was = os.geteuid()
    if was == 0:
        os.chown(directory, 65534, 65534)
        os.seteuid(65534)
    yield directory
    os.seteuid(was)
    directory.chmod(0o755)
    shutil.rmtree(directory)


async def test_a_directory_is_not_a_store(tmp_path: Path) -> None:
    error = await refusal(tmp_path)
    assert isinstance(error, StoreUnusable)
    assert "not a file" in str(error)


async def test_a_missing_directory_is_to_be_made(tmp_path: Path) -> None:
    error = await refusal(tmp_path / "missing" / "store.db")
    assert isinstance(error, StoreUnusable)
    assert f"there is no directory {tmp_path / 'missing'}; make it first" in str(error)
    assert not (tmp_path / "missing").exists()


async def test_a_file_in_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = await refusal(tmp_path / "file" / "store.db")
    assert isinstance(error, StoreUnusable)
    assert f"{tmp_path / 'file'} is not a directory" in str(error)


async def test_a_directory_that_may_not_be_written_is_refused(nobody: Path) -> None:
    nobody.chmod(0o555)
    error = await refusal(nobody / "store.db")
    assert isinstance(error, StoreUnusable)
    assert "Permission denied" in str(error)


async def test_a_file_that_may_not_be_written_is_refused_and_stays_as_it_was(nobody: Path) -> None:
    path = nobody / "store.db"
    await (await opened(path)).close()
    before = path.read_bytes()
    path.chmod(0o444)
    error = await refusal(path)
    assert isinstance(error, StoreUnusable)
    assert "may not be written" in str(error)
    assert path.read_bytes() == before


async def test_a_writable_file_in_a_directory_that_is_not_is_refused(nobody: Path) -> None:
    path = nobody / "store.db"
    await (await opened(path)).close()
    nobody.chmod(0o555)
    error = await refusal(path)
    assert isinstance(error, StoreUnusable)
    assert "the file and its directory have to be writable" in str(error)


async def test_a_file_that_is_no_database_is_refused_and_stays_as_it_was(path: Path) -> None:
    path.write_text("my shopping list\n" * 100)
    before = path.read_bytes()
    error = await refusal(path)
    assert isinstance(error, StoreCorrupt)
    assert "not an SQLite database" in str(error)
    assert path.read_bytes() == before


async def test_the_database_of_another_program_is_refused_and_stays_as_it_was(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE documents (anything)")
    other.commit()
    other.close()
    before = path.read_bytes()
    error = await refusal(path)
    assert isinstance(error, StoreUnusable)
    assert "another program" in str(error)
    assert path.read_bytes() == before


async def test_a_newer_schema_is_refused_and_stays_as_it_was(path: Path) -> None:
    await (await opened(path)).close()
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 99")
    later.close()
    before = path.read_bytes()
    error = await refusal(path)
    assert isinstance(error, NewerSchema)
    assert (error.found, error.known) == (99, len(sqlite_schema.MIGRATIONS))
    assert path.read_bytes() == before


async def test_a_file_cut_short_is_corrupt(path: Path) -> None:
    store = await opened(path)
    await Script(snapshot="x" * 100_000).begin(store)
    await store.close()
    os.truncate(path, path.stat().st_size // 2)
    assert isinstance(await refusal(path), StoreCorrupt)


async def test_a_page_overwritten_is_corrupt(path: Path) -> None:
    store = await opened(path)
    for n in range(200):
        await Script(f"a rather long name for document {n}").begin(store)
    await store.close()
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        for page in range(1, pages):
            file.seek(page * 4096)
            file.write(os.urandom(100))
    assert isinstance(await refusal(path), StoreCorrupt)


async def test_a_broken_page_that_starting_would_not_read_is_found_all_the_same(path: Path) -> None:
    store = await opened(path)
    await Script(snapshot="x" * 100_000).begin(store)
    await store.close()
    with path.open("r+b") as file:  # a page in the middle of the snapshot
        file.seek(path.stat().st_size - 10 * 4096)
        file.write(b"\xff" * 4096)
    assert isinstance(await refusal(path), StoreCorrupt)


async def test_a_file_locked_by_another_process_is_unavailable_not_unusable(path: Path) -> None:
    await (await opened(path)).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    error = await refusal(path)
    assert isinstance(error, StoreUnavailable)
    assert "locked" in str(error)
    other.close()
    await (await opened(path)).close()


async def test_an_empty_file_is_a_new_store(path: Path) -> None:
    path.touch()
    store = await opened(path)
    assert await store.documents() == []
    await store.close()


async def test_a_new_file_is_readable_by_its_owner_only(path: Path) -> None:
    store = await opened(path)
    await Script().begin(store)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    await store.close()


async def test_two_starts_at_once_on_a_new_file_make_one_store(tmp_path: Path) -> None:
    for n in range(30):
        one, two = SQLiteStore(tmp_path / f"{n}.db"), SQLiteStore(tmp_path / f"{n}.db")
        await asyncio.gather(one.start(), two.start())
        assert await one.secret() == await two.secret()
        await one.close()
        await two.close()


class Contended(sqlite3.Connection):
    """A connection that finds another one switching to WAL, as often as it is told to."""

    times = 0

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if sql == "PRAGMA journal_mode = WAL" and Contended.times > 0:
            Contended.times -= 1
            error = sqlite3.OperationalError("simulated")
            error.sqlite_errorname, error.sqlite_errorcode = "SQLITE_BUSY", sqlite3.SQLITE_BUSY
            raise error
        return super().execute(sql, *arguments)


async def test_a_switch_to_wal_beside_another_is_tried_again_but_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Contended)

    monkeypatch.setattr(sqlite_file, "connect", connect)
    monkeypatch.setattr(Contended, "times", 10**9)
    assert isinstance(await refusal(path), StoreUnavailable)
    monkeypatch.setattr(Contended, "times", 3)
    await (await opened(path)).close()
    assert Contended.times == 0


# reading beside a server


async def test_a_read_only_store_sees_what_a_server_goes_on_writing(path: Path) -> None:
    store, script = await opened(path), Script()
    await script.begin(store)
    beside = SQLiteStore(path, read_only=True)
    await beside.start()
    for _ in range(3):
        await script.lands("ann", ["x"]).tell(store)
        await script.verify(beside)
    await beside.close()
    await script.lands("ann", ["y"]).tell(store)
    await store.close()


async def test_a_read_only_store_opens_a_file_that_nobody_writes_and_leaves_it_as_it_was(path: Path) -> None:
    store, script = await opened(path), Script()
    await script.begin(store)
    await script.lands("ann", ["x"]).tell(store)
    await store.close()
    before = path.read_bytes()
    beside = SQLiteStore(path, read_only=True)
    await beside.start()
    await script.verify(beside)
    await beside.close()
    assert path.read_bytes() == before


async def test_a_read_only_store_makes_no_file_and_migrates_none(path: Path) -> None:
    for expected in ("there is no such file", "schema has version 0"):
        beside = SQLiteStore(path, read_only=True)
        with pytest.raises(StoreUnusable, match=expected):
            await beside.start()
        path.touch()
    assert path.read_bytes() == b""
