"""The hub over real sockets: slow readers, identities, draining, and faults that stay where they are."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import msgpack  # type: ignore[import-untyped]  # ships no types
import pytest

import transport.deliveries
import transport.framing
import transport.hub
import transport.room
from ot import Operation, get_type
from storage import MemoryStore, open_store
from tests.transport.served import Bare, GatedStore, Served, bare, eventually
from transport import MSGPACK, Document, Limits, connect
from transport.subprotocols import JSON_SUBPROTOCOL, MSGPACK_SUBPROTOCOL

TEXT = get_type("text")


async def write(doc: Document, count: int, size: int) -> None:
    for number in range(count):
        doc.submit([f"{number:06}".ljust(size, ".")])
        await doc.settled()


# Slow readers.


async def test_a_reader_that_does_not_read_gets_lagging_costs_bounded_memory_and_catches_up() -> None:
    limits = Limits(outbox_lagging_bytes=64 * 1024, outbox_closed_bytes=512 * 1024)
    async with Served(limits=limits) as served, bare(served, slow=True) as slow:
        opened = await slow.open("notes", doc_type="text")
        async with connect(served.url) as writer:
            doc = await writer.open("notes")
            most = 0
            for _ in range(60):
                await write(doc, 1, 20_000)
                most = max(most, *(c.outbox.size for c in served.hub.connections.values()))
            assert served.metric("lagging_total") == 1
            assert most < 64 * 1024 + 200, "what waits is the first bound and the word that it lags"

            snapshot, revision, tag = opened.get("snapshot", ""), 0, ""
            while (message := await slow.hear())["type"] == "operations":
                for entry in message["entries"]:
                    assert entry["revision"] == revision + 1
                    snapshot, revision = TEXT.apply(snapshot, entry["op"]), entry["revision"]
                tag = message["tag"]
            assert (message["type"], message["revision"]) == ("lagging", revision)
            assert 0 < revision < 60

            again = await slow.open("notes", epoch=opened["epoch"], revision=revision, tag=tag)
            assert again["resumed"] is True
            assert [(e["revision"], e.get("span", 1)) for e in again["entries"]] == [(60, 60 - revision)]
            assert TEXT.apply(snapshot, again["entries"][0]["op"]) == doc.snapshot

            await write(doc, 1, 10)
            (told,) = await slow.hear_until("operations")
            assert [e["revision"] for e in told["entries"]] == [61]


async def test_a_slow_reader_slows_nobody_else() -> None:
    limits = Limits(outbox_lagging_bytes=64 * 1024)
    async with Served(limits=limits) as served, bare(served, slow=True) as slow:
        await slow.open("notes", doc_type="text")
        async with connect(served.url) as writer, connect(served.url) as reader:
            ours, theirs = await writer.open("notes"), await reader.open("notes")
            await write(ours, 80, 20_000)
            await theirs.at_revision(80)
            assert theirs.snapshot == ours.snapshot
            assert served.metric("lagging_total") == 1


async def test_a_document_larger_than_the_outbox_opens_all_the_same() -> None:
    limits = Limits(outbox_lagging_bytes=10_000, outbox_closed_bytes=20_000)
    async with Served(limits=limits) as served, connect(served.url) as ours, connect(served.url) as theirs:
        doc = await ours.open("large", doc_type="text", create="\n" * 500_000)
        doc.submit(["x"])
        await doc.settled()
        assert (await theirs.open("large")).snapshot == doc.snapshot


# Who one is.


async def test_a_hello_that_comes_late_on_an_older_connection_does_not_end_the_newer_one() -> None:
    async with (
        Served() as served,
        bare(served) as first,
        bare(served, greeted=False) as late,
        bare(served, greeted=False) as newer,
    ):
        given = {name: first.welcome[name] for name in ("client", "resume")}
        await newer.hello(**given)
        refusal = await late.hello(**given)
        assert (refusal["code"], refusal["fatal"]) == ("replaced", True)
        await newer.open("notes", doc_type="text")
        await newer.submit("notes", 0, 1, ["x"])
        assert (await newer.hear())["type"] == "operations"


async def test_the_same_client_taken_up_elsewhere_ends_the_older_connection() -> None:
    async with (
        Served() as served,
        bare(served) as older,
        bare(served, greeted=False) as newer,
        bare(served) as other,
    ):
        await older.open("notes", doc_type="text")
        await other.open("notes")
        await older.say(type="presence", doc="notes", revision=0, state={"cursor": 0})
        assert (await other.hear())["state"] == {"cursor": 0}
        given = older.welcome
        welcome = await newer.hello(client=given["client"], resume=given["resume"])
        assert (welcome["client"], welcome["identity"]) == (given["client"], given["identity"])
        heard, close = await older.hear_out()
        assert (heard[-1]["code"], heard[-1]["fatal"], close) == ("replaced", True, 4003)
        gone = await other.hear()
        assert (gone["type"], gone["client"], gone["state"]) == ("presence", given["client"], None)
        await newer.open("notes")
        await newer.submit("notes", 0, 1, ["x"])
        assert (await newer.hear())["type"] == "operations"


async def test_a_secret_of_another_client_is_refused() -> None:
    async with Served() as served, bare(served) as ada, bare(served) as bob:
        async with bare(served, greeted=False) as thief:
            answer = await thief.hello(client=ada.welcome["client"], resume=bob.welcome["resume"])
            assert (answer["type"], answer["code"], answer["fatal"]) == ("error", "bad-resume", True)
            assert await thief.hear_out() == ([], 4002)
        await ada.say(type="ping")
        assert (await ada.hear())["type"] == "pong"


async def test_an_identity_holds_after_a_restart_over_the_same_database(tmp_path: Path) -> None:
    address = f"sqlite:{tmp_path / 'kept.db'}"
    async with Served(make=lambda: open_store(address)) as served:
        async with bare(served) as ada:
            given = ada.welcome
        await served.stop()
        await served.start()
        async with bare(served, greeted=False) as again:
            assert (await again.hello(client=given["client"], resume=given["resume"])) == given


@pytest.mark.parametrize("restart", [False, True])
async def test_a_repeated_submission_is_acknowledged_with_the_revision_of_the_first(
    restart: bool, tmp_path: Path
) -> None:
    address = f"sqlite:{tmp_path / 'kept.db'}"
    async with Served(make=lambda: open_store(address)) as served:
        async with bare(served) as ada:
            await ada.open("notes", doc_type="text")
            await ada.submit("notes", 0, 1, ["x"])
            (landed,) = await ada.hear_until("operations")
            given = ada.welcome
        if restart:
            await served.stop()
            await served.start()
        async with bare(served, greeted=False) as again:
            await again.hello(client=given["client"], resume=given["resume"])
            opened = await again.open("notes")
            assert (opened["seq"], opened["snapshot"]) == (1, "x")
            for _ in range(2):
                await again.submit("notes", 0, 1, ["x"])
                ack = await again.hear()
                assert (ack["type"], ack["seq"], ack["revision"]) == ("ack", 1, 1)
                assert ack["op"] == landed["entries"][0]["op"]
            await again.submit("notes", 0, 1, ["other"])
            assert (await again.hear())["code"] == "seq-reused"


# Draining.


async def test_draining_says_goodbye_finishes_what_is_queued_and_asks_to_come_back() -> None:
    store = GatedStore()
    async with Served(store) as served, bare(served) as ada:
        await ada.open("notes", doc_type="text")
        store.gate.clear()
        await ada.submit("notes", 0, 1, ["x"])
        await eventually(lambda: store.waiting)
        stopping = asyncio.create_task(served.stop())
        goodbye = await ada.hear()
        assert (goodbye["type"], goodbye["reason"]) == ("goodbye", "draining")
        assert goodbye["retry_after"] > 0
        assert not stopping.done()
        store.gate.set()
        heard, close = await ada.hear_out()
        assert [message["type"] for message in heard] == ["operations", "error"]
        assert (heard[1]["code"], heard[1]["fatal"], close) == ("draining", True, 4101)
        await stopping
    assert len(await store.all_entries("notes")) == 1


async def test_a_server_that_is_draining_takes_nobody_in() -> None:
    async with Served() as served, bare(served) as ada:
        store_waits = asyncio.create_task(served.hub.drain())
        await ada.hear_until("goodbye")
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(served.url)
        assert refused.value.status == 503
        await ada.hear_out()
        await store_waits


# The handshake.


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 101),
        ("https://127.0.0.1:{port}", 101),
        ("https://example.org", 101),
        ("http://127.0.0.1", 403),
        ("http://127.0.0.1:{port}.example.com", 403),
        ("http://127.0.0.1:{port}@example.com", 403),
        ("http://example.com/127.0.0.1:{port}", 403),
        ("http://localhost:{port}", 403),
        ("http://example.org", 403),
        ("https://example.org.example.com", 403),
        ("https://notexample.org", 403),
        ("https://example.org:8443", 403),
        ("null", 403),
        ("", 403),
        ("http://[::1", 403),
        ("file://", 403),
    ],
)
async def test_only_pages_of_the_same_host_and_those_allowed_may_connect(origin: str, status: int) -> None:
    async with Served(origins=("https://example.org",)) as served, aiohttp.ClientSession() as http:
        headers = {"Origin": origin.format(port=served.port)}
        try:
            async with http.ws_connect(served.url, headers=headers):
                answered = 101
        except aiohttp.WSServerHandshakeError as error:
            answered = error.status
        assert answered == status


@pytest.mark.parametrize("protocols", [(), ("chat",), (JSON_SUBPROTOCOL, MSGPACK_SUBPROTOCOL)])
async def test_json_is_spoken_where_nothing_else_was_agreed_on(protocols: tuple[str, ...]) -> None:
    async with Served() as served, bare(served, protocols=protocols) as ada:
        assert ada.welcome["type"] == "welcome"
        assert ada.ws.protocol == (JSON_SUBPROTOCOL if JSON_SUBPROTOCOL in protocols else None)


async def test_messagepack_goes_in_binary_frames() -> None:
    async with (
        Served() as served,
        aiohttp.ClientSession() as http,
        http.ws_connect(served.url, protocols=(MSGPACK_SUBPROTOCOL,)) as ws,
    ):
        assert ws.protocol == MSGPACK_SUBPROTOCOL
        await ws.send_bytes(msgpack.packb({"type": "hello"}))
        assert msgpack.unpackb(await ws.receive_bytes())["type"] == "welcome"


async def test_both_codecs_meet_in_one_room() -> None:
    async with Served() as served, connect(served.url) as ours, connect(served.url, codec=MSGPACK) as theirs:
        a = await ours.open("notes", doc_type="text")
        b = await theirs.open("notes")
        for number in range(20):
            a.submit([f"a{number} "])
            b.submit([f"b{number} "])
        await ours.settled()
        await theirs.settled()
        newest = max(a.revision, b.revision)
        await a.at_revision(newest)
        await b.at_revision(newest)
        assert a.snapshot == b.snapshot
        words = str(a.snapshot).split()
        assert sorted(words) == sorted([f"{who}{number}" for who in "ab" for number in range(20)])


async def test_a_batch_is_framed_once_a_codec_however_many_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    framed: list[bool] = []
    plain = transport.framing.framed

    def counting(payload: bytes, *, binary: bool) -> bytes:
        framed.append(binary)
        return plain(payload, binary=binary)

    monkeypatch.setattr(transport.deliveries, "framed", counting)
    async with (
        Served() as served,
        connect(served.url) as a,
        connect(served.url) as b,
        connect(served.url) as c,
        connect(served.url, codec=MSGPACK) as d,
        connect(served.url, codec=MSGPACK) as e,
    ):
        docs = [await one.open("notes", doc_type="text") for one in (a, b, c, d, e)]
        docs[0].submit(["x"])
        for doc in docs:
            await doc.at_revision(1)
    assert sorted(framed) == [False, True]


# Faults stay where they are.


@pytest.mark.parametrize(("frame", "close"), [("{", 4000), ('{"type":"hello"}', 4000), ("x" * 3_000, 4004)])
async def test_a_connection_that_is_ended_for_what_it_said_harms_no_other(frame: str, close: int) -> None:
    async with (
        Served(limits=Limits(message_bytes=2_000)) as served,
        bare(served) as bad,
        bare(served) as good,
    ):
        await bad.open("notes", doc_type="text")
        await good.open("notes")
        await bad.ws.send_str(frame)
        heard, code = await bad.hear_out()
        assert (heard[-1]["fatal"], code) == (True, close)
        await good.submit("notes", 0, 1, ["x"])
        assert (await good.hear())["type"] == "operations"
    assert served.metric("sessions") == 0


async def test_a_document_that_this_server_cannot_read_is_refused_and_others_are_served() -> None:
    store = MemoryStore()
    await store.create("odd", "of-another-world", "e", {}, "t")
    async with Served(store) as served, bare(served) as ada:
        await ada.say(type="open", doc="odd")
        closed = await ada.hear()
        assert (closed["type"], closed["doc"]) == ("closed", "odd")
        assert (await ada.open("notes", doc_type="text"))["revision"] == 0


async def test_what_waits_when_a_room_breaks_is_answered_once() -> None:
    store = MemoryStore()
    await store.create("odd", "of-another-world", "e", {}, "t")
    async with Served(store) as served, bare(served) as ada, bare(served) as bob:
        for one in (ada, bob):
            await one.say(type="open", doc="odd")
            await one.say(type="ping", nonce=1)
        for one in (ada, bob):
            heard = [await one.hear(), await one.hear()]
            assert sorted(message["type"] for message in heard) == ["closed", "pong"]
            await one.say(type="ping", nonce=2)
            assert (await one.hear())["nonce"] == 2


async def test_a_bug_in_a_session_ends_that_session_and_tells_its_peer_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Served() as served, bare(served) as bad, bare(served) as good:

        def broken(*_: Any) -> list[Any]:
            raise RuntimeError("secret detail")

        connection = served.hub.connections[next(iter(served.hub.connections))]
        monkeypatch.setattr(type(connection.session), "received", broken)
        await bad.say(type="ping")
        heard, close = await bad.hear_out()
        assert (heard[-1]["code"], close) == ("internal-error", 4103)
        assert "secret detail" not in str(heard)
        monkeypatch.undo()
        await good.say(type="ping")
        assert (await good.hear())["type"] == "pong"


async def test_a_flood_of_presences_is_limited_and_leaves_no_trace_in_the_log() -> None:
    store = GatedStore()
    async with (
        Served(store, limits=Limits(presences_per_second=1)) as served,
        bare(served) as flood,
        bare(served) as other,
    ):
        await other.open("notes", doc_type="text")
        await flood.open("notes")
        large = {f"key {number}": number for number in range(150)}  # within what one may be
        for number in range(200):
            await flood.say(
                type="presence", doc="notes", revision=0, state={"cursor": 10**9, "n": number, **large}
            )
        await flood.say(type="ping")
        refused = await flood.hear_until("pong")
        assert {message["code"] for message in refused[:-1]} == {"rate-limited"}
        assert len(refused) > 100
        await flood.submit("notes", 0, 1, ["x"])
        heard = await other.hear_until("operations")
        assert {message["type"] for message in heard[:-1]} == {"presence"}
        assert len(heard) + len(refused) <= 200 + 2, "who hears them hears no more than were let through"
        assert [entry.op for entry in await store.all_entries("notes")] == [["x"]]


# Memory and metrics.


def series(served: Served) -> int:
    lines = served.hub.metrics.exposition().decode().splitlines()
    return sum(1 for line in lines if not line.startswith("#"))


async def test_the_number_of_metrics_does_not_grow_with_documents_clients_or_what_they_send() -> None:
    async with Served() as served:

        async def visit(doc: str, op: Operation) -> None:
            async with bare(served) as ada:
                await ada.open(doc, doc_type="text")
                await ada.submit(doc, 0, 1, op)
                await ada.hear()
                await ada.say(type=f"type-{doc}")
                await ada.hear()

        await visit("first", ["x"])
        await visit("second", [{"d": 1}])
        before = series(served)
        for number in range(10):
            await visit(f"doc-{number}", ["x"] if number % 2 else [{"d": 1}])
        assert series(served) == before
        assert served.metric("operations_total") == 6
        assert served.metric("rejects_total", code="invalid-operation") == 6


async def test_rooms_that_nobody_is_in_leave_memory_with_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.room, "IDLE", 0.0)
    monkeypatch.setattr(transport.hub, "TICK", 0.01)
    store = MemoryStore()
    async with Served(store) as served:
        async with connect(served.url) as ada:
            doc = await ada.open("notes", doc_type="text")
            doc.submit(["x"])
            await doc.settled()
            assert list(served.hub.rooms) == ["notes"]
        await eventually(lambda: not served.hub.rooms and not served.hub._tasks)
        assert served.metric("rooms") == 0
        stored = await store.load("notes")
        assert stored is not None and (stored.revision, stored.snapshot) == (1, "x")
        async with connect(served.url) as ada:
            assert (await ada.open("notes")).snapshot == "x"


async def test_connections_leave_nothing_behind() -> None:
    async with Served() as served:
        for _ in range(3):
            async with bare(served) as ada:
                await ada.open("notes", doc_type="text")
        await eventually(lambda: not served.hub.connections)
        assert served.hub.rooms["notes"].here.sessions == ()
        assert (served.hub._members, served.hub._session_of) == ({}, {})


async def answer_to(ada: Bare, doc: str) -> str:
    await ada.say(type="open", doc=doc)
    kind: str = (await ada.hear())["type"]
    return kind


async def test_a_closed_document_says_nothing_more_until_it_is_opened_again() -> None:
    async with Served() as served, bare(served) as ada, bare(served) as bob:
        await ada.open("notes", doc_type="text")
        await bob.open("notes")
        await ada.say(type="close", doc="notes")
        await ada.say(type="ping")
        assert (await ada.hear())["type"] == "pong"
        await bob.submit("notes", 0, 1, ["x"])
        assert (await bob.hear())["type"] == "operations"
        assert await answer_to(ada, "notes") == "opened"
