"""A client whose server, or whatever stands between, says things twice, in disorder, or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

import transport.upkeep
from ot import Entry
from tests.transport.served import PATIENCE, Served
from tests.transport.test_client_state import following, opened, sent
from transport import Document, connect
from transport.client_state import ClientState
from transport.messages import Ack, Open, Operations, Reject, Submit

DOC: Final = "notes"


def said(*revisions: int, client: str = "bob") -> Operations:
    """Return entries at these revisions, each an insert of its own letter at the start."""
    entries = tuple(Entry(one, client, one, ["abcdefgh"[one]]) for one in revisions)
    return Operations(DOC, entries, f"t{revisions[-1]}")


def held(client: ClientState) -> tuple[int, str, object]:
    state = client.documents[DOC].state
    assert state is not None
    return state.revision, state.tag, state.snapshot


def test_entries_that_come_twice_are_taken_in_once() -> None:
    client = following()
    for message in (said(1), said(1), said(1, 2), said(2), said(1, 2, 3), said(2, 3)):
        assert not any(isinstance(one, Open) for one in sent(client.received(message, 0.0)))
    assert held(client) == (3, "t3", "dcb")


@pytest.mark.parametrize(
    "message", [said(3), said(2, 4), said(3, 2), said(4, 3, 2)], ids=["skips", "with a hole", "back", "down"]
)
def test_entries_that_do_not_follow_are_not_taken_in_and_the_document_is_opened_anew(
    message: Operations,
) -> None:
    client = following()
    client.received(said(1), 0.0)
    before = held(client)
    (asked,) = sent(client.received(message, 0.0))
    assert isinstance(asked, Open)
    assert (asked.revision, asked.tag) == (1, "t1")
    assert held(client) == before


def test_an_acknowledgement_of_what_is_not_under_way_changes_nothing() -> None:
    client = following()
    client.edit(DOC, ["x"], None, 0.0)
    for message in (Ack(DOC, 7, 1, ["x"]), Reject(DOC, 7, "forbidden", ""), Ack("other", 1, 1, ["x"])):
        assert client.received(message, 0.0) == []
    assert held(client) == (0, "t0", "x")
    assert not client.settled


def test_an_acknowledgement_of_what_has_not_landed_is_not_believed() -> None:
    """A forged one: what is true is in the log, and that is asked for."""
    client = following()
    client.edit(DOC, ["x"], None, 0.0)
    (asked,) = sent(client.received(Ack(DOC, 1, 9, ["y"]), 0.0))
    assert isinstance(asked, Open)
    assert (asked.revision, asked.inflight) == (0, 1)
    assert not client.settled
    again = sent(client.received(opened(resumed=True, entries=(), seq=0), 0.0))
    assert again == [Submit(DOC, 0, 1, ["x"])]


# On the way.


class Tampering:
    """A TCP proxy that puts bytes from the server in another one's place, until it is told to stop."""

    def __init__(self, port: int, what: bytes, other: bytes) -> None:
        assert len(what) == len(other), "the frame says how long it is"
        self._port, self._what, self._other = port, what, other
        self.tampered = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, to_them = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._copy(reader, to_them), self._copy(theirs, writer, tamper=True))

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, tamper: bool = False
    ) -> None:
        while data := await reader.read(64 * 1024):
            if tamper and self._what in data and not self.tampered:
                self.tampered += 1
                data = data.replace(self._what, self._other)
            writer.write(data)
        writer.close()


@asynccontextmanager
async def tampered(served: Served, what: bytes, other: bytes) -> AsyncIterator[tuple[str, Tampering]]:
    proxy = Tampering(served.port, what, other)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/sync", proxy
    finally:
        server.close()


async def test_a_letter_that_became_another_on_its_way_is_noticed_and_put_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport.upkeep, "HASH_EVERY", 0.0)
    monkeypatch.setattr("transport.hub.TICK", 0.02)
    async with (
        Served() as served,
        connect(served.url) as ours,
        tampered(served, b"apple", b"ample") as (url, proxy),
        connect(url) as theirs,
    ):
        right, misled = await ours.open(DOC, doc_type="text"), await theirs.open(DOC)
        right.submit(["an apple "])
        await misled.until(lambda: misled.snapshot == "an ample ")
        await typed_until_equal(right, misled)
        assert proxy.tampered == 1
        assert served.hub.connections, "nobody was sent away"


async def typed_until_equal(right: Document, misled: Document) -> None:
    """Type on, as people do, until a hash has told that the two are not the same."""
    async with asyncio.timeout(PATIENCE):
        while misled.snapshot != right.snapshot:
            right.submit(["."])
            await right.settled()
            await asyncio.sleep(0.02)  # the pace of typing
    assert "an apple" in str(misled.snapshot)
