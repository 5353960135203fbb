"""Backups, restoring, deleting and checking, as an operator does them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.by_hand import connected
from tests.server.command import complaint, run
from tests.server_process import ServerProcess
from transport import connect


@pytest.fixture
async def store(server: ServerProcess) -> str:
    """The address of a store that a running server has written to."""
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes")
        for revision in range(5):
            await session.submit("notes", revision, revision + 1, ["x"])
        await session.open("other")
    return f"sqlite:{server.database}"


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.returncode, result.stderr) == (0, b""), result.stderr.decode()
    return result.stdout.decode()


async def test_a_backup_made_beside_a_server_is_restored_over_what_a_killed_one_left_and_clients_are_told(
    server: ServerProcess, store: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    assert done("backup", str(backup), "--store", store).startswith(f"wrote {backup}, ")
    async with connect(f"{server.url}/sync") as connection:
        doc = await connection.open("notes")
        doc.submit(["since the backup "])
        await doc.settled()
        await server.kill()
        doc.submit([5, "unsent "])
        said = done("restore", str(backup), "--store", store)
        assert "what was there is kept as" in said
        await server.start()
        await doc.until(lambda: bool(doc.handed_back))
        assert doc.snapshot == "xxxxx"
        assert doc.handed_back[0].code == "restarted"
    assert done("check", "--store", store) == "sound: 2 documents, 5 entries\n"


async def test_what_a_server_has_is_neither_restored_nor_deleted_from(
    server: ServerProcess, store: str, tmp_path: Path
) -> None:
    assert server.process is not None
    backup = tmp_path / "backup.db"
    done("backup", str(backup), "--store", store)
    says = f"another server (pid {server.process.pid}) has this store"
    assert says in complaint(run("restore", str(backup), "--store", store))
    assert says in run("delete", "notes", "--yes", "--store", store).stderr.decode()
    assert done("export", "notes", "--store", store) == "xxxxx"


async def test_a_deleted_document_is_gone_and_who_comes_back_to_it_is_told(
    server: ServerProcess, store: str
) -> None:
    async with connect(f"{server.url}/sync") as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.submit([5, "a secret " * 1_000])  # more than a page
        await doc.settled()
        await server.terminate()  # so that all is in the database itself
        assert b"a secret" in server.database.read_bytes()
        doc.submit([5, "unsent"])
        result = run("delete", "notes", "--yes", "--store", store)
        assert (result.returncode, result.stdout) == (0, b"deleted 1\n")
        assert result.stderr.decode() == "'notes': text at revision 6\n"
        assert "notes" not in done("list", "--store", store)
        assert b"a secret" not in server.database.read_bytes()
        await server.start()
        await doc.until(lambda: bool(doc.handed_back))
        assert (doc.snapshot, doc.revision) == ("", 0)  # another document, which its `doc_type` has made


async def test_deleting_asks_and_takes_all_or_nothing(server: ServerProcess, store: str) -> None:
    assert await server.terminate() == 0
    assert run("delete", "notes", "--store", store).returncode == 130  # nobody answers: stdin is at its end
    assert "there is no document 'nots'" in complaint(
        run("delete", "other", "nots", "--yes", "--store", store)
    )
    assert len(done("list", "--store", store).splitlines()) == 3


async def test_check_tells_what_is_wrong_and_ends_with_1(server: ServerProcess, store: str) -> None:
    assert await server.terminate() == 0
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute("DROP TRIGGER entries_never_change")
        connection.execute("UPDATE entries SET op = '[\"y\"]' WHERE revision = 3")
    result = run("check", "--store", store)
    assert result.returncode == 1
    assert result.stdout.decode().startswith("entry 3 of 'notes' has the tag ")
    assert result.stderr.decode() == f"counterpoint: {store} has 1 fault\n"


@pytest.mark.parametrize("command", [["backup", "x"], ["restore", "x"]])
def test_a_store_that_is_no_file_has_no_backups(command: list[str]) -> None:
    assert "sqlite:PATH" in complaint(run(*command, "--store", "memory:"))
