"""A replay gives every author exactly what it had seen, in turns or at once, and all end alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from storage import open_store
from tests.replay.recordings import write_conversation, write_typing
from tests.server_process import free_port
from transport import Document, Limits, connect, mount
from transport.replay import TURN, ReplayFailed, replay
from transport.traces import read_trace

FAST = Limits(submissions_per_second=100_000, submission_burst=100_000)

STUCK = 20.0
"""Seconds after which a replay that takes a tenth of one counts as locked up."""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """The address of a server in this process, over memory."""
    app = web.Application()
    mount(app, open_store("memory:"), limits=FAST)
    async with TestServer(app) as server:
        yield str(server.make_url("/sync"))


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The document of the author as it was before each transaction."""
    before: list[str] = []
    submit = Document.submit

    def recorded(document: Document, op: Any, **options: Any) -> None:
        before.append(document.snapshot)
        submit(document, op, **options)

    monkeypatch.setattr(Document, "submit", recorded)
    return before


@pytest.mark.parametrize("seed", range(12))
async def test_an_author_holds_what_it_had_seen_and_no_more(
    tmp_path: Path, url: str, texts: list[str], seed: int
) -> None:
    conversation = write_conversation(tmp_path / "talk.json.gz", random.Random(seed), 150)
    async with asyncio.timeout(STUCK):
        replayed = await replay(read_trace(conversation.path), url, "talk")
    assert [frozenset(text) for text in texts] == list(conversation.holds)
    assert [len(text) for text in texts] == [len(held) for held in conversation.holds]
    assert {(held.length, held.sha256) for held in replayed.holdings} == {(150, replayed.holdings[0].sha256)}
    assert replayed.revision == 150, "each transaction is an entry of its own"


async def test_clients_take_turns_on_what_the_others_have_made(
    tmp_path: Path, url: str, texts: list[str]
) -> None:
    typed = "".join(chr(0x4E00 + index) for index in range(4 * TURN + 7))
    replayed = await replay(read_trace(write_typing(tmp_path / "x.json.gz", typed)), url, "x", clients=3)
    assert texts == [typed[:count] for count in range(len(typed))]
    assert [held.holder for held in replayed.holdings] == [
        "client 1",
        "client 2",
        "client 3",
        "one that joined",
    ]
    async with connect(url) as connection:
        entries = (await (await connection.open("x")).history(after=0)).entries
    first, second, third, *again = [author for author, _ in groupby(entry.client for entry in entries)]
    assert len({first, second, third}) == 3
    assert again == [first, second]


async def test_what_everybody_holds_is_compared_with_the_trace(tmp_path: Path, url: str) -> None:
    trace = read_trace(write_typing(tmp_path / "x.json.gz", "counterpoint", end="counterpoinT"))
    replayed = await replay(trace, url, "x", clients=2)
    assert replayed.wrong(trace) == list(replayed.holdings)
    assert len(replayed.holdings) == 3


async def test_progress_counts_every_transaction(tmp_path: Path, url: str) -> None:
    made: list[int] = []
    await replay(read_trace(write_typing(tmp_path / "x.json.gz", "z" * 205)), url, "x", made=made.append)
    assert sum(made) == 205


async def test_a_document_that_is_not_new_is_left_alone(tmp_path: Path, url: str) -> None:
    trace = read_trace(write_typing(tmp_path / "x.json.gz", "abc"))
    await replay(trace, url, "x")
    with pytest.raises(ReplayFailed, match="it is at revision"):
        await replay(trace, url, "x")
    async with connect(url) as connection:
        assert (await connection.open("x")).snapshot == "abc"


@pytest.mark.parametrize("authors", [1, 2])
async def test_a_refused_edit_ends_the_replay_for_all(tmp_path: Path, authors: int) -> None:
    path = tmp_path / "x.json.gz"
    if authors == 1:
        write_typing(path, "z" * 300)
    else:
        write_conversation(path, random.Random(0), 300)
    app = web.Application()
    mount(app, open_store("memory:"), limits=Limits(document_bytes=100))
    async with TestServer(app) as server, asyncio.timeout(STUCK):
        with pytest.raises(ReplayFailed, match="too-large"):
            await replay(read_trace(path), str(server.make_url("/sync")), "x")


async def test_a_server_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transport.replay.OPEN_SECONDS", 0.2)
    url = f"ws://127.0.0.1:{free_port()}/sync"
    with pytest.raises(ReplayFailed, match=f"cannot connect to {url}: Connection refused"):
        await replay(read_trace(write_typing(tmp_path / "x.json.gz", "abc")), url, "x")
