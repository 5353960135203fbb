"""Counterpoint in somebody's own aiohttp application: three lines, and nothing else of it is touched."""

from __future__ import annotations

from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from storage import MemoryStore, open_store
from transport import Limits, connect, mount


class WatchedStore(MemoryStore):
    """Says when it is opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.life: list[str] = []

    async def start(self) -> None:
        self.life.append("start")

    async def close(self) -> None:
        self.life.append("close")


async def test_three_lines_serve_the_protocol_in_an_application_of_ones_own(tmp_path: Path) -> None:
    async def greet(_: web.Request) -> web.Response:
        return web.Response(text="my own page")

    app = web.Application()
    app.router.add_get("/", greet)
    store = open_store(f"sqlite:{tmp_path / 'app.db'}")
    mount(app, store)

    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        async with connect(str(server.make_url("/sync"))) as connection:
            doc = await connection.open("notes", doc_type="text")
            doc.submit(["hello"])
            await doc.settled()
        async with http.get(server.make_url("/")) as page:
            assert await page.text() == "my own page"


async def test_the_store_is_opened_and_closed_with_the_application() -> None:
    app, store = web.Application(), WatchedStore()
    hub = mount(app, store)
    assert store.life == []
    async with TestServer(app):
        assert (store.life, hub.ready) == (["start"], True)
    assert (store.life, hub.ready) == (["start", "close"], False)


async def test_two_of_them_live_in_one_application_and_know_nothing_of_each_other() -> None:
    app = web.Application()
    mount(app, MemoryStore(), path="/one")
    mount(app, MemoryStore(), path="/two", limits=Limits(documents=1))
    async with (
        TestServer(app) as server,
        connect(str(server.make_url("/one"))) as one,
        connect(str(server.make_url("/two"))) as two,
    ):
        ours = await one.open("notes", doc_type="text", create="ours")
        theirs = await two.open("notes", doc_type="text", create="theirs")
        assert (ours.snapshot, theirs.snapshot) == ("ours", "theirs")


async def test_a_page_of_the_application_that_is_asked_without_an_upgrade_is_told_so() -> None:
    app = web.Application()
    mount(app, MemoryStore())
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession() as http,
        http.get(server.make_url("/sync")) as answer,
    ):
        assert answer.status == 400
