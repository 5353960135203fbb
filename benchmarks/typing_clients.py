"""Clients that type, so cheap that the server is what is measured.

A room's frames are the same bytes for everybody in it. So what arrives is parsed once, in full: revisions
without a gap, who is acknowledged. For everybody else it is compared with what was parsed, byte by byte,
which costs a two-hundredth of it.

    a conversation --by the dialect, opened--> typing
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final, cast

from benchmarks.client_frames import payloads, text_frame
from benchmarks.conversation import conversation
from benchmarks.dialects import counterpoint
from benchmarks.dialects.dialect import Author, Dialect, Entry

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
        self, data: bytes, frames: list[_Frame], revision: int, acknowledged: dict[Author, int], rest: bytes
    ) -> None:
        self.data = data
        self.frames = frames
        self.revision = revision
        self.acknowledged = acknowledged
        self.rest = rest


class Room:
    """Everybody in one document, and what they have seen."""

    def __init__(self, dialect: Dialect, rng: random.Random) -> None:
        self.dialect = dialect
        self.rng = rng
        self.clients: list[Client] = []
        self.acknowledged: list[float] = []
        """Seconds from sending to acknowledgement."""
        self.delivered: list[float] = []
        """Seconds from sending to the arrival at the last client."""
        self.sent_at: dict[Author, float] = {}
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
        acknowledged: dict[Author, int] = {}
        for payload in whole:
            if entries := self.dialect.entries(payload, after):
                after += len(entries)
                acknowledged.update(entries)
                frames.append(self._frame(after, entries))
        return _Chunk(data, frames, after, acknowledged, rest)

    def _frame(self, revision: int, entries: list[Entry]) -> _Frame:
        """Return the frame that ends at `revision`: one and the same, however it arrived."""
        frame = self._frames.get(revision)
        if frame is None:
            sent_at = [self.sent_at[author] for author, _ in entries]
            frame = self._frames[revision] = _Frame(len(self.clients), sent_at)
            if len(self._frames) > KEPT and not next(iter(self._frames.values())).awaited:
                del self._frames[next(iter(self._frames))]
        return frame


class Client(asyncio.Protocol):
    """One client in its room: what it has sent, and what has arrived."""

    def __init__(self, room: Room, failed: asyncio.Future[None]) -> None:
        self.revision = 0
        self.acknowledged = 0
        self.id: Author = ""
        self.room = room
        self._failed = failed
        self._transport: asyncio.Transport
        self._rest = b""
        self._seq = 0
        self._inflight = False
        self._every: float | None = None
        self._goes_on = False
        self._late = False

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
        self._goes_on = True
        self._submit()

    def type_once(self) -> None:
        """Make one operation, now; the last one has been acknowledged."""
        assert not self._inflight, "one at a time is all that the protocol allows"
        self._submit()

    def type_every(self, seconds: float) -> None:
        """Type from now on at this pace; what is due while one is inflight follows it at once."""
        self._every = seconds
        asyncio.get_running_loop().call_later(seconds * self.room.rng.random(), self._due)

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
        revision, room = self.revision, self.room
        place = int(room.rng.random() * (revision + 1))
        room.sent_at[self.id] = time.perf_counter()
        self._transport.write(room.dialect.submission(self.id, self._seq, revision, place))

    def data_received(self, data: bytes) -> None:
        try:
            self._received(data)
        except Exception as error:
            self._fail(error)

    def _received(self, data: bytes) -> None:
        room = self.room
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
            if self._goes_on or self._late:
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


async def entered(host: str, client: Client, dialect: Dialect) -> None:
    """Connect a client and open its document, which is a new one; `host` as `127.0.0.1:8080`."""
    talk = await conversation(host, dialect.path)
    client.id = await dialect.enter(talk, len(client.room.clients))
    talk.hand_over(client)


async def probing(host: str, probe: Probe) -> None:
    """Connect a probe to a server of ours and let it ask."""
    talk = await conversation(host, counterpoint.PATH)
    await counterpoint.greeted(talk)
    talk.hand_over(probe)
    probe.ask()


def slowest(waits: Sequence[float], hundredths: int) -> float:
    """Return, in milliseconds, a wait that so many hundredths of all are not above."""
    ordered = sorted(waits)
    return 1000 * ordered[min(len(ordered) * hundredths // 100, len(ordered) - 1)] if ordered else 0.0
