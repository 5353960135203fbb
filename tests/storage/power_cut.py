"""A disk that can lose power: what SQLite has written is safe only once it has synced it.

A VFS of SQLite (by APSW) passes every call on to the real file system and notes it down. A write waits
in memory until its file is synced; a cut keeps what was synced, a random part of what waited, and of
the last of that perhaps only the beginning.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

import apsw
import attrs

Write: TypeAlias = tuple[int, bytes | None]
"""Bytes and where they go; None cuts the file off there."""

VFS_NAME: Final = "power-cut"


def after(image: bytes, writes: Iterable[Write]) -> bytes:
    """Return the contents of a file after some writes."""
    content = bytearray(image)
    for offset, written in writes:
        content.extend(bytes(max(0, offset - len(content))))
        if written is None:
            del content[offset:]
        else:
            content[offset : offset + len(written)] = written
    return bytes(content)


def _torn(write: Write, rng: random.Random) -> Write:
    offset, written = write
    return write if written is None else (offset, written[: rng.randrange(len(written))])


@attrs.frozen
class Files:
    """What lies on the disk, and what the kernel has been given since, by the name of the file."""

    synced: dict[str, bytes]
    waiting: dict[str, tuple[Write, ...]]

    def survive_kill(self, directory: Path) -> None:
        """Write what a restarted process sees: the kernel has lost nothing."""
        for name, image in self.synced.items():
            (directory / name).write_bytes(after(image, self.waiting[name]))

    def survive_cut(self, directory: Path, rng: random.Random) -> None:
        """Write what a machine that lost power sees."""
        for name, image in self.synced.items():
            kept = list(self.waiting[name][: rng.randint(0, len(self.waiting[name]))])
            if kept and rng.random() < 0.5:
                kept.append(_torn(kept.pop(), rng))
            (directory / name).write_bytes(after(image, kept))


class Disk:
    """Records what all files opened through it have written and synced."""

    def __init__(self, files: Files | None = None) -> None:
        self._lock = threading.RLock()
        self._synced = dict(files.synced) if files is not None else {}
        self._waiting = {name: list(writes) for name, writes in files.waiting.items()} if files else {}
        self.on_write: Callable[[], None] = lambda: None

    def files(self) -> Files:
        with self._lock:
            return Files(dict(self._synced), {name: tuple(w) for name, w in self._waiting.items()})

    def opened(self, name: str) -> None:
        with self._lock:
            self._synced.setdefault(name, b"")
            self._waiting.setdefault(name, [])

    def wrote(self, name: str, write: Write) -> None:
        with self._lock:
            self._waiting[name].append(write)
            self.on_write()

    def synced(self, name: str) -> None:
        with self._lock:
            self._synced[name] = after(self._synced[name], self._waiting[name])
            self._waiting[name] = []

    def deleted(self, name: str) -> None:
        with self._lock:
            self._synced.pop(name, None)
            self._waiting.pop(name, None)


class RecordingVFS(apsw.VFS):
    """The real file system, with a disk that listens; registered for as long as it lives."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(VFS_NAME, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _RecordingFile(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.disk.deleted(Path(filename).name)


class _RecordingFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk = disk
        self._name = None if path is None else Path(path).name  # None: a temporary file, never durable
        if self._name is not None:
            disk.opened(self._name)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        if self._name is not None:
            self._disk.wrote(self._name, (offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        if self._name is not None:
            self._disk.wrote(self._name, (newsize, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        if self._name is not None:
            self._disk.synced(self._name)


def connect(path: Path, mode: str, timeout: float) -> apsw.Connection:
    """Open a connection on the recorded disk, in place of `storage.sqlite_file.connect`.

    APSW's connections have every method by which a store uses those of the standard library.
    """
    flags = apsw.SQLITE_OPEN_READWRITE if mode == "rw" else apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(str(path), flags=flags, vfs=VFS_NAME)
    connection.set_busy_timeout(int(timeout * 1000))
    return connection
