"""Both codecs carry every message, refuse what is none, and say where it is wrong."""

from __future__ import annotations

import json
from typing import Any, Final
from unittest.mock import patch

import msgpack  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ot import Entry
from tests.transport.wire_messages import FROM_CLIENT, FROM_SERVER, client_messages, server_messages
from transport import codec as codec_module
from transport import structure
from transport.bad_message import BadMessage
from transport.codec import JSON, MSGPACK, Codec
from transport.codes import CODE_OF
from transport.messages import CLIENT_MESSAGES, SERVER_MESSAGES, ClientMessage, Message, Operations, Submit

CODECS: Final[tuple[Codec, ...]] = (JSON, MSGPACK)
both = pytest.mark.parametrize("codec", CODECS, ids=["json", "msgpack"])


def frame_of(codec: Codec, value: Any) -> bytes | str:
    """Write a value down as a peer would, without the codec under test."""
    return msgpack.packb(value, strict_types=False) if codec.binary else json.dumps(value)


def frame_said(codec: Codec, message: Message) -> bytes | str:
    payload = codec.encode(message)
    return payload if codec.binary else payload.decode()


def value_of(codec: Codec, payload: bytes) -> Any:
    """Read a payload as a peer would, without the codec under test."""
    return msgpack.unpackb(payload) if codec.binary else json.loads(payload)


def refusal(codec: Codec, frame: bytes | str) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        codec.decode_client(frame)
    return caught.value


def test_the_examples_hold_every_class() -> None:
    assert {type(message) for message, _ in FROM_CLIENT} == set(CLIENT_MESSAGES)
    assert {type(message) for message, _ in FROM_SERVER} == set(SERVER_MESSAGES)


@both
@pytest.mark.parametrize(("message", "wire"), [*FROM_CLIENT, *FROM_SERVER])
def test_a_message_goes_out_as_written_here_by_hand(codec: Codec, message: Message, wire: Any) -> None:
    assert value_of(codec, codec.encode(message)) == wire


@both
@pytest.mark.parametrize(("message", "wire"), FROM_CLIENT)
def test_a_client_message_comes_in_as_written_here_by_hand(codec: Codec, message: Any, wire: Any) -> None:
    assert codec.decode_client(frame_of(codec, wire)) == message


@both
@pytest.mark.parametrize(("message", "wire"), FROM_SERVER)
def test_a_server_message_comes_in_as_written_here_by_hand(codec: Codec, message: Any, wire: Any) -> None:
    assert codec.decode_server(frame_of(codec, wire)) == message


@both
@given(message=client_messages)
def test_what_a_client_says_arrives_as_it_was(codec: Codec, message: ClientMessage) -> None:
    arrived = codec.decode_client(frame_said(codec, message))
    assert (arrived, repr(arrived)) == (message, repr(message))  # repr tells 1 from 1.0 and True


@both
@given(message=server_messages)
def test_what_a_server_says_arrives_as_it_was(codec: Codec, message: Any) -> None:
    arrived = codec.decode_server(frame_said(codec, message))
    assert arrived == message
    # A number field takes 3 for 3.0: JavaScript writes no other.
    assert repr(arrived) == repr(message)


@both
def test_an_entrys_tag_stays_off_the_wire(codec: Codec) -> None:
    payload = codec.encode(Operations("n", (Entry(1, "c", 1, [], tag="secret"),), "t"))
    assert b"secret" not in payload


@both
def test_a_client_ignores_what_a_newer_server_adds(codec: Codec) -> None:
    wire = {
        "type": "operations",
        "doc": "n",
        "tag": "t",
        "colour": "blue",
        "entries": [{"revision": 1, "client": "c", "seq": 1, "op": [], "mood": None}],
    }
    assert codec.decode_server(frame_of(codec, wire)) == Operations("n", (Entry(1, "c", 1, []),), "t")


def test_a_frame_of_the_other_kind_ends_the_connection() -> None:
    for error in (refusal(JSON, b'{"type":"ping"}'), refusal(MSGPACK, '{"type":"ping"}')):
        assert (error.code, error.fatal) == ("wrong-frame", True)


SUBMIT: Final = {"type": "submit", "doc": "n", "revision": 4, "seq": 2, "op": []}
OPEN: Final = {"type": "open", "doc": "n"}
HISTORY: Final = {"type": "history", "doc": "n", "request": 3, "limit": 5}
GONE: Final = object()

REFUSED: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({**SUBMIT, "revision": -1}, "negative-revision", "revision"),
    ({**SUBMIT, "revision": 1.0}, "bad-message", "revision"),
    ({**SUBMIT, "revision": True}, "bad-message", "revision"),
    ({**SUBMIT, "revision": "4"}, "bad-message", "revision"),
    ({**SUBMIT, "revision": None}, "bad-message", "revision"),
    ({**SUBMIT, "revision": GONE}, "bad-message", "revision"),
    ({**SUBMIT, "revision": 2**53}, "bad-message", "revision"),
    ({**SUBMIT, "seq": 0}, "bad-message", "seq"),
    ({**SUBMIT, "seq": -1}, "bad-message", "seq"),
    ({**SUBMIT, "seq": 2**63}, "bad-message", "seq"),
    ({**SUBMIT, "op": GONE}, "bad-message", "op"),
    ({**SUBMIT, "ops": []}, "bad-message", "ops"),
    ({**SUBMIT, "a key": []}, "bad-message", '["a key"]'),
    ({**SUBMIT, "op": [2, {"d": 2**53}]}, "bad-message", "op[1].d"),
    ({**SUBMIT, "op": [2, {"d": -(2**53)}]}, "bad-message", "op[1].d"),
    ({**SUBMIT, "op": {"a b": [2**60]}}, "bad-message", 'op["a b"][0]'),
    ({**SUBMIT, "doc": ""}, "bad-document-name", "doc"),
    ({**SUBMIT, "doc": "a/../b"}, "bad-document-name", "doc"),
    ({**SUBMIT, "doc": "n" * 201}, "bad-document-name", "doc"),
    ({**SUBMIT, "doc": 3}, "bad-message", "doc"),
    ({**SUBMIT, "doc": GONE}, "bad-message", "doc"),
    ({**SUBMIT, "type": "submits"}, "unknown-type", "type"),
    ({**SUBMIT, "type": "ack"}, "unknown-type", "type"),
    ({**SUBMIT, "type": 1}, "bad-message", "type"),
    ({**SUBMIT, "type": GONE}, "bad-message", "type"),
    ({**OPEN, "doc": "a\n"}, "bad-document-name", "doc"),
    ({**OPEN, "epoch": "e"}, "bad-message", "revision"),
    ({**OPEN, "epoch": "e", "revision": 1}, "bad-message", "tag"),
    ({**OPEN, "epoch": "e" * 101, "revision": 1, "tag": "t"}, "bad-message", "epoch"),
    ({**OPEN, "epoch": "e", "revision": -1, "tag": "t"}, "negative-revision", "revision"),
    ({**OPEN, "diverged": "d"}, "bad-message", "revision"),
    ({**OPEN, "create": None}, "bad-message", "doc_type"),
    ({**OPEN, "doc_type": None}, "bad-message", "doc_type"),
    ({**OPEN, "inflight": 0}, "bad-message", "inflight"),
    ({**OPEN, "rewind": 1001}, "bad-message", "rewind"),
    (HISTORY, "bad-message", "after"),
    ({**HISTORY, "after": 1, "before": 2}, "bad-message", "after"),
    ({**HISTORY, "after": -1}, "negative-revision", "after"),
    ({**HISTORY, "after": 1, "limit": 0}, "bad-message", "limit"),
    ({**HISTORY, "after": 1, "request": -1}, "bad-message", "request"),
    ({"type": "hello", "client": "c" * 101}, "bad-message", "client"),
    ({"type": "ping", "nonce": "1"}, "bad-message", "nonce"),
    ({"type": "renew"}, "bad-message", "token"),
]


@both
@pytest.mark.parametrize(("wire", "code", "path"), REFUSED)
def test_what_is_wrong_is_named_by_its_path(codec: Codec, wire: Any, code: str, path: str) -> None:
    error = refusal(codec, frame_of(codec, {key: value for key, value in wire.items() if value is not GONE}))
    assert (error.code, error.path, error.fatal) == (code, path, False)


@both
def test_the_path_leads_through_lists_and_parts(codec: Codec) -> None:
    good = {"revision": 1, "client": "c", "seq": 1, "op": []}
    operations = {"type": "operations", "doc": "n", "tag": "t"}
    presence = {"type": "presence", "doc": "n", "client": "c", "revision": 1, "state": None}
    for wire, path in (
        ({**operations, "entries": [good, {**good, "seq": "1"}]}, "entries[1].seq"),
        ({**operations, "entries": [good, 3]}, "entries[1]"),
        ({**operations, "entries": good}, "entries"),
        ({**presence, "identity": {"id": "u"}}, "identity.name"),
        ({**presence, "identity": "u"}, "identity"),
    ):
        with pytest.raises(BadMessage) as caught:
            codec.decode_server(frame_of(codec, wire))
        assert (caught.value.code, caught.value.path) == ("bad-message", path)


@both
@pytest.mark.parametrize("value", [None, True, 3, 1.5, "submit", [], [{"type": "ping"}]])
def test_a_frame_that_is_no_object_is_a_bad_message(codec: Codec, value: Any) -> None:
    error = refusal(codec, frame_of(codec, value))
    assert (error.code, error.path) == ("bad-message", "")


@both
def test_the_answer_names_the_submission_and_the_request(codec: Codec) -> None:
    submission = refusal(codec, frame_of(codec, {**SUBMIT, "op": [2**60]})).error()
    assert (submission.doc, submission.seq, submission.request) == ("n", 2, None)
    request = refusal(codec, frame_of(codec, HISTORY)).error()
    assert (request.doc, request.seq, request.request) == ("n", None, 3)
    unreadable = refusal(codec, frame_of(codec, {**SUBMIT, "doc": ["n"], "seq": "2"})).error()
    assert (unreadable.doc, unreadable.seq, unreadable.request) == (None, None, None)


@both
def test_an_answer_never_echoes_more_than_a_line_of_what_was_sent(codec: Codec) -> None:
    long = "x" * 100_000
    for wire in (
        {**SUBMIT, "type": long},
        {**SUBMIT, "doc": long},
        {**SUBMIT, "revision": long},
        {**SUBMIT, long: 1},
        {**SUBMIT, "op": {long: 2**60}},
    ):
        error = refusal(codec, frame_of(codec, wire)).error()
        assert len(error.message) + len(error.doc or "") < 200


@both
def test_every_code_of_a_bad_message_is_in_the_list(codec: Codec) -> None:
    assert {code for _, code, _ in REFUSED} | {"not-json", "wrong-frame"} <= CODE_OF.keys()


COMPONENTS = st.one_of(
    st.integers(-3, 3), st.integers(2**53 - 2, 2**53 + 1), st.integers(-(2**53) - 1, 2 - 2**53),
    st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none(),
    st.just({"d": 1}), st.just([]), st.just(2**64),
)  # fmt: skip


@example(op=[2**64], doc="notes", revision=0, seq=1, more={})
@example(op=["x", [[]]], doc="notes", revision=0, seq=1, more={})
@example(op=["x"], doc="notes", revision=0, seq=1, more={"x": 1})
@given(
    op=st.one_of(st.lists(COMPONENTS, max_size=4), COMPONENTS),
    doc=st.sampled_from(["notes", "notes", "", "a/../b", "x" * 201, "\u212b", 7]),
    revision=st.sampled_from([0, 12, 12, -1, 2**53, 1.0, True]),
    seq=st.sampled_from([1, 1, 0, 2**53 - 1, 2**53, "1"]),
    more=st.sampled_from([{}, {}, {"x": 1}]),
)
def test_a_keystroke_is_read_or_refused_as_any_other_message(
    op: Any, doc: Any, revision: Any, seq: Any, more: dict[str, Any]
) -> None:
    message = {"type": "submit", "doc": doc, "revision": revision, "seq": seq, "op": op, **more}
    frame = json.dumps(message)
    with patch.object(codec_module, "keystroke", lambda raw: None):
        expected = read_or_refused(frame)
    assert read_or_refused(frame) == expected


def read_or_refused(frame: str) -> Any:
    """Return the message in a frame, with the types of its values, or what is wrong with it."""
    try:
        return repr(JSON.decode_client(frame))
    except BadMessage as error:
        return error.error()


@both
@given(message=client_messages)
@settings(max_examples=50)
def test_the_short_way_and_the_long_way_read_a_submission_alike(codec: Codec, message: Any) -> None:
    if not isinstance(message, Submit):
        message = Submit("n", 3, 2, repr(message))
    raw = value_of(codec, codec.encode(message))
    assert structure._submit(dict(raw)) == structure._message(dict(raw), structure._CLIENT) == message
