"""A client whose connection breaks, whose server goes and comes back: every word lands exactly once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from storage import open_store
from tests.transport.served import PATIENCE, GatedStore, Served, all_at_one, eventually, tokens
from transport import (
    connect,
)


@pytest.mark.parametrize("seed", range(4))
async def test_edits_on_both_sides_of_many_cuts_land_exactly_once(seed: int) -> None:
    rng = random.Random(seed)
    async with Served() as served, connect(served.url) as ours, connect(served.url) as theirs:
        docs = [await ours.open("notes", doc_type="text"), await theirs.open("notes")]
        expected: list[str] = []
        for number in range(40):
            for who, doc in enumerate(docs):
                word = f"{who}-{number}"
                expected.append(word)
                at = rng.choice([i + 1 for i, c in enumerate(str(doc.snapshot)) if c == " "] or [0])
                doc.submit([at, f"{word} "] if at else [f"{word} "])
            if number % 10 == 3:
                served.cut()
            if rng.random() < 0.5:
                await docs[rng.randrange(2)].until(lambda: True)
                await asyncio.sleep(0)
            if rng.random() < 0.2:
                await docs[rng.randrange(2)].settled()
        assert tokens(await all_at_one(*docs)) == sorted(expected)
        assert [doc.handed_back for doc in docs] == [[], []]


@pytest.mark.parametrize("kind", ["stop", "crash"])
async def test_both_come_back_to_a_server_that_was_away_with_edits_on_both_sides(
    kind: str, tmp_path: Path
) -> None:
    address = f"sqlite:{tmp_path / 'kept.db'}"
    async with (
        Served(make=lambda: open_store(address)) as served,
        connect(served.url) as ours,
        connect(served.url) as theirs,
    ):
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        who = (ours.client, theirs.client)
        a.submit(["start "])
        await all_at_one(a, b)
        a.submit(["under-way "])
        await (served.stop() if kind == "stop" else served.crash())
        await eventually(lambda: ours.phase == theirs.phase == "waiting")
        a.submit(["ours "])
        b.submit([6, "theirs "])
        b.submit([6, "too "])
        await served.start()
        assert tokens(await all_at_one(a, b)) == ["ours", "start", "theirs", "too", "under-way"]
        assert (ours.client, theirs.client) == who
        assert (a.handed_back, b.handed_back) == ([], [])


async def test_an_acknowledgement_that_was_cut_off_is_not_a_second_submission() -> None:
    store = GatedStore()
    async with Served(store) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        store.gate.clear()
        doc.submit(["x"])
        await eventually(lambda: store.waiting)
        served.cut()
        store.gate.set()
        await asyncio.wait_for(doc.settled(), PATIENCE)
        assert doc.snapshot == "x"
        assert [entry.op for entry in await store.all_entries("notes")] == [["x"]]


async def test_a_document_is_opened_when_the_server_comes() -> None:
    served = Served()
    await served.start()
    await served.stop()
    async with connect(served.url) as connection:
        opening = asyncio.create_task(connection.open("notes", doc_type="text"))
        await eventually(lambda: connection.phase == "waiting")
        async with served:
            doc = await asyncio.wait_for(opening, PATIENCE)
            assert doc.snapshot == ""
            await connection.close()


async def test_what_was_shown_of_oneself_is_shown_again_after_a_cut() -> None:
    async with Served() as served, connect(served.url) as ours, connect(served.url) as theirs:
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        await b.set_presence({"cursor": 0})
        await a.until(lambda: bool(a.people))
        here, before = served.hub.rooms["notes"].here, set(served.hub.connections)
        served.cut()
        await eventually(lambda: len(here.sessions) == 2 and before.isdisjoint(here.sessions))
        await eventually(lambda: here.presences)
        await a.until(lambda: bool(a.people))
        assert [presence.state for presence in a.people.values()] == [{"cursor": 0}]
