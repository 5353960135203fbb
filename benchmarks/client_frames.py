"""WebSocket frames as a client writes and reads them (RFC 6455, section 5), with next to no work.

A client has to mask what it sends; masked with zeros the payload stays as it is. A server's frames are not
masked, and those that are read here are never in parts.
"""

from __future__ import annotations

from typing import Final

HANDSHAKE: Final = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

_TEXT: Final = 0x81
_BINARY: Final = 0x82
_SHORT: Final = [bytes((_TEXT, 0x80 | size, 0, 0, 0, 0)) for size in range(126)]


def text_frame(payload: bytes) -> bytes:
    """Return the frame of a message of at most 64 KiB."""
    size = len(payload)
    if size < 126:
        return _SHORT[size] + payload
    return b"\x81\xfe" + size.to_bytes(2, "big") + b"\0\0\0\0" + payload


def binary_frame(payload: bytes) -> bytes:
    """Return the same of a message that is no text."""
    return bytes((_BINARY,)) + text_frame(payload)[1:]


def payloads(data: bytes) -> tuple[list[bytes], bytes]:
    """Take whole frames apart; return their payloads, and what is left: the beginning of a frame.

    Raises ConnectionError for any frame but a whole message: the server has ended the connection.
    """
    found: list[bytes] = []
    at = 0
    while True:
        start, size = _header(data, at)
        if len(data) < start + size:
            return found, data[at:]
        if data[at] != _TEXT and data[at] != _BINARY:
            raise ConnectionError(f"the server sent {data[at : start + size]!r}")
        found.append(data[start : start + size])
        at = start + size


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Return where the payload of the frame at `at` begins, and its size; beyond the end if not known yet."""
    if len(data) < at + 2:
        return at + 2, 0
    size = data[at + 1]
    if size < 126:
        return at + 2, size
    wide = 2 if size == 126 else 8
    if len(data) < at + 2 + wide:
        return at + 2 + wide, 0
    return at + 2 + wide, int.from_bytes(data[at + 2 : at + 2 + wide], "big")
