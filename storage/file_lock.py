"""That one server at a time has a store: a lock beside its file, which ends with its process.

Two servers over one file would lose nothing, since the store decides each revision, but neither would
tell its clients what the other's have typed. The kernel keeps the lock (`flock`) and lets go of it however
the process ends. The file of the lock stays; what it holds, a process id, is for people.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.errors import StoreInUse, StoreUnusable

if sys.platform != "win32":
    import fcntl


def lock_path(path: Path) -> Path:
    """Return where the lock of the store at `path` is: one place, whichever link leads to the store."""
    whole = path.resolve()
    return whole.with_name(f"{whole.name}-lock")


class FileLock:
    """The right to serve one store. Another one in the same process is another holder."""

    def __init__(self, path: Path, location: str) -> None:
        self._path = lock_path(path)
        self._location = location
        self._file: int | None = None

    def __repr__(self) -> str:
        return f"<FileLock {self._path}, {'free' if self._file is None else 'held'}>"

    def take(self) -> None:
        """Take the lock; raise StoreInUse where somebody has it, StoreUnusable where there can be none."""
        assert self._file is None, "it is held already"
        if sys.platform == "win32":
            raise StoreUnusable(self._location, "a store cannot be locked on Windows; use SQLiteStore itself")
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = f"its lock {self._path} cannot be made ({error.strerror}); make its directory writable"
            raise StoreUnusable(self._location, reason) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(file, 20, 0).strip()
            os.close(file)
            if not isinstance(error, BlockingIOError):
                reason = f"its file system keeps no locks ({error.strerror}); choose a local disk"
                raise StoreUnusable(self._location, reason) from None
            raise StoreInUse(self._location, int(holder) if holder.isdigit() else None) from None
        os.ftruncate(file, 0)
        os.pwrite(file, b"%d\n" % os.getpid(), 0)
        self._file = file

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
