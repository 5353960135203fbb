"""Whoever waits for something may give up at any moment: nothing is lost, and the next try is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from tests.transport.served import PATIENCE, Served
from transport import Connection, Document, connect

TURNS: Final = (*range(25), 10**9)
"""Turns of the event loop after which somebody gives up, if the answer has not come by then."""


async def given_up(call: Coroutine[Any, Any, object], turns: int) -> bool:
    """Wait for so many turns of the event loop, then give up; tell whether the answer came before that."""
    task = asyncio.ensure_future(call)
    for _ in range(turns):
        if task.done():
            break
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    return not task.cancelled()


async def opened(connection: Connection) -> Document:
    async with asyncio.timeout(PATIENCE):
        return await connection.open("notes", doc_type="text")


async def test_an_open_may_be_given_up_at_any_moment_and_asked_for_again() -> None:
    outcomes = set()
    async with Served() as served, connect(served.url) as connection:
        for turns in TURNS:
            late = await given_up(connection.open("notes", doc_type="text"), turns)
            outcomes.add(late)
            if late:
                connection._documents["notes"].close()
            doc = await opened(connection)
            doc.submit([f"{turns} "])
            await doc.settled()
            doc.close()
        doc = await opened(connection)
        assert str(doc.snapshot).split() == [str(turns) for turns in reversed(TURNS)]
        assert not doc.handed_back
    assert outcomes == {False, True}, "given up only before the answer, or only after it"


async def test_waiting_for_an_acknowledgement_may_be_given_up_and_the_edit_lands_all_the_same() -> None:
    outcomes = set()
    async with Served() as served, connect(served.url) as connection:
        doc = await opened(connection)
        for turns in TURNS:
            doc.submit([f"{turns} "])
            outcomes.add(await given_up(doc.settled(), turns))
        async with asyncio.timeout(PATIENCE):
            await doc.settled()
        assert str(doc.snapshot).split() == [str(turns) for turns in reversed(TURNS)]
    assert outcomes == {False, True}, "given up only before the answer, or only after it"


async def test_a_question_that_was_given_up_does_not_answer_the_next() -> None:
    outcomes = set()
    async with Served() as served, connect(served.url) as connection:
        doc = await opened(connection)
        for number in range(1, 4):
            doc.submit([f"{number} "])
            await doc.settled()
        for turns in TURNS:
            outcomes.add(await given_up(doc.history(after=0, limit=1), turns))
            async with asyncio.timeout(PATIENCE):
                asked = await doc.history(after=2, limit=1)
            assert [entry.revision for entry in asked.entries] == [3]
        assert connection._requests == {}
    assert outcomes == {False, True}, "given up only before the answer, or only after it"
