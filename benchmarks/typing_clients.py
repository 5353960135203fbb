"""Clients that type, so cheap that the server is what is measured.

A room's frames are the same bytes for everybody in it. So what arrives is parsed once, in full: revisions
without a gap, who is acknowledged. For everybody else it is compared with what was parsed, byte by byte,
which costs a two-hundredth of it.

    entering --welcome, opened--> typing
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, Final, cast

import orjson

from benchmarks.client_frames import HANDSHAKE, payloads, text_frame

KEPT: Final = 64
"""Chunks of a room that are remembered: enough for those who are a few frames behind the first."""


class _Frame:
    """One frame of entries on its way to everybody in a room."""

    __slots__ = ("awaited", "sent_at")

    def __init__(self, awaited: int, sent_at: list[float]) -> None:
        self.awaited = awaited
        """Clients that it has not reached."""
        self.sent_at = sent_at
        """When each of its entries was sent."""


class _Chunk:
    """Bytes that arrived at once, and what they say to whoever was at revision `after`."""

    __slots__ = ("acknowledged", "data", "frames", "rest", "revision")

    def __init__(
        self, data: bytes, frames: list[_Frame], revision: int, acknowledged: dict[str, int], rest: bytes
    ) -> None:
        self.data = data
        self.frames = frames
        self.revision = revision
        self.acknowledged = acknowledged
        self.rest = rest


class Room:
    """Everybody in one document, and what they have seen."""

    def __init__(self, doc: str, rng: random.Random) -> None:
        self.doc = doc
        self.rng = rng
        self.clients: list[Client] = []
        self.acknowledged: list[float] = []
        """Seconds from sending to acknowledgement."""
        self.delivered: list[float] = []
        """Seconds from sending to the arrival at the last client."""
        self.sent_at: dict[str, float] = {}
        self._frames: dict[int, _Frame] = {}
        self._chunks: dict[int, list[_Chunk]] = {}

    @property
    def revision(self) -> int:
        """What has arrived at everybody."""
        return min(client.revision for client in self.clients)

    def arrived(self, after: int, data: bytes) -> _Chunk:
        """Return what some bytes say to a client that is at revision `after`."""
        known = self._chunks.get(after, ())
        for chunk in known:
            if chunk.data == data:
                return chunk
        chunk = self._parsed(after, data)
        if len(self._chunks) > KEPT:
            del self._chunks[next(iter(self._chunks))]
        self._chunks[after] = [*known, chunk]
        return chunk

    def _parsed(self, after: int, data: bytes) -> _Chunk:
        whole, rest = payloads(data)
        frames: list[_Frame] = []
        acknowledged: dict[str, int] = {}
        for payload in whole:
            message = orjson.loads(payload)
            if message["type"] != "operations":
                raise ConnectionError(f"the server says {payload[:500]!r}")
            entries = message["entries"]
            for entry in entries:
                after += 1
                assert entry["revision"] == after, f"{entry} where {after} comes next"
                acknowledged[entry["client"]] = entry["seq"]
            frames.append(self._frame(after, entries))
        return _Chunk(data, frames, after, acknowledged, rest)

    def _frame(self, revision: int, entries: list[dict[str, Any]]) -> _Frame:
        """Return the frame that ends at `revision`: one and the same, however it arrived."""
        frame = self._frames.get(revision)
        if frame is None:
            sent_at = [self.sent_at[entry["client"]] for entry in entries]
            frame = self._frames[revision] = _Frame(len(self.clients), sent_at)
            if len(self._frames) > KEPT and not next(iter(self._frames.values())).awaited:
                del self._frames[next(iter(self._frames))]
        return frame


class Client(asyncio.Protocol):
    """One client in its room: what it has sent, and what has arrived."""

    def __init__(self, room: Room, failed: asyncio.Future[None]) -> None:
        self.revision = 0
        self.acknowledged = 0
        self.id = ""
        self._room = room
        self._failed = failed
        self._transport: asyncio.Transport
        self._rest = b""
        self._seq = 0
        self._inflight = False
        self._every: float | None = None
        self._late = False
        self._doc = orjson.dumps(room.doc)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    def leave(self) -> None:
        """Close the connection; that it ends is no failure."""
        self._failed.cancel()
        self._transport.close()

    def type_on(self) -> None:
        """Type from now on: the next operation as soon as the last one is acknowledged."""
        self._submit()

    def type_every(self, seconds: float) -> None:
        """Type from now on at this pace; what is due while one is inflight follows it at once."""
        self._every = seconds
        asyncio.get_running_loop().call_later(seconds * self._room.rng.random(), self._due)

    def _due(self) -> None:
        assert self._every is not None, "it types at a pace"
        if self._transport.is_closing():
            return
        asyncio.get_running_loop().call_later(self._every, self._due)
        if self._inflight:
            self._late = True
        else:
            self._submit()

    def _submit(self) -> None:
        """Insert a character anywhere: so far every entry has inserted one, so that many are there."""
        self._seq += 1
        self._inflight = True
        revision, room = self.revision, self._room
        skip = b"%d," % at if (at := int(room.rng.random() * (revision + 1))) else b""
        message = b'{"type":"submit","doc":%b,"revision":%d,"seq":%d,"op":[%b"x"]}'
        room.sent_at[self.id] = time.perf_counter()
        self._transport.write(text_frame(message % (self._doc, revision, self._seq, skip)))

    def data_received(self, data: bytes) -> None:
        try:
            self._received(data)
        except Exception as error:
            self._fail(error)

    def _received(self, data: bytes) -> None:
        room = self._room
        chunk = room.arrived(self.revision, self._rest + data if self._rest else data)
        self.revision, self._rest = chunk.revision, chunk.rest
        for frame in chunk.frames:
            frame.awaited -= 1
            if not frame.awaited:
                now = time.perf_counter()
                room.delivered += [now - sent_at for sent_at in frame.sent_at]
        if self._inflight and chunk.acknowledged.get(self.id) == self._seq:
            room.acknowledged.append(time.perf_counter() - room.sent_at[self.id])
            self._inflight = False
            self.acknowledged += 1
            if self._every is None or self._late:
                self._late = False
                self._submit()


class Probe(asyncio.Protocol):
    """Asks now and then whether the server is there: how long it can't answer is how long it stood still."""

    def __init__(self, every: float) -> None:
        self.waits: list[float] = []
        self._every = every
        self._transport: asyncio.Transport
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def ask(self) -> None:
        """Ask once, and go on asking after each answer."""
        self._asked_at = time.perf_counter()
        if not self._transport.is_closing():
            self._transport.write(text_frame(b'{"type":"ping"}'))

    def leave(self) -> None:
        """Close the connection."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self.waits.append(time.perf_counter() - self._asked_at)
        asyncio.get_running_loop().call_later(self._every, self.ask)


class _Entering(asyncio.Protocol):
    """A conversation of questions and answers, before somebody else takes the connection over."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._data = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._data += data
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived.set()

    async def _more(self) -> None:
        if self.transport.is_closing():
            raise ConnectionError(f"the server closed the connection after {self._data!r}")
        self._arrived.clear()
        await self._arrived.wait()

    async def upgrade(self, host: str) -> None:
        self.transport.write(HANDSHAKE.format(host=host).encode())
        while b"\r\n\r\n" not in self._data:
            await self._more()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(f"the server says {head!r}")

    async def asked(self, message: dict[str, Any], answer: str) -> dict[str, Any]:
        self.transport.write(text_frame(orjson.dumps(message)))
        while not (found := payloads(self._data))[0]:
            await self._more()
        (payload, *others), self._data = found
        received: dict[str, Any] = orjson.loads(payload)
        if received["type"] != answer or others:
            raise ConnectionError(f"the server says {received} where it should say {answer!r}")
        return received


async def _entered(host: str) -> tuple[_Entering, str]:
    address, _, port = host.partition(":")
    loop = asyncio.get_running_loop()
    _, entering = await loop.create_connection(_Entering, address, int(port))
    await entering.upgrade(host)
    return entering, (await entering.asked({"type": "hello"}, "welcome"))["client"]


async def entered(host: str, client: Client, doc: str) -> None:
    """Connect a client and open its document, which is a new one; `host` as `127.0.0.1:8080`."""
    entering, client.id = await _entered(host)
    opened = await entering.asked({"type": "open", "doc": doc, "doc_type": "text"}, "opened")
    assert opened["revision"] == 0, "nobody types yet"
    _taken_over(entering, client)


async def probing(host: str, probe: Probe) -> None:
    """Connect a probe and let it ask."""
    entering, _ = await _entered(host)
    _taken_over(entering, probe)
    probe.ask()


def _taken_over(entering: _Entering, by: asyncio.Protocol) -> None:
    by.connection_made(entering.transport)
    entering.transport.set_protocol(by)


def slowest(waits: Sequence[float], hundredths: int) -> float:
    """Return, in milliseconds, a wait that so many hundredths of all are not above."""
    ordered = sorted(waits)
    return 1000 * ordered[min(len(ordered) * hundredths // 100, len(ordered) - 1)] if ordered else 0.0
