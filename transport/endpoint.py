"""The WebSocket endpoint: receive, decode, hand over; everything else is the hub's.

What aiohttp does by default is not what a public endpoint wants, so each setting here is chosen: no
compression (memory for every connection, and bombs), a message limit of our own, no heartbeat (the
protocol has one that counts any message as life), and `Origin` checked before the upgrade, since
browsers let any page open a WebSocket anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import HttpVersion11, WSMsgType, web

from storage import Store
from transport.codec import codecs
from transport.hub import Hub
from transport.limits import Limits
from transport.subprotocols import JSON_SUBPROTOCOL

log = structlog.get_logger("counterpoint")

PATH: Final = "/sync"

YIELD_EVERY: Final = 32
"""Messages read from one connection before others get their turn: what is buffered is read without
giving the event loop back."""


def mount(
    app: web.Application,
    store: Store,
    *,
    path: str = PATH,
    limits: Limits | None = None,
    origins: Collection[str] = (),
) -> Hub:
    """Serve the protocol at `path` of an aiohttp application, over `store`.

    The store is opened with the application and closed with it; on shutdown clients are told to come
    back and what is queued is finished. `origins` are those of pages on other hosts that may connect,
    as `https://example.org`; pages of the application's own host always may.
    """
    hub = Hub(store, limits)
    allowed = frozenset(origins)

    async def sync(request: web.Request) -> web.StreamResponse:
        if not _may_connect(request, allowed):
            return web.Response(status=403, text="this origin may not connect\n")
        if request.version < HttpVersion11:
            return web.Response(status=505, text="a WebSocket needs HTTP/1.1\n")
        if hub.draining:
            return web.Response(status=503, text="draining\n", headers={"Retry-After": "1"})
        return await _serve(request, hub)

    async def running(_: web.Application) -> AsyncIterator[None]:
        await hub.start()
        yield
        await hub.close()

    async def drained(_: web.Application) -> None:
        await hub.drain()

    app.router.add_get(path, sync)
    app.cleanup_ctx.append(running)
    app.on_shutdown.append(drained)
    return hub


async def _serve(request: web.Request, hub: Hub) -> web.WebSocketResponse:
    by_name = codecs(hub.limits)
    ws = web.WebSocketResponse(
        protocols=tuple(by_name),
        compress=False,
        heartbeat=None,
        # Where the peer's close answers ours, there is nothing to say any more; where it began, aiohttp
        # answers when we return.
        autoclose=False,
        # Between our limit and this one the client is told what was too large; above, it is cut off.
        max_msg_size=2 * hub.limits.message_bytes,
    )
    await ws.prepare(request)
    assert request.transport is not None, "the upgrade has just been written to it"
    codec = by_name[ws.ws_protocol or JSON_SUBPROTOCOL]
    connection = hub.connect(codec, request.transport)
    try:
        read = 0
        async for message in ws:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                hub.received(connection, message.data)
            elif message.type is WSMsgType.ERROR:
                # No WebSocket: aiohttp has answered with the close code of the standard.
                session = connection.session
                reason = str(message.data)
                log.info("session_cut_off", session=session.id, client=session.client, reason=reason)
            read += 1
            if read % YIELD_EVERY == 0:
                await asyncio.sleep(0)
    finally:
        hub.disconnected(connection)
    return ws


def _may_connect(request: web.Request, allowed: frozenset[str]) -> bool:
    """Tell whether a page may connect: programs send no `Origin`, browsers always do."""
    origin = request.headers.get("Origin")
    if origin is None or origin in allowed:
        return True
    try:
        return urlsplit(origin).netloc.lower() == request.host.lower() and origin != "null"
    except ValueError:  # no URL at all, such as `http://[::1`
        return False
