"""A backup is the store at one moment; restored, it is that and nothing of what was there since."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from storage import SQLiteStore, StoreCorrupt, StoreError, StoreInUse, StoreUnusable, open_store
from storage.sqlite_backup import back_up, restore
from storage.testing import Script

NOW: Final = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "store.db"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "backup.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.start()
    yield store
    await store.close()


async def written(store: SQLiteStore, script: Script, count: int) -> None:
    for _ in range(count):
        await script.lands("ann", ["x" * 500]).tell(store)


def killed(path: Path, place: Path) -> Path:
    """Return a store as a kill leaves it: all its files as they are at this moment."""
    place.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), place / name)
    return place / path.name


async def holds(path: Path, script: Script) -> None:
    """Open a store as a server does, and compare it with the script."""
    store = open_store(f"sqlite:{path}")
    await store.start()
    await script.verify(store)
    await store.close()


async def test_a_backup_is_one_file_with_what_was_committed_and_needs_no_other(
    store: SQLiteStore, path: Path, out: Path
) -> None:
    script = Script()
    await script.begin(store)
    await written(store, script, 20)
    back_up(path, out)
    then = script.rival()
    await written(store, script, 3)
    assert [file.name for file in out.parent.iterdir()] == ["backup.db"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    reader = SQLiteStore(out, read_only=True)
    await reader.start()
    await then.verify(reader)
    await reader.close()
    assert [file.name for file in out.parent.iterdir()] == ["backup.db"], "reading it left files beside it"


async def test_a_backup_never_goes_over_a_file_that_is_there(
    store: SQLiteStore, path: Path, out: Path
) -> None:
    out.write_text("precious")
    with pytest.raises(StoreUnusable, match="such a file already"):
        back_up(path, out)
    with pytest.raises(StoreUnusable, match="No such file or directory"):
        back_up(path, out.parent / "missing" / "backup.db")
    assert out.read_text() == "precious"


async def test_a_restored_backup_is_what_it_was_whatever_log_file_a_killed_server_left(
    store: SQLiteStore, path: Path, out: Path, tmp_path: Path
) -> None:
    script = Script()
    await script.begin(store)
    await written(store, script, 20)
    back_up(path, out)
    then = script.rival()
    await written(store, script, 200)
    place = killed(path, tmp_path / "killed")
    kept = restore(place, out, NOW)
    await holds(place, then)
    assert kept == place.with_name("store.db.replaced-20260102T030405")
    await holds(kept, script)  # with its own log file: nothing of it is lost
    assert sorted(file.name for file in place.parent.iterdir() if "-lock" not in file.name) == [
        "store.db",
        "store.db.replaced-20260102T030405",
    ]


async def test_a_copy_put_beside_a_log_file_of_another_moment_is_refused_or_whole(
    store: SQLiteStore, path: Path, out: Path, tmp_path: Path
) -> None:
    """What restoring by `cp` does: the log file holds all that came since the copy, or a part of it."""
    script = Script()
    await script.begin(store)
    await written(store, script, 20)
    back_up(path, out)
    refused = 0
    for turn in range(8):
        await written(store, script, 150)
        place = killed(path, tmp_path / f"killed-{turn}")
        shutil.copy(out, place)
        try:
            await holds(place, script)
        except StoreCorrupt:
            refused += 1
    assert refused > 0, "the log file was never a part: this test shows nothing"


async def test_restoring_is_refused_while_a_server_has_the_store(path: Path, out: Path) -> None:
    server = open_store(f"sqlite:{path}")
    await server.start()
    await Script().begin(server)
    back_up(path, out)
    before = path.read_bytes()
    with pytest.raises(StoreInUse):
        restore(path, out, NOW)
    assert path.read_bytes() == before
    await server.close()
    assert restore(path, out, NOW) is not None


async def test_a_store_is_restored_where_there_is_none(store: SQLiteStore, path: Path, out: Path) -> None:
    script = Script()
    await script.begin(store)
    back_up(path, out)
    elsewhere = out.with_name("new.db")
    assert restore(elsewhere, out, NOW) is None
    await holds(elsewhere, script)


def damaged(out: Path) -> None:
    content = out.read_bytes()
    out.write_bytes(content[: len(content) // 2])


def contradictory(out: Path) -> None:
    with closing(sqlite3.connect(out)) as connection, connection:
        connection.execute("DELETE FROM entries WHERE revision = 2")


def foreign(out: Path) -> None:
    out.unlink()
    with closing(sqlite3.connect(out)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize(
    "harm", [damaged, contradictory, foreign, Path.unlink, lambda out: out.write_bytes(b"")]
)
async def test_what_is_no_sound_backup_is_refused_and_changes_nothing(
    store: SQLiteStore, path: Path, out: Path, harm: Callable[[Path], None]
) -> None:
    script = Script()
    await script.begin(store)
    await written(store, script, 3)
    back_up(path, out)
    harm(out)
    files = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.suffix == ".db"}
    with pytest.raises(StoreError):
        restore(path, out, NOW)
    for name, content in files.items():
        assert path.with_name(name).read_bytes() == content
    assert not path.with_name("store.db.restoring").exists()


async def test_a_store_is_not_restored_from_itself(store: SQLiteStore, path: Path) -> None:
    with pytest.raises(StoreUnusable, match="from itself"):
        restore(path, path, NOW)
