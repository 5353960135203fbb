"""Frames into messages, and messages into frames: JSON in text frames, MessagePack in binary ones.

Both carry the same messages and refuse the same ones, with the same codes. Where an object has one key
twice the last one counts, as it does for `JSON.parse`. A text frame is a `str` here and a binary one
`bytes`, as aiohttp hands them over.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, Protocol, TypeAlias

import attrs
import msgpack  # type: ignore[import-untyped]  # ships no types
import orjson

from ot import Json
from transport.bad_message import BadMessage
from transport.json_values import check_value, is_plain, is_plain_level_by_level
from transport.limits import Limits
from transport.messages import LARGEST_INTEGER, ClientMessage, Message, ServerMessage
from transport.msgpack_claims import claims_too_much
from transport.structure import client_message, keystroke, named, plain, server_message
from transport.subprotocols import JSON_SUBPROTOCOL, MSGPACK_SUBPROTOCOL
from transport.value_counts import json_holds_more, msgpack_holds_more

Frame: TypeAlias = bytes | str

JSON_DEPTH: Final = Limits().json_depth


def _most_values(limits: Limits) -> int:
    """Return how many values, as `value_counts` counts them, a message from a client may hold.

    No operation within its limits has more: at most two of these marks are a component's, and some are
    the message's own. What is over the limit, but not absurd, is still read, so that the answer is a
    rejection and not the end of the connection.
    """
    return 2 * limits.operation_components + 100


MOST_VALUES: Final = _most_values(Limits())


class Codec(Protocol):
    """One way to write messages down.

    Promises: what `encode` wrote decodes to an equal message; no error but BadMessage from decoding,
    however wild the frame. The values inside a client's message (operation, state, data of a new
    document) are checked for what both codecs and JavaScript can hold; a server's are trusted.
    """

    @property
    def subprotocol(self) -> str:
        """What the two ends call it."""

    @property
    def binary(self) -> bool:
        """Whether its frames are binary ones."""

    def encode(self, message: Message) -> bytes:
        """Return the payload of the frame that says `message`: of a text frame, its UTF-8."""

    def decode_client(self, frame: Frame) -> ClientMessage:
        """Return what a client says; raise BadMessage where the frame is no message of one."""

    def decode_server(self, frame: Frame) -> ServerMessage:
        """Return what a server says; keys that are not known are ignored."""


@attrs.frozen
class JsonCodec:
    """Messages as JSON in text frames."""

    json_depth: int = JSON_DEPTH
    most_values: int = MOST_VALUES
    subprotocol: str = attrs.field(default=JSON_SUBPROTOCOL, init=False)
    binary: bool = attrs.field(default=False, init=False)

    def encode(self, message: Message) -> bytes:
        return orjson.dumps(plain(message))

    def decode_client(self, frame: Frame) -> ClientMessage:
        text = frame if type(frame) is str else self._text(frame)
        # A message of fewer characters can't hold too many: no call is made for what people type.
        if len(text) > self.most_values and json_holds_more(text, self.most_values):
            raise _too_many(self.most_values)
        try:
            raw = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise _no_json(error) from None
        submit = keystroke(raw)
        if submit is not None:
            return submit
        # Without sixteen digits in a row no whole number is too large, and with few brackets nothing
        # is nested too deep: that spares most messages the walk over their values.
        if text.count("[") + text.count("{") > self.json_depth or _SIXTEEN_DIGITS(text):
            self._check_values(raw, text)
        return client_message(raw)

    def decode_server(self, frame: Frame) -> ServerMessage:
        text = self._text(frame)
        try:
            return server_message(orjson.loads(text))
        except orjson.JSONDecodeError as error:
            raise _no_json(error) from None

    def _text(self, frame: Frame) -> str:
        if isinstance(frame, str):
            return frame
        raise BadMessage("wrong-frame", "", f"{self.subprotocol} goes in text frames")

    def _check_values(self, raw: Json, text: str) -> None:
        if not _is_plain(raw, self.json_depth, len(text)):
            _check(raw, self.json_depth)
            # What is left are floats so large that they may have been whole numbers beyond 64 bits.
            # The standard library tells them apart; its recursion is bounded by the check above.
            _check(json.loads(text, parse_int=_whole_number), self.json_depth)


@attrs.frozen
class MsgpackCodec:
    """Messages as MessagePack in binary frames."""

    json_depth: int = JSON_DEPTH
    most_values: int = MOST_VALUES
    subprotocol: str = attrs.field(default=MSGPACK_SUBPROTOCOL, init=False)
    binary: bool = attrs.field(default=True, init=False)

    def encode(self, message: Message) -> bytes:
        packed: bytes = msgpack.packb(plain(message))
        return packed

    def decode_client(self, frame: Frame) -> ClientMessage:
        if not isinstance(frame, str) and msgpack_holds_more(frame, self.most_values):
            raise _too_many(self.most_values)
        raw = self._read(frame)
        if not _is_plain(raw, self.json_depth, len(frame)):
            _check(raw, self.json_depth)
        return client_message(raw)

    def decode_server(self, frame: Frame) -> ServerMessage:
        return server_message(self._read(frame))

    def _read(self, frame: Frame) -> Json:
        if isinstance(frame, str):
            raise BadMessage("wrong-frame", "", f"{self.subprotocol} goes in binary frames")
        if claims_too_much(frame):
            raise BadMessage("not-json", "", "holds fewer values than its arrays and maps claim")
        try:
            return msgpack.unpackb(frame)
        except (ValueError, msgpack.UnpackException) as error:
            reason = str(error) or type(error).__name__
            raise BadMessage("not-json", "", f"no MessagePack: {reason}") from None


JSON: Final = JsonCodec()
MSGPACK: Final = MsgpackCodec()

CODEC_OF: Final[dict[str, Codec]] = {codec.subprotocol: codec for codec in (JSON, MSGPACK)}


def codecs(limits: Limits) -> dict[str, Codec]:
    """Return the codecs of a server with these limits, by their subprotocols."""
    depth, values = limits.json_depth, _most_values(limits)
    return {codec.subprotocol: codec for codec in (JsonCodec(depth, values), MsgpackCodec(depth, values))}


_LONG: Final = 4096  # characters or bytes of a frame from which going level by level is faster
_SIXTEEN_DIGITS: Final = re.compile("[0-9]{16}").search


def _too_many(most: int) -> BadMessage:
    return BadMessage("message-too-large", "", f"more than {most} values in one message")


def _no_json(error: orjson.JSONDecodeError) -> BadMessage:
    return BadMessage("not-json", "", f"no JSON: {error}")


def _is_plain(raw: Json, json_depth: int, length: int) -> bool:
    tell = is_plain if length < _LONG else is_plain_level_by_level
    return tell(raw, json_depth + 1)  # the message itself is a level


def _whole_number(digits: str) -> int:
    """Read a whole number; one of very many digits as another that is too large as well."""
    return int(digits) if len(digits) < 20 else LARGEST_INTEGER + 1


def _check(raw: Any, json_depth: int) -> None:
    try:
        check_value(raw, json_depth + 1)
    except BadMessage as error:
        raise BadMessage(error.code, error.path, error.message, **named(raw)) from None
