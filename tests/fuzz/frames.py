"""What the two codecs make of any frame: a message, or BadMessage.

A message that was let in is told again in both codecs, and each has to decode to that message: so nothing
gets past one codec that the other, or a peer in JavaScript, could not hold.
"""

from __future__ import annotations

from transport.bad_message import BadMessage
from transport.codec import JSON, MSGPACK, Codec, Frame


def json_frame(data: bytes) -> None:
    """Take bytes as a text frame; what is no UTF-8, aiohttp refuses before any codec sees it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    _frame(JSON, text)


def msgpack_frame(data: bytes) -> None:
    """Take bytes as a binary frame."""
    _frame(MSGPACK, data)


def _frame(codec: Codec, frame: Frame) -> None:
    try:
        codec.decode_server(frame)
    except BadMessage as bad:
        _can_be_answered(bad)
    try:
        message = codec.decode_client(frame)
    except BadMessage as bad:
        _can_be_answered(bad)
        return
    assert JSON.decode_client(JSON.encode(message).decode()) == message
    assert MSGPACK.decode_client(MSGPACK.encode(message)) == message


def _can_be_answered(bad: BadMessage) -> None:
    error = bad.error()
    for codec in (JSON, MSGPACK):
        codec.encode(error)
