"""How long a document takes to open, and a client to catch up, by how much history there is.

The server's own part is timed: from the frame that asks to the frame that answers, store included. The
socket between them is not there.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import orjson

from benchmarks.tables import Figure, Plot, Table
from ot import Entry, Outcome, first_tag, next_tag
from storage import Append, SQLiteStore, Store, StoredSnapshot
from tests.server_process import ROOT
from transport import Hub
from transport.codec import JSON
from transport.messages import Operations

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
"""Revisions of a document."""

BEHIND: Final = (1_000, 10_000, 100_000)
"""Revisions that a client has missed, of a document with the most."""

TAIL: Final = 1_000
"""Entries after the newest snapshot: a room saves one every 200 to 2,000."""

STEP: Final = 5_000
"""Entries written to the store at a time."""

DOC: Final = "history"

LOAD: Final = (
    "One client at a time asks the hub in its own process, without a socket, and its frame is made before "
    "the clock starts: nothing but the server's own part lies between the two looks at it."
)


class Heard:
    """What a transport is to a hub: takes in what is written, and nothing is ever in the way."""

    def __init__(self) -> None:
        self._written = asyncio.Queue[bytes]()

    def write(self, data: bytes) -> None:
        self._written.put_nowait(data)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    async def next(self) -> bytes:
        return await self._written.get()


class Past:
    """A document with its history in a store, made without a server: single characters, anywhere."""

    def __init__(self, revisions: int) -> None:
        self.tags = [first_tag("epoch")]
        self.entries: list[Entry] = []
        rng = random.Random(1)
        for revision in range(1, revisions + 1):
            at = int(rng.random() * revision)
            op = [at, "x"] if at else ["x"]
            self.tags.append(next_tag(self.tags[-1], "ada", revision, op))
            self.entries.append(Entry(revision, "ada", revision, op, tag=self.tags[-1]))

    async def keep(self, store: Store, revisions: int) -> None:
        """Put the first so many entries into an empty store, and a snapshot near their end."""
        await store.create(DOC, "text", "epoch", "", self.tags[0])
        for start in range(0, revisions, STEP):
            entries = tuple(self.entries[start : min(start + STEP, revisions)])
            outcomes = tuple(
                Outcome("ada", entry.seq, "digest", revision=entry.revision, op=entry.op) for entry in entries
            )
            await store.append(Append(DOC, "epoch", start, entries, outcomes))
        saved = max(revisions - TAIL, 0)
        await store.save_snapshot(DOC, "epoch", StoredSnapshot(saved, self.tags[saved], "x" * saved))

    def bytes_of(self, start: int, end: int) -> int:
        """Return the bytes of the entries between two revisions, in one message."""
        return len(JSON.encode(Operations(DOC, tuple(self.entries[start:end]), self.tags[end])))

    def from_revision(self, revision: int) -> dict[str, Any]:
        """Return what a client says that holds a revision."""
        return {"epoch": "epoch", "revision": revision, "tag": self.tags[revision]}


def tables() -> list[Table]:
    """Open documents of every size, cold and warm, and let clients catch up."""
    past = Past(max(SIZES))
    with TemporaryDirectory(dir=ROOT, prefix=".opening-") as folder:
        return asyncio.run(_tables(past, Path(folder)))


async def _tables(past: Past, folder: Path) -> list[Table]:
    opened: list[tuple[str, tuple[Figure, ...]]] = []
    caught_up: list[tuple[str, tuple[Figure, ...]]] = []
    for revisions in SIZES:
        path = folder / f"{revisions}.db"
        store = SQLiteStore(path)
        await store.start()
        await past.keep(store, revisions)
        await store.close()
        hub = Hub(SQLiteStore(path))
        await hub.start()
        cold, warm = await _asked(hub, {}), await _asked(hub, {})
        opened.append((f"{revisions:,}", (1000 * cold[0], 1000 * warm[0], cold[1], cold[1] / revisions)))
        if revisions == max(SIZES):
            for behind in BEHIND:
                caught_up.append((f"{behind:,}", await _led_on(hub, past, revisions - behind, revisions)))
        await hub.close()
    return [
        Table(
            "text, opening a document, by its revisions",
            "Every revision inserts one character anywhere. Milliseconds from the message that asks to the "
            f"frame that answers, without the socket between; SQLite on this disk, {TAIL:,} entries after "
            "the newest snapshot. Cold: nothing of the document is in memory. Warm: the next client's. "
            "Bytes: of the answer, and of it for each byte of the text. Once each.",
            ("cold", "warm", "bytes", "of the text"),
            tuple(opened),
            better="less",
            plots=(Plot("bars", ("cold", "warm"), "milliseconds"),),
        ),
        Table(
            "text, catching up, by revisions missed",
            f"With the document of {max(SIZES):,} revisions. Milliseconds as above, for the first client "
            "that comes back from there, for whom its entries are read and composed, and for the next. "
            "Bytes: of the answer, and of it for each byte that the entries would have, one by one.",
            ("first", "next", "bytes", "of the entries"),
            tuple(caught_up),
            better="less",
            plots=(Plot("bars", ("first", "next"), "milliseconds"),),
        ),
    ]


async def _led_on(hub: Hub, past: Past, start: int, end: int) -> tuple[Figure, ...]:
    first, following = [await _asked(hub, past.from_revision(start)) for _ in range(2)]
    return (1000 * first[0], 1000 * following[0], first[1], first[1] / past.bytes_of(start, end))


async def _asked(hub: Hub, held: dict[str, Any]) -> tuple[float, int]:
    """Open the document with a new connection; return the seconds until the answer, and its bytes."""
    heard = Heard()
    connection = hub.connect(JSON, cast(asyncio.Transport, heard))
    hub.received(connection, '{"type":"hello"}')
    await heard.next()
    asked = orjson.dumps({"type": "open", "doc": DOC, **held}).decode()
    began = time.perf_counter()
    hub.received(connection, asked)
    answer = await heard.next()
    passed = time.perf_counter() - began
    if b'"opened"' not in answer[:40]:
        raise RuntimeError(f"the server says {answer[:200]!r}")
    hub.disconnected(connection)
    return passed, len(answer)
