"""A client's records in one SQLite file, on a thread of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ot import Json
from transport.client_errors import NotKept

_SCHEMA = "CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"

T = TypeVar("T")


class FileKeeper:
    """Keeps the records of one client in a file, made where there is none, which only its owner can read.

    The file is locked while it is used, by whatever process; who finds it locked is told so with NotKept.
    A record that is saved is on the disk.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        # One thread: a save that nobody waits for any more is done before the next one begins.
        self._thread = ThreadPoolExecutor(1, "counterpoint-keeper")
        self._database: sqlite3.Connection | None = None

    async def load(self) -> dict[str, Json]:
        """Lock the file, and return every record in it."""
        return await self._apart(self._load)

    async def save(self, records: Mapping[str, Json | None]) -> None:
        """Write all of these records or none."""
        await self._apart(lambda: self._save(records))

    async def close(self) -> None:
        """Unlock the file."""
        await self._apart(self._close)
        self._thread.shutdown()

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _load(self) -> dict[str, Json]:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        database = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                database.execute(f"PRAGMA {setting}")
            database.execute(_SCHEMA)
            found = database.execute("SELECT name, value FROM records").fetchall()
        except sqlite3.Error as error:
            database.close()
            in_use = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            raise NotKept(f"{self.path}: {'another client is using it' if in_use else error}") from error
        self._database = database
        return {name: json.loads(value) for name, value in found}

    def _save(self, records: Mapping[str, Json | None]) -> None:
        assert self._database is not None, "records are loaded before any is saved"
        written = [(name, json.dumps(value)) for name, value in records.items() if value is not None]
        gone = [(name,) for name, value in records.items() if value is None]
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO records VALUES (?, ?)", written)
            self._database.executemany("DELETE FROM records WHERE name = ?", gone)

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
