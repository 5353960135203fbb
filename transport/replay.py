"""Replay a recorded session through a server, with real clients: what each of them ends with.

A sequential trace is played by any number of clients, who take turns. The two authors of a concurrent
trace are two clients, and before each transaction a client's document holds exactly what its author had
seen, and no more.

That takes a release as late as can be. Every transaction is applied by its author at once and held
back. An author's transactions go out as far as the other one's *next* transaction has seen them: so
whatever the log holds, both may have. It cannot lock up: what a transaction has seen stands before it
in the trace, so it has been made, and nothing keeps back what has been released.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from transport.client import connect
from transport.client_document import Document
from transport.codec import JSON, Codec
from transport.traces import Trace, Transaction

TURN: Final = 100
"""Transactions that one of several clients makes before the next goes on: a stretch of typing. Each
change of turns waits until all that was made is in the log."""

BREATH: Final = 20
"""Transactions between two turns of the event loop, so that messages go out and in while edits are made.
Those in between are joined by the client, as those of a fast typist are on a slow line."""

OPEN_SECONDS: Final = 10.0
"""How long the server may take over a first answer; the client itself would try for ever."""


class ReplayFailed(Exception):
    """A replay that could not be begun, or not go on."""

    def __init__(self, doc: str, reason: str) -> None:
        super().__init__(doc, reason)
        self.doc = doc
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.doc}: {self.reason}"


@attrs.frozen
class Holding:
    """What one client holds at the end."""

    holder: str
    revision: int
    length: int
    sha256: str


@attrs.frozen
class Replayed:
    """What a replay came to."""

    holdings: tuple[Holding, ...]
    """Of every client that played, and of one that joined when all was settled."""
    transactions: int
    seconds: float
    """From the first transaction until the last was acknowledged."""

    @property
    def revision(self) -> int:
        """How many operations the log holds: fewer than transactions where the client joined them."""
        return self.holdings[-1].revision

    def wrong(self, trace: Trace) -> list[Holding]:
        """Return those that are not what the trace ends with."""
        return [held for held in self.holdings if (held.length, held.sha256) != (trace.length, trace.sha256)]


async def replay(
    trace: Trace,
    url: str,
    doc: str,
    *,
    clients: int = 1,
    codec: Codec = JSON,
    made: Callable[[int], None] = lambda count: None,
) -> Replayed:
    """Replay a trace into a new document, and look at what everybody holds.

    `made` is told how many more transactions were made. Raises ReplayFailed where there is no server
    or the document is not a new one, ClientError where the server refuses.
    """
    await _reach(url, doc)
    count = trace.agents if trace.agents > 1 else clients
    async with AsyncExitStack() as stack:
        documents = [await _open(stack, url, doc, codec) for _ in range(count)]
        if documents[0].revision != 0:
            raise ReplayFailed(doc, f"it is at revision {documents[0].revision}; replay into a new document")
        started = time.monotonic()
        await _unless_refused(_played(trace, documents, made), documents)
        seconds = time.monotonic() - started
        joined = await _open(stack, url, doc, codec)
        for document in documents:
            await document.at_revision(joined.revision)
        holdings = [_holding(f"client {index + 1}", held) for index, held in enumerate(documents)]
        holdings.append(_holding("one that joined", joined))
    return Replayed(tuple(holdings), len(trace.transactions), seconds)


async def _reach(url: str, doc: str) -> None:
    """Raise ReplayFailed where nobody listens at all: the client itself would wait for a server to come."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme in ("wss", "https") else 80)
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except OSError as error:  # a TimeoutError is one
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error) or "no answer"
        raise ReplayFailed(doc, f"cannot connect to {url}: {reason}; is a server running there?") from error
    writer.close()


async def _open(stack: AsyncExitStack, url: str, doc: str, codec: Codec) -> Document:
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            connection = await stack.enter_async_context(connect(url, codec=codec))
            return await connection.open(doc, doc_type="text")
    except TimeoutError as error:
        raise ReplayFailed(doc, f"no answer from {url} within {OPEN_SECONDS:g} s") from error


async def _unless_refused(playing: Coroutine[Any, Any, None], documents: Sequence[Document]) -> None:
    """Play to the end, unless an edit is not kept: whoever waits for that one would wait for ever."""
    tasks = [asyncio.create_task(playing), *(asyncio.create_task(_refused(each)) for each in documents)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # Once an edit was taken back, the next that is recorded may fit no more: the refusal is what to tell.
        if any(each.handed_back for each in documents):
            done, _ = await asyncio.wait(tasks[1:], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _refused(document: Document) -> None:
    await document.until(lambda: bool(document.handed_back))
    refused = document.handed_back[0]
    raise ReplayFailed(document.doc, f"an edit was not kept: {refused.message} ({refused.code})")


async def _played(trace: Trace, documents: Sequence[Document], made: Callable[[int], None]) -> None:
    play = _in_turns if trace.agents == 1 else _as_recorded
    await play(trace.transactions, documents, made)
    for document in documents:
        await document.settled()


def _holding(holder: str, document: Document) -> Holding:
    text = document.snapshot
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Holding(holder, document.revision, len(text), digest)


async def _in_turns(
    transactions: Sequence[Transaction], documents: Sequence[Document], made: Callable[[int], None]
) -> None:
    """Make transactions one after the other, one client handing over to the next."""
    for number, start in enumerate(range(0, len(transactions), TURN)):
        author = documents[number % len(documents)]
        await _type(author, transactions[start : start + TURN], made)
        if len(documents) > 1:
            await _hand_over(author, documents[(number + 1) % len(documents)])


async def _type(document: Document, transactions: Sequence[Transaction], made: Callable[[int], None]) -> None:
    for start in range(0, len(transactions), BREATH):
        breath = transactions[start : start + BREATH]
        for transaction in breath:
            document.submit(transaction.op)
        made(len(breath))
        await asyncio.sleep(0)


async def _hand_over(author: Document, following: Document) -> None:
    await author.settled()
    await following.at_revision(author.revision)


@attrs.define
class _Agent:
    """One author of a concurrent trace: a client that lets out no more than the other may have."""

    document: Document
    needs: deque[int]
    """What its transactions to come have seen of the other's; when all are made, all."""
    made: int = 0
    released: int = 0

    @property
    def has(self) -> int:
        """How many of the other's transactions its document holds."""
        return self.document.revision - (self.made - self.document.pending)

    async def make(self, transaction: Transaction) -> None:
        """Make its next transaction, once its document holds what that has seen."""
        await self.document.until(lambda: self.has >= transaction.seen)
        assert self.has == transaction.seen, f"{self!r} was given too much for {transaction!r}"
        self.document.submit(transaction.op)
        self.made += 1
        self.needs.popleft()

    def release(self, count: int) -> None:
        """Let its transactions go out up to the first `count`, made or to be made."""
        if count > self.released:
            self.document.release(count - self.released)
            self.released = count


async def _as_recorded(
    transactions: Sequence[Transaction], documents: Sequence[Document], made: Callable[[int], None]
) -> None:
    """Make transactions with the concurrency that they were recorded with."""
    agents = [_Agent(document, _needs(transactions, own)) for own, document in enumerate(documents)]
    for agent, other in zip(agents, reversed(agents), strict=True):
        agent.document.hold()
        agent.release(other.needs[0])
    for transaction in transactions:
        author, other = agents[transaction.agent], agents[1 - transaction.agent]
        await author.make(transaction)
        other.release(author.needs[0])
        made(1)


def _needs(transactions: Iterable[Transaction], own: int) -> deque[int]:
    everything = sum(transaction.agent != own for transaction in transactions)
    return deque([*(made.seen for made in transactions if made.agent == own), everything])
