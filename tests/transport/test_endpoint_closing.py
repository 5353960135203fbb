"""How connections end, byte by byte: each side says close once, and nobody is cut off before that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

import transport.connection
from storage import MemoryStore
from tests.raw_socket import CLOSE, TEXT, Streams, frame, upgraded
from transport import mount

CODE = (4000).to_bytes(2)
FAREWELL = b'"fatal":true}' + bytes([CLOSE, 2 + len(b"already-greeted")]) + CODE + b"already-greeted"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    mount(app, MemoryStore())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def told_to_go(streams: Streams) -> None:
    """Say hello twice, and read all that comes of it."""
    reader, writer = streams
    writer.write(2 * frame(TEXT, b'{"type":"hello"}'))
    await reader.readuntil(FAREWELL)


@pytest.mark.parametrize(
    "answer", [CODE, b"", (1006).to_bytes(2)], ids=["its code", "none", "a forbidden one"]
)
async def test_a_connection_that_was_ended_waits_for_the_answer_to_its_close(url: str, answer: bytes) -> None:
    async with upgraded(url) as (reader, writer):
        await told_to_go((reader, writer))
        ending = asyncio.create_task(reader.read())
        for _ in range(100):  # what was on its way meanwhile must not become a reset
            writer.write(frame(TEXT, b'{"type":"ping"}'))
            await writer.drain()
        assert not (await asyncio.wait([ending], timeout=0.2))[0], "cut off before the answer"
        writer.write(frame(CLOSE, answer))
        assert await ending == b"", "something came after the close"


async def test_a_peer_that_does_not_answer_the_close_is_cut_off(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport.connection, "CLOSE_SECONDS", 0.1)
    async with upgraded(url) as (reader, writer):
        await told_to_go((reader, writer))
        assert await reader.read() == b""


async def test_a_close_that_the_peer_begins_is_answered_once(url: str) -> None:
    async with upgraded(url) as (reader, writer):
        writer.write(frame(CLOSE, (1001).to_bytes(2)))
        assert await reader.read() == bytes([CLOSE, 2]) + (1000).to_bytes(2)


async def test_a_peer_that_goes_without_a_word_is_let_go_of(url: str) -> None:
    async with upgraded(url) as (reader, writer):
        writer.write(frame(TEXT, b'{"type":"hello"}'))
        await reader.readuntil(b'"welcome"')
        writer.write_eof()
        while not reader.at_eof():
            await reader.read(1024)
