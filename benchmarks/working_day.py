"""A day on which 50 people type in one document, in the time that it takes to work through it.

    python -m benchmarks.working_day day --keys 500
    python -m benchmarks.working_day windows

Nobody waits for the clock: all of them type a key against one revision, and the next when these have landed.
In the middle of each hour everybody leaves and comes back as somebody else. The document does not grow for
ever: past `LENGTH` characters as many are deleted as typed. In `windows`, each of many rooms has one person,
who types until its window of entries is full.

The hub and its store (SQLite, on this disk) are the server's own, and have this process to themselves but for
the people, who keep nothing. What comes out is a line of JSON: a list of each `Reading`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, cast

import attrs
import click
import orjson

from benchmarks.process_memory import private_bytes
from storage import SQLiteStore
from tests.server_process import ROOT
from transport import Hub, Limits
from transport.codec import JSON
from transport.command_line import run
from transport.room import WINDOW

HOURS: Final = 8
PEOPLE: Final = 50

LENGTH: Final = 10_000
"""Characters of the document from which on it stays as long as it is."""

ROOMS: Final = 20
"""Rooms whose windows are filled, to see what an entry takes: each has one person in it."""

FILLED: Final = tuple(WINDOW * quarter // 4 for quarter in range(5))
"""Entries in the window of each of these rooms when memory is read."""

UNLIMITED: Final = Limits(submissions_per_second=1_000_000, submission_burst=1_000_000)


@attrs.frozen
class Reading:
    """What the process and its store took when so many revisions had landed."""

    revisions: int
    bytes: int | None
    """Of the process's own memory, None where the system does not tell."""
    on_disk: int
    """Bytes of the store's files."""


class Person:
    """A connection to the hub, and a transport that only notes that something has come."""

    def __init__(self, hub: Hub, doc: str, heard: asyncio.Event) -> None:
        self._hub = hub
        self._doc = doc
        self._heard = heard
        self._seq = 0
        self._connection = hub.connect(JSON, cast(asyncio.Transport, self))

    def write(self, data: bytes) -> None:
        self._heard.set()

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def come(self) -> None:
        """Greet, and open the document."""
        self._say({"type": "hello"})
        self._say({"type": "open", "doc": self._doc, "doc_type": "text"})

    @property
    def there(self) -> bool:
        """Whether the document is open."""
        return self._connection.session.documents.get(self._doc) == "open"

    def type(self, revision: int, length: int, rng: random.Random) -> None:
        """Type one key somewhere in the document of that revision and length, or take back one."""
        self._seq += 1
        at = int(rng.random() * length)
        key: list[object] = [{"d": 1}] if length > LENGTH and rng.random() < 0.5 else ["x"]
        op = [at, *key] if at else key
        self._say({"type": "submit", "doc": self._doc, "revision": revision, "seq": self._seq, "op": op})

    def leave(self) -> None:
        """Be gone, without a word."""
        self._hub.disconnected(self._connection)

    def _say(self, message: dict[str, object]) -> None:
        self._hub.received(self._connection, orjson.dumps(message).decode())


class Working:
    """People in the documents of one hub, whose store lies in a folder."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self._hub = hub
        self._folder = folder
        self._rng = random.Random(1)
        self._people: list[Person] = []
        self._heard = asyncio.Event()

    async def windows(self) -> list[Reading]:
        """Fill the windows of many rooms; read at each size of `FILLED`."""
        docs = [f"window-{number}" for number in range(ROOMS)]
        await self._come(docs)
        found = [self._read(0)]
        for before, after in pairwise(FILLED):
            for _ in range(after - before):
                await self._round(docs)
            found.append(self._read(after * ROOMS))
        self._go()
        return found

    async def day(self, keys: int) -> list[Reading]:
        """Let everybody type so many keys in each hour; read before the first and after each."""
        docs = ["day"] * PEOPLE
        await self._come(docs)
        found = [self._read(0)]
        for _ in range(HOURS):
            for key in range(keys):
                if key == keys // 2:
                    self._go()
                    await self._come(docs)
                await self._round(docs)
            found.append(self._read(self._hub.rooms["day"].told))
        self._go()
        return found

    async def _come(self, docs: Sequence[str]) -> None:
        self._people = [Person(self._hub, doc, self._heard) for doc in docs]
        for person in self._people:
            person.come()
        await self._until(lambda: all(person.there for person in self._people))

    def _go(self) -> None:
        for person in self._people:
            person.leave()

    async def _round(self, docs: Sequence[str]) -> None:
        """Let everybody type a key at the revision that all have, and wait until these have landed."""
        rooms = self._hub.rooms
        base = {doc: rooms[doc].told for doc in docs}
        length = {doc: self._length(doc) for doc in base}
        for person, doc in zip(self._people, docs, strict=True):
            person.type(base[doc], length[doc], self._rng)
        typed = Counter(docs)
        await self._until(lambda: all(rooms[doc].told == base[doc] + typed[doc] for doc in base))

    async def _until(self, reached: Callable[[], bool]) -> None:
        """Wait for something that is told to somebody when it comes about."""
        while not reached():
            self._heard.clear()
            await self._heard.wait()

    def _length(self, doc: str) -> int:
        log = self._hub.rooms[doc].log
        assert log is not None, "somebody has it open"
        return len(log.snapshot)

    def _read(self, revisions: int) -> Reading:
        gc.collect()
        on_disk = sum(path.stat().st_size for path in self._folder.iterdir())
        return Reading(revisions, private_bytes(os.getpid()), on_disk)


async def worked(part: Literal["day", "windows"], keys: int) -> list[Reading]:
    """Work through a day of so many keys an hour, or fill windows, and return what was read."""
    # Not where temporary files lie: that may be memory, which syncs at no cost.
    with TemporaryDirectory(dir=ROOT, prefix=".serving-") as folder:
        hub = Hub(SQLiteStore(Path(folder) / "documents.db"), UNLIMITED)
        await hub.start()
        try:
            working = Working(hub, Path(folder))
            return await (working.day(keys) if part == "day" else working.windows())
        finally:
            await hub.close()


@click.command()
@click.argument("part", type=click.Choice(["day", "windows"]))
@click.option("--keys", type=click.IntRange(2), default=500, help="Of everybody, in each hour of the day.")
def main(part: Literal["day", "windows"], keys: int) -> None:
    """Work through the day, or fill windows, and print what the memory was as JSON."""
    found = run(worked(part, keys))
    click.echo(json.dumps([attrs.asdict(reading) for reading in found]))


if __name__ == "__main__":
    main()
