"""The embedded store: one SQLite file, no server, and acknowledged means on disk.

Two threads stand between the event loop and the file: one writes, many callers to a commit, the other
reads, so that reading never waits for the disk to sync. Several stores may be opened on one file, and
exactly one of them wins each revision; but each sees late what the others have written, so a server opens
its store `alone`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Final

from ot import Entry, Outcome, Snapshot
from storage import sqlite_rows as rows
from storage.errors import StoreUnavailable
from storage.file_lock import FileLock
from storage.sqlite_check import findings
from storage.sqlite_file import LOCK_TIMEOUT, open_lone_reader, open_reader, open_writer
from storage.sqlite_thread import ConnectionThread
from storage.store import Append, AppendResult, DocumentHead, StoredDocument, StoredSnapshot

MOST_TOGETHER: Final = 256
"""Writes in one transaction: some milliseconds of work, beyond which the sync no longer weighs."""

SEGMENTS_TOGETHER: Final = 20
"""Segments packed after one snapshot: more than its entries fill, so that a log of an older version is
packed bit by bit."""


class SQLiteStore:
    """Fulfils `Store` with the file at `path`, which is made if its directory is there.

    `lock_timeout` is how many seconds a lock of another process is waited for, in a thread, before
    StoreUnavailable is raised. With `read_only` the file has to be there, another process may be
    writing it, and what would write here is a mistake of the caller. Of all that are opened `alone` on one
    file, in all processes, one at a time can be started; the others raise StoreInUse.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        lock_timeout: float = LOCK_TIMEOUT,
        read_only: bool = False,
        alone: bool = False,
    ) -> None:
        self._path = Path(path)
        self._read_only = read_only
        location = f"sqlite:{self._path}"
        self._lock = FileLock(self._path, location) if alone else None
        self._writer = ConnectionThread(
            location,
            partial(open_writer, self._path, lock_timeout, self._lock),
            begin="BEGIN IMMEDIATE",
            most=MOST_TOGETHER,
        )
        opening = open_lone_reader if read_only else open_reader
        self._reader = ConnectionThread(
            location, partial(opening, self._path, lock_timeout), begin="BEGIN", most=1
        )

    def __repr__(self) -> str:
        return f"<SQLiteStore {self._path}>"

    @property
    def durable(self) -> bool:
        return True

    @property
    def syncs(self) -> int:
        """How often the disk was waited for: one transaction holds the writes of many."""
        return self._writer.commits

    async def start(self) -> None:
        if not self._read_only:
            await self._writer.start()
        try:
            await self._reader.start()
        except BaseException:
            await self._close_writer()
            raise

    async def close(self) -> None:
        # The writer last: whoever closes last writes the log back into the file, which is its job.
        await self._reader.close()
        await self._close_writer()

    async def _close_writer(self) -> None:
        await self._writer.close()
        if self._lock is not None:
            self._lock.release()

    async def secret(self) -> bytes:
        return await self._reader.run(rows.secret)

    async def create(
        self, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str
    ) -> StoredDocument:
        return await self._writer.run(lambda c: rows.create(c, doc, doc_type, epoch, snapshot, tag))

    async def load(self, doc: str) -> StoredDocument | None:
        return await self._reader.run(lambda c: rows.load(c, doc))

    async def append(self, step: Append) -> AppendResult:
        return await self._writer.run(lambda c: rows.append(c, step))

    async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
        return await self._reader.run(lambda c: rows.entries(c, doc, after, until))

    async def outcomes(self, doc: str, clients: Iterable[str]) -> Mapping[str, Outcome]:
        wanted = tuple(clients)
        return await self._reader.run(lambda c: rows.outcomes(c, doc, wanted))

    async def save_snapshot(self, doc: str, epoch: str, snapshot: StoredSnapshot) -> bool:
        saved = await self._writer.run(lambda c: rows.save_snapshot(c, doc, epoch, snapshot))
        if saved:
            await self._pack(doc)
        return saved

    async def _pack(self, doc: str) -> None:
        """Pack what has become old since the last snapshot, a transaction for each segment.

        What others write meanwhile goes into the same transactions. A disk that fails leaves it for later.
        """
        with contextlib.suppress(StoreUnavailable):
            for _ in range(SEGMENTS_TOGETHER):
                if not await self._writer.run(lambda c: rows.pack(c, doc)):
                    return

    async def snapshot_before(self, doc: str, revision: int) -> StoredSnapshot | None:
        return await self._reader.run(lambda c: rows.snapshot_before(c, doc, revision))

    async def documents(self) -> Sequence[DocumentHead]:
        return await self._reader.run(rows.documents)

    async def delete(self, doc: str) -> bool:
        return await self._writer.run(lambda c: rows.delete(c, doc))

    async def findings(self) -> Sequence[str]:
        """Return what is wrong with the file and its rows, a line each; reads all of it."""
        return await self._reader.run(findings)
