"""A server killed again and again while two clients type: each token of theirs is there once, and stays."""

from __future__ import annotations

import asyncio
from typing import Final

from tests.server_process import ServerProcess
from transport import Document, connect

KILLS: Final = 3
BETWEEN: Final = 25  # revisions from one to the next, so that both are in the middle of it
TOKENS: Final = 200  # of each client: more than what lands between the kills
PATIENCE: Final = 120.0  # seconds: three starts of a server, and clients that back off meanwhile


def tokens(name: str) -> list[str]:
    return [f"{name}{number}" for number in range(TOKENS)]


async def type_all(document: Document, name: str) -> None:
    """Type ahead of what is acknowledged: something is always inflight, and something waits."""
    for token in tokens(name):
        document.submit([f"{token} "])
        await document.until(lambda: document.pending < 2)
    await document.settled()


async def kill_and_start(server: ServerProcess, document: Document) -> None:
    for number in range(1, KILLS + 1):
        await document.until(lambda number=number: document.revision >= number * BETWEEN)  # type: ignore[misc]
        await server.kill()
        await server.start()


async def test_both_clients_come_back_by_themselves_and_nothing_is_lost_or_doubled(
    server: ServerProcess,
) -> None:
    url = f"ws://127.0.0.1:{server.port}/sync"
    async with connect(url) as ours, connect(url) as theirs:
        our_doc = await ours.open("notes", doc_type="text")
        their_doc = await theirs.open("notes", doc_type="text")
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            tasks.create_task(type_all(our_doc, "a"))
            tasks.create_task(type_all(their_doc, "b"))
            tasks.create_task(kill_and_start(server, their_doc))
        async with connect(url) as reader:
            document = await reader.open("notes")
            text, revision = document.snapshot, document.revision
        await our_doc.at_revision(revision)
        await their_doc.at_revision(revision)
        assert sorted(text.split()) == sorted(tokens("a") + tokens("b"))
        assert our_doc.snapshot == their_doc.snapshot == text
        assert (our_doc.repairs, their_doc.repairs) == (0, 0)
        assert not our_doc.handed_back and not their_doc.handed_back
