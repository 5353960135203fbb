"""One WebSocket on the server: its session, its outbox, and the bytes on their way out.

Frames that many connections get are made once and written here as they are, in one write per turn of
the event loop, straight to the socket's transport: aiohttp's own writer would frame each anew. Both only
ever write whole frames, so they do not get into each other's way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import attrs
from aiohttp import web

from transport.framing import framed
from transport.messages import ServerMessage
from transport.outbox import Outbox
from transport.session import Session

WRITE: Final = 256 * 1024
"""Bytes handed to the socket at a time: enough for a fast reader, and the most that it, rather than
the outbox with its bounds, holds for a slow one."""

RETRY: Final = 0.02
"""Seconds between looks at a socket that is full. Only slow readers are looked at."""

CLOSE_SECONDS: Final = 5.0
"""How long a peer may take over what was still to be written, and to answer the close."""


@attrs.define(eq=False)
class Connection:
    """Writes what a session has to say."""

    session: Session
    outbox: Outbox
    ws: web.WebSocketResponse
    transport: asyncio.Transport
    overflowed: Callable[[Connection], None]
    _flush_due: bool = False
    _closing: bool = False

    def send(self, message: ServerMessage) -> None:
        """Queue a message of this connection alone."""
        self.outbox.put(self.frame(message))
        self.wake()

    def frame(self, message: ServerMessage) -> bytes:
        """Return a message as this connection's frames have it."""
        codec = self.session.codec
        return framed(codec.encode(message), binary=codec.binary)

    def wake(self) -> None:
        """Have what waits written at the end of this turn of the event loop."""
        if self.outbox.full and not self._closing:
            self.overflowed(self)
        elif not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self.transport.is_closing():
            return
        room = WRITE - self.transport.get_write_buffer_size()
        if room > 0:
            data = self.outbox.take(room)
            if data:
                self.transport.write(data)
        if self.outbox.size:
            self._flush_due = True
            asyncio.get_running_loop().call_later(RETRY, self._flush)

    async def flushed(self, deadline: float) -> None:
        """Wait until everything is with the socket, at most until `deadline` (of the loop's clock)."""
        loop = asyncio.get_running_loop()
        while not self.transport.is_closing() and loop.time() < deadline:
            if not self.outbox.size and not self.transport.get_write_buffer_size():
                return
            await asyncio.sleep(RETRY)

    async def close(self, code: int, reason: str) -> None:
        """Write what waits, then close; a peer that does not read is cut off after a while."""
        self._closing = True
        deadline = asyncio.get_running_loop().time() + CLOSE_SECONDS
        await self.flushed(deadline)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.ws.close(code=code, message=reason.encode()[:120])
        except (TimeoutError, ConnectionError):
            pass
        finally:
            self.transport.abort()
