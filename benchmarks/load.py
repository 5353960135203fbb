"""Load for a running server, from a process of its own: rooms of clients that type as fast as they may.

    python -m benchmarks.load http://127.0.0.1:8080 --rooms 10 --clients 2 --seconds 4

A client sends its next operation as soon as the last one is acknowledged: one at a time is all that the
protocol allows it. It is written against the protocol, not with our client, whose own work is not what
is measured. What comes out is one line of JSON, a `Measured`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import secrets
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Final

import aiohttp
import attrs
import click

from benchmarks.dialects.counterpoint import Counterpoint
from benchmarks.dialects.dialect import Dialect
from benchmarks.dialects.sharedb import ShareDB
from benchmarks.dialects.socketio import SocketIO
from benchmarks.dialects.yjs import Hocuspocus, Yjs
from benchmarks.process_time import process_seconds
from benchmarks.typing_clients import Client, Probe, Room, entered, probing, slowest
from transport.command_line import run

WARM_UP: Final = 0.5
"""Seconds of load before the measuring begins."""

LONGER: Final = 5
"""Times as long as said a load is measured at the most, if the server is too slow for a figure."""

PROBED: Final = 0.01
"""Seconds between two looks at whether the server answers."""

OURS: Final = "counterpoint"

DIALECTS: Final[Mapping[str, Callable[[str], Dialect]]] = {
    OURS: Counterpoint,
    "sharedb": ShareDB,
    "yjs": Yjs,
    "hocuspocus": Hocuspocus,
    "socketio": SocketIO,
}
"""What a server speaks, by the name that the command line takes. Made of the name of a document."""

LANDED: Final = "counterpoint_operations_total "
"""The server's own count of what has landed, in its metrics."""

SYNCED: Final = "counterpoint_store_syncs_total "
"""How often its store has waited for the disk."""


@attrs.frozen
class Work:
    """What a load consists of."""

    rooms: int = 1
    writers: int = 2
    """Clients of each room that type."""
    readers: int = 0
    """Clients of each room that only read."""
    pace: float | None = None
    """Operations a second of each writer; None: as fast as acknowledgements come."""


@attrs.frozen
class Measured:
    """What one load came to. Rates are operations a second over all rooms, waits are milliseconds."""

    accepted: float
    """Landed, as the server counts, or where it tells no count, as everybody has seen on average."""
    acknowledged: float
    """Acknowledged to their authors."""
    delivered: float
    """Arrived at every client of their room."""
    waits: tuple[float, float, float]
    """From sending to acknowledgement: the middle one, that of one in a hundred, the longest."""
    everywhere: tuple[float, float, float]
    """The same, from sending to the arrival at the last client."""
    stall: float
    """The longest that somebody in no room had to wait for an answer; 0 where nobody asks."""
    cost: float | None
    """Microseconds of processor time that the server took for each operation; None where not known."""
    used: float | None
    """Share of one core that the server took; with threads it may be above 1."""
    busy: float
    """Share of the time that this process was computing: near 1, the load and not the server is measured."""
    synced: float | None = None
    """Operations that landed for each time that the store waited for its disk; None where it never does."""


@attrs.frozen
class _Count:
    """What had come about at one moment."""

    at: float
    accepted: float
    syncs: float
    acknowledged: int
    arrived: int
    server: float | None
    computed: float


class Load:
    """All rooms of one load."""

    def __init__(self, http: aiohttp.ClientSession, url: str, pid: int | None, speaks: str) -> None:
        self.rooms: list[Room] = []
        self._speaks = speaks
        self._http = http
        self._url = url
        self._pid = pid
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._probe = Probe(PROBED) if speaks == OURS else None

    async def enter(self, work: Work) -> None:
        """Let every client into its room."""
        run, host = secrets.token_hex(4), self._url.removeprefix("http://")
        if self._probe is not None:
            await probing(host, self._probe)
        for number in range(work.rooms):
            dialect = DIALECTS[self._speaks](f"load-{run}-{number}")
            room = Room(dialect, random.Random(number))
            self.rooms.append(room)
            for _ in range(work.writers + work.readers):
                client = Client(room, self._failed)
                await entered(host, client, dialect)
                room.clients.append(client)

    async def measured(self, work: Work, seconds: float) -> Measured:
        """Let the writers type, and count over so many seconds.

        It takes longer where a server has not acknowledged as much as there are writers.
        """
        for room in self.rooms:
            for client in room.clients[: work.writers]:
                if work.pace is None:
                    client.type_on()
                else:
                    client.type_every(1 / work.pace)
        await self._while_it_works(WARM_UP)
        before = await self._count()
        for room in self.rooms:
            room.acknowledged, room.delivered = [], []
        if self._probe is not None:
            self._probe.waits = []
        for _ in range(LONGER):
            await self._while_it_works(seconds)
            after = await self._count()
            if after.acknowledged - before.acknowledged >= work.rooms * work.writers:
                break
        return self._between(before, after)

    def leave(self) -> None:
        """Close every connection."""
        if self._probe is not None:
            self._probe.leave()
        for room in self.rooms:
            for client in room.clients:
                client.leave()

    async def _while_it_works(self, seconds: float) -> None:
        """Let so much time pass; raise what any client met with."""
        await asyncio.wait([self._failed], timeout=seconds)
        if self._failed.done():
            self._failed.result()

    async def _landed(self) -> tuple[float, float]:
        """Return what has landed, and how many syncs of a disk that has taken."""
        if self._probe is None:
            seen = (statistics.fmean(client.revision for client in room.clients) for room in self.rooms)
            return sum(seen), 0.0
        async with self._http.get(f"{self._url}/metrics") as response:
            lines = (await response.text()).splitlines()
        told = {name: line for line in lines for name in (LANDED, SYNCED) if line.startswith(name)}
        return float(told[LANDED].removeprefix(LANDED)), float(told.get(SYNCED, "0").removeprefix(SYNCED))

    async def _count(self) -> _Count:
        accepted, syncs = await self._landed()
        return _Count(
            at=time.perf_counter(),
            accepted=accepted,
            syncs=syncs,
            acknowledged=sum(client.acknowledged for room in self.rooms for client in room.clients),
            arrived=sum(room.revision for room in self.rooms),
            server=None if self._pid is None else process_seconds(self._pid),
            computed=time.process_time(),
        )

    def _between(self, before: _Count, after: _Count) -> Measured:
        passed, accepted = after.at - before.at, after.accepted - before.accepted
        acknowledged = [wait for room in self.rooms for wait in room.acknowledged]
        delivered = [wait for room in self.rooms for wait in room.delivered]
        known = before.server is not None and after.server is not None
        server = after.server - before.server if known else None  # type: ignore[operator]  # both are known
        return Measured(
            accepted=accepted / passed,
            acknowledged=(after.acknowledged - before.acknowledged) / passed,
            delivered=(after.arrived - before.arrived) / passed,
            waits=(slowest(acknowledged, 50), slowest(acknowledged, 99), slowest(acknowledged, 100)),
            everywhere=(slowest(delivered, 50), slowest(delivered, 99), slowest(delivered, 100)),
            stall=0.0 if self._probe is None else slowest(self._probe.waits, 100),
            cost=None if server is None or not accepted else 1e6 * server / accepted,
            used=None if server is None else server / passed,
            busy=(after.computed - before.computed) / passed,
            synced=accepted / syncs if (syncs := after.syncs - before.syncs) else None,
        )


async def load(
    url: str, work: Work, *, seconds: float, pid: int | None = None, speaks: str = OURS
) -> Measured:
    """Put a load on the server at `url` (http), which is process `pid` and speaks this, and measure."""
    async with aiohttp.ClientSession() as http:
        whole = Load(http, url, pid, speaks)
        await whole.enter(work)
        gc.freeze()
        gc.disable()  # nothing here is cyclic, and a pause of the load would be taken for one of the server
        try:
            return await whole.measured(work, seconds)
        finally:
            gc.enable()
            gc.unfreeze()
            whole.leave()


@click.command()
@click.argument("url")
@click.option("--rooms", type=click.IntRange(1), default=1)
@click.option("--writers", type=click.IntRange(1), default=2, help="In each room.")
@click.option("--readers", type=click.IntRange(0), default=0, help="In each room.")
@click.option("--pace", type=click.FloatRange(0, min_open=True), help="Operations a second of each writer.")
@click.option("--seconds", type=click.FloatRange(0.1), default=4.0)
@click.option("--pid", type=int, help="The server's process, to tell what it costs.")
@click.option("--speaks", type=click.Choice(sorted(DIALECTS)), default=OURS, help="What the server does.")
def main(
    url: str,
    rooms: int,
    writers: int,
    readers: int,
    pace: float | None,
    seconds: float,
    pid: int | None,
    speaks: str,
) -> None:
    """Put a load on a server, and print what it came to as JSON."""
    work = Work(rooms, writers, readers, pace)
    measured = run(load(url, work, seconds=seconds, pid=pid, speaks=speaks))
    click.echo(json.dumps(attrs.asdict(measured)))


if __name__ == "__main__":
    main()
