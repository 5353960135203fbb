"""Our server beside those that people would pick instead: the same typists, in one run.

The load is that of the benchmark of rooms, speaking what each server speaks.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs

from benchmarks import rooms
from benchmarks.load import OURS, Measured, Work
from benchmarks.peers.installing import ROOT, folder_of, install, installed
from benchmarks.servers import Server, placed, printed_by, process_of, running, serving
from benchmarks.tables import Figure, Plot, Table
from tests.server_process import ServerProcess, free_port

SECONDS = 2.0
"""Of measuring, for each row."""

LOADS: Mapping[str, Work] = {name: work for name, work in rooms.LOADS.items() if work.readers < 1_000}
"""Those of the rooms, but for the one in which a thousand sockets are what is measured."""

CROWD: Final = "200 typists"
GOAL: Final = 30.0
"""Times as many operations in the largest room as each of `BEATEN` does."""

BEATEN: Final = ("ShareDB", "Hocuspocus", "Hocuspocus, unbatched", "y-websocket")

COUNTERPOINT: Final = "Counterpoint"


@attrs.frozen
class Ours:
    """A server of this repository."""

    name: str = COUNTERPOINT
    server: Server = "memory"
    speaks: str = OURS

    def install(self) -> None:
        """It is here."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ServerProcess]:
        """Run it for as long as the context is entered."""
        async with serving(self.server) as process:
            yield process


@attrs.frozen
class Peer:
    """A server that people would pick instead."""

    name: str
    program: str
    """What `serving.py` or `serving.mjs` calls it."""
    speaks: str
    """What of `benchmarks.load.DIALECTS`."""
    packages: str
    """With their versions, as the registry has them."""
    is_npm: bool = False

    def install(self) -> None:
        """Raise NotInstalled if that cannot be done."""
        install(self.packages, folder_of(self.packages), is_npm=self.is_npm)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ServerProcess]:
        """Run it for as long as the context is entered."""
        folder, port = folder_of(self.packages), free_port()
        if self.is_npm:
            command = [
                "node",
                str(Path(__file__).parent / "serving.mjs"),
                self.program,
                str(folder),
                str(port),
            ]
        else:
            command = [sys.executable, "-m", "benchmarks.peers.serving", self.program, str(port)]
        first = {"PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT)))}
        with TemporaryDirectory() as log:
            process = ServerProcess(Path(log), command, port=port, environment=first)
            async with running(process):
                yield process


HOCUSPOCUS: Final = "@hocuspocus/server@4.7.0 yjs@13.6.33"

SERVERS: Sequence[Ours | Peer] = (
    Ours(),
    Ours("the ceiling", "ceiling"),
    Peer(
        "ShareDB",
        "sharedb",
        "sharedb",
        "sharedb@7.0.0 ws@8.23.0 @teamwork/websocket-json-stream@2.0.0 ot-text-unicode@4.0.0",
        is_npm=True,
    ),
    Peer("Hocuspocus", "hocuspocus", "hocuspocus", HOCUSPOCUS, is_npm=True),
    Peer("Hocuspocus, unbatched", "hocuspocus-unbatched", "hocuspocus", HOCUSPOCUS, is_npm=True),
    Peer("y-websocket", "y-websocket", "yjs", "@y/websocket-server@0.1.1 yjs@13.6.33", is_npm=True),
    Peer(
        "pycrdt-websocket",
        "pycrdt",
        "yjs",
        "pycrdt-websocket==0.16.5 pycrdt==0.14.13 uvicorn==0.54.0 websockets==17.4",
    ),
    Peer("python-socketio", "socketio", "socketio", "python-socketio==5.18.1"),
)

COLUMNS: Final = ("ops/s", "ours: times", "µs/op", "ours: less", "server", "load")

LOAD: Final = (
    "The same process types on every server, in its protocol, and hears for all of its clients: what arrives "
    "twice in a room is parsed once. It has a core for itself, and the last column says how much of it it "
    "took. Where that is not near 1 while the server's share is, the server is what is slow; on a machine "
    "that does other work neither is, and processor time is the figure to read."
)


def tables() -> list[Table]:
    """Install who is missing, put every load on every server, and tell who could not be had."""
    present, missing = installed(SERVERS)
    measured = {
        load: {one.name: asyncio.run(_measured(one, work)) for one in present} for load, work in LOADS.items()
    }
    return [_table(measured), *missing, *([verdicts(measured[CROWD])] if CROWD in measured else [])]


async def _measured(server: Ours | Peer, work: Work) -> Measured:
    async with server.serving() as process:
        options = {
            "seconds": SECONDS,
            "pid": process_of(process),
            "speaks": server.speaks,
            **attrs.asdict(work),
        }
        given = [text for name, value in options.items() if value for text in (f"--{name}", str(value))]
        return Measured(
            **json.loads(await printed_by(["-m", "benchmarks.load", process.url, *given], process))
        )


def _table(measured: Mapping[str, Mapping[str, Measured]]) -> Table:
    rows = tuple(
        (f"{load}: {name}", _figures(one, found[COUNTERPOINT]))
        for load, found in measured.items()
        for name, one in found.items()
    )
    return Table(
        "Servers, beside each other",
        f"A process of its own for each row, documents in memory; {placed()}. Each typist inserts one "
        "character and, once that has come back or is acknowledged, the next: on ours, in ShareDB and in "
        "python-socketio, which only numbers and passes on, at a random place; in Yjs behind its own last "
        "one, which costs least there. Nothing is compressed. ops/s: arrived at every client of the room, "
        "each operation counted once; ours: times: Counterpoint's, of that. µs/op: processor time of the "
        "server for each operation; ours: less: that, of Counterpoint's; it holds on a machine that does "
        "other work, too. server, load: the share of one core that each took. "
        f"{SECONDS:g} s each, after half a second of warming up, and longer where so much is not enough for "
        "everybody to be acknowledged once. Hocuspocus, unbatched: with its option flushDelay set to false, "
        "a message for each update, as in version 4.0. The ceiling: a relay that does nothing else, as in "
        "the benchmark of rooms.",
        COLUMNS,
        rows,
        ("more", "neither", "less", "neither", "neither", "neither"),
        (Plot("bars", ("ops/s",), "operations a second"), Plot("bars", ("µs/op",), "µs of processor time")),
    )


def _figures(one: Measured, ours: Measured) -> tuple[Figure, ...]:
    return (
        one.delivered,
        ours.delivered / one.delivered if one.delivered else "nothing arrived",
        "unknown" if one.cost is None else one.cost,
        one.cost / ours.cost if one.cost and ours.cost else "unknown",
        "unknown" if one.used is None else one.used,
        one.busy,
    )


def verdicts(crowd: Mapping[str, Measured]) -> Table:
    """Return what became of the goal beside each of those it names."""
    return Table(
        f"Counterpoint beside its peers, {CROWD}: times less processor time for an operation",
        "Of the figures above, taken in this run. A goal counts as missed below it, however little.",
        ("times", "goal", ""),
        tuple(
            (name, _verdict(crowd[COUNTERPOINT].cost, crowd[name].cost)) for name in BEATEN if name in crowd
        ),
        ("more", "neither", "neither"),
    )


def _verdict(ours: float | None, theirs: float | None) -> tuple[Figure, ...]:
    if not ours or not theirs:
        return ("not measured", GOAL, "open")
    return (theirs / ours, GOAL, "met" if theirs / ours >= GOAL else "missed")
