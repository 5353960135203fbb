"""A server on 127.0.0.1 that tests can cut off, stop and start again, and a client that is a bare socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson
from aiohttp import web

from ot import Entry, Snapshot
from storage import Append, AppendResult, MemoryStore, Store, StoreUnavailable
from transport import Document, Hub, Limits, mount
from transport.access import Authenticate, Authorize
from transport.subprotocols import JSON_SUBPROTOCOL

PATIENCE: Final = 20.0  # seconds until something that should happen counts as missing
STUCK: Final = 60.0  # seconds after which whatever a test does with a server is ended
SMALL: Final = 16 * 1024  # bytes of a socket's buffers, so that a reader that does not read is soon noticed


async def eventually(reached: Callable[[], object]) -> None:
    """Wait until a condition inside the server holds, which has no event to wait for."""
    async with asyncio.timeout(PATIENCE):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Served:
    """One address, with or without a server behind it; the store outlives each server."""

    def __init__(
        self,
        store: Store | None = None,
        limits: Limits | None = None,
        origins: tuple[str, ...] = (),
        make: Callable[[], Store] | None = None,
        authenticate: Authenticate | None = None,
        authorize: Authorize | None = None,
    ) -> None:
        kept = MemoryStore() if store is None else store
        self._make = make or (lambda: kept)
        self._limits, self._origins = limits, origins
        self._authenticate, self._authorize = authenticate, authorize
        self._port = 0
        self._runner: web.AppRunner | None = None
        self.hub: Hub = None  # type: ignore[assignment]  # from `start` on there is one

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/sync"

    @property
    def port(self) -> int:
        return self._port

    async def __aenter__(self) -> Self:
        self._deadline = asyncio.timeout(STUCK)
        await self._deadline.__aenter__()
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self.stop()
        await self._deadline.__aexit__(kind, error, trace)

    async def start(self) -> None:
        app = web.Application()
        self.hub = mount(
            app,
            self._make(),
            limits=self._limits,
            origins=self._origins,
            authenticate=self._authenticate,
            authorize=self._authorize,
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        listening = socket.create_server(("127.0.0.1", self._port))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        self._port = listening.getsockname()[1]
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Stop as on SIGTERM: say goodbye, finish, close."""
        assert self._runner is not None, "it is stopped"
        runner, self._runner = self._runner, None
        await runner.cleanup()

    async def crash(self) -> None:
        """Go away without a word: every socket is cut, and nobody listens."""
        assert self._runner is not None, "it is stopped"
        for site in list(self._runner.sites):
            await site.stop()
        self.cut()
        await self.stop()

    def cut(self) -> None:
        """Cut every socket; whoever comes back is served."""
        for connection in self.hub.connections.values():
            connection.transport.abort()

    def metric(self, name: str, **labels: str) -> float:
        return self.hub.metrics.registry.get_sample_value(f"counterpoint_{name}", labels) or 0.0


class Bare:
    """A WebSocket that says exactly what a test wants said, and reads only when told to."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.welcome: dict[str, Any] = {}

    async def say(self, **message: Any) -> None:
        await self.ws.send_str(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            frame = await self.ws.receive()
        assert frame.type is aiohttp.WSMsgType.TEXT, frame
        message: dict[str, Any] = orjson.loads(frame.data)
        return message

    async def hear_until(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages up to the first of a type, that one included."""
        heard = [await self.hear()]
        while heard[-1]["type"] != kind:
            heard.append(await self.hear())
        return heard

    async def hear_out(self) -> tuple[list[dict[str, Any]], int | None]:
        """Return what comes until the server closes, and the close code."""
        heard = []
        async with asyncio.timeout(PATIENCE):
            async for frame in self.ws:
                heard.append(orjson.loads(frame.data))
        return heard, self.ws.close_code

    async def hello(self, **fields: Any) -> dict[str, Any]:
        await self.say(type="hello", **fields)
        self.welcome = await self.hear()
        return self.welcome

    async def open(self, doc: str, **fields: Any) -> dict[str, Any]:
        await self.say(type="open", doc=doc, **fields)
        return (await self.hear_until("opened"))[-1]

    async def submit(self, doc: str, revision: int, seq: int, op: Any) -> None:
        await self.say(type="submit", doc=doc, revision=revision, seq=seq, op=op)


@asynccontextmanager
async def bare(
    served: Served,
    *,
    greeted: bool = True,
    slow: bool = False,
    protocols: tuple[str, ...] = (JSON_SUBPROTOCOL,),
) -> AsyncIterator[Bare]:
    """Connect a bare socket; a slow one has small buffers: what it does not read stays with the server."""

    def small(address: Any) -> socket.socket:
        made = socket.socket(*address[:3])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        return made

    connector = aiohttp.TCPConnector(socket_factory=small if slow else None)
    async with (
        aiohttp.ClientSession(connector=connector) as http,
        http.ws_connect(served.url, protocols=protocols, max_msg_size=0) as ws,
    ):
        made = Bare(ws)
        if greeted:
            await made.hello()
        yield made


class GatedStore(MemoryStore):
    """Keeps appends waiting while the gate is closed, and can say that it is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0
        self.away = False
        self.forgets_to_answer = 0
        """How many of the next appends land, but seem to have failed."""

    async def append(self, step: Append) -> AppendResult:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        self._be_there()
        result = await super().append(step)
        if self.forgets_to_answer:
            self.forgets_to_answer -= 1
            raise StoreUnavailable("memory", "the answer was lost")
        return result

    async def load(self, doc: str) -> Any:
        self._be_there()
        return await super().load(doc)

    async def all_entries(self, doc: str) -> list[Entry]:
        return await self.entries(doc, after=0)

    def _be_there(self) -> None:
        if self.away:
            raise StoreUnavailable("memory", "away")


async def all_at_one(*docs: Document) -> Snapshot:
    """Wait until everybody has everything, and return what they all show."""
    async with asyncio.timeout(PATIENCE):
        for doc in docs:
            await doc.settled()
        newest = max(doc.revision for doc in docs)
        for doc in docs:
            await doc.at_revision(newest)
    assert len({doc.snapshot for doc in docs}) == 1, [doc.snapshot for doc in docs]
    assert [doc.repairs for doc in docs] == [0] * len(docs)
    return docs[0].snapshot


def tokens(snapshot: Snapshot) -> list[str]:
    return sorted(str(snapshot).split())
