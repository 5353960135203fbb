"""A WebSocket at the level of bytes, for frames that no library sends and endings that none shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from tests.by_hand import PATIENCE

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

TEXT: Final = 0x81  # first byte of a whole text frame
CLOSE: Final = 0x88

HANDSHAKE: Final = (
    "GET /sync HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@asynccontextmanager
async def upgraded(url: str) -> AsyncIterator[Streams]:
    """Connect to the server at an http address; everything in the block has to be over before long."""
    host = url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(HANDSHAKE.format(host=host).encode())
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
            yield reader, writer
    finally:
        writer.close()


def frame(first_byte: int, payload: bytes) -> bytes:
    """Return a frame as a client sends it, masked with zeros."""
    assert len(payload) < 126, "longer ones have another header"
    return bytes([first_byte, 0x80 | len(payload), 0, 0, 0, 0]) + payload
