"""How many operations a server takes in and passes on, beside the ceiling: a relay that does nothing else.

Each row is a server process of its own, on one core, and a load from another process, on another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from benchmarks.load import Measured, Work
from benchmarks.servers import SERVERS, Server, placed, printed_by, process_of, serving
from benchmarks.tables import Figure, Plot, Table, grouped
from tests.server_process import ServerProcess

SECONDS = 2.0
"""Of measuring, for each row."""

LOADS: Mapping[str, Work] = {
    "2 typists": Work(writers=2),
    "10 typists": Work(writers=10),
    "50 typists": Work(writers=50),
    "200 typists": Work(writers=200),
    "1 typist, 100 readers": Work(writers=1, readers=100),
    "1 typist, 1,000 readers": Work(writers=1, readers=1000),
    "500 rooms of 2": Work(rooms=500, writers=2),
}
"""As fast as acknowledgements come."""

PACED: Mapping[str, Work] = {
    "200 typists, 5/s each": Work(writers=200, pace=5.0),
    "1 typist, 20/s, 100 readers": Work(writers=1, readers=100, pace=20.0),
    "1 typist, 20/s, 1,000 readers": Work(writers=1, readers=1000, pace=20.0),
}
"""At the pace of people."""

HALVED: Final = ("50 typists", "200 typists")
"""Those of `LOADS` that are put on again at half of what was reached."""

LOAD: Final = (
    "A process on a core of its own, where there are two. It parses what a room is told once for everybody "
    "in it, and counts its own processor time: the column load is its share of that core. Below 0.9 it has "
    "waited for the server, so that the server is what was measured; above, the server could do more than "
    "ops/s say, and µs/op hold."
)

OPERATIONS: Final = ("ops/s", "of ceiling", "µs/op", "its share", "server", "load", "ops/sync")
WAITS: Final = ("ack 50 %", "ack 99 %", "ack max", "all 50 %", "all 99 %", "all max", "stall")


@attrs.frozen
class Row:
    """What came of a load on one server, and of the same load on the ceiling just before."""

    name: str
    found: Measured
    ceiling: Measured

    def operations(self) -> tuple[Figure, ...]:
        """Return the figures of `OPERATIONS`."""
        found, ceiling = self.found, self.ceiling
        return (
            found.delivered,
            found.delivered / ceiling.delivered,
            "unknown" if found.cost is None else found.cost,
            ceiling.cost / found.cost if found.cost and ceiling.cost else "unknown",
            "unknown" if found.used is None else found.used,
            found.busy,
            "none" if found.synced is None else found.synced,
        )

    def waits(self) -> tuple[Figure, ...]:
        """Return the figures of `WAITS`."""
        return (*self.found.waits, *self.found.everywhere, self.found.stall)


def tables() -> list[Table]:
    """Measure every load on the ceiling and on every store."""
    at_full_speed = Plot("bars", ("ops/s",), "operations a second that reached everybody")
    paced = Plot("bars", ("server",), "of one core")
    full = list(_rows(LOADS))
    return [
        *_tables("at full speed", full, at_full_speed),
        *_tables("at half of that, each like one server", list(_halved(full)), paced),
        *_tables("at the pace of people", list(_rows(PACED)), paced),
    ]


def _rows(loads: Mapping[str, Work]) -> Iterator[Row]:
    for name, work in loads.items():
        ceiling = asyncio.run(measured("ceiling", work))
        yield Row(f"{name}: ceiling", ceiling, ceiling)
        for server in SERVERS[1:]:
            yield Row(f"{name}: {server}", asyncio.run(measured(server, work)), ceiling)


def _halved(full: Sequence[Row]) -> Iterator[Row]:
    """Put loads on again, each server's at half of what it has reached itself, and the ceiling beside it."""
    for row in full:
        group, server = grouped(row.name)
        if group in HALVED and server != "ceiling":
            work = LOADS[group]
            half = attrs.evolve(work, pace=row.found.acknowledged / work.writers / 2)
            ceiling = asyncio.run(measured("ceiling", half))
            like = f"{work.writers} like {server}"
            yield Row(f"{like}: ceiling", ceiling, ceiling)
            yield Row(f"{like}: {server}", asyncio.run(measured(_server(server), half)), ceiling)


def _server(name: str) -> Server:
    return next(server for server in SERVERS if server == name)


def _tables(speed: str, found: Sequence[Row], plot: Plot) -> tuple[Table, Table]:
    return (
        Table(
            f"Rooms {speed}: operations",
            f"{_how()} ops/s: arrived at every client of the room, each operation counted once. of ceiling: "
            "that, of the row of the ceiling above. µs/op: processor time of the server for each operation, "
            "and its share: the ceiling's, of that; these two hold where ops/s do not, on a machine that "
            "does other work or where the load is what is slow. server, load: of one core, what each took. "
            "ops/sync: operations for each time that the store waited for its disk.",
            OPERATIONS,
            tuple((row.name, row.operations()) for row in found),
            ("more", "more", "less", "more", "neither", "neither", "neither"),
            (plot, Plot("bars", ("its share",), "processor time for an operation: the ceiling's, of it")),
        ),
        Table(
            f"Rooms {speed}: milliseconds",
            "In the same runs. ack: from sending to acknowledgement; all: to the arrival at the last client. "
            "stall: the longest that somebody in no room waited for an answer.",
            WAITS,
            tuple((row.name, row.waits()) for row in found),
            "less",
            (Plot("bars", ("all 99 %", "stall"), "milliseconds"),),
        ),
    )


def _how() -> str:
    return (
        "ceiling: a relay on aiohttp and the same event loop that stamps a revision on what comes and writes "
        "the same bytes to everybody, once a turn. A server process of its own for each row, SQLite on this "
        f"disk with every commit synced; {placed()}. Each typist inserts one character at a random place, "
        "and the next once that is acknowledged: one at a time. "
        f"{SECONDS:g} s each, after half a second of warming up."
    )


async def measured(server: Server, work: Work) -> Measured:
    """Start a server, put a load on it, and return what came of that."""
    async with serving(server) as process:
        return Measured(**json.loads(await printed_by(_load(process, work), process)))


def _load(server: ServerProcess, work: Work) -> list[str]:
    options = {"seconds": SECONDS, "pid": process_of(server), **attrs.asdict(work)}
    given = [text for name, value in options.items() if value for text in (f"--{name}", str(value))]
    return ["-m", "benchmarks.load", server.url, *given]
