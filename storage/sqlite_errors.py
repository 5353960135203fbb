"""Where SQLite's errors become ours: the one place that knows its result codes."""

from __future__ import annotations

import sqlite3
from typing import Final

from storage.errors import StoreCorrupt, StoreError, StoreUnavailable

_UNAVAILABLE: Final = {
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another connection",
    sqlite3.SQLITE_PROTOCOL: "locked by another process",
    sqlite3.SQLITE_FULL: "no space is left on its disk",
    sqlite3.SQLITE_IOERR: "its disk failed",
    sqlite3.SQLITE_READONLY: "it cannot be written",
    sqlite3.SQLITE_CANTOPEN: "a file of it cannot be opened",
    sqlite3.SQLITE_PERM: "a file of it may not be accessed",
    sqlite3.SQLITE_NOMEM: "no memory is left",
    sqlite3.SQLITE_INTERRUPT: "interrupted",
}

_CORRUPT: Final = {
    sqlite3.SQLITE_CORRUPT: "its pages contradict each other",
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database",
    # Everything is compared before it is written, so a constraint that speaks up has found rows that
    # contradict the document's own.
    sqlite3.SQLITE_CONSTRAINT: "its rows contradict each other",
}

_FAILED_SYNCS: Final = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}


class Contradiction(Exception):
    """What was read cannot be what was written; becomes StoreCorrupt, which names the store."""


def store_error(location: str, error: Exception) -> Exception:
    """Return the error of ours that says what `error` means; anything unknown is a bug and stays."""
    if isinstance(error, Contradiction):
        return StoreCorrupt(location, str(error))
    if not isinstance(error, sqlite3.Error):
        return error
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Raised by Python's module itself: an OperationalError is a text that is no UTF-8.
        return _corrupt(location, error, "") if isinstance(error, sqlite3.OperationalError) else error
    kind = code & 0xFF  # the low byte of an extended code is the primary one
    if kind in _UNAVAILABLE:
        return StoreUnavailable(location, f"{_UNAVAILABLE[kind]} ({error.sqlite_errorname}: {error})")
    if kind in _CORRUPT:
        return _corrupt(location, error, _CORRUPT[kind])
    return error


def _corrupt(location: str, error: sqlite3.Error, reason: str) -> StoreError:
    return StoreCorrupt(location, f"{reason} ({error})" if reason else str(error))


def is_failed_sync(error: sqlite3.Error) -> bool:
    """Tell whether the disk refused to sync.

    After that the kernel may have dropped the very pages it was asked to write and calls the next sync
    a success, so nothing more can be promised by trying again.
    """
    return getattr(error, "sqlite_errorcode", None) in _FAILED_SYNCS
