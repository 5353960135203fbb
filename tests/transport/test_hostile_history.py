"""Reading the past costs bounded memory and no long moment of the event loop, however long the past is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

import transport.history
from ot import Entry
from storage import MemoryStore, StoredDocument, StoredSnapshot
from tests.transport.healthy import nobody_else_notices
from tests.transport.served import Bare, Served, bare
from transport import connect
from transport.history import read_snapshot
from transport.messages import ReadSnapshot, SnapshotRead

SIZE = 1_200  # characters of each entry


async def grown(served: Served, entries: int, size: int) -> None:
    """Have a document with so many entries, each an insert of `size` characters."""
    async with connect(served.url) as connection:
        doc = await connection.open("long", doc_type="text")
        for number in range(1, entries + 1):
            doc.submit([f"{number}:".ljust(size, ".")])
            await doc.settled()


async def page(reader: Bare, **fields: int) -> tuple[list[int], bool]:
    await reader.say(type="history", request=1, doc="long", **fields)
    heard = (await reader.hear_until("history"))[-1]
    return [entry["revision"] for entry in heard["entries"]], heard["more"]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with Served() as made:
        yield made


async def test_pages_of_large_entries_are_short_and_lead_on_to_the_end(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport.history, "PAGE_BYTES", 10_000)
    await grown(served, 20, SIZE)
    async with nobody_else_notices(served), bare(served) as reader:
        await reader.open("long")
        forwards: list[int] = []
        more = True
        while more:
            found, more = await page(reader, after=forwards[-1] if forwards else 0, limit=1_000)
            assert 0 < len(found) < 10
            forwards += found
        assert forwards == list(range(1, 21))
        backwards: list[int] = []
        more = True
        while more:
            found, more = await page(reader, before=backwards[-1] if backwards else 21, limit=1_000)
            assert 0 < len(found) < 10
            backwards += found
        assert backwards == list(range(20, 0, -1))


@pytest.mark.parametrize(
    ("asked", "revisions", "more"),
    [
        ({"after": 0, "limit": 1_000}, list(range(1, 121)), False),
        ({"after": 0, "limit": 120}, list(range(1, 121)), False),
        ({"after": 0, "limit": 119}, list(range(1, 120)), True),
        ({"after": 70, "limit": 1}, [71], True),
        ({"after": 120, "limit": 1}, [], False),
        ({"after": 2**53 - 1, "limit": 1_000}, [], False),
        ({"before": 121, "limit": 1_000}, list(range(120, 0, -1)), False),
        ({"before": 121, "limit": 119}, list(range(120, 1, -1)), True),
        ({"before": 2, "limit": 5}, [1], False),
        ({"before": 1, "limit": 5}, [], False),
        ({"before": 0, "limit": 5}, [], False),
        ({"before": 2**53 - 1, "limit": 1_000}, [], False),
    ],
)
async def test_a_page_has_what_was_asked_for_and_says_whether_there_is_more(
    served: Served, asked: dict[str, int], revisions: list[int], more: bool
) -> None:
    await grown(served, 120, 10)
    async with bare(served) as reader:
        await reader.open("long")
        assert await page(reader, **asked) == (revisions, more)


class LongPast(MemoryStore):
    """One document, as large as it may be, and 500 entries after its first snapshot."""

    text, count = "y" * 8_000_000, 500

    async def snapshot_before(self, doc: str, revision: int) -> StoredSnapshot | None:
        return StoredSnapshot(0, "t", self.text)

    async def load(self, doc: str) -> StoredDocument | None:
        entries = await self.entries(doc, after=0, until=self.count)
        return StoredDocument(doc, "text", "epoch", 0, "t", self.text, tuple(entries))

    async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
        return [Entry(n, "ada", n, ["x"], tag="t") for n in range(after + 1, (until or self.count) + 1)]


async def test_replaying_a_long_past_lets_others_have_their_turn() -> None:
    began = time.thread_time()
    reading = asyncio.create_task(read_snapshot(LongPast(), ReadSnapshot(1, "past", LongPast.count)))
    turns, longest, last = 0, 0.0, time.thread_time()
    while not reading.done():
        await asyncio.sleep(0)
        now = time.thread_time()
        turns, longest, last = turns + 1, max(longest, now - last), now
    found = await reading
    assert isinstance(found, SnapshotRead)
    assert found.snapshot == "x" * LongPast.count + LongPast.text
    assert time.thread_time() - began > 0.05, "too fast to show anything"
    assert longest < 0.1, f"others waited {longest:.3f} s in one of {turns} turns"
