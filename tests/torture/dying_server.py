"""A server that kills itself at a named point of what it does: `python -m tests.torture.dying_server serve`.

`DIES_AT` names the point, and `DIES_AFTER` how often it is passed before. It is the real server over the real
store, with a wrapper around one function; it dies of SIGKILL, so that nothing of its own runs any more.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any, Final

import attrs

import transport.upkeep
from server import main
from storage import SQLiteStore, sqlite_rows, sqlite_segments
from storage.sqlite_thread import ConnectionThread
from transport.deliveries import Deliveries
from transport.effects import Share
from transport.messages import Operations


class Point:
    """Counts how often it is reached, and ends the process when that is often enough."""

    def __init__(self, passed: int) -> None:
        self._left = count(passed, -1)

    def reached(self) -> None:
        if next(self._left) <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str, point: Point) -> None:
    """Reach the point when a function is called."""
    original = getattr(owner, name)

    def wrapped(*args: Any, **named: Any) -> Any:
        point.reached()
        return original(*args, **named)

    setattr(owner, name, wrapped)


def after(owner: Any, name: str, point: Point) -> None:
    """Reach the point when a function has returned."""
    original = getattr(owner, name)

    def wrapped(*args: Any, **named: Any) -> Any:
        result = original(*args, **named)
        point.reached()
        return result

    setattr(owner, name, wrapped)


def telling(point: Point, told: int | None) -> None:
    """Reach the point when so many sessions have been told what landed; None: all of them."""
    original = Deliveries._share

    def shared(self: Deliveries, share: Share) -> None:
        if not isinstance(share.message, Operations):
            original(self, share)
            return
        original(self, attrs.evolve(share, sessions=share.sessions[:told]))
        point.reached()
        if told is not None:
            original(self, attrs.evolve(share, sessions=share.sessions[told:]))

    Deliveries._share = shared  # type: ignore[method-assign]


def after_commit(point: Point) -> None:
    """Reach the point when a group is on the disk, and nobody has been told."""
    original = ConnectionThread._tell

    def told(self: ConnectionThread, results: Any) -> None:
        if any(error is None and getattr(result, "revision", None) for _, result, error in results):
            point.reached()
        original(self, results)

    ConnectionThread._tell = told  # type: ignore[method-assign]


POINTS: Final[dict[str, Callable[[Point], None]]] = {
    "before the append": lambda point: before(SQLiteStore, "append", point),
    "written and not committed": lambda point: after(sqlite_rows, "append", point),
    "committed and not told": after_commit,
    "one was told": lambda point: telling(point, 1),
    "all were told": lambda point: telling(point, None),
    "before the snapshot": lambda point: before(SQLiteStore, "save_snapshot", point),
    "snapshot written and not committed": lambda point: after(sqlite_rows, "save_snapshot", point),
    "packed and not committed": lambda point: after(sqlite_rows, "pack", point),
}

if __name__ == "__main__":
    transport.upkeep.SNAPSHOT_ENTRIES = (10, 10)  # type: ignore[misc]  # so that there are snapshots to die at
    sqlite_segments.KEPT, sqlite_segments.ENTRIES = 5, 3  # type: ignore[misc]  # and entries to be packed
    POINTS[os.environ["DIES_AT"]](Point(int(os.environ["DIES_AFTER"])))
    main()
