"""The Python client: a `ClientState` on an aiohttp WebSocket.

    async with connect("ws://127.0.0.1:8080/sync") as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.submit([5, "x"])          # local at once, on its way
        await doc.settled()           # every local operation acknowledged

A connection that breaks is made again, for as long as it takes; what was not acknowledged is sent again
and lands once; with a `keeper` that holds for a program that is killed and started again. Edits that could
not be kept are never dropped silently: they come as `HandedBack` among the document's changes, and stay in
its `handed_back`.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self, TypeAlias, assert_never

import aiohttp

from ot import ABSENT, Absent, Json, Operation
from storage.events import event_log
from transport.bad_message import BadMessage
from transport.client_document import Document
from transport.client_effects import (
    Answered,
    ClientEffect,
    DocumentChanged,
    DocumentOpened,
    DocumentRefused,
    Drop,
    Retry,
    Stopped,
    Transmit,
)
from transport.client_errors import ConnectionStopped, DocumentClosed, NotKept, RequestFailed
from transport.client_keeping import Keeper, Keeping
from transport.client_state import ClientState, Phase
from transport.codec import JSON, Codec
from transport.document_name import BadDocumentName, check_document_name
from transport.messages import ClientMessage, Error, HistoryRead, Identity, SnapshotRead, Submit
from transport.server_address import check_address, refusal

log = event_log("client")

CLOSE_SECONDS: Final = 5.0
"""How long leaving the `async with` waits for what was not acknowledged."""

DIAL_SECONDS: Final = 10.0
"""How long making a connection may take."""

LARGEST_MESSAGE: Final = 64 * 1024 * 1024
"""Bytes of a message that is taken in: an `opened` holds a whole document, in any codec."""

Token: TypeAlias = str | Callable[[], Awaitable[str]]
"""What proves who one is, or what gets it: asked for each connection, and before a token ends."""


def connect(
    url: str,
    *,
    token: Token | None = None,
    headers: Mapping[str, str] | None = None,
    codec: Codec = JSON,
    keeper: Keeper | None = None,
    rng: random.Random | None = None,
) -> Connection:
    """Return a connection to the server at `url`, begun by `async with` and ended with it.

    `token` goes into the first message; `headers` into the request for each WebSocket. With a `keeper`,
    nothing leaves before it is written down, and the next run with the same keeper goes on as this client.
    Raises ValueError where `url` is no address of a server.
    """
    check_address(url)
    return Connection(url, token=token, headers=headers, codec=codec, keeper=keeper, rng=rng)


class Connection:
    """One client of a server, over as many WebSockets as it takes."""

    def __init__(
        self,
        url: str,
        *,
        token: Token | None,
        headers: Mapping[str, str] | None,
        codec: Codec,
        keeper: Keeper | None,
        rng: random.Random | None,
    ) -> None:
        self.url = url
        self._codec = codec
        self._headers = dict(headers or {})
        self._fetch_token = token if callable(token) else None
        self._state = ClientState(rng or random.SystemRandom(), None if callable(token) else token)
        self._keeping = None if keeper is None else Keeping(keeper, self._state)
        self._renewing: asyncio.Task[None] | None = None
        self._documents: dict[str, Document] = {}
        self._outgoing: deque[ClientMessage] = deque()
        self._requests: dict[int, asyncio.Future[HistoryRead | SnapshotRead]] = {}
        self._to_write = asyncio.Event()
        self._to_keep = asyncio.Event()
        self._happened = asyncio.Condition()
        self._stopped: ConnectionStopped | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._running: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Connection {self.url} {self.phase}, client {self._state.client}>"

    @property
    def phase(self) -> Phase:
        """What the connection is doing."""
        return self._state.phase

    @property
    def client(self) -> str | None:
        """The client id, once the server has given it."""
        return self._state.client

    @property
    def identity(self) -> Identity | None:
        """Who the server takes this to be, once it has said so."""
        return self._state.identity

    @property
    def unsent(self) -> dict[str, tuple[Operation, ...]]:
        """What an earlier run of this client has left, by document, until that is opened here."""
        return {} if self._keeping is None else {d: s.pending_ops for d, s in self._keeping.left.items()}

    async def __aenter__(self) -> Self:
        if self._running is not None:
            raise RuntimeError("a connection is begun once; connect again for another")
        if self._keeping is not None:
            await self._keeping.begin()
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self.settled()
            except (TimeoutError, ConnectionStopped):
                log.warning("closed_with_unsent_edits", url=self.url, client=self.client)
        await self.close()

    async def close(self) -> None:
        """End the connection at once; whoever waits for something on it gets ConnectionStopped."""
        await self._stop("closed", "the connection was closed")
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._keeping is not None:
            await self._keeping.end()

    async def open(
        self, doc: str, *, doc_type: str | None = None, create: Json | Absent = ABSENT
    ) -> Document:
        """Open a document, and wait until it is there.

        `doc_type` makes a document that does not exist, with `create` as its initial data. Raises
        DocumentClosed if the server refuses, ConnectionStopped if the connection ends for good.
        """
        if self._running is None:
            raise RuntimeError("begin the connection first: async with connect(url) as connection")
        if doc in self._documents:
            raise ValueError(f"{doc!r} is open on this connection already")
        try:
            check_document_name(doc)
        except BadDocumentName as error:
            raise DocumentClosed(doc, error.code, error.reason) from None
        document = self._documents[doc] = Document(self, doc)
        kept = None if self._keeping is None else self._keeping.taken(doc)
        self._perform(self._state.follow(doc, doc_type, create, kept))
        try:
            await self._until(lambda: document._opened or document._closed is not None)
        except BaseException:
            if self._documents.get(doc) is document:
                document.close()
                if self._keeping is not None and kept is not None:
                    self._keeping.put_back(doc, kept)
            raise
        document._raise_if_closed()
        return document

    async def settled(self) -> None:
        """Wait until every local operation of every document is acknowledged."""
        await self._until(lambda: self._state.settled)

    async def stored(self) -> None:
        """Wait until every local operation is written down by the keeper; without one, return at once.

        Raises NotKept where it cannot be.
        """
        if self._keeping is not None:
            await self._keeping.write()

    # What documents ask.

    def _edited(self, effects: Callable[[ClientState, float], list[ClientEffect]]) -> None:
        self._perform(effects(self._state, self._now()))

    def _let_go(self, doc: str) -> None:
        self._documents.pop(doc, None)
        self._perform(self._state.unfollow(doc))

    async def _ask(self, asked: tuple[int, ClientEffect]) -> HistoryRead | SnapshotRead:
        if self.phase != "online":
            raise RequestFailed("connection-lost", "there is no connection now; ask again")
        request, effect = asked
        answer: asyncio.Future[HistoryRead | SnapshotRead] = asyncio.get_running_loop().create_future()
        self._requests[request] = answer
        self._perform([effect])
        try:
            return await answer
        finally:
            del self._requests[request]

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with self._happened:
            await self._happened.wait_for(lambda: reached() or self._stopped is not None)
        if self._stopped is not None and not reached():
            raise self._stopped

    # The I/O.

    async def _run(self) -> None:
        keeping = asyncio.create_task(self._keep())
        try:
            await self._connections()
        except NotKept as error:
            await self._not_kept(error)
        except Exception as error:
            log.exception("connection_failed", url=self.url, client=self.client)
            await self._stop("internal-error", f"a bug in this client: {error!r}")
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self) -> None:
        """Write down what is done here, also while nothing leaves."""
        while self._keeping is not None:
            await self._to_keep.wait()
            self._to_keep.clear()
            try:
                await self._keeping.write()
            except NotKept as error:
                await self._not_kept(error)
                return

    async def _not_kept(self, error: NotKept) -> None:
        """End the connection: what cannot be written down must not leave."""
        log.error("not_kept", url=self.url, client=self.client, reason=str(error))
        self._state.refused(self._now())
        await self._stop("not-kept", str(error))
        if self._socket is not None:
            await self._socket.close()

    async def _connections(self) -> None:
        """Make one connection after the other, until the last."""
        async with aiohttp.ClientSession() as http:
            while self._stopped is None:
                await self._connection(http)
                self._fail_requests()
                for effect in self._state.lost(self._now()):
                    if isinstance(effect, Retry):
                        log.info("reconnecting", url=self.url, client=self.client, seconds=effect.seconds)
                        await asyncio.sleep(effect.seconds)
                    elif isinstance(effect, Stopped):
                        log.error("connection_refused", url=self.url, code=effect.code)
                        await self._stop(effect.code, effect.message)

    async def _connection(self, http: aiohttp.ClientSession) -> None:
        """Make one connection, and use it until it breaks."""
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                if not await self._have_token():
                    return
                socket = await http.ws_connect(
                    self.url,
                    protocols=(self._codec.subprotocol,),
                    headers=self._headers,
                    compress=0,
                    max_msg_size=LARGEST_MESSAGE,
                )
        except aiohttp.WSServerHandshakeError as error:
            await self._turned_away(error.status)
            return
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("connecting_failed", url=self.url, reason=str(error) or type(error).__name__)
            return
        self._socket = socket
        self._outgoing.clear()
        self._perform(self._state.connected(self._now()))
        work = [asyncio.create_task(part) for part in (self._read(socket), self._write(socket), self._tick())]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (aiohttp.ClientError, ConnectionError) as error:
            log.info("connection_lost", url=self.url, client=self.client, reason=str(error))
        finally:
            if self._renewing is not None:
                work.append(self._renewing)
                self._renewing = None
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self._socket = None
            await socket.close()

    async def _turned_away(self, status: int) -> None:
        """Take in that the server has answered, but not with a WebSocket."""
        reason = refusal(status, known=self.client is not None)
        if reason is None:
            log.info("connecting_failed", url=self.url, reason=f"the server answered {status}")
            return
        log.error("connection_refused", url=self.url, code=f"http-{status}")
        self._state.refused(self._now())
        await self._stop(f"http-{status}", reason)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                continue
            try:
                message = self._codec.decode_server(frame.data)
            except BadMessage as error:
                log.error("bad_message_from_server", url=self.url, reason=str(error))
                return
            self._perform(self._state.received(message, self._now()))
            async with self._happened:
                self._happened.notify_all()

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await self._to_write.wait()
            self._to_write.clear()
            messages = tuple(self._outgoing)
            self._outgoing.clear()
            if self._keeping is not None and any(isinstance(message, Submit) for message in messages):
                await self._keeping.write()
            for message in messages:
                payload = self._codec.encode(message)
                if self._codec.binary:
                    await socket.send_bytes(payload)
                else:
                    await socket.send_str(payload.decode())

    async def _tick(self) -> None:
        while True:
            effects = self._state.tick(self._now())
            if any(isinstance(effect, Drop) for effect in effects):
                return
            self._perform(effects)
            idle = self._fetch_token is not None and self._renewing is None
            if idle and self._state.renewal_due(self._now()):
                self._renewing = asyncio.create_task(self._renew())
            await asyncio.sleep(self._state.deadline(self._now()) - self._now())

    async def _have_token(self) -> bool:
        """Get a fresh token, where one is asked for; False if there is none now."""
        if self._fetch_token is None:
            return True
        try:
            self._state.token = await self._fetch_token()
        except Exception as error:  # the application's own: whatever it is, it may go better next time
            log.warning("no_token", url=self.url, reason=type(error).__name__)
            return False
        return True

    async def _renew(self) -> None:
        """Hand the server a fresh token on the live connection."""
        try:
            if await self._have_token() and self._state.token is not None:
                self._perform(self._state.renew(self._state.token))
            else:
                self._state.not_renewed(self._now())
        finally:
            self._renewing = None

    def _perform(self, effects: Sequence[ClientEffect]) -> None:
        for effect in effects:
            match effect:
                case Transmit(message):
                    if self._socket is not None:
                        self._outgoing.append(message)
                        self._to_write.set()
                case DocumentOpened(doc):
                    self._documents[doc]._opened = True
                case DocumentRefused(doc, code, text):
                    self._documents.pop(doc)._refused(DocumentClosed(doc, code, text))
                case DocumentChanged(doc, change):
                    if doc in self._documents:
                        self._documents[doc]._changed(change)
                case Answered(answer, request):
                    self._answered(answer, request)
                case Drop() | Retry() | Stopped():
                    raise AssertionError(f"{effect!r} does not come from a message")
                case _:
                    assert_never(effect)
        self._to_keep.set()

    def _answered(self, answer: HistoryRead | SnapshotRead | Error, request: int) -> None:
        waiting = self._requests.get(request)
        if waiting is None or waiting.done():
            return
        if isinstance(answer, Error):
            waiting.set_exception(RequestFailed(answer.code, answer.message))
        else:
            waiting.set_result(answer)

    def _fail_requests(self) -> None:
        for waiting in self._requests.values():
            if not waiting.done():
                waiting.set_exception(RequestFailed("connection-lost", "the connection was lost; ask again"))

    async def _stop(self, code: str, message: str) -> None:
        if self._stopped is None:
            self._stopped = ConnectionStopped(self.url, code, message)
            for document in self._documents.values():
                document._ended()
        self._fail_requests()
        async with self._happened:
            self._happened.notify_all()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
