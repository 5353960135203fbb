"""A conversation of questions and answers over a WebSocket, before a typist takes the connection over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from benchmarks.client_frames import HANDSHAKE, payloads


class Heir(Protocol):
    """Who takes a connection over."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...

    def data_received(self, data: bytes) -> None: ...


class Conversation(asyncio.Protocol):
    """One connection on which one thing is said at a time."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._data = b""
        self._heard: list[bytes] = []
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._data += data
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived.set()

    async def _more(self) -> None:
        if self._transport.is_closing():
            raise ConnectionError(f"the server closed the connection after {self._data!r}")
        self._arrived.clear()
        await self._arrived.wait()

    async def upgrade(self, host: str, path: str) -> None:
        """Make a WebSocket of the connection."""
        self._transport.write(HANDSHAKE.format(host=host, path=path).encode())
        while b"\r\n\r\n" not in self._data:
            await self._more()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(f"the server says {head!r}")

    def say(self, frame: bytes) -> None:
        """Send a frame that nothing answers."""
        self._transport.write(frame)

    async def ask(self, frame: bytes, answers: Callable[[bytes], bool]) -> bytes:
        """Send a frame, and return the first payload that answers it; what comes before it is let go."""
        self.say(frame)
        while not answers(payload := await self._payload()):
            pass
        return payload

    async def _payload(self) -> bytes:
        while not self._heard:
            self._heard, self._data = payloads(self._data)
            if not self._heard:
                await self._more()
        return self._heard.pop(0)

    def end(self) -> None:
        """Close the connection without a word."""
        self._transport.close()

    def hand_over(self, heir: Heir) -> None:
        """Give the connection to somebody else, who hears from now on; messages that wait are let go."""
        _, rest = payloads(self._data)
        heir.connection_made(self._transport)
        self._transport.set_protocol(cast(asyncio.Protocol, heir))
        if rest:
            heir.data_received(rest)


async def conversation(host: str, path: str) -> Conversation:
    """Connect to `host`, as `127.0.0.1:8080`, and make a WebSocket of it."""
    address, _, port = host.partition(":")
    loop = asyncio.get_running_loop()
    _, talk = await loop.create_connection(Conversation, address, int(port))
    await talk.upgrade(host, path)
    return talk
