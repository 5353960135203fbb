"""The Python client over its own death: what it had made lands once, whatever became of it meanwhile."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from ot import ABSENT, Json, Operation
from storage import MemoryStore
from tests.server_process import ROOT
from tests.transport.access_policy import Policy
from tests.transport.served import PATIENCE, GatedStore, Served, eventually
from transport import ConnectionStopped, DocumentClosed, FileKeeper, NotKept, connect


@attrs.define
class MemoryKeeper:
    """Keeps records as a disk does: what was saved is there, also for who comes later."""

    records: dict[str, Json] = attrs.field(factory=dict)
    gate: asyncio.Event = attrs.field(factory=asyncio.Event)
    """Cleared, saving hangs."""
    begun: int = 0
    """Saves."""
    waiting: int = 0
    fault: Exception | None = None
    """What saving raises."""
    closed: bool = False

    def __attrs_post_init__(self) -> None:
        self.gate.set()

    async def load(self) -> dict[str, Json]:
        return dict(self.records)

    async def save(self, records: Mapping[str, Json | None]) -> None:
        self.begun += 1
        self.waiting += 1
        try:
            await self.gate.wait()
        finally:
            self.waiting -= 1
        if self.fault is not None:
            raise self.fault
        for name, record in records.items():
            self.records.pop(name, None)
            if record is not None:
                self.records[name] = json.loads(json.dumps(record))

    async def close(self) -> None:
        self.closed = True

    def as_of_now(self) -> MemoryKeeper:
        """Return what a program finds that begins now, this one having been killed."""
        return MemoryKeeper(dict(self.records))


async def landed(store: GatedStore, doc: str = "notes") -> list[Operation]:
    return [entry.op for entry in await store.all_entries(doc)]


async def program(*arguments: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.transport.kept_program", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


# Killed.


@pytest.mark.parametrize("lands", [True, False])
async def test_a_program_killed_between_sending_and_acknowledgement_goes_on_and_its_edit_lands_once(
    tmp_path: Path, lands: bool
) -> None:
    store, file = GatedStore(), str(tmp_path / "client.db")
    async with Served(store) as served, connect(served.url) as other:
        beside = await other.open("notes", doc_type="text")
        if lands:
            store.gate.clear()
        else:
            store.away = True
        killed = await program(served.url, file, "typed ")
        await eventually(lambda: store.waiting or served.metric("errors_total", code="unavailable"))
        killed.kill()
        await killed.wait()
        store.away = False
        store.gate.set()
        beside.submit(["meanwhile "])
        await beside.settled()
        again = await program(served.url, file)
        assert again.stdout is not None
        text = (await again.stdout.read()).decode()
        assert await again.wait() == 0
        assert sorted(text.split()) == ["meanwhile", "typed"]
        assert sorted(await landed(store)) in ([["meanwhile "], ["typed "]], [["meanwhile "], [10, "typed "]])


@pytest.mark.parametrize(
    ("doc_type", "create", "op", "after"),
    [
        ("text", "here", [4, " and there"], "here and there"),
        (
            "rich-text",
            ABSENT,
            [{"insert": "x", "attributes": {"b": 1}}],
            [{"insert": "x", "attributes": {"b": 1}}, {"insert": "\n"}],
        ),
        ("json1", ABSENT, [{"i": {"a": None}}], {"a": None}),
        ("json0", [1.5], [{"p": [0], "ld": 1.5, "li": None}], [None]),
    ],
)
async def test_what_was_typed_without_a_connection_is_there_in_the_next_run(
    doc_type: str, create: Json, op: Operation, after: Json
) -> None:
    store, keeper = GatedStore(), MemoryKeeper()
    async with Served(store) as served:
        async with connect(served.url, keeper=keeper) as connection:
            doc = await connection.open("notes", doc_type=doc_type, create=create)
            await served.stop()
            await eventually(lambda: connection.phase == "waiting")
            doc.submit(op)
            await eventually(lambda: "doc/notes" in keeper.records)
            left = keeper.as_of_now()
            await connection.close()
        await served.start()
        async with connect(served.url, keeper=left) as again:
            assert again.unsent == {"notes": (op,)}
            doc = await again.open("notes")
            assert again.unsent == {}
            await asyncio.wait_for(doc.settled(), PATIENCE)
            assert doc.snapshot == after
            assert again.client == connection.client


async def test_leaving_with_unsent_edits_leaves_them_to_the_next_run() -> None:
    store, keeper = GatedStore(), MemoryKeeper()
    async with Served(store) as served:
        async with connect(served.url, keeper=keeper) as connection:
            doc = await connection.open("notes", doc_type="text")
            store.gate.clear()
            doc.submit(["a"])
            await eventually(lambda: store.waiting)
            keeper.gate.clear()
            doc.submit([1, "b"])
            await eventually(lambda: keeper.waiting)
            under_way, pending = keeper.begun, doc._state.pending()
            leaving = asyncio.create_task(connection.close())
            await eventually(lambda: keeper.begun > under_way)
            keeper.gate.set()
            await leaving
        assert keeper.closed
        store.gate.set()
        async with connect(served.url, keeper=keeper.as_of_now()) as again:
            assert pending.inflight is not None
            unsent = attrs.evolve(pending, inflight=attrs.evolve(pending.inflight, sent=False))
            assert again._keeping is not None
            assert again._keeping.left["notes"].pending() == unsent
            doc = await again.open("notes")
            await asyncio.wait_for(doc.settled(), PATIENCE)
            assert doc.snapshot == "ab"


async def test_a_submission_of_a_document_that_was_closed_is_not_taken_for_the_next_runs_first() -> None:
    store, keeper = GatedStore(), MemoryKeeper()
    async with Served(store) as served:
        async with connect(served.url, keeper=keeper) as connection:
            doc = await connection.open("notes", doc_type="text")
            await doc.settled()
            store.away = True
            doc.submit(["given up "])
            await eventually(lambda: served.metric("errors_total", code="unavailable"))
            doc.close()
            await connection.stored()
            left = keeper.as_of_now()
        store.away = False
        async with connect(served.url, keeper=left) as again:
            assert again._state.unknown == {"notes": 1}
            doc = await again.open("notes")
            doc.submit(["kept "])
            await asyncio.wait_for(doc.settled(), PATIENCE)
            assert (doc.snapshot, doc.repairs) == ("kept ", 0)
        assert await landed(store) == [["kept "]]


# Before it leaves.


async def test_nothing_leaves_before_it_is_written_down() -> None:
    store, keeper = GatedStore(), MemoryKeeper()
    async with Served(store) as served, connect(served.url, keeper=keeper) as ours:
        doc = await ours.open("notes", doc_type="text")
        keeper.gate.clear()
        doc.submit(["mine "])
        await eventually(lambda: keeper.waiting)
        async with connect(served.url) as theirs:
            beside = await theirs.open("notes")
            beside.submit(["theirs "])
            await beside.settled()
            await doc.at_revision(1)  # by now a submission that had left would have been there first
            assert await landed(store) == [["theirs "]]
            assert keeper.records.get("doc/notes") is None
            keeper.gate.set()
            await doc.settled()
            await beside.at_revision(2)
            assert beside.snapshot == doc.snapshot


async def test_what_is_acknowledged_is_not_kept() -> None:
    keeper = MemoryKeeper()
    async with Served() as served, connect(served.url, keeper=keeper) as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.submit(["x"])
        await doc.settled()
        await connection.stored()
        assert list(keeper.records) == ["client"]


async def test_a_keeper_that_fails_ends_the_connection_and_nothing_leaves() -> None:
    store, keeper = GatedStore(), MemoryKeeper()
    async with Served(store) as served:
        connection = await connect(served.url, keeper=keeper).__aenter__()
        doc = await connection.open("notes", doc_type="text")
        keeper.fault = OSError("the disk is full")
        doc.submit(["x"])
        with pytest.raises(ConnectionStopped, match="the disk is full"):
            await doc.settled()
        with pytest.raises(NotKept, match="the disk is full"):
            await connection.close()
        assert keeper.closed
        assert await landed(store) == []


# Not taken up after all.


async def test_an_open_that_is_given_up_leaves_the_edits_to_another() -> None:
    keeper = MemoryKeeper()
    async with Served() as served:
        async with connect(served.url, keeper=keeper) as connection:
            doc = await connection.open("notes", doc_type="text")
            await served.stop()
            await eventually(lambda: connection.phase == "waiting")
            doc.submit(["x"])
            await connection.stored()
            left = keeper.as_of_now()
            await connection.close()
        async with connect(served.url, keeper=left) as again:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(again.open("notes"), 0.05)  # nobody answers
            assert again.unsent == {"notes": (["x"],)}
            await again.stored()
            assert "doc/notes" in left.records
            await served.start()
            doc = await again.open("notes")
            await asyncio.wait_for(doc.settled(), PATIENCE)
            assert doc.snapshot == "x"


async def test_edits_of_a_document_that_is_taken_away_come_with_the_error() -> None:
    policy, keeper = Policy(), MemoryKeeper()
    policy.let_all("ada")
    async with Served(authenticate=policy.authenticate, authorize=policy.authorize) as served:
        async with connect(served.url, token="token-ada", keeper=keeper) as connection:
            doc = await connection.open("notes", doc_type="text")
            await served.stop()
            await eventually(lambda: connection.phase == "waiting")
            doc.submit(["x"])
            await connection.stored()
            left = keeper.as_of_now()
            await connection.close()
        policy.may.clear()
        await served.start()
        async with connect(served.url, token="token-ada", keeper=left) as again:
            with pytest.raises(DocumentClosed) as closed:
                await again.open("notes")
            (handed,) = closed.value.handed_back
            assert (handed.code, handed.ops) == ("access-denied", (["x"],))
            await again.stored()
            assert list(left.records) == ["client"]


async def test_where_the_server_no_longer_knows_the_client_the_edits_can_still_be_read() -> None:
    keeper = MemoryKeeper()
    async with Served() as served, connect(served.url, keeper=keeper) as connection:
        doc = await connection.open("notes", doc_type="text")
        await served.stop()
        await eventually(lambda: connection.phase == "waiting")
        doc.submit(["x"])
        await connection.stored()
        left = keeper.as_of_now()
        await connection.close()
    async with Served(MemoryStore()) as another, connect(another.url, keeper=left) as again:
        with pytest.raises(ConnectionStopped, match="bad-resume"):
            await again.open("notes", doc_type="text")
        assert again.unsent == {"notes": (["x"],)}
    assert "doc/notes" in left.records


# The file.


async def test_a_file_gives_back_what_was_saved_last_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    for before, saved in (
        ({}, {"a": {"text": "\ud800 é\0"}, "b": [1, None]}),
        ({"a": {"text": "\ud800 é\0"}, "b": [1, None]}, {"a": "later", "b": None}),
        ({"a": "later"}, {}),
    ):
        keeper = FileKeeper(path)
        assert await keeper.load() == before
        await keeper.save(saved)
        await keeper.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_file_serves_one_client_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    async with Served() as served, connect(served.url, keeper=FileKeeper(path)) as connection:
        await connection.open("notes", doc_type="text")
        with pytest.raises(NotKept, match=r"client\.db: another client is using it"):
            async with connect(served.url, keeper=FileKeeper(path)):
                pass
        assert connection.phase == "online"


@pytest.mark.parametrize(
    ("content", "reason"),
    [("this is not SQLite, whatever it is. " * 40, "file is not a database"), (None, "of format 9")],
)
async def test_a_file_that_cannot_be_read_is_refused_at_the_start(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "client.db"
    if content is None:
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            database.execute("INSERT INTO records VALUES ('client', '{\"format\": 9}')")
        database.close()
    else:
        path.write_text(content)
    with pytest.raises(NotKept, match=reason):
        async with connect("ws://127.0.0.1:1/sync", keeper=FileKeeper(path)):
            pass
