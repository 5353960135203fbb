"""The ceiling: a relay that does nothing but pass messages on, as fast as Python can.

    python -m benchmarks.ceiling --port 8081

It speaks as much of the protocol as a load needs. What is submitted gets the next revision, and that is all:
no operation is looked at, carried or kept, nobody is checked, nothing is bounded. Once a turn of the event
loop a room encodes and frames what it has, and each connection gets one write of those same bytes. What a
server does beyond that shows as its distance to this one.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import click
import orjson
from aiohttp import web

from transport.command_line import run
from transport.framing import framed


class Room:
    """Who is here, and what waits to be passed on."""

    def __init__(self, doc: str) -> None:
        self.doc = doc
        self.members: set[asyncio.Transport] = set()
        self.revision = 0
        self._waiting: list[dict[str, Any]] = []

    def take(self, client: str, said: dict[str, Any]) -> None:
        """Give a submission its revision."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._pass_on)
        self.revision += 1
        entry = {"revision": self.revision, "client": client, "seq": said["seq"], "op": said["op"]}
        self._waiting.append(entry)

    def _pass_on(self) -> None:
        entries, self._waiting = self._waiting, []
        frame = _frame({"type": "operations", "doc": self.doc, "entries": entries, "tag": ""})
        for transport in self.members:
            transport.write(frame)


class Relay:
    """All rooms."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._clients = (f"{number:016x}" for number in itertools.count())

    async def sync(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with one client until it goes."""
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        transport, client = request.transport, next(self._clients)
        assert transport is not None, "the upgrade has just been written to it"
        async for message in ws:
            said = orjson.loads(message.data)
            match said["type"]:
                case "submit":
                    self._rooms[said["doc"]].take(client, said)
                case "hello":
                    transport.write(_frame({"type": "welcome", "client": client}))
                case "open":
                    room = self._rooms.setdefault(said["doc"], Room(said["doc"]))
                    room.members.add(transport)
                    transport.write(_frame({"type": "opened", "revision": room.revision}))
                case "ping":
                    transport.write(_frame({"type": "pong"}))
        for room in self._rooms.values():
            room.members.discard(transport)
        return ws

    async def metrics(self, _: web.Request) -> web.Response:
        """Tell how much was passed on, as our server's metrics do."""
        passed_on = sum(room.revision for room in self._rooms.values())
        return web.Response(text=f"counterpoint_operations_total {passed_on}\n")


def _frame(message: dict[str, Any]) -> bytes:
    return framed(orjson.dumps(message), binary=False)


async def _ready(_: web.Request) -> web.Response:
    return web.Response(text="ready\n")


def make_app() -> web.Application:
    """Return the application of a relay with no rooms yet."""
    relay, app = Relay(), web.Application()
    app.router.add_get("/sync", relay.sync)
    app.router.add_get("/metrics", relay.metrics)
    app.router.add_get("/readyz", _ready)
    return app


async def _serve(port: int) -> None:
    runner = web.AppRunner(make_app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


@click.command()
@click.option("--port", type=int, required=True)
def main(port: int) -> None:
    """Pass messages on until stopped."""
    run(_serve(port))


if __name__ == "__main__":
    main()
