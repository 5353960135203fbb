"""The WebSocket endpoint: receive, decode, hand over; everything else is the hub's.

What aiohttp does by default is not what a public endpoint wants, so each setting here is chosen: no
compression (memory for every connection, and bombs), a message limit of our own, no heartbeat (the
protocol has one that counts any message as life), pings answered by us (they count as messages), and
`Origin` checked before the upgrade, since browsers let any page open a WebSocket anywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from functools import partial
from typing import Final

from aiohttp import HttpVersion11, WebSocketError, WSCloseCode, WSMsgType, web

from storage import Store
from storage.events import event_log
from transport.access import Authenticate, Authorize
from transport.addresses import Addresses, TooManyFromThere
from transport.codec import Codec, Frame, codecs
from transport.connection import Connection
from transport.hub import Hub
from transport.inbox import BINARY, LARGE_FRAME, TEXT, WebSocket
from transport.limits import Limits
from transport.origins import Origins
from transport.pace import Pace
from transport.subprotocols import JSON_SUBPROTOCOL

log = event_log()

PATH: Final = "/sync"

LARGEST_CLOSE_CODE: Final = 4999


def mount(
    app: web.Application,
    store: Store,
    *,
    path: str = PATH,
    limits: Limits | None = None,
    origins: Collection[str] = (),
    authenticate: Authenticate | None = None,
    authorize: Authorize | None = None,
) -> Hub:
    """Serve the protocol at `path` of an aiohttp application, over `store`.

    The store is opened with the application and closed with it; on shutdown clients are told to come
    back and what is queued is finished. `origins` are those of pages on other hosts that may connect,
    as `https://example.org`; pages of the application's own host always may. `authenticate` says who
    somebody is and `authorize` what they may do (see `transport.access`); without the two everybody who
    reaches the endpoint may do everything. Raises ValueError for what is no origin.
    """
    hub = Hub(store, limits, authorize=authorize)
    allowed = Origins(origins)
    addresses = Addresses(hub.limits.sessions_per_address)
    by_name = codecs(hub.limits)

    async def sync(request: web.Request) -> web.StreamResponse:
        if not allowed.may_connect(request.headers.get("Origin"), request.host):
            return web.Response(status=403, text="this origin may not connect\n")
        if request.version < HttpVersion11:
            return web.Response(status=505, text="a WebSocket needs HTTP/1.1\n")
        if hub.draining:
            return web.Response(status=503, text="draining\n", headers={"Retry-After": "1"})
        try:
            with addresses.connected(request.remote):
                return await _serve(request, hub, by_name, authenticate)
        except TooManyFromThere:
            log.info("connection_refused", address=request.remote, most=addresses.most)
            return web.Response(status=429, text="too many connections from this address\n")

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


async def _serve(
    request: web.Request, hub: Hub, by_name: Mapping[str, Codec], authenticate: Authenticate | None
) -> web.StreamResponse:
    ws = WebSocket(
        protocols=by_name,
        compress=False,
        heartbeat=None,
        # Where the peer's close answers ours, there is nothing to say any more; where it began, aiohttp
        # answers when we return.
        autoclose=False,
        autoping=False,
        # Between our limit and this one the client is told how large it was; above, it is not read.
        max_msg_size=2 * hub.limits.message_bytes,
    )
    try:
        await ws.prepare(request)
    except ConnectionError:
        return web.Response(status=400)  # to nobody: the peer has gone while it was being upgraded
    ws.headers.clear()  # they have been sent, and would be kept as long as the connection: a kilobyte
    assert request.transport is not None, "the upgrade has just been written to it"
    codec = by_name[ws.ws_protocol or JSON_SUBPROTOCOL]
    ask_who = None if authenticate is None else partial(authenticate, request)
    connection = hub.connect(codec, request.transport, ask_who)
    try:
        await _read(ws, connection, hub)
    finally:
        hub.disconnected(connection)
    if ws.close_code is not None and not _may_be_sent(ws.close_code):
        await ws.close(code=WSCloseCode.PROTOCOL_ERROR)
    return ws


def _may_be_sent(code: int) -> bool:
    """Tell whether a peer may close with a code, of those that aiohttp takes: it knows the others itself.

    RFC 6455 (7.4) keeps 1006 off the wire and has none from 5000 on. aiohttp would answer that all is well.
    """
    return code != WSCloseCode.ABNORMAL_CLOSURE and code <= LARGEST_CLOSE_CODE


async def _read(ws: WebSocket, connection: Connection, hub: Hub) -> None:
    """Hand over what comes, until nothing more can come."""
    pace = Pace(connection, hub.limits, hub.turns)

    def take(frame: Frame) -> float | None:
        hub.received(connection, frame)
        return pace.wait(len(frame))

    while True:
        message = await ws.next(take, pace.waited)
        kind, data = message.type, message.data
        if kind is TEXT or kind is BINARY:
            if len(data) > LARGE_FRAME:
                await hub.turns.free()
            hold = take(data)
        elif kind is WSMsgType.PING or kind is WSMsgType.PONG:
            hub.pinged(connection, bytes(data) if kind is WSMsgType.PING else None)
            hold = pace.wait(len(data))
        elif kind is WSMsgType.ERROR:
            await _broken(connection, hub, data)
            return
        else:
            return  # a close, from whichever end
        if hold is not None:
            await pace.waited(hold)


async def _broken(connection: Connection, hub: Hub, error: Exception) -> None:
    """Take in that what comes is no WebSocket: aiohttp has answered with the close code of the standard."""
    session = connection.session
    log.info("session_cut_off", session=session.id, client=session.client, reason=str(error))
    if isinstance(error, WebSocketError) and error.code == WSCloseCode.MESSAGE_TOO_BIG:
        text = (
            f"a message of over {2 * hub.limits.message_bytes} bytes; the limit is {hub.limits.message_bytes}"
        )
        await hub.cut_off(connection, "message-too-large", text)
