"""The addresses by which stores are named in configuration: `memory:` and `sqlite:PATH`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from storage.errors import StoreUnusable
from storage.memory import MemoryStore
from storage.sqlite import SQLiteStore
from storage.store import Store


def open_store(url: str, *, read_only: bool = False) -> Store:
    """Return the store that an address names, not yet started.

    One that is `read_only` has to exist, and is safe to read while a server writes it; of the others one at
    a time can be started, and the rest raise StoreInUse. Raises StoreUnusable for an address that is not
    understood.
    """
    scheme, colon, rest = url.partition(":")
    make = _STORES.get(scheme.lower()) if colon else None
    if make is None:
        raise StoreUnusable(url, "addresses understood are memory: and sqlite:PATH")
    return make(url, rest, read_only)


def _memory(url: str, rest: str, read_only: bool) -> Store:
    if rest:
        raise StoreUnusable(url, "a store in memory has no name; write memory:")
    if read_only:
        raise StoreUnusable(url, "a store in memory lives in its server alone; nothing is there to read")
    return MemoryStore()


def sqlite_path(url: str) -> Path:
    """Return the path of the SQLite store that an address names; raise StoreUnusable if it is another one."""
    scheme, _, path = url.partition(":")
    if scheme.lower() != "sqlite":
        raise StoreUnusable(url, "this is for a store in a file: sqlite:PATH")
    _check_sqlite_path(url, path)
    return Path(path)


def _sqlite(url: str, path: str, read_only: bool) -> Store:
    _check_sqlite_path(url, path)
    return SQLiteStore(path, read_only=read_only, alone=not read_only)


def _check_sqlite_path(url: str, path: str) -> None:
    # Elsewhere sqlite:///x is the relative path x, or the absolute one: better not to guess.
    if not path or path.startswith("//"):
        raise StoreUnusable(
            url, "write sqlite:PATH, as in sqlite:counterpoint.db or sqlite:/srv/counterpoint.db"
        )


_STORES: Final[dict[str, Callable[[str, str, bool], Store]]] = {"memory": _memory, "sqlite": _sqlite}
