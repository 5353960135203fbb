"""Who sends too much, or does not take in what it has asked for, is not read from; nobody else notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final

import aiohttp
import pytest

from storage import MemoryStore
from tests.raw_socket import frame, upgraded
from tests.transport.healthy import nobody_else_notices
from tests.transport.served import Bare, Served, bare, eventually
from transport import Limits
from transport.addresses import Addresses, TooManyFromThere
from transport.connection import Connection

KIB: Final = 1024
MIB: Final = 1024 * KIB


# Messages beyond every limit.


LARGE: Final = Limits(message_bytes=10_000)


def announced(first_byte: int, size: int) -> bytes:
    """Return the header of a frame whose payload is still to come."""
    return bytes([first_byte, 0xFF]) + size.to_bytes(8) + bytes(4)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([announced(0x81, 2**40)], id="a terabyte announced"),
        pytest.param([announced(0x81, 30_000), b"x" * 30_000], id="all of it sent"),
        pytest.param([frame(0x01, b"x" * 100), *[frame(0x00, b"x" * 100)] * 300], id="in fragments"),
        pytest.param([announced(0x81, 30_000), *[b"x" * 10_000] * 200], id="much more sent"),
    ],
)
async def test_what_is_too_large_to_be_read_is_told_so_before_the_close(sent: list[bytes]) -> None:
    async with (
        Served(limits=LARGE) as served,
        nobody_else_notices(served),
        upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer),
    ):
        for part in sent:
            writer.write(part)
        await writer.drain()
        heard = await reader.readuntil(b"message-too-large")
        heard += await reader.readuntil(b"\x0f\xa4message-too-large")  # 4004
        assert b'"fatal":true' in heard
        assert b"the limit is 10000" in heard
        writer.write(frame(0x88, (4004).to_bytes(2)))
        writer.close()
        await eventually(lambda: len(served.hub.connections) == 1)


# Floods.


@pytest.mark.parametrize("opcode", [pytest.param(0x89, id="pings"), pytest.param(0x8A, id="pongs")])
async def test_a_flood_of_control_frames_ends_like_any_flood(opcode: int) -> None:
    async with (
        Served() as served,
        nobody_else_notices(served),
        upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer),
    ):
        writer.write(frame(0x81, b'{"type":"hello"}'))
        await reader.readuntil(b'"welcome"')
        writer.write(frame(opcode, b"alive?") * 50_000)
        heard = await reader.readuntil(b"\x10\x06overloaded")  # 4102
        answered = heard.count(b"\x8a\x06alive?")
        assert 1_000 < answered < 3_000 if opcode == 0x89 else answered == 0


async def test_a_ping_is_answered_with_what_it_brought_and_in_its_turn() -> None:
    async with Served() as served, upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer):
        writer.write(frame(0x81, b'{"type":"hello"}') + frame(0x89, b"\x00first"))
        assert b'"welcome"' in await reader.readuntil(b"\x8a\x06\x00first")
        writer.write(frame(0x89, b""))
        assert await reader.readexactly(2) == b"\x8a\x00"


async def test_pings_before_hello_are_counted_with_what_comes_before_hello() -> None:
    async with Served() as served, upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer):
        writer.write(frame(0x89, b"") * 21)
        assert (await reader.readuntil(b"\x10\x06overloaded")).count(b"\x8a\x00") == 20


async def test_who_sends_faster_than_allowed_is_read_more_slowly_and_loses_nothing() -> None:
    async with (
        Served(limits=Limits(received_bytes_per_second=20_000)) as served,
        nobody_else_notices(served),
        bare(served) as fast,
    ):
        await fast.open("notes", doc_type="text")
        began = time.perf_counter()
        for seq in range(1, 9):
            await fast.submit("notes", seq - 1, seq, ["x" * 10_000])
        seen = 0
        while seen < 8:
            seen += len((await fast.hear_until("operations"))[-1]["entries"])
        assert time.perf_counter() - began > 1.4  # 40,000 bytes at once, the next three messages 0.5 s each


# Answers that are not taken in.


def of_client(served: Served, one: Bare) -> list[Connection]:
    return [c for c in served.hub.connections.values() if c.session.client == one.welcome["client"]]


def waiting(served: Served, one: Bare) -> int:
    """Return the bytes that the server keeps for a client, beside what the system's buffers hold."""
    (connection,) = of_client(served, one)
    return connection.outbox.size + connection.transport.get_write_buffer_size()


LARGE_ANSWER: Final = 160 * KIB

ASKS: Final[dict[str, Callable[[int], dict[str, Any]]]] = {
    "snapshot": lambda count: {"type": "snapshot", "request": count, "doc": "large", "revision": 0},
    "history": lambda count: {"type": "history", "request": count, "doc": "large", "after": 0, "limit": 9},
    "open": lambda count: {"type": "open", "doc": f"large{count}", "doc_type": "text"},
}


@pytest.mark.parametrize("kind", ASKS)
async def test_who_asks_for_large_answers_and_reads_none_costs_bounded_memory_and_gets_them_all(
    kind: str,
) -> None:
    count, limits = 40, Limits(outbox_lagging_bytes=128 * KIB, outbox_closed_bytes=256 * KIB)
    async with Served(limits=limits) as served:
        async with bare(served) as writer:
            names = ["large", *(f"large{number}" for number in range(count))]
            for doc in names if kind == "open" else names[:1]:
                await writer.open(doc, doc_type="text", create="\n" * (LARGE_ANSWER // 2))
            await writer.submit("large", 0, 1, ["\n" * (LARGE_ANSWER // 4)])
            await writer.hear_until("operations")
        async with nobody_else_notices(served), bare(served, slow=True) as slow:
            await slow.open("large")
            for number in range(count):
                await slow.say(**ASKS[kind](number))
            most = 0
            for _ in range(50):
                await asyncio.sleep(0.01)  # nothing is awaited: it is what does not happen that is looked at
                most = max(most, waiting(served, slow))
            assert most < 14 * LARGE_ANSWER, "all that it asked for would be 40 of them"
            answered = "opened" if kind == "open" else kind
            heard = [await slow.hear() for _ in range(count)]
            assert {message["type"] for message in heard} == {answered}
            if kind == "open":  # of documents of which each has turns of its own
                assert {message["doc"] for message in heard} == set(names[1:])
            else:
                assert [message["request"] for message in heard] == list(range(count))


async def test_who_takes_in_a_large_answer_slowly_is_alive_although_it_is_not_heard() -> None:
    limits = Limits(outbox_lagging_bytes=16 * KIB, dead_seconds=1.0)
    async with Served(limits=limits) as served, bare(served) as writer:
        for number in range(12):
            await writer.open(f"doc{number}", doc_type="text", create="\n" * 100_000)
        async with bare(served, slow=True) as slow:
            for number in range(12):
                await slow.say(type="open", doc=f"doc{number}")
            answered = set()
            for _ in range(12):
                await asyncio.sleep(0.25)  # all of it takes three times as long as a silence may
                await writer.say(type="ping")
                answered.add((await slow.hear())["doc"])
            assert len(answered) == 12


async def test_a_reader_beyond_the_hard_bound_is_told_that_it_is_too_slow_before_it_is_closed() -> None:
    limits = Limits(outbox_lagging_bytes=8 * KIB, outbox_closed_bytes=32 * KIB, presences_per_second=5_000)
    async with Served(limits=limits) as served, nobody_else_notices(served), bare(served, slow=True) as slow:
        docs = [f"doc{number}" for number in range(20)]  # of each, one presence waits: 20 are over the bound
        async with bare(served) as other:
            for doc in docs:
                await slow.open(doc, doc_type="text")
                await other.open(doc)
            (connection,) = of_client(served, slow)
            for number in range(5_000):
                if connection.session.ended:
                    break
                doc = docs[number % len(docs)]
                await other.say(type="presence", doc=doc, revision=0, state="x" * 4_000)
                await other.say(type="ping")
                await other.hear_until("pong")
            heard, close = await slow.hear_out()
        assert close == 4200
        assert (heard[-1]["type"], heard[-1]["code"], heard[-1]["fatal"]) == ("error", "too-slow", True)
        assert "slow" in heard[-1]["message"]


class Awaited(MemoryStore):
    """Asked by a task each time, like a store on a disk: the hub asks only the plain one without."""


@pytest.mark.parametrize("kind", ASKS)
async def test_what_a_peer_asked_for_before_it_left_is_not_fetched_for_nobody(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    frame_of = Connection.frame
    async with Served(Awaited()) as served, bare(served) as gone, nobody_else_notices(served):
        await gone.open("large", doc_type="text")
        (connection,) = of_client(served, gone)

        def counted(self: Connection, message: Any) -> bytes:
            made.extend([message] if self is connection else [])
            return frame_of(self, message)

        monkeypatch.setattr(Connection, "frame", counted)
        for number in range(60):
            await gone.say(**ASKS[kind](number))
        gone.ws._response.connection.transport.abort()  # type: ignore[union-attr]  # as a cable that is cut
        await eventually(lambda: connection.session.id not in served.hub.connections)
        assert len(made) <= 10, "no more than was worked on when it left"
        assert connection.outbox.size == 0
        assert len(served.hub.rooms) < 12


async def test_what_a_peer_submitted_before_it_left_lands() -> None:
    async with Served() as served, bare(served) as gone:
        await gone.open("notes", doc_type="text")
        for seq in range(1, 101):
            await gone.submit("notes", seq - 1, seq, ["x"])
        await gone.ws.close()
        await eventually(lambda: len(served.hub.connections) == 0)
        async with bare(served) as after:
            await eventually(lambda: not served.hub.rooms["notes"].busy)
            assert (await after.open("notes"))["revision"] == 100


# Many connections.


async def test_an_address_gets_no_more_connections_than_it_may_have_until_one_ends() -> None:
    async with Served(limits=Limits(sessions_per_address=3)) as served, aiohttp.ClientSession() as http:
        address = served.url.replace("ws://", "http://")
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
        async with bare(served), bare(served):
            async with bare(served), http.get(address, headers=upgrade) as refused:
                assert (refused.status, await refused.text()) == (
                    429,
                    "too many connections from this address\n",
                )
            await eventually(lambda: len(served.hub.connections) == 2)
            async with bare(served) as after:
                await after.open("notes", doc_type="text")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (None, None, False),
        ("/run/socket", "/run/socket", False),
    ],
)
def test_addresses_of_one_customer_count_together(one: str | None, other: str | None, same: bool) -> None:
    addresses = Addresses(1)
    with ExitStack() as open_connections:
        open_connections.enter_context(addresses.connected(one))
        if same:
            with pytest.raises(TooManyFromThere):
                open_connections.enter_context(addresses.connected(other))
        else:
            open_connections.enter_context(addresses.connected(other))
    assert repr(addresses).count("Counter()") == 1, "what has ended is forgotten"


async def test_hundreds_of_silent_connections_are_held_and_let_go() -> None:
    async with Served(limits=Limits(hello_seconds=8.0)) as served, nobody_else_notices(served):
        crowd = []
        for _ in range(300):
            crowd.append(await asyncio.open_connection("127.0.0.1", served.port))
            _, writer = crowd[-1]
            writer.write(b"GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            writer.write(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        await eventually(lambda: len(served.hub.connections) == 301)
        for reader, writer in crowd:
            await reader.readuntil(b"\x10\x04hello-timeout")  # 4100
            writer.close()
        await eventually(lambda: len(served.hub.connections) == 1)
