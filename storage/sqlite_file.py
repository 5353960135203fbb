"""How the file of a SQLite store is opened: what is refused, and what every connection is set to.

WAL with `synchronous = FULL`: a commit returns once the log file is synced. NORMAL would be faster and
lose acknowledged entries at a power cut (142 of 150 simulated ones; FULL lost none). Readers do not
wait for the writer, and see only what it has synced.

One connection writes and checkpoints; SQLite before 3.51.3 can, rarely, corrupt a file on which two do.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Final

from storage.errors import StoreError, StoreUnavailable, StoreUnusable
from storage.file_lock import FileLock
from storage.sqlite_check import check_at_start
from storage.sqlite_errors import store_error
from storage.sqlite_schema import MIGRATIONS, bring_up_to_date, identify

OLDEST_SQLITE: Final = (3, 37, 0)  # STRICT tables

LOCK_TIMEOUT: Final = 5.0
"""Seconds that a lock of another process is waited for: longer than any checkpoint, shorter than what
a client takes for an answer."""

LOCK_RETRY: Final = 0.01
"""Seconds between two tries where SQLite leaves the waiting to its caller."""

NOT_A_FILE: Final = "it is not a file; give the path of one, or of one to be made"

WAL_KEPT: Final = 64 * 2**20
"""Bytes to which the log file is cut back after a burst has made it larger."""


def connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
    """Open a connection with no transactions but those that are begun; `mode` is SQLite's."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=timeout
    )


def open_writer(
    path: Path, timeout: float = LOCK_TIMEOUT, lock: FileLock | None = None
) -> sqlite3.Connection:
    """Open the one connection that writes, making the file or migrating it where needed.

    Takes the lock, if there is one, before it changes anything. Raises StoreInUse, StoreUnusable,
    StoreCorrupt, NewerSchema, or StoreUnavailable where another process holds the file for too long.
    """
    location = f"sqlite:{path}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        known = ".".join(map(str, OLDEST_SQLITE))
        raise StoreUnusable(location, f"SQLite {sqlite3.sqlite_version} is too old; {known} is needed")
    _make_file(path, location)
    try:
        connection = connect(path, "rw", timeout)
        try:
            _prepare(connection, path, location, timeout, lock)
        except BaseException:
            connection.close()
            if lock is not None:
                lock.release()
            raise
    except sqlite3.Error as error:
        raise _at_opening(location, error) from None
    return connection


def open_reader(path: Path, timeout: float = LOCK_TIMEOUT) -> sqlite3.Connection:
    """Open a connection that only reads, beside a writer that is open already."""
    return connect(path, "ro", timeout)


def open_lone_reader(path: Path, timeout: float = LOCK_TIMEOUT) -> sqlite3.Connection:
    """Open a connection that only reads a file that is there, whether or not another process writes it.

    Makes no file and migrates none. Raises StoreUnusable, StoreCorrupt, NewerSchema or StoreUnavailable.
    """
    location = f"sqlite:{path}"
    if not path.exists():
        raise StoreUnusable(location, "there is no such file")
    if not path.is_file():
        raise StoreUnusable(location, NOT_A_FILE)
    try:
        connection = connect(path, "ro", timeout)
        try:
            found = identify(connection, location)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _at_opening(location, error) from None
    if found < len(MIGRATIONS):
        connection.close()
        raise StoreUnusable(location, f"its schema has version {found}; start a server on it to migrate it")
    return connection


def _prepare(
    connection: sqlite3.Connection, path: Path, location: str, timeout: float, lock: FileLock | None
) -> None:
    identify(connection, location)  # before the first change: another program's file stays as it is
    if lock is not None:
        lock.take()
    if _switch_to_wal(connection, timeout) != "wal":
        raise StoreUnusable(location, "its file system cannot share memory (WAL); choose a local disk")
    for setting in (
        "synchronous = FULL",
        "fullfsync = ON",  # macOS: fsync alone stops at the drive's cache
        "checkpoint_fullfsync = ON",
        "foreign_keys = ON",
        f"journal_size_limit = {WAL_KEPT}",
    ):
        connection.execute(f"PRAGMA {setting}").fetchall()
    check_at_start(connection, path, location)
    bring_up_to_date(connection, location)


def _switch_to_wal(connection: sqlite3.Connection, timeout: float) -> str:
    """Return the journal mode that was reached.

    SQLite waits for no lock here, since two that switch at once would wait for each other: they try
    again, as two servers that start together on a new file have to.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(LOCK_RETRY)
        else:
            return str(mode)


def _make_file(path: Path, location: str) -> None:
    """Make an empty file where there is none, readable by its owner only: it will hold the secret.

    A file that exists is not opened here: closing it again would drop the locks that another
    connection of this process holds on it (POSIX).
    """
    try:
        if path.exists():
            _check_file(path, location)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return  # another process was faster
    except FileNotFoundError:
        raise StoreUnusable(location, f"there is no directory {path.parent}; make it first") from None
    except NotADirectoryError:
        raise StoreUnusable(location, f"{path.parent} is not a directory; choose another path") from None
    except OSError as error:
        raise StoreUnusable(location, f"{error.strerror}; choose a path that can be written") from None


def _check_file(path: Path, location: str) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise StoreUnusable(location, NOT_A_FILE)
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StoreUnusable(location, "the file may not be written; change its permissions")


def _at_opening(location: str, error: sqlite3.Error) -> Exception:
    """Tell what fails for good at opening from what only fails now."""
    ours = store_error(location, error)
    if not isinstance(ours, StoreError):
        return error
    if isinstance(ours, StoreUnavailable) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    ):
        return StoreUnusable(location, f"{ours.reason}; the file and its directory have to be writable")
    return ours
