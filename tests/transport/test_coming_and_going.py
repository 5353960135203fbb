"""Who comes and goes, at any moment and in any number, leaves nothing behind and holds nobody up."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest

from storage import MemoryStore, StoredDocument
from tests.raw_socket import HANDSHAKE, frame, upgraded
from tests.transport.healthy import nobody_else_notices
from tests.transport.served import PATIENCE, Bare, GatedStore, Served, bare, eventually
from transport.connection import Connection

SESSION: Final = (
    HANDSHAKE.format(host="here").encode()
    + frame(0x81, b'{"type":"hello"}')
    + frame(0x81, b'{"type":"open","doc":"notes","doc_type":"text"}')
    + frame(0x81, b'{"type":"submit","doc":"notes","revision":0,"seq":1,"op":["x"]}')
    + frame(0x81, b'{"type":"presence","doc":"notes","revision":0,"state":{"cursor":0}}')
)


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


def cuts() -> Iterator[int]:
    """Return after how many bytes each connection is cut: everywhere, in the handshake and in each frame."""
    return iter([*range(0, len(SESSION), 7), len(SESSION)])


async def test_a_connection_that_is_cut_at_any_byte_leaves_nothing_behind() -> None:
    async with Served() as served, bare(served) as witness:
        await witness.open("notes", doc_type="text")
        before, tasks = descriptors(), len(asyncio.all_tasks())
        rng = random.Random(1)
        for bytes_sent in cuts():
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(SESSION[:bytes_sent])
            if rng.random() < 0.5:
                await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=0.01)  # so far, or not
            writer.transport.abort()
        await eventually(lambda: len(served.hub.connections) == 1)
        await eventually(lambda: descriptors() <= before)
        await eventually(lambda: len(asyncio.all_tasks()) <= tasks)
        room = served.hub.rooms["notes"]
        assert len(room.here.sessions) == 1
        assert room.here.presences == {}
        assert len(served.hub._session_of) == len(served.hub._members) == 1


async def test_opening_and_closing_over_and_over_ends_like_any_flood() -> None:
    async with Served() as served, nobody_else_notices(served), bare(served) as flood:
        for _ in range(5_000):
            if flood.ws.closed:
                break
            await flood.say(type="open", doc="notes", doc_type="text")
            await flood.say(type="close", doc="notes")
        heard, close = await flood.hear_out()
        assert (heard[-1]["code"], heard[-1].get("fatal"), close) == ("overloaded", True, 4102)


class Counting(MemoryStore):
    """Counts how often a document is loaded, and takes its time."""

    loads = 0

    async def load(self, doc: str) -> StoredDocument | None:
        self.loads += 1
        await asyncio.sleep(0.05)  # a disk
        return await super().load(doc)


async def test_a_crowd_that_opens_one_document_costs_one_load() -> None:
    store = Counting()
    await store.create("notes", "text", "epoch", "a long text", "tag")
    async with Served(store) as served, AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(bare(served)) for _ in range(60)]
        opened = await asyncio.gather(*(one.open("notes") for one in crowd))
        assert {one["snapshot"] for one in opened} == {"a long text"}
        assert store.loads == 1


async def test_what_comes_behind_a_close_frame_is_not_taken_in() -> None:
    async with Served() as served, bare(served) as witness:
        await witness.open("notes", doc_type="text")
        async with upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer):
            writer.write(frame(0x81, b'{"type":"hello"}') + frame(0x81, b'{"type":"open","doc":"notes"}'))
            await reader.readuntil(b'"opened"')
            submit = frame(0x81, b'{"type":"submit","doc":"notes","revision":0,"seq":1,"op":["x"]}')
            writer.write(frame(0x88, (1000).to_bytes(2)) + submit)
            await reader.read()
        await eventually(lambda: len(served.hub.connections) == 1)
        assert (await witness.open("notes"))["revision"] == 0


async def test_who_goes_while_the_store_writes_has_submitted_all_the_same() -> None:
    store = GatedStore()
    async with Served(store) as served, bare(served) as other:
        await other.open("notes", doc_type="text")
        async with bare(served) as gone:
            given = {name: gone.welcome[name] for name in ("client", "resume")}
            await gone.open("notes")
            store.gate.clear()
            await gone.submit("notes", 0, 1, ["x"])
            await eventually(lambda: store.waiting)
            served.hub.connections[served.hub._session_of[given["client"]]].transport.abort()
            await eventually(lambda: len(served.hub.connections) == 1)
            store.gate.set()
        assert (await other.hear_until("operations"))[-1]["entries"][0]["op"] == ["x"]
        async with bare(served, greeted=False) as again:
            await again.hello(**given)
            assert (await again.open("notes"))["seq"] == 1
            await again.submit("notes", 0, 1, ["x"])
            ack = await again.hear()
            assert (ack["type"], ack["revision"]) == ("ack", 1)
        await other.submit("notes", 1, 1, ["y"])
        assert (await other.hear_until("operations"))[-1]["entries"][0]["revision"] == 2
        assert [entry.op for entry in await store.all_entries("notes")] == [["x"], ["y"]]


async def test_one_to_whom_nothing_can_be_written_keeps_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Served() as served, AsyncExitStack() as stack:
        people: list[Bare] = [await stack.enter_async_context(bare(served)) for _ in range(5)]
        for one in people:
            await one.open("notes", doc_type="text")
        broken = served.hub.connections[served.hub._session_of[people[2].welcome["client"]]]
        wrote = Connection.wrote

        def failing(self: Connection, *args: Any) -> bool:
            if self is broken:
                raise RuntimeError("no socket")
            return wrote(self, *args)

        monkeypatch.setattr(Connection, "wrote", failing)
        await people[0].submit("notes", 0, 1, ["x"])
        async with asyncio.timeout(PATIENCE):
            for one in (people[0], people[1], people[3], people[4]):
                assert (await one.hear_until("operations"))[-1]["entries"][0]["op"] == ["x"]
        heard, close = await people[2].hear_out()
        assert ([one["code"] for one in heard], close) == (["internal-error"], 4103)
        await people[4].submit("notes", 1, 1, ["y"])
        assert (await people[0].hear_until("operations"))[-1]["entries"][0]["op"] == ["y"]
