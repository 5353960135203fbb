"""Each thing that a peer may say wrong has its own code, over a real socket, and harms nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import attrs
import pytest
from aiohttp import web

from storage import MemoryStore
from tests.by_hand import ByHand, Said, connected
from tests.raw_socket import frame, upgraded
from transport import Limits, mount

LIMITS: Final = Limits(message_bytes=20_000, operation_bytes=5_000, greeting_bytes=20_000)
TEXT: Final = "four"  # what both sessions have open


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """An application of its own at a port of its own."""
    app = web.Application()
    mount(app, MemoryStore(), limits=LIMITS)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@attrs.define
class Healthy:
    """A session that does everything right, and is told when it last did."""

    session: ByHand
    revision: int
    seq: int = 0

    async def notices_nothing(self) -> None:
        """Submit once: what it hears next, and all that it hears, is that entry at the next revision."""
        self.seq += 1
        entry = await self.session.submit("notes", self.revision, self.seq, ["."])
        self.revision += 1
        assert (entry["revision"], entry["seq"], entry["op"]) == (self.revision, self.seq, ["."])


@pytest.fixture
async def healthy(url: str) -> AsyncIterator[Healthy]:
    async with connected(url) as session:
        await session.greet()
        await session.open("notes")
        await session.submit("notes", 0, 1, [TEXT])
        yield Healthy(session, revision=1, seq=1)


def submit(**changed: Any) -> Said:
    return {"type": "submit", "doc": "notes", "revision": 1, "seq": 1, "op": ["x"]} | changed


def opening(name: Any) -> Said:
    return {"type": "open", "doc": name, "doc_type": "text"}


def presence(doc: str, revision: int) -> Said:
    return {"type": "presence", "doc": doc, "revision": revision, "state": {"cursor": 1}}


def asked(kind: str, **fields: Any) -> Said:
    return {"type": kind, "request": 1, "doc": "notes"} | fields


WITHOUT_BASE: Final = {"type": "submit", "doc": "notes", "seq": 1, "op": []}


ENDS_THE_CONNECTION: Final = [
    pytest.param('{"type": "ping"', "not-json", 4000, "no JSON", id="malformed JSON"),
    pytest.param("", "not-json", 4000, "no JSON", id="an empty frame"),
    pytest.param('\ufeff{"type": "ping"}', "not-json", 4000, "no JSON", id="a byte order mark"),
    pytest.param('{"type": "ping", "nonce": NaN}', "not-json", 4000, "no JSON", id="NaN"),
    pytest.param(
        '{"type": "ping", "nonce": "\\ud800"}', "not-json", 4000, "surrogate", id="half a character"
    ),
    pytest.param("[" * 9_000, "not-json", 4000, "depth", id="nested without end"),
    pytest.param(b"{}", "wrong-frame", 4000, "text frames", id="a binary frame"),
    pytest.param({"type": "hello"}, "already-greeted", 4000, "hello", id="a second hello"),
    pytest.param("x" * 20_001, "message-too-large", 4004, "20001 bytes; the limit is 20000", id="oversized"),
]


@pytest.mark.parametrize(("frame", "code", "close", "says"), ENDS_THE_CONNECTION)
async def test_what_is_no_protocol_ends_the_connection_that_said_it_and_no_other(
    url: str, healthy: Healthy, frame: Any, code: str, close: int, says: str
) -> None:
    async with connected(url) as session:
        await session.greet()
        await session.open("notes")
        await session.say(frame)
        error = await session.hear()
        assert (error["type"], error["code"], error["fatal"]) == ("error", code, True)
        assert says in error["message"]
        assert await session.hear_close() == close
    await healthy.notices_nothing()


REFUSED: Final = [
    pytest.param({"type": "zap"}, "unknown-type", "'zap'", id="an unknown type"),
    pytest.param({"doc": "notes"}, "bad-message", "type: is missing", id="no type"),
    pytest.param({"type": 5}, "bad-message", "type: has to be", id="a type that is no word"),
    pytest.param([1], "bad-message", "a message is an object", id="no object"),
    pytest.param(submit(extra=1), "bad-message", "extra: is not a field", id="an extra key"),
    pytest.param(WITHOUT_BASE, "bad-message", "revision: is missing", id="no base"),
    pytest.param(submit(revision="1"), "bad-message", "revision: has to be", id="a base that is a string"),
    pytest.param(submit(revision=1.5), "bad-message", "revision: has to be", id="half a revision"),
    pytest.param(submit(seq=True), "bad-message", "seq: has to be", id="a seq that is a truth"),
    pytest.param(submit(seq=0), "bad-message", "seq: has to be", id="a seq of zero"),
    pytest.param(submit(seq=2**53), "bad-message", "seq: whole numbers", id="a seq beyond exact numbers"),
    pytest.param(submit(revision=2**53), "bad-message", "revision: whole", id="a base beyond them"),
    pytest.param(submit(revision=-1), "negative-revision", "revision", id="a base below zero"),
    pytest.param(submit(revision=99), "future-revision", "99", id="a base in the future"),
    pytest.param(submit(seq=2), "seq-gap", "1 comes next", id="a seq that skips one"),
    pytest.param(submit(seq=2**53 - 1), "seq-gap", "1 comes next", id="a seq that skips nearly all"),
    pytest.param(submit(doc="other"), "not-open", "'other'", id="submit before open"),
    pytest.param({"type": "close", "doc": "other"}, "not-open", "'other'", id="close before open"),
    pytest.param(presence("other", 0), "not-open", "'other'", id="presence before open"),
    pytest.param(presence("notes", 99), "future-revision", "99", id="presence ahead"),
    pytest.param(asked("history", after=0, before=9, limit=9), "bad-message", "exactly one", id="both ways"),
    pytest.param(asked("snapshot", revision=99), "revision-gone", "99", id="a snapshot of the future"),
    pytest.param(opening(5), "bad-message", "doc: has to be a string", id="a name that is a number"),
    pytest.param(opening(""), "bad-document-name", "empty", id="an empty name"),
    pytest.param(opening("n" * 201), "bad-document-name", "at most 200", id="a name of 201 characters"),
    pytest.param(opening("a\nb"), "bad-document-name", "U+000A stands at 1", id="a line end in a name"),
    pytest.param(opening("\x1b[31m"), "bad-document-name", "U+001B stands at 0", id="an escape in a name"),
    pytest.param(opening("a\u2028b"), "bad-document-name", "U+2028", id="a line separator in a name"),
    pytest.param(opening(".."), "bad-document-name", "'..'", id="two dots for a name"),
    pytest.param(opening("a/../b"), "bad-document-name", "'..'", id="two dots in a name"),
    pytest.param(opening("/etc"), "bad-document-name", "'/'", id="a name from the root"),
    pytest.param(opening("e\u0301"), "bad-document-name", "NFC", id="a name not in NFC"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "code", "says"), REFUSED)
async def test_a_message_that_is_wrong_is_refused_and_its_connection_goes_on(
    url: str, healthy: Healthy, message: Any, code: str, says: str
) -> None:
    async with connected(url) as session:
        await session.greet()
        await session.open("notes")
        await session.say(message)
        error = await session.hear()
        assert (error["type"], error["code"], error["fatal"]) == ("error", code, False)
        assert says in error["message"]
        entry = await session.submit("notes", 1, 1, [4, "!"])  # nothing was used up
        assert entry["revision"] == 2
        await healthy.session.hear()
        healthy.revision = 2
        await healthy.notices_nothing()


REJECTED: Final = [
    pytest.param([500, "x"], "invalid-operation", id="beyond the end"),
    pytest.param([{"d": 5}], "invalid-operation", id="deletes beyond the end"),
    pytest.param(["x", "y"], "invalid-operation", id="not in normal form"),
    pytest.param([True, "x"], "invalid-operation", id="a truth for a number"),
    pytest.param("x", "invalid-operation", id="no operation"),
    pytest.param(None, "invalid-operation", id="nothing"),
    pytest.param(["x" * 5_001], "too-large", id="over the limit"),
]


@pytest.mark.parametrize(("op", "code"), REJECTED)
async def test_an_operation_that_does_not_fit_is_rejected_and_uses_up_its_seq(
    url: str, healthy: Healthy, op: Any, code: str
) -> None:
    async with connected(url) as session:
        await session.greet()
        await session.open("notes")
        await session.say(submit(op=op))
        reject = await session.hear()
        assert (reject["type"], reject["doc"], reject["seq"], reject["code"]) == ("reject", "notes", 1, code)
        assert reject["message"]
        entry = await session.submit("notes", 1, 2, [4, "!"])
        assert entry["revision"] == 2
        await healthy.session.hear()
        healthy.revision = 2
        await healthy.notices_nothing()


@pytest.mark.parametrize(
    ("frame", "code", "close"),
    [
        pytest.param(opening("notes"), "expected-hello", 4000, id="open"),
        pytest.param({"type": "ping"}, "expected-hello", 4000, id="ping"),
        pytest.param(
            {"type": "hello", "client": "c", "resume": "guessed"}, "bad-resume", 4002, id="no secret"
        ),
        pytest.param("x" * 20_001, "message-too-large", 4004, id="oversized"),
    ],
)
async def test_a_connection_that_does_not_begin_with_a_hello_of_its_own_ends(
    url: str, healthy: Healthy, frame: Any, code: str, close: int
) -> None:
    async with connected(url) as session:
        await session.say(frame)
        error = await session.hear()
        assert (error["code"], error["fatal"]) == (code, True)
        assert await session.hear_close() == close
    await healthy.notices_nothing()


async def test_a_name_may_be_long_and_of_any_script(url: str, healthy: Healthy) -> None:
    async with connected(url) as session:
        await session.greet()
        for name in ("n" * 200, "日記/2026/冬", "🦊", "a..b", ".hidden"):
            assert (await session.open(name))["doc"] == name
    await healthy.notices_nothing()


@pytest.mark.parametrize(
    ("sent", "close"),
    [
        pytest.param(frame(0x81, b'"\xff\xfe"'), 1007, id="invalid UTF-8"),
        pytest.param(frame(0x81, b'"\xed\xa0\x80"'), 1007, id="a surrogate in UTF-8"),
        pytest.param(frame(0xC1, b"{}"), 1002, id="compressed, which was not agreed on"),
        pytest.param(frame(0x83, b"{}"), 1002, id="an opcode that there is not"),
        pytest.param(frame(0x09, b"x"), 1002, id="a ping in parts"),
    ],
)
async def test_a_frame_that_is_no_websocket_ends_its_connection_with_the_code_of_the_standard(
    url: str, healthy: Healthy, sent: bytes, close: int
) -> None:
    async with upgraded(url) as (reader, writer):
        writer.write(sent)
        assert await reader.readexactly(4) == b"\x88\x02" + close.to_bytes(2)
        assert await reader.read() == b""
    await healthy.notices_nothing()
