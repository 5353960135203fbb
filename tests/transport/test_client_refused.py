"""A client that will get nowhere says so at once, and nothing done on it is taken for done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.transport.served import PATIENCE, Served
from transport import ConnectionStopped, DocumentTooLarge, Limits, connect


@asynccontextmanager
async def answering(*statuses: int) -> AsyncIterator[tuple[str, list[int]]]:
    """Answer every upgrade with the next of the statuses, the last for ever; give the address and them."""
    given: list[int] = []

    async def answer(_: web.Request) -> web.Response:
        given.append(statuses[min(len(given), len(statuses) - 1)])
        return web.Response(status=given[-1])

    app = web.Application()
    app.router.add_get("/sync", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/sync")), given


@pytest.mark.parametrize(
    "url",
    ["", "notes", "localhost:8080", "ftp://x/sync", "ws://", "ws://[::1/sync", "ws://x:port/", "ws:///sync"],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="write it as ws://HOST:PORT/sync"):
        connect(url)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_an_answer_that_will_not_change_stops_the_client(status: int) -> None:
    async with answering(status) as (url, given):
        async with connect(url) as connection:
            with pytest.raises(ConnectionStopped, match=f"the server answered {status} ") as stopped:
                await asyncio.wait_for(connection.open("notes", doc_type="text"), PATIENCE)
            assert (stopped.value.code, connection.phase) == (f"http-{status}", "stopped")
        assert given == [status]


async def test_an_answer_that_may_change_is_asked_for_again() -> None:
    async with answering(200, 503, 429, 502, 403) as (url, given), connect(url) as connection:
        with pytest.raises(ConnectionStopped, match="403"):
            await asyncio.wait_for(connection.open("notes", doc_type="text"), PATIENCE)
        assert given == [200, 503, 429, 502, 403]


async def test_a_client_that_was_there_outlasts_what_a_proxy_answers_meanwhile() -> None:
    served = Served()
    async with served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        port = served.port
        await served.stop()
        app, asked = web.Application(), asyncio.Event()

        async def not_yet(_: web.Request) -> web.Response:
            asked.set()
            return web.Response(status=404)

        app.router.add_get("/sync", not_yet)
        async with TestServer(app, port=port):
            await asyncio.wait_for(asked.wait(), PATIENCE)
            doc.submit(["typed meanwhile"])
        await served.start()
        await asyncio.wait_for(doc.settled(), PATIENCE)


async def test_a_connection_that_was_not_begun_or_is_begun_twice_says_so() -> None:
    async with Served() as served:
        connection = connect(served.url)
        with pytest.raises(RuntimeError, match="async with"):
            await connection.open("notes", doc_type="text")
        async with connection:
            await connection.open("notes", doc_type="text")
            with pytest.raises(RuntimeError, match="begun once"):
                await connection.__aenter__()


async def test_nothing_is_done_to_a_document_whose_connection_has_ended() -> None:
    async with Served() as served:
        async with connect(served.url) as connection:
            doc = await connection.open("notes", doc_type="text")
            doc.submit(["kept"])
        acts: list[Callable[[], None]] = [
            lambda: doc.submit(["lost"]),
            doc.undo,
            doc.redo,
            doc.hold,
            doc.release,
        ]
        for act in acts:
            with pytest.raises(ConnectionStopped):
                act()
        with pytest.raises(ConnectionStopped):
            await doc.set_presence({"cursor": 0})
        assert (doc.snapshot, doc.synchronized) == ("kept", True)


async def test_an_edit_that_would_be_refused_in_parts_is_refused_here_as_one() -> None:
    limits = Limits(document_bytes=1_000, operation_bytes=400)
    async with Served(limits=limits) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text", create="é" * 100)
        with pytest.raises(DocumentTooLarge, match="have 1,001 bytes, but the server takes 1,000") as refused:
            doc.submit(["x" * 801])
        assert (refused.value.size, refused.value.limit) == (1_001, 1_000)
        assert (doc.snapshot, doc.pending, doc.revision) == ("é" * 100, 0, 0)
        doc.submit(["x" * 800])
        await asyncio.wait_for(doc.settled(), PATIENCE)
        assert doc.revision > 1, "it was not split, so nothing was tried"
        assert doc.handed_back == []
        doc.undo()
        await asyncio.wait_for(doc.settled(), PATIENCE)
        assert doc.snapshot == "é" * 100
        assert served.metric("rejects_total", code="too-large") == 0
