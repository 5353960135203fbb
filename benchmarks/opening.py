"""How long a document takes to open, and a client to catch up, by how much history there is.

The server's own part is timed: from the frame that asks to the frame that answers, store included. The
socket between them is not there. Beside it the floor: what the least that could do would take.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import attrs
import orjson

from benchmarks.peers.jobs import TRACE
from benchmarks.tables import Figure, Plot, Table
from ot import Entry, Operation, Outcome, first_tag, get_type, next_tag
from ot.live_document import live_document
from storage import Append, SQLiteStore, Store, StoredSnapshot
from tests.server_process import ROOT
from transport import Hub
from transport.codec import JSON
from transport.messages import Operations
from transport.traces import read_trace
from transport.upkeep import entries_between_snapshots

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
"""Revisions of a document."""

BEHIND: Final = (1_000, 10_000, 100_000)
"""Revisions that a client has missed, of a document with the most."""

TRIES: Final = 5
"""Of each; a figure is the median of them."""

STEP: Final = 5_000
"""Entries written to the store at a time, and then a snapshot: what is old by then is packed."""

DOC: Final = "history"

LOAD: Final = (
    "One client at a time asks the hub in its own process, without a socket, and its frame is made before "
    "the clock starts: nothing but the server's own part lies between the two looks at it."
)


@attrs.frozen
class Spent:
    """What something took, in milliseconds: of time, and of the processor, by all threads together."""

    passed: float
    busy: float


class Watch:
    """Looks at both clocks when it is made, and again when it is asked."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def spent(self) -> Spent:
        return Spent(
            1000 * (time.perf_counter() - self._began[0]), 1000 * (time.process_time() - self._began[1])
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


def inserted(revisions: int) -> Iterator[Operation]:
    """Yield operations that each insert one character, anywhere."""
    rng = random.Random(1)
    for revision in range(1, revisions + 1):
        at = int(rng.random() * revision)
        yield [at, "x"] if at else ["x"]


class Past:
    """A text with its history in a store, made without a server."""

    def __init__(self, ops: Iterable[Operation]) -> None:
        self.tags = [first_tag("epoch")]
        self.entries: list[Entry] = []
        for revision, op in enumerate(ops, 1):
            self.tags.append(next_tag(self.tags[-1], "ada", revision, op))
            self.entries.append(Entry(revision, "ada", revision, op, tag=self.tags[-1]))

    async def keep(self, store: Store, revisions: int) -> None:
        """Put the first so many entries into an empty store, with as long a tail as a room leaves."""
        await store.create(DOC, "text", "epoch", "", self.tags[0])
        text = live_document(get_type("text"), "")
        for start in range(0, revisions, STEP):
            end = min(start + STEP, revisions)
            entries = tuple(self.entries[start:end])
            outcomes = tuple(
                Outcome("ada", entry.seq, "digest", revision=entry.revision, op=entry.op) for entry in entries
            )
            await store.append(Append(DOC, "epoch", start, entries, outcomes))
            tail = entries_between_snapshots(len(text.snapshot())) if end == revisions else 0
            saved = max(start, end - tail)
            for entry in entries[: saved - start]:
                text.apply(entry.op)
            snapshot = StoredSnapshot(saved, self.tags[saved], text.snapshot())
            await store.save_snapshot(DOC, "epoch", snapshot)

    def bytes_of(self, start: int, end: int) -> int:
        """Return the bytes of the entries between two revisions, in one message."""
        return len(JSON.encode(Operations(DOC, tuple(self.entries[start:end]), self.tags[end])))

    def from_revision(self, revision: int) -> dict[str, Any]:
        """Return what a client says that holds a revision."""
        return {"epoch": "epoch", "revision": revision, "tag": self.tags[revision]}


def tables() -> list[Table]:
    """Open documents of every size, cold and warm, and let clients catch up."""
    past = Past(inserted(max(SIZES)))
    with TemporaryDirectory(dir=ROOT, prefix=".opening-") as folder:
        return asyncio.run(_tables(past, Path(folder)))


async def _tables(past: Past, folder: Path) -> list[Table]:
    opened: list[tuple[str, tuple[Figure, ...]]] = []
    for revisions in SIZES:
        path = folder / f"{revisions}.db"
        async with _store(path) as store:
            await past.keep(store, revisions)
        if revisions == SIZES[0]:
            await _opened(path)  # for what is loaded by the first of all
        tries = [await _opened(path) for _ in range(TRIES)]
        cold, warm, floor = (tuple(spent[part].busy for spent, _ in tries) for part in range(3))
        passed = tuple(spent[0].passed for spent, _ in tries)
        size = tries[0][1]
        opened.append((f"{revisions:,}", (passed, cold, warm, floor, size, size / revisions)))
    caught_up = [
        (f"{behind:,}", await _led_on(folder / f"{max(SIZES)}.db", past, max(SIZES) - behind, max(SIZES)))
        for behind in BEHIND
    ]
    return [
        await _paper(folder),
        Table(
            "text, opening a document, by its revisions",
            "Every revision inserts one character anywhere. Milliseconds from the message that asks to the "
            "frame that answers, without the socket between; SQLite on this disk, and after the newest "
            "snapshot as many entries as a room leaves at most (200, and 244 of a million). Cold: nothing of "
            "the document is in memory, and the file was copied just before. Warm: the next client. CPU: of "
            "the processor, by all threads together. Floor: the newest snapshot read from the same file and "
            "written as JSON, and nothing else. Bytes: of the answer, and of it for each byte of the text. "
            f"Medians of {TRIES}.",
            ("cold", "cold, CPU", "warm, CPU", "floor, CPU", "bytes", "of the text"),
            tuple(opened),
            better="less",
            plots=(Plot("bars", ("cold, CPU", "warm, CPU", "floor, CPU"), "milliseconds"),),
        ),
        Table(
            "text, catching up, by revisions missed",
            f"With the document of {max(SIZES):,} revisions. Milliseconds as above, for the first client "
            "that comes back from there, for whom its entries are read and composed, and for the next. "
            "Floor: the answer written as JSON, and nothing else. Bytes: of the answer, and of it for each "
            "byte that the entries would have, one by one. The first of all once, the rest medians of "
            f"{TRIES}.",
            ("first", "next", "next, CPU", "floor, CPU", "bytes", "of the entries"),
            tuple(caught_up),
            better="less",
            plots=(Plot("bars", ("first", "next"), "milliseconds"),),
        ),
    ]


async def _paper(folder: Path) -> Table:
    ops = [transaction.op for transaction in read_trace(TRACE).transactions]
    path = folder / "paper.db"
    async with _store(path) as store:
        await Past(ops).keep(store, len(ops))
    tries = [await _opened(path) for _ in range(TRIES)]
    size = path.stat().st_size
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM snapshots WHERE revision > 0")
        connection.execute("VACUUM")
    alone = path.stat().st_size
    figures = (
        alone,
        size,
        len(orjson.dumps(ops)),
        len(gzip.compress(orjson.dumps(ops))),
        *(tuple(spent[0].passed for spent, _ in tries), tuple(spent[0].busy for spent, _ in tries)),
    )
    return Table(
        "automerge-paper, every revision on disk",
        "Bytes: of a file that has the history with its index and no snapshot but the first; of the file as "
        "it is; of the operations as JSON, and that through gzip, without authors, tags or an index. "
        f"Milliseconds as below: to open it cold. Medians of {TRIES}.",
        ("history", "file", "JSON", "gzip", "cold", "cold, CPU"),
        ((f"{len(ops):,}", figures),),
        better="less",
    )


@asynccontextmanager
async def _store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.start()
    yield store
    await store.close()


@asynccontextmanager
async def _hub(path: Path) -> AsyncIterator[Hub]:
    """Give a hub that has nothing in memory, on a copy: it saves a snapshot when it ends."""
    used = path.with_suffix(".used")
    shutil.copy(path, used)
    hub = Hub(SQLiteStore(used))
    await hub.start()
    yield hub
    await hub.close()
    for file in path.parent.glob(f"{used.name}*"):
        file.unlink()


async def _opened(path: Path) -> tuple[tuple[Spent, Spent, Spent], int]:
    """Open the document twice; return what that took, the floor, and the bytes of the answer."""
    async with _hub(path) as hub:
        cold, answer = await _asked(hub, {})
        warm, _ = await _asked(hub, {})
    return (cold, warm, _floor(lambda: _snapshot_alone(path))), len(answer)


def _snapshot_alone(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        (snapshot,) = connection.execute(
            "SELECT CAST(snapshot AS BLOB) FROM snapshots ORDER BY revision DESC LIMIT 1"
        ).fetchone()
    return orjson.dumps({"type": "opened", "snapshot": orjson.loads(snapshot)})


async def _led_on(path: Path, past: Past, start: int, end: int) -> tuple[Figure, ...]:
    async with _hub(path) as hub:
        first, answer = await _asked(hub, past.from_revision(start))
        following = [(await _asked(hub, past.from_revision(start)))[0] for _ in range(TRIES)]
    message = orjson.loads(answer[answer.index(b"{") :])
    return (
        first.passed,
        tuple(spent.passed for spent in following),
        tuple(spent.busy for spent in following),
        tuple(_floor(lambda: orjson.dumps(message)).busy for _ in range(TRIES)),
        len(answer),
        len(answer) / past.bytes_of(start, end),
    )


def _floor(work: Callable[[], bytes]) -> Spent:
    watch = Watch()
    work()
    return watch.spent()


async def _asked(hub: Hub, held: dict[str, Any]) -> tuple[Spent, bytes]:
    """Open the document with a new connection; return what that took, and the frame of the answer."""
    heard = Heard()
    connection = hub.connect(JSON, cast(asyncio.Transport, heard))
    hub.received(connection, '{"type":"hello"}')
    await heard.next()
    asked = orjson.dumps({"type": "open", "doc": DOC, **held}).decode()
    watch = Watch()
    hub.received(connection, asked)
    answer = await heard.next()
    spent = watch.spent()
    if b'"opened"' not in answer[:40]:
        raise RuntimeError(f"the server says {answer[:200]!r}")
    hub.disconnected(connection)
    return spent, answer
