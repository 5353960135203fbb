"""What the two codecs make of any frame: a message, or BadMessage.

A message that was let in is told again in both codecs, and each has to decode to that message: so nothing
gets past one codec that the other, or a peer in JavaScript, could not hold. Codecs with narrow limits let in
less, and nothing else: with the limits of a server no short frame comes near them.
"""

from __future__ import annotations

import contextlib
from typing import Final

import msgpack  # type: ignore[import-untyped]  # ships no types
import orjson

from transport.bad_message import BadMessage
from transport.codec import JSON, MSGPACK, Codec, Frame, JsonCodec, MsgpackCodec
from transport.json_values import is_plain, is_plain_level_by_level
from transport.limits import Limits
from transport.messages import ClientMessage

DEPTH: Final = 3
VALUES: Final = 20
NARROW_JSON: Final = JsonCodec(DEPTH, VALUES)
NARROW_MSGPACK: Final = MsgpackCodec(DEPTH, VALUES)


def json_frame(data: bytes) -> None:
    """Take bytes as a text frame; what is no UTF-8, aiohttp refuses before any codec sees it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    _frame(JSON, NARROW_JSON, text)


def msgpack_frame(data: bytes) -> None:
    """Take bytes as a binary frame."""
    _frame(MSGPACK, NARROW_MSGPACK, data)


def _frame(codec: Codec, narrow: Codec, frame: Frame) -> None:
    with contextlib.suppress(BadMessage):
        codec.decode_server(frame)
    _looks_alike(frame)
    message = _said(codec, frame)
    said = _said(narrow, frame)
    assert said is None or said == message, f"narrow limits made {said} of {message}"
    if message is not None:
        assert JSON.decode_client(JSON.encode(message).decode()) == message
        assert MSGPACK.decode_client(MSGPACK.encode(message)) == message


def _looks_alike(frame: Frame) -> None:
    """Hold the two ways to look at values against each other: short frames are looked at in one alone."""
    try:
        value = orjson.loads(frame) if isinstance(frame, str) else msgpack.unpackb(frame)
    except (ValueError, msgpack.UnpackException):
        return
    for depth in (DEPTH, Limits().json_depth):
        assert is_plain(value, depth) == is_plain_level_by_level(value, depth)


def _said(codec: Codec, frame: Frame) -> ClientMessage | None:
    """Return the message from a client that a frame is; None where it is none, and there is an answer."""
    try:
        return codec.decode_client(frame)
    except BadMessage as bad:
        error = bad.error()
        for answering in (JSON, MSGPACK):
            answering.encode(error)
        return None
