"""People who type tokens that nobody else types, so that a lost or doubled one shows."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import attrs

from tests.server_process import ServerProcess
from transport import Connection, Document, connect

DOCUMENT: Final = "notes"
KEY: Final = 0.02  # seconds between two tokens: faster than people, slower than a program
SETTLING: Final = 90.0  # seconds until everything typed has to be acknowledged
READING: Final = 30.0


class Impatient(random.Random):
    """Waits a tenth as long as others before it connects again, so that more happens in a minute."""

    def uniform(self, a: float, b: float) -> float:
        return super().uniform(a, b) / 10


@attrs.define(eq=False)
class Typist:
    """One of them, with a connection and a document."""

    name: str
    connection: Connection
    document: Document
    typed: int = 0
    slowest: float = 0.0
    """Seconds that the slowest of the tokens took from the key to what lets the next one be typed."""

    def tokens(self) -> list[str]:
        return [f"{self.name}{number}" for number in range(self.typed)]

    def acknowledged(self) -> list[str]:
        """Return the tokens that the server has answered for; those that wait may be joined to one."""
        waiting = [part for op in self.document._state.pending_ops for part in op if type(part) is str]
        return self.tokens()[: self.typed - "".join(waiting).count(" ")]

    async def type_one(self, size: int = 0) -> None:
        """Type a token, and `size` dots behind it; something is always inflight, and something waits."""
        began = time.monotonic()
        self.document.submit([f"{self.name}{self.typed} " + "." * size + " " * (size > 0)])
        self.typed += 1
        await self.document.until(lambda: self.document.pending < 2)
        self.slowest = max(self.slowest, time.monotonic() - began)

    async def type_until(self, stop: asyncio.Event, size: int = 0) -> None:
        while not stop.is_set():
            await self.type_one(size)
            await asyncio.sleep(KEY)  # as people type; nothing waits for it


@attrs.define
class Typists:
    """All of them."""

    people: list[Typist]
    stop: asyncio.Event = attrs.field(factory=asyncio.Event)
    _typing: list[asyncio.Task[None]] = attrs.field(factory=list)

    def begin(self, size: int = 0) -> None:
        """Have all of them type."""
        self.stop.clear()
        self._typing = [asyncio.create_task(one.type_until(self.stop, size)) for one in self.people]

    async def go_on(self, seconds: float) -> None:
        """Let them type for so long; an error of theirs comes out here."""
        done, _ = await asyncio.wait(self._typing, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def further(self, count: int, seconds: float) -> bool:
        """Wait until one of them sees so many more revisions; tell whether that came in time."""
        wanted = self.revision + count
        until = time.monotonic() + seconds
        while self.revision < wanted and time.monotonic() < until:
            await self.go_on(0.05)
        return self.revision >= wanted

    async def settle(self) -> None:
        """Have them stop typing, and everything acknowledged."""
        self.stop.set()
        async with asyncio.timeout(SETTLING):
            await asyncio.gather(*self._typing)
            for one in self.people:
                await one.document.settled()

    async def leave(self) -> None:
        """Have them stop at once, whatever they are doing; how it ends is told by `go_on` and `settle`."""
        self.stop.set()
        for task in self._typing:
            task.cancel()
        await asyncio.gather(*self._typing, return_exceptions=True)

    @property
    def revision(self) -> int:
        return max(one.document.revision for one in self.people)

    def tokens(self) -> list[str]:
        return [token for one in self.people for token in one.tokens()]


@asynccontextmanager
async def typists(
    server: ServerProcess, count: int, randomness: Callable[[int], random.Random] = Impatient
) -> AsyncIterator[Typists]:
    """Have so many people at one document, who wait as it is drawn from `randomness`."""
    async with AsyncExitStack() as stack:
        people = []
        for number in range(count):
            connection = connect(sync_url(server), rng=randomness(number))
            stack.push_async_callback(connection.close)
            await connection.__aenter__()
            name = f"{chr(97 + number % 26)}{number // 26}-"
            people.append(Typist(name, connection, await opened(connection)))
        group = Typists(people)
        stack.push_async_callback(group.leave)
        yield group


async def opened(connection: Connection) -> Document:
    async with asyncio.timeout(READING):
        return await connection.open(DOCUMENT, doc_type="text")


async def require_each_once(server: ServerProcess, *groups: Typists) -> int:
    """Assert that the server has every token once and every client the same; return how many there are."""
    async with connect(sync_url(server)) as reader:
        document = await opened(reader)
        text, revision = document.snapshot, document.revision
        expected = [token for group in groups for token in group.tokens()]
        require_equal(expected, [word for word in text.split() if not word.startswith(".")])
        for one in (person for group in groups for person in group.people):
            async with asyncio.timeout(READING):
                await one.document.at_revision(revision)
            assert one.document.snapshot == text, f"{one.name} shows another text than the server"
            assert one.document.repairs == 0, f"{one.name}: {one.document.repairs} repairs"
            assert not one.document.handed_back, f"{one.name}: {one.document.handed_back} handed back"
    return len(expected)


def require_equal(expected: Sequence[str], found: Sequence[str]) -> None:
    lost, seen = set(expected) - set(found), set[str]()
    doubled = {word for word in found if word in seen or seen.add(word)}  # type: ignore[func-returns-value]
    assert not lost and not doubled and len(found) == len(expected), (
        f"{len(lost)} lost {sorted(lost)[:5]}, {len(doubled)} doubled {sorted(doubled)[:5]}, "
        f"{len(found)} there and {len(expected)} typed"
    )


def sync_url(server: ServerProcess) -> str:
    return f"ws://127.0.0.1:{server.port}/sync"
