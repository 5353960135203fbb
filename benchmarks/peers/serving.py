"""The process of one server in Python: `python -m benchmarks.peers.serving NAME PORT`.

Each keeps documents in memory, on uvloop, with what it does if nothing is said.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, Final

import uvloop
from aiohttp import web

HOST: Final = "127.0.0.1"


async def pycrdt(port: int) -> None:
    """Serve Yjs documents with pycrdt-websocket, on uvicorn."""
    package: Any = importlib.import_module("pycrdt.websocket")
    uvicorn: Any = importlib.import_module("uvicorn")
    rooms = package.WebsocketServer()
    documents = package.ASGIServer(rooms)

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await documents(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ready"})

    config = uvicorn.Config(application, host=HOST, port=port, log_level="error", lifespan="off")
    async with rooms:
        await uvicorn.Server(config).serve()


async def socketio(port: int) -> None:
    """Pass on what is submitted, with the next revision of its document."""
    package: Any = importlib.import_module("socketio")
    events = package.AsyncServer(async_mode="aiohttp")
    revisions: defaultdict[str, int] = defaultdict(int)

    async def join(sid: str, doc: str) -> None:
        await events.enter_room(sid, doc)

    async def submit(_: str, said: dict[str, Any]) -> None:
        doc = said["doc"]
        revisions[doc] += 1
        await events.emit("operation", {**said, "revision": revisions[doc]}, room=doc)

    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ready")

    events.on("join", join)
    events.on("submit", submit)
    app = web.Application()
    app.router.add_get("/readyz", ready)
    events.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port, backlog=1024).start()
    await asyncio.Event().wait()


SERVERS: Final[dict[str, Callable[[int], Coroutine[Any, Any, None]]]] = {
    "pycrdt": pycrdt,
    "socketio": socketio,
}

if __name__ == "__main__":
    uvloop.run(SERVERS[sys.argv[1]](int(sys.argv[2])))
