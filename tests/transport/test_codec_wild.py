"""Whatever arrives, decoding gives a message or BadMessage, soon, and lets no strange value in."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transport.test_codec import both, frame_of, frame_said, refusal
from tests.transport.wire_messages import EXACT, client_messages, json_values
from transport.bad_message import BadMessage
from transport.codec import JSON, MSGPACK, Codec
from transport.json_values import check_value, is_plain, is_plain_level_by_level
from transport.messages import SetPresence
from transport.msgpack_claims import claims_too_much, skip

MIB: Final = 1024 * 1024


def settle(codec: Codec, frame: bytes | str) -> None:
    """Decode a frame both ways: anything but a message or BadMessage fails the test."""
    for decode in (codec.decode_client, codec.decode_server):
        try:
            decode(frame)
        except BadMessage as error:
            error.error()


def presence(codec: Codec, state: Any) -> bytes | str:
    return frame_of(codec, {"type": "presence", "doc": "n", "revision": 1, "state": state})


@given(frame=st.binary(max_size=200))
@example(b"\x91" * 100_000)
@example(b"\x81\xa1a" * 100_000)
@example(b"\xdd\xff\xff\xff\xff" * 200)
@example(b"\xc7\x0c\xff" + b"\xff" * 12)
@example(b"\x81\x91\x01\x02")
@example(b"\x81\xc4\x01a\x01")
def test_any_bytes_are_a_message_or_refused(frame: bytes) -> None:
    settle(MSGPACK, frame)


@given(frame=st.text(st.characters(), max_size=200))
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example('"\ud800"')
@example("")
def test_any_text_is_a_message_or_refused(frame: str) -> None:
    settle(JSON, frame)


@both
@given(
    message=client_messages,
    at=st.floats(0, 1),
    cut=st.integers(0, 4),
    put=st.binary(max_size=4),
)
@settings(max_examples=300)
def test_a_message_with_some_bytes_changed_is_one_or_refused(
    codec: Codec, message: Any, at: float, cut: int, put: bytes
) -> None:
    payload = codec.encode(message)
    start = int(at * len(payload))
    changed = payload[:start] + put + payload[start + cut :]
    settle(codec, changed if codec.binary else changed.decode(errors="surrogateescape"))


@both
@given(message=client_messages)
@settings(max_examples=50)
def test_a_message_that_is_cut_short_or_goes_on_is_refused(codec: Codec, message: Any) -> None:
    frame = frame_said(codec, message)
    more = b"\x01" if isinstance(frame, bytes) else "1"
    for wrong in (frame[:-1], frame + more):  # type: ignore[operator]  # both are of the codec's kind
        assert refusal(codec, wrong).code == "not-json"


@both
def test_values_nest_as_deep_as_the_limit_and_no_deeper(codec: Codec) -> None:
    def nested(levels: int) -> Any:
        value: Any = 1
        for level in range(levels):
            value = [value] if level % 2 else {"a": value}
        return value

    assert codec.decode_client(presence(codec, nested(64))) == SetPresence("n", 1, nested(64))
    error = refusal(codec, presence(codec, nested(65)))
    assert (error.code, error.fatal, error.doc) == ("not-json", True, "n")


@both
def test_whole_numbers_are_as_exact_as_a_double(codec: Codec) -> None:
    for number in (EXACT, -EXACT):
        assert codec.decode_client(presence(codec, [number])) == SetPresence("n", 1, [number])
    for number in (EXACT + 1, -EXACT - 1, 2**63, -(2**63)):
        error = refusal(codec, presence(codec, {"deep": [number]}))
        assert (error.code, error.path) == ("bad-message", "state.deep[0]")


@pytest.mark.parametrize("digits", ["1" + "0" * 19, "-" + "9" * 20, "1" + "0" * 300, "9" * 5000])
def test_json_numbers_beyond_64_bits_do_not_pass_as_floats(digits: str) -> None:
    error = refusal(JSON, f'{{"type":"presence","doc":"n","revision":1,"state":[0,{digits}]}}')
    assert error.code in ("bad-message", "not-json")


@both
@pytest.mark.parametrize("number", [1e16, 1e300, -2.5e-300, 2.0**63, 0.1234567890123456])
def test_floats_of_any_size_pass(codec: Codec, number: float) -> None:
    assert codec.decode_client(presence(codec, number)) == SetPresence("n", 1, number)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"', "01", "'a'", "[1,]"])
def test_json_that_is_none_is_refused(text: str) -> None:
    assert refusal(JSON, f'{{"type":"presence","doc":"n","revision":1,"state":{text}}}').code == "not-json"


@pytest.mark.parametrize(
    "state",
    [
        float("nan"),
        float("inf"),
        b"bytes",
        msgpack.Timestamp(1),
        msgpack.ExtType(5, b"x"),
        {b"bytes": 1},
    ],
)
def test_msgpack_that_json_cannot_hold_is_refused(state: Any) -> None:
    assert refusal(MSGPACK, presence(MSGPACK, [state])).code == "not-json"


@pytest.mark.parametrize("key", [b"\x01", b"\xc0", b"\xc3", b"\xcb" + struct.pack(">d", 1.5), b"\x90"])
def test_msgpack_keys_are_strings(key: bytes) -> None:
    assert refusal(MSGPACK, b"\x81" + key + b"\x01").code == "not-json"


def test_msgpack_text_is_utf_8_without_surrogates() -> None:
    good = MSGPACK.encode(SetPresence("n", 1, "abc"))
    for wrong in (b"\xed\xa0\x80", b"\xff\xfe\xfd", b"\xc0\x80a"):
        assert refusal(MSGPACK, good.replace(b"abc", wrong)).code == "not-json"


@both
def test_of_one_key_given_twice_the_last_counts(codec: Codec) -> None:
    twice = '{"type":"close","doc":"first","doc":"last"}'
    packed = b"\x83" + b"".join(
        msgpack.packb(part) for part in ("type", "close", "doc", "first", "doc", "last")
    )
    close = codec.decode_client(packed if codec.binary else twice)
    assert close.doc == json.loads(twice)["doc"] == "last"  # type: ignore[union-attr]  # a Close


@given(value=json_values, depth=st.integers(1, 6))
def test_all_three_ways_to_look_at_a_value_agree(value: Any, depth: int) -> None:
    def passes() -> bool:
        try:
            check_value(value, depth)
        except BadMessage:
            return False
        return True

    assert is_plain(value, depth) == is_plain_level_by_level(value, depth)
    if is_plain(value, depth):
        assert passes()
    elif passes():  # only floats that may have been whole numbers have to be looked at again
        assert any(isinstance(part, float) and abs(part) >= 2.0**63 for part in parts_of(value))


@given(
    value=json_values, strange=st.sampled_from([b"", {1: 1}, 2**53, -(2**53), float("nan"), (1,), [{2: 0}]])
)
def test_nothing_strange_passes_however_deep_it_stands(value: Any, strange: Any) -> None:
    for inside in ([value, strange], {"a": [value, {"b": strange}]}, [[], strange, value]):
        assert not is_plain(inside, 60)
        assert not is_plain_level_by_level(inside, 60)
        with pytest.raises(BadMessage):
            check_value(inside, 60)


def parts_of(value: Any) -> list[Any]:
    inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return [value, *(part for member in inner for part in parts_of(member))]


@given(value=json_values)
def test_no_frame_that_keeps_its_word_is_called_a_liar(value: Any) -> None:
    wide = msgpack.packb([*[[[0] * 20] for _ in range(30)], value])  # array16 headers by the dozen
    assert not claims_too_much(wide)


KINDS: Final = [
    0, -1, 200, -200, 40_000, -20_000, 2**31, -(2**31), 2**40, -(2**40), 1.5, None, True,
    "a", "b" * 40, "c" * 300, "d" * 70_000, b"e", b"f" * 300, b"g" * 70_000,
    [1] * 16, [1] * 70_000, {str(n): n for n in range(16)}, {str(n): n for n in range(70_000)},
    *(msgpack.ExtType(5, bytes(n)) for n in (1, 2, 4, 8, 16, 3, 300, 70_000)),
]  # fmt: skip


@pytest.mark.parametrize("kind", [*map(msgpack.packb, KINDS), b"\xca" + struct.pack(">f", 1.5)])
def test_a_value_of_every_kind_of_msgpack_is_stepped_over_to_its_end(kind: bytes) -> None:
    frame = msgpack.packb([[0] * 16] * 20)[3:] + kind  # wide headers, so that the frame is looked at
    honest = b"\xdc" + struct.pack(">H", 21) + frame
    assert not claims_too_much(honest)
    assert skip(kind + b"\xc0", 0)[0] + _members_bytes(kind) == len(kind)


def _members_bytes(kind: bytes) -> int:
    """Return the bytes after the header of an array or a map, which is not stepped over in one."""
    value = msgpack.unpackb(kind, strict_map_key=False)
    if not isinstance(value, list | dict):
        return 0
    return len(kind) - (3 if len(value) < 2**16 else 5)


def test_claims_of_a_lying_frame_are_not_believed() -> None:
    lying = b"\xdd\x00\x00\x7f\xff" * 1000 + bytes(35_000)  # believed, it asks for 260 MB
    assert "claim" in refusal(MSGPACK, lying).message
