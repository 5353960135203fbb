"""Copies of a SQLite store: one that is made while a server writes it, and one that takes its place.

A database in WAL mode is up to three files, and what lies beside a file belongs to it: put a copy in place
by itself, and SQLite replays the old log file over it. So a backup is one file that needs no other, and
restoring moves what was there out of the way, log file first.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage.errors import StoreCorrupt, StoreUnusable
from storage.file_lock import FileLock
from storage.sqlite_check import broken_pages, findings
from storage.sqlite_errors import store_error
from storage.sqlite_file import NOT_A_FILE, connect, open_lone_reader
from storage.sqlite_schema import identify


def back_up(path: Path, out: Path) -> None:
    """Write the store at `path`, as it is at one moment, to a new file, and check the copy's pages.

    Safe while a server writes the store. Raises StoreUnusable where `out` is there already or cannot be
    written, and what opening and reading a store raise.
    """
    if out.exists():
        raise StoreUnusable(f"sqlite:{out}", "there is such a file already; a backup is a new one")
    with closing(open_lone_reader(path)) as source, _new_file(out) as copied:
        _copy(source, copied)
        copied.rename(out)
    _sync(out.parent)


def restore(path: Path, backup: Path, now: datetime) -> Path | None:
    """Put a copy of `backup` in the place of the store at `path`, which no server may have.

    Returns where the file that was there is kept; nothing of it is lost. Raises StoreInUse, StoreCorrupt
    where the backup is damaged, StoreUnusable or NewerSchema where it is none, with nothing changed.
    """
    location = f"sqlite:{path}"
    if path.exists() and not path.is_file():
        raise StoreUnusable(location, NOT_A_FILE)
    if path.exists() and backup.exists() and path.samefile(backup):
        raise StoreUnusable(location, "it cannot be restored from itself")
    lock = FileLock(path, location)
    lock.take()
    try:
        with closing(_open_backup(backup)) as source, _new_file(path, ".restoring") as copied:
            _copy(source, copied)
            return _put_in_place(path, copied, f"replaced-{now:%Y%m%dT%H%M%S}")
    finally:
        lock.release()


def _open_backup(backup: Path) -> sqlite3.Connection:
    """Open a file that holds a store of any version up to ours."""
    location = f"sqlite:{backup}"
    if not backup.is_file():
        raise StoreUnusable(location, NOT_A_FILE if backup.exists() else "there is no such file")
    try:
        connection = connect(backup, "ro", 0.0)
        try:
            if identify(connection, location) == 0:
                raise StoreUnusable(location, "there is nothing in it")
            found = findings(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise store_error(location, error) from None
    if found:
        connection.close()
        raise StoreCorrupt(location, found[0])
    return connection


@contextlib.contextmanager
def _new_file(target: Path, suffix: str = ".partial") -> Iterator[Path]:
    """Make an empty file beside `target`, gone at the end unless it was renamed; readable by its owner."""
    made = target.with_name(target.name + suffix)
    made.unlink(missing_ok=True)  # of a run that was killed
    try:
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        yield made
    except OSError as error:
        raise StoreUnusable(f"sqlite:{target}", f"{error.strerror} ({error.filename})") from None
    finally:
        made.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database into a file, whole and synced, so that it needs no log file beside it."""
    location = f"sqlite:{target}"
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
            broken = next(broken_pages(copy), None)
    except sqlite3.Error as error:
        raise store_error(location, error) from None
    if broken is not None:
        raise StoreCorrupt(location, broken)
    _sync(target)


def _put_in_place(path: Path, copied: Path, suffix: str) -> Path | None:
    """Move the store at `path` aside and the copy there: at every moment a store is at `path`.

    The log file goes first. Were it to stay, a power cut in between could leave it beside the copy.
    """
    kept = path.with_name(f"{path.name}.{suffix}")
    was_there = path.exists()
    log_file = path.with_name(f"{path.name}-wal")
    if log_file.exists():
        log_file.rename(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    if was_there:
        os.link(path, kept)
    _sync(path.parent)
    copied.replace(path)
    _sync(path.parent)
    return kept if was_there else None


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
