"""WebSocket frames as a server writes them (RFC 6455, section 5.2): unmasked, whole, not compressed.

Made by hand so that a room frames a message once and writes the same bytes to every connection.
"""

from __future__ import annotations

import struct
from typing import Final

_FINAL: Final = 0x80
_TEXT: Final = 0x1
_BINARY: Final = 0x2
_CLOSE: Final = 0x8
_PONG: Final = 0xA


def framed(payload: bytes, *, binary: bool) -> bytes:
    """Return the frame of one whole message."""
    first = _FINAL | (_BINARY if binary else _TEXT)
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def pong_frame(payload: bytes) -> bytes:
    """Return the frame that answers a ping, with what the ping brought."""
    assert len(payload) < 126, "a ping has no room for more"
    return struct.pack("!BB", _FINAL | _PONG, len(payload)) + payload


def close_frame(code: int, reason: str) -> bytes:
    """Return the frame that closes a connection; `reason` is a short word of our own."""
    word = reason.encode("ascii")
    assert len(word) < 124, "a control frame has no room for more"
    return struct.pack("!BBH", _FINAL | _CLOSE, 2 + len(word), code) + word
