"""A server that is asked to end keeps its promises; one that is killed has kept them already."""

from __future__ import annotations

import asyncio
import os
import signal

import aiohttp
from aiohttp import web

from server import HUB, make_app
from storage import MemoryStore
from tests.by_hand import connected
from tests.server_process import ServerProcess


async def test_everybody_is_told_when_the_server_goes_and_it_exits_with_zero(server: ServerProcess) -> None:
    async with connected(server.url) as ours, connected(server.url) as theirs:
        for session in (ours, theirs):
            await session.greet()
            await session.open("notes")
        ending = asyncio.create_task(server.terminate())
        for session in (ours, theirs):
            goodbye = await session.hear()
            assert (goodbye["type"], goodbye["reason"]) == ("goodbye", "draining")
            assert goodbye["retry_after"] > 0
            error = await session.hear()
            assert (error["code"], error["fatal"]) == ("draining", True)
            assert await session.hear_close() == 4101
        assert await ending == 0


async def test_what_was_submitted_before_the_signal_is_answered_or_not_there(server: ServerProcess) -> None:
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes")
        for seq in range(1, 101):
            submission = {"type": "submit", "doc": "notes", "revision": 0, "seq": seq, "op": ["x"]}
            await session.say(submission)
        ending = asyncio.create_task(server.terminate())
        acknowledged = 0
        while (message := await session.hear())["type"] != "error":
            if message["type"] == "operations":
                acknowledged += len(message["entries"])
        assert await session.hear_close() == 4101
        assert await ending == 0
    await server.start()
    async with connected(server.url) as session:
        await session.greet()
        assert (await session.open("notes"))["snapshot"] == "x" * acknowledged


async def test_a_server_that_drains_is_not_ready_and_takes_nobody_in() -> None:
    """Inside the test: a process would be gone before three answers, where nobody keeps it waiting."""
    app = make_app(MemoryStore())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}"
    async with connected(url) as session, aiohttp.ClientSession() as http:
        await session.greet()
        draining = asyncio.create_task(app[HUB].drain())
        assert (await session.hear())["type"] == "goodbye"
        async with http.get(f"{url}/readyz") as response:
            assert (response.status, await response.text()) == (503, "draining\n")
        async with http.get(f"{url}/healthz") as response:
            assert response.status == 200
        async with http.get(f"{url}/sync") as response:
            assert (response.status, response.headers["Retry-After"]) == (503, "1")
        assert (await session.hear())["code"] == "draining"
        assert await session.hear_close() == 4101
        await draining
    await runner.cleanup()


async def test_a_second_signal_ends_it_at_once(server: ServerProcess) -> None:
    assert server.process is not None
    async with connected(server.url) as deaf:
        await deaf.greet()
        os.kill(server.process.pid, signal.SIGINT)
        assert (await deaf.hear())["type"] == "goodbye"  # it drains: the first one has arrived
        assert await server.terminate() == 128 + signal.SIGTERM


async def test_killing_it_loses_and_doubles_nothing_that_was_acknowledged(server: ServerProcess) -> None:
    async with connected(server.url) as session:
        welcome = await session.greet()
        await session.open("notes")
        for seq in range(1, 21):
            entry = await session.submit("notes", seq - 1, seq, [f"{seq} "])
            assert entry["revision"] == seq
        await server.kill()
    await server.start()
    async with connected(server.url) as session:
        await session.greet(client=welcome["client"], resume=welcome["resume"])
        opened = await session.open("notes")
        assert (opened["revision"], opened["seq"]) == (20, 20)
        assert opened["snapshot"] == "".join(f"{seq} " for seq in range(20, 0, -1))
        await session.say({"type": "submit", "doc": "notes", "revision": 19, "seq": 20, "op": ["20 "]})
        ack = await session.hear()
        assert (ack["type"], ack["seq"], ack["revision"]) == ("ack", 20, 20)
        assert (await session.submit("notes", 20, 21, ["21 "]))["revision"] == 21


async def test_a_connection_that_asks_for_nothing_does_not_last(server: ServerProcess) -> None:
    """The oldest way to use up a server: sockets that say nothing, or never come to an end."""

    async def cut_off(asked: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(asked)
        await reader.read()  # up to the end
        writer.close()

    async with asyncio.timeout(25):  # seconds: the server gives 15; aiohttp's own hour is far beyond
        await asyncio.gather(
            cut_off(b""),
            cut_off(b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "),
            cut_off(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"),
        )
