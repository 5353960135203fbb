"""Frames of very many tiny values are refused before anything is made of them, and honest ones are not."""

from __future__ import annotations

import struct
import time
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]  # ships no types
import orjson
import pytest
from hypothesis import given

from ot import component_count
from tests.transport.test_codec import refusal
from tests.transport.wire_messages import json_values
from transport.codec import JSON, MSGPACK, Codec
from transport.messages import Submit
from transport.value_counts import json_holds_more, msgpack_holds_more

ROOM: Final = 1024 * 1024 - 100  # bytes for values in a frame of a MiB


def told_too_many(codec: Codec, frame: bytes | str) -> bool:
    """Tell whether a frame is refused for its values, and soon: to make them takes up to a second."""
    began = time.thread_time()
    found = refusal(codec, frame)
    assert time.thread_time() - began < 0.25, "as long as reading it would take"
    return found.code == "message-too-large" and "values" in found.message


@pytest.mark.parametrize("value", ["[]", "{}", "1", "[1]", '{"":1}', '""', "1e20", "9" * 19])
def test_a_text_of_very_many_tiny_values_is_refused_before_it_is_read(value: str) -> None:
    values = ",".join([value] * (ROOM // (len(value) + 1)))
    assert told_too_many(JSON, f'{{"type":"submit","doc":"d","revision":0,"seq":1,"op":[{values}]}}')


@pytest.mark.parametrize("value", [b"\x90", b"\x80", b"\xc0", b"\x01", b"\xa0", b"\x91\x90"])
def test_a_frame_of_very_many_tiny_values_is_refused_before_it_is_read(value: bytes) -> None:
    count = ROOM // len(value)
    assert told_too_many(MSGPACK, b"\xdd" + struct.pack(">I", count) + value * count)


@pytest.mark.parametrize("part", [",", '["', "\\", '\\"', "{["])
@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
def test_one_long_string_is_one_value_whatever_is_written_in_it(codec: Codec, part: str) -> None:
    message = Submit("d", 0, 1, [part * 100_000])
    payload = codec.encode(message)
    assert codec.decode_client(payload if codec.binary else payload.decode()) == message


@pytest.mark.parametrize("part", ['"', '"\\', "\\", '\\"', ',"'])
def test_strings_that_do_not_end_are_looked_through_once(part: str) -> None:
    began = time.thread_time()
    refusal(JSON, "[" * 50_000 + part * (ROOM // len(part)))
    assert time.thread_time() - began < 1.0  # a search that starts over takes hours


@given(value=json_values)
def test_no_more_values_are_counted_than_twice_the_components_that_there_are(value: Any) -> None:
    bound = 2 * component_count(value) + 2
    with_text = [value, " " * bound]  # longer than the bound, or it would not be counted
    assert not json_holds_more(orjson.dumps(with_text).decode(), bound + 4)
    assert not msgpack_holds_more(msgpack.packb(with_text), bound + 4)


@given(value=json_values)
def test_every_value_is_counted(value: Any) -> None:
    values = [value, " " * 1_000]  # with more bytes than values, or they would not be counted
    count = len(parts_of(values))
    assert json_holds_more(orjson.dumps(values).decode(), count - 1)
    assert msgpack_holds_more(msgpack.packb(values), count - 1)


def parts_of(value: Any) -> list[Any]:
    inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return [value, *(part for member in inner for part in parts_of(member))]
