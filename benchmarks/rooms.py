"""How many operations a real server takes in and passes on: its process, a load from another process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs

from benchmarks.load import Measured
from benchmarks.tables import Table
from tests.server_process import ROOT, ServerProcess, free_port

SECONDS = 3.0
"""Of measuring, for each row."""

LOADS: Final = ((1, 2), (1, 10), (10, 2), (10, 10))
"""Rooms, and clients in each."""

STORES: Final = ("memory", "sqlite")

UNLIMITED: Final = ("--limit", "submissions_per_second=1000000", "--limit", "submission_burst=1000000")

COLUMNS: Final = ("accepted", "acknowledged", "delivered", "median", "99 %", "load")


def tables() -> list[Table]:
    """Measure every load on every store."""
    rows = [
        (f"{store} {rooms}x{clients}", attrs.astuple(asyncio.run(measured(store, rooms, clients))))
        for store in STORES
        for rooms, clients in LOADS
    ]
    return [
        Table("Rooms x clients of each: operations per second through a server", _how(), COLUMNS, tuple(rows))
    ]


def _how() -> str:
    cores = _cores()
    placed = (
        f"the server on core {cores[0]}, the load on the others"
        if len(cores) > 1
        else "server and load on whatever core is free"
    )
    return (
        f"A server process of its own for each row, SQLite on this disk with every commit synced; {placed}. "
        "Each client inserts one character at a random place and, once that is acknowledged, the next: one "
        "at a time, so that few clients measure the way there and back, and many the server. accepted: as "
        "the server counts what landed. acknowledged: told to their authors. delivered: arrived at every "
        "client of the room, counted once. median, 99 %: milliseconds from sending to acknowledgement, of "
        "the middle one and of the slowest in a hundred. load: the share of one core that the load took; "
        "near 1, the server could do more than is shown. "
        f"{SECONDS:g} s each, after half a second of warming up."
    )


async def measured(store: str, rooms: int, clients: int) -> Measured:
    """Start a server, put a load on it, and return what came of that."""
    cores = _cores()
    # Not where temporary files lie: that may be memory, which syncs at no cost.
    with TemporaryDirectory(dir=ROOT, prefix=".rooms-") as folder:
        server = _server(Path(folder), store)
        with _inherited(cores[:1]):
            await server.start()
        try:
            with _inherited(cores[1:] or cores):
                process = await asyncio.create_subprocess_exec(
                    *_load(server.url, rooms, clients), cwd=ROOT, stdout=asyncio.subprocess.PIPE
                )
            printed, _ = await process.communicate()
            if process.returncode != 0:
                raise RuntimeError(
                    f"the load ended with {process.returncode}; the server says:\n{server.log()}"
                )
            return Measured(**json.loads(printed))
        finally:
            await server.terminate()


def _server(folder: Path, store: str) -> ServerProcess:
    port = free_port()
    url = "memory:" if store == "memory" else f"sqlite:{folder / 'rooms.db'}"
    options = ["--port", str(port), "--store", url, "--log-level", "warning", *UNLIMITED]
    return ServerProcess(folder, [sys.executable, "server.py", "serve", *options], port=port)


def _load(url: str, rooms: int, clients: int) -> list[str]:
    numbers = ("--rooms", str(rooms), "--clients", str(clients), "--seconds", str(SECONDS))
    return [sys.executable, "-m", "benchmarks.load", url, *numbers]


def _cores() -> list[int]:
    """Return the cores that this process may use; none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def _inherited(cores: list[int]) -> Iterator[None]:
    """Run on these cores for a while: a process started meanwhile stays on them, with all its threads."""
    before = _cores()
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        if cores:
            os.sched_setaffinity(0, before)
