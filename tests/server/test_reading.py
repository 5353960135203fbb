"""`history` and `export` say what a store holds, beside a server that writes it, and change nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.by_hand import connected
from tests.server.command import complaint, run
from tests.server_process import ServerProcess

TYPED = ["first\r\n", "日本 🦊 ", "\x1b[31m\x9b2J\u202e", "[red]e\u0301[/red]"]
TEXT = "".join(reversed(TYPED))  # each is inserted before what was there


@pytest.fixture
async def store(server: ServerProcess) -> AsyncIterator[str]:
    """The address of a store that a running server has written a document to."""
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes")
        for revision, text in enumerate(TYPED):
            await session.submit("notes", revision, revision + 1, [text])
        yield f"sqlite:{server.database}"


def exported(store: str, *options: str) -> bytes:
    result = run("export", "notes", "--store", store, *options)
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout


def listed(store: str, *options: str) -> list[int]:
    """Return the revisions that `history --json` lists."""
    result = run("history", "notes", "--json", "--store", store, *options)
    assert (result.returncode, result.stderr) == (0, b"")
    return [json.loads(line)["revision"] for line in result.stdout.splitlines()]


async def test_a_text_is_exported_exactly_as_it_is_and_as_it_was(store: str) -> None:
    assert exported(store) == TEXT.encode()
    assert exported(store, "--revision", "0") == b""
    assert exported(store, "--revision", "2") == (TYPED[1] + TYPED[0]).encode()
    assert exported(store, "--revision", "4") == TEXT.encode()


async def test_history_lists_the_entries_as_they_landed(store: str) -> None:
    result = run("history", "notes", "--json", "--store", store)
    entries = [json.loads(line) for line in result.stdout.splitlines()]
    assert [entry["op"] for entry in entries] == [[text] for text in TYPED]
    assert [(entry["revision"], entry["seq"]) for entry in entries] == [(n, n) for n in (1, 2, 3, 4)]
    assert len({entry["client"] for entry in entries}) == 1


async def test_history_gives_the_last_entries_or_those_after_a_revision(store: str) -> None:
    assert listed(store, "--limit", "2") == [3, 4]
    assert listed(store, "--after", "0", "--limit", "2") == [1, 2]
    assert listed(store, "--after", "3") == [4]
    assert listed(store, "--after", "4") == []


async def test_the_table_holds_nothing_that_a_terminal_obeys(store: str) -> None:
    result = run("history", "notes", "--store", store)
    rows = result.stdout.decode().splitlines()
    assert rows[0].split() == ["revision", "client", "seq", "operation"]
    assert [int(row.split()[0]) for row in rows[1:]] == [1, 2, 3, 4]
    assert all(row.isprintable() for row in rows)
    assert "[red]" in rows[4], "taken as rich's markup"


async def test_a_row_is_one_line_however_long_its_operation_is(server: ServerProcess, store: str) -> None:
    async with connected(server.url) as session:
        await session.greet()
        await session.open("long")
        await session.submit("long", 0, 1, ["x" * 300])
    result = run("history", "long", "--store", store)
    assert [line.split()[-1] for line in result.stdout.decode().splitlines()] == [
        "operation",
        f'["{"x" * 300}"]',
    ]


async def test_documents_are_listed_with_type_and_revision(server: ServerProcess, store: str) -> None:
    async with connected(server.url) as session:
        await session.greet()
        await session.open("a\u202eb")
    result = run("list", "--store", store)
    assert (result.returncode, result.stderr) == (0, b"")
    assert [line.split(maxsplit=2) for line in result.stdout.decode().splitlines()] == [
        ["revision", "type", "document"],
        ["0", "text", "a\\u202eb"],
        ["4", "text", "notes"],
    ]
    lines = run("list", "--json", "--store", store).stdout.splitlines()
    assert json.loads(lines[1]) == {"doc": "notes", "doc_type": "text", "revision": 4}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("export", "other"), "there is no document 'other' in sqlite:"),
        (("history", "other"), "there is no document 'other' in sqlite:"),
        (("export", "notes", "--revision", "5"), "revision 5 is not there; the newest is 4"),
        (("history", "notes", "--after", "5"), "'notes' is at revision 4; nothing is after 5"),
    ],
)
async def test_what_is_not_there_is_one_line(store: str, arguments: tuple[str, ...], says: str) -> None:
    assert says in complaint(run(*arguments, environment={"COUNTERPOINT_STORE": store}))


@pytest.mark.parametrize(
    "command", [["history", "x"], ["export", "x"], ["list"], ["check"], ["delete", "x"], ["backup", "x"]]
)
def test_a_mistyped_path_is_one_line_and_makes_no_file(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "mistyped.db"
    said = complaint(run(*command, "--store", f"sqlite:{path}"))
    assert said == f"cannot use store sqlite:{path}: there is no such file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["history", "export"])
def test_a_store_in_memory_cannot_be_read_from_outside(command: str) -> None:
    assert "lives in its server alone" in complaint(run(command, "notes", "--store", "memory:"))


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    said = complaint(run("export", "notes", "--store", f"sqlite:{tmp_path}"))
    assert said.startswith(f"cannot use store sqlite:{tmp_path}: it is not a file")


def test_an_empty_file_and_another_programs_database_are_refused_and_left_alone(tmp_path: Path) -> None:
    empty, foreign = tmp_path / "empty.db", tmp_path / "foreign.db"
    empty.touch()
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = foreign.read_bytes()
    assert "version 0" in complaint(run("export", "notes", "--store", f"sqlite:{empty}"))
    assert "another program" in complaint(run("export", "notes", "--store", f"sqlite:{foreign}"))
    assert (empty.read_bytes(), foreign.read_bytes()) == (b"", before)


async def test_what_a_killed_server_acknowledged_is_read_without_starting_another(
    server: ServerProcess, store: str
) -> None:
    await server.kill()
    before = server.database.read_bytes()
    assert exported(store) == TEXT.encode()
    assert server.database.read_bytes() == before, "a reader wrote to the database"


async def test_reading_a_store_does_not_disturb_the_server_that_writes_it(
    server: ServerProcess, store: str
) -> None:
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes")
        for seq in (1, 2, 3):
            await session.submit("notes", 3 + seq, seq, ["."])
            assert exported(store) == b"." * seq + TEXT.encode()
    assert await server.terminate() == 0
    await server.start()
    assert exported(store) == b"..." + TEXT.encode()
