"""One WebSocket on the server: its session, its outbox, and the bytes on their way out.

Frames that many connections get are made once and written here as they are, in one write per turn of
the event loop, straight to the socket's transport: aiohttp's own writer would frame each anew. Both only
ever write whole frames, so they do not get into each other's way.

    open --close--> flushing --all is written, then the close frame--> closed --answered, or cut off--> gone

The socket goes when the peer has answered the close frame. Were it closed before, with something in it
that the peer still sends, its system would throw away what the peer has not read: the code of the close.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Literal

import attrs

from transport.access import WhoIs
from transport.framing import close_frame, framed, pong_frame
from transport.messages import ServerMessage
from transport.outbox import Outbox
from transport.session import Session

WRITE: Final = 256 * 1024
"""Bytes handed to the socket at a time: enough for a fast reader, and the most that it, rather than
the outbox with its bounds, holds for a slow one."""

RETRY: Final = 0.02
"""Seconds between looks at a socket that is full. Only slow readers are looked at."""

CLOSE_SECONDS: Final = 5.0
"""How long a peer may take to read what was still to be written, and then to answer the close."""


@attrs.define(eq=False)
class Connection:
    """Writes what a session has to say."""

    session: Session
    outbox: Outbox
    transport: asyncio.Transport
    overflowed: Callable[[Connection], None]
    ask_who: WhoIs | None = None
    """Says who is behind a token; None: everybody is a guest."""
    _flush_due: bool = False
    _phase: Literal["open", "flushing", "closed", "gone"] = "open"
    # Each of these is made when somebody waits for it: thousands of connections never need one.
    _eased: asyncio.Event | None = None
    """Set when what the reader waits for may have come."""
    _left: asyncio.Event | None = None
    """Set when the peer has gone, which is waited for once a close has been sent."""
    _gone: asyncio.Event | None = None
    """Set when `close` is through."""
    _has_left: bool = False

    def send(self, message: ServerMessage) -> None:
        """Queue a message of this connection alone."""
        self.outbox.put(self.frame(message))
        self.wake()

    def pong(self, payload: bytes) -> None:
        """Queue the answer to a ping of the WebSocket itself."""
        self.outbox.put(pong_frame(payload))
        self.wake()

    def answer(self, message: ServerMessage) -> None:
        """Queue what was asked for and may be larger than any bound."""
        self.outbox.put_answer(self.frame(message))
        self.wake()

    @property
    def behind(self) -> bool:
        """Whether the peer has so much to take in, or is owed so many answers, that it is not read from."""
        return self.session.owed or self.outbox.size > self.outbox.lagging_bytes

    @property
    def unheard(self) -> bool:
        """Whether nothing that is written can arrive any more; what has come before may still be read."""
        return self.transport.is_closing()

    async def caught_up(self) -> None:
        """Wait until the peer may be read from again, or is no more."""
        while self._phase == "open" and self.behind and not self.unheard:
            self._eased = asyncio.Event()
            await self._eased.wait()
        self._eased = None

    def frame(self, message: ServerMessage) -> bytes:
        """Return a message as this connection's frames have it."""
        codec = self.session.codec
        return framed(codec.encode(message), binary=codec.binary)

    def wrote(self, doc: str, frame: bytes) -> bool:
        """Write a frame of entries at once, where nothing is before it; tell whether that was so.

        It spares a reader who keeps up the way through the outbox: 2 microseconds instead of 6 (measured
        without the write itself). Of several frames in one turn of the event loop the first goes this way,
        and the others together as ever.
        """
        outbox, transport = self.outbox, self.transport
        if outbox.size or self._flush_due or self._eased is not None or self._phase != "open":
            return False
        if len(frame) > WRITE or doc in outbox.lagging:
            return False
        if transport.is_closing() or transport.get_write_buffer_size():
            return False
        transport.write(frame)
        return True

    def wake(self) -> None:
        """Have what waits written at the end of this turn of the event loop."""
        if self.outbox.full and self._phase == "open":
            self.overflowed(self)
        elif not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        self._ease()
        if self.unheard or self._phase in ("closed", "gone"):
            return
        room = WRITE - self.transport.get_write_buffer_size()
        if room > 0:
            data = self.outbox.take(room)
            if data:
                self.transport.write(data)
                if self._eased is not None:
                    # What it says can't be heard meanwhile, but it takes in what it is told.
                    self.session.heard_at = asyncio.get_running_loop().time()
        if self.outbox.size:
            self._flush_due = True
            asyncio.get_running_loop().call_later(RETRY, self._flush)

    async def flushed(self, seconds: float) -> bool:
        """Wait until everything is with the socket; tell whether it came to that within `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self.transport.is_closing() and loop.time() < deadline:
            if not self.outbox.size and not self.transport.get_write_buffer_size():
                return True
            await asyncio.sleep(RETRY)
        return False

    async def close(self, code: int, reason: str) -> None:
        """Write what waits, then close; a peer that does not read or answer is cut off after a while."""
        self._phase = "flushing"
        self._ease()
        flushed = await self.flushed(CLOSE_SECONDS)
        self._phase = "closed"
        if flushed:
            self.transport.write(close_frame(code, reason))
            await self._answered(CLOSE_SECONDS)
        self.transport.abort()
        self._phase = "gone"
        if self._gone is not None:
            self._gone.set()

    async def _answered(self, seconds: float) -> None:
        """Wait until the peer has answered the close, or has gone."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        self._left = asyncio.Event()
        while not (self._has_left or self.transport.is_closing()) and loop.time() < deadline:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY):
                    await self._left.wait()

    async def gone(self) -> None:
        """Wait until `close` is through."""
        if self._phase != "gone":
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()

    def left(self) -> None:
        """Take in that the peer has gone, has begun a close, or has answered ours."""
        self._has_left = True
        if self._left is not None:
            self._left.set()
        self._ease()
        if self._phase == "closed":
            self.transport.abort()  # before aiohttp, which knows of no close, begins one of its own

    def _ease(self) -> None:
        if self._eased is not None:
            self._eased.set()
