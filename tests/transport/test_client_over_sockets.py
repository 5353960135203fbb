"""The Python client against a real server: cut off, refused, limited, restarted, and right in the end."""

from __future__ import annotations

import asyncio

import pytest

import transport.client_document
from ot import ABSENT, Acknowledged, Changed, Entry, HandedBack, InvalidOperation, Json
from tests.transport.served import PATIENCE, GatedStore, Served, all_at_one, bare, eventually, tokens
from transport import (
    Change,
    ConnectionStopped,
    DocumentClosed,
    Limits,
    RequestFailed,
    TooManyChanges,
    connect,
)
from transport.client_state import ClientState
from transport.token_bucket import TokenBucket

# Two of them.


async def test_edits_made_at_once_converge_and_keep_every_word() -> None:
    async with Served() as served, connect(served.url) as ours, connect(served.url) as theirs:
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        a.submit(["one two "])
        b.submit(["three "])
        a.submit([4, "four "])
        assert tokens(await all_at_one(a, b)) == ["four", "one", "three", "two"]


async def test_a_local_edit_shows_at_once_and_settles_when_it_is_in_the_log() -> None:
    store = GatedStore()
    async with Served(store) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        store.gate.clear()
        doc.submit(["x"])
        assert (doc.snapshot, doc.revision, doc.synchronized, doc.pending) == ("x", 0, False, 1)
        waiting = asyncio.create_task(doc.settled())
        await eventually(lambda: store.waiting)
        assert not waiting.done()
        store.gate.set()
        await waiting
        assert (doc.snapshot, doc.revision, doc.synchronized, doc.pending) == ("x", 1, True, 0)


async def test_changes_yields_ones_own_and_those_of_others_and_they_lead_to_the_snapshot() -> None:
    async with Served() as served, connect(served.url) as ours, connect(served.url) as theirs:
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        seen: list[Change] = []

        async def read() -> None:
            async for change in a.changes():
                seen.append(change)

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        a.submit(["mine "])
        await all_at_one(a, b)
        b.submit(["theirs "])
        await all_at_one(a, b)
        await ours.close()
        await reading
    assert [(c.op, c.author) for c in seen if isinstance(c, Changed)] == [
        (["mine "], "local"),
        (["theirs "], "foreign"),
    ]
    assert not any(isinstance(change, Acknowledged) for change in seen)


async def test_a_reader_of_changes_that_does_not_keep_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.client_document, "CHANGES", 3)
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")

        async def read() -> None:
            async for _ in doc.changes():
                pass

        for count, kept_up in ((3, True), (10, False)):
            reading = asyncio.create_task(read())
            await asyncio.sleep(0)  # it waits for the first change now
            for _ in range(count):
                doc.submit(["x"])
            if kept_up:
                await doc.settled()
                assert not reading.done()
                reading.cancel()
            else:
                with pytest.raises(TooManyChanges):
                    await reading
        assert doc.snapshot == "x" * 13


async def test_undo_takes_back_only_ones_own_words_and_redo_brings_them_back() -> None:
    async with Served() as served, connect(served.url) as ours, connect(served.url) as theirs:
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        a.submit(["mine"])
        await all_at_one(a, b)
        b.submit([2, "THEIRS"])
        assert await all_at_one(a, b) == "miTHEIRSne"
        a.undo()
        assert await all_at_one(a, b) == "THEIRS"
        a.redo()
        assert await all_at_one(a, b) == "miTHEIRSne"
        b.undo()
        assert await all_at_one(a, b) == "mine"


async def test_edits_of_one_group_are_undone_as_one() -> None:
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.submit(["before "])
        doc.submit([7, "a"], group=1)
        await doc.settled()
        doc.submit([8, "b"], group=1)
        doc.undo()
        assert doc.snapshot == "before "


async def test_people_show_where_others_are_while_the_text_moves_and_go_when_they_go() -> None:
    async with Served() as served, connect(served.url) as ours:
        a = await ours.open("notes", doc_type="text", create="hello")
        async with connect(served.url) as theirs:
            b = await theirs.open("notes")
            await b.set_presence({"cursor": 5, "name": "Bo"})
            await a.until(lambda: bool(a.people))
            assert theirs.client is not None
            assert a.people[theirs.client].state == {"cursor": 5, "name": "Bo"}
            a.submit(["oh, "])
            assert a.people[theirs.client].state == {"cursor": 9, "name": "Bo"}
            assert b.people == {}
        await a.until(lambda: not a.people)


# The past.


async def test_history_and_earlier_snapshots_can_be_read() -> None:
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        for word in ("a", "b", "c", "d"):
            doc.submit([word])
            await doc.settled()
        forwards = await doc.history(after=0, limit=3)
        assert ([e.op for e in forwards.entries], forwards.more) == ([["a"], ["b"], ["c"]], True)
        rest = await doc.history(after=3)
        assert ([e.op for e in rest.entries], rest.more) == ([["d"]], False)
        backwards = await doc.history(before=4, limit=2)
        assert ([e.op for e in backwards.entries], backwards.more) == ([["c"], ["b"]], True)
        last = await doc.history(before=2, limit=2)
        assert ([e.op for e in last.entries], last.more) == ([["a"]], False)
        assert [await doc.snapshot_at(revision) for revision in range(5)] == ["", "a", "ba", "cba", "dcba"]
        with pytest.raises(RequestFailed, match="revision-gone"):
            await doc.snapshot_at(9)


async def test_a_request_whose_connection_is_lost_fails_and_can_be_asked_again() -> None:
    class SlowPast(GatedStore):
        async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
            self.waiting += 1
            await self.gate.wait()
            return await super().entries(doc, after=after, until=until)

    store = SlowPast()
    async with Served(store) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        store.gate.clear()
        asked = asyncio.create_task(doc.history(after=0))
        await eventually(lambda: store.waiting)
        served.cut()
        with pytest.raises(RequestFailed, match="connection-lost"):
            await asked
        store.gate.set()
        await eventually(lambda: connection.phase == "online")
        assert (await doc.history(after=0)).entries == ()


async def test_a_request_without_a_connection_fails_at_once() -> None:
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        await served.stop()
        await eventually(lambda: connection.phase == "waiting")
        with pytest.raises(RequestFailed, match="connection-lost"):
            await asyncio.wait_for(doc.history(after=0), PATIENCE)
        with pytest.raises(RequestFailed, match="connection-lost"):
            await asyncio.wait_for(doc.snapshot_at(0), PATIENCE)


# Refused.


async def test_a_reject_hands_back_what_was_refused_and_keeps_the_buffer() -> None:
    store = GatedStore()
    async with Served(store, Limits(document_bytes=100)) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text", create="kept")
        store.gate.clear()
        doc.submit(["x" * 200])
        await eventually(lambda: store.waiting)
        doc.submit([204, " and this"])
        store.gate.set()
        await asyncio.wait_for(doc.settled(), PATIENCE)
        assert doc.snapshot == "kept and this"
        (handed,) = doc.handed_back
        assert handed.code == "too-large"
        assert handed.ops == (["x" * 200], [204, " and this"])
        assert [entry.op for entry in await store.all_entries("notes")] == [[4, " and this"]]


async def test_what_a_type_refuses_is_raised_at_once_and_changes_nothing() -> None:
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        for wrong in ([{"d": 1}], [5], "x", [-1]):
            with pytest.raises(InvalidOperation):
                doc.submit(wrong)
        assert (doc.snapshot, doc.synchronized) == ("", True)


async def test_a_client_that_is_rate_limited_settles_in_the_end() -> None:
    limits = Limits(submissions_per_second=20, submission_burst=3)
    async with Served(limits=limits) as served, connect(served.url) as connection:
        docs = [await connection.open(f"doc-{number}", doc_type="text") for number in range(10)]
        connection._state._submissions = TokenBucket(1e9, 1e9)  # it heeds no rate of its own
        for doc in docs:
            doc.submit(["a"])
            doc.submit([1, "b"])
        await asyncio.wait_for(connection.settled(), PATIENCE)
        assert served.metric("errors_total", code="rate-limited") > 0
    async with Served(served.hub.store) as again, connect(again.url) as reader:
        assert [(await reader.open(doc.doc)).snapshot for doc in docs] == ["ab"] * 10


async def test_a_client_that_heeds_the_rate_is_never_limited() -> None:
    limits = Limits(submissions_per_second=100, submission_burst=3)
    async with Served(limits=limits) as served, connect(served.url) as connection:
        docs = [await connection.open(f"doc-{number}", doc_type="text") for number in range(10)]
        for doc in docs:
            doc.submit(["a"])
        await asyncio.wait_for(connection.settled(), PATIENCE)
        assert served.metric("errors_total", code="rate-limited") <= 2  # the network may bunch a few


@pytest.mark.parametrize("lands", [False, True])
async def test_a_store_that_is_away_for_a_while_costs_nothing_and_doubles_nothing(lands: bool) -> None:
    store = GatedStore()
    async with Served(store) as served, connect(served.url) as ours, connect(served.url) as theirs:
        a, b = await ours.open("notes", doc_type="text"), await theirs.open("notes")
        if lands:
            store.forgets_to_answer = 1
        else:
            store.away = True
        a.submit(["x "])
        await eventually(lambda: served.metric("errors_total", code="unavailable"))
        store.away = False
        b.submit(["y "])
        assert tokens(await all_at_one(a, b)) == ["x", "y"]
        assert len(await store.all_entries("notes")) == 2


@pytest.mark.parametrize(
    ("doc", "doc_type", "create", "code"),
    [
        ("notes", None, ABSENT, "no-such-document"),
        ("notes", "no-such-type", ABSENT, "unknown-doc-type"),
        ("notes", "text", 5, "bad-create"),
        ("there", "json1", ABSENT, "wrong-doc-type"),
        ("..", "text", ABSENT, "bad-document-name"),
        ("", "text", ABSENT, "bad-document-name"),
        ("x" * 201, "text", ABSENT, "bad-document-name"),
    ],
)
async def test_a_document_that_cannot_be_opened_says_why(
    doc: str, doc_type: str | None, create: Json, code: str
) -> None:
    async with Served() as served, connect(served.url) as connection, connect(served.url) as other:
        await other.open("there", doc_type="text")
        with pytest.raises(DocumentClosed) as refused:
            await asyncio.wait_for(connection.open(doc, doc_type=doc_type, create=create), PATIENCE)
        assert (refused.value.code, refused.value.doc) == (code, doc)
        assert (await connection.open("another", doc_type="text")).snapshot == ""


async def test_documents_beyond_the_limit_are_refused() -> None:
    async with Served(limits=Limits(documents=1)) as served, connect(served.url) as connection:
        doc = await connection.open("one", doc_type="text")
        with pytest.raises(DocumentClosed, match="too-many-documents"):
            await connection.open("two", doc_type="text")
        doc.close()
        assert (await connection.open("two", doc_type="text")).snapshot == ""


# The end.


async def test_leaving_waits_for_what_was_not_acknowledged() -> None:
    store = GatedStore()
    async with Served(store) as served:
        async with connect(served.url) as connection:
            (await connection.open("notes", doc_type="text")).submit(["x"])
        assert [entry.op for entry in await store.all_entries("notes")] == [["x"]]


async def test_a_client_whose_identity_is_taken_up_elsewhere_stops_and_does_not_come_back() -> None:
    async with Served() as served, connect(served.url) as ours:
        doc = await ours.open("notes", doc_type="text")
        changes = doc.changes()
        async with bare(served, greeted=False) as later:
            await later.hello(client=ours.client, resume=ours._state.resume)
            assert [change async for change in changes] == []
            assert ours.phase == "stopped"
            with pytest.raises(ConnectionStopped, match="replaced"):
                await ours.open("other", doc_type="text")
            await later.say(type="ping")
            assert (await later.hear())["type"] == "pong"


async def test_a_bug_in_the_client_stops_it_loudly_and_nobody_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Served() as served:
        connection = connect(served.url)
        async with connection:
            doc = await connection.open("notes", doc_type="text")

            def broken(*_: object) -> object:
                raise RuntimeError("a bug")

            monkeypatch.setattr(ClientState, "received", broken)
            doc.submit(["x"])
            with pytest.raises(ConnectionStopped, match="internal-error"):
                await asyncio.wait_for(doc.settled(), PATIENCE)


async def test_whoever_waits_on_a_connection_that_is_closed_is_told() -> None:
    store = GatedStore()
    async with Served(store) as served:
        connection = connect(served.url)
        async with connection:
            doc = await connection.open("notes", doc_type="text")
            store.gate.clear()
            doc.submit(["x"])
            waiting = asyncio.create_task(doc.settled())
            await eventually(lambda: store.waiting)
            await connection.close()
            with pytest.raises(ConnectionStopped):
                await waiting
        store.gate.set()


async def test_a_closed_document_refuses_edits_and_can_be_opened_again() -> None:
    async with Served() as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")
        doc.submit(["x"])
        await doc.settled()
        with pytest.raises(ValueError, match="open on this connection already"):
            await connection.open("notes")
        doc.close()
        doc.close()
        with pytest.raises(DocumentClosed):
            doc.submit(["y"])
        again = await connection.open("notes")
        assert (again.snapshot, again.revision) == ("x", 1)
        again.submit(["y"])
        await asyncio.wait_for(again.settled(), PATIENCE)


async def test_what_is_handed_back_is_among_the_changes() -> None:
    async with Served(limits=Limits(document_bytes=10)) as served, connect(served.url) as connection:
        doc = await connection.open("notes", doc_type="text")

        async def handed_back() -> HandedBack:
            async for change in doc.changes():
                if isinstance(change, HandedBack):
                    return change
            raise AssertionError("it ended without")

        reading = asyncio.create_task(handed_back())
        await asyncio.sleep(0)
        doc.submit(["x" * 20])
        assert (await asyncio.wait_for(reading, PATIENCE)).ops == (["x" * 20],)
        assert doc.snapshot == ""
