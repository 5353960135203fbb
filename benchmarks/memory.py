"""What the server keeps in memory: for each connection, room and entry, and after a day of work.

What connections take is read from a server process of its own, beside the ceiling, at several numbers of
them: by the slope between these, what is there without any is in none of it.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from benchmarks import idle_clients
from benchmarks.idle_clients import DOCUMENTS, Opens, Stage
from benchmarks.servers import SERVERS, Server, placed, printed_by, process_of, serving
from benchmarks.tables import Figure, Plot, Table
from benchmarks.working_day import FILLED, LENGTH, PEOPLE, ROOMS, Reading

KIB: Final = 1024
MIB: Final = 1024 * KIB

SIZES: Final = (1_000, 2_500, 5_000)
"""Connections at which memory is read; a twentieth of them where each opens `DOCUMENTS` documents."""

KEYS = 500
"""That each of the people types in an hour of the day. SQLite's cache is full after half of the 200,000."""

KINDS: Final[Mapping[str, Opens]] = {
    "no document": "nothing",
    "a document of its own": "own",
    "one document for all": "shared",
}
"""What each of the connections opens."""

LOAD: Final = (
    "Connections are made by a process on a core of its own, where there are two, so many at a time that "
    "the server never waits for one; the column load is its share of that core. The working day and the "
    "windows have a process to themselves, in which next to nothing is kept for whoever types."
)

COLUMNS: Final = ("KiB each", "of ceiling", "connects/s", "of the ceiling's", "µs each", "its share", "load")


@attrs.frozen
class Idle:
    """What came of one kind of connections on one server."""

    kind: str
    server: Server
    stages: Sequence[Stage]

    @property
    def each(self) -> float | None:
        """Bytes that a connection takes; None where the system does not tell."""
        return slope([(stage.connections, stage.bytes) for stage in self.stages])

    @property
    def rate(self) -> float:
        """Connections a second."""
        return self.stages[-1].connections / self.stages[-1].seconds

    @property
    def cost(self) -> float | None:
        """Microseconds of the server's processor time for each; None where the system does not tell."""
        last = self.stages[-1]
        return None if last.server is None else 1e6 * last.server / last.connections

    def figures(self, ceiling: Idle) -> tuple[Figure, ...]:
        """Return those of `COLUMNS`."""
        return (
            _told(self.each, KIB),
            _told(self.each, ceiling.each),
            self.rate,
            self.rate / ceiling.rate,
            _told(self.cost),
            _told(ceiling.cost, self.cost),
            self.stages[-1].busy,
        )

    def grown(self) -> tuple[Figure, ...]:
        """Return by how many MiB the server was larger at each size than without any."""
        before, *after = (stage.bytes for stage in self.stages)
        return tuple("unknown" if before is None or now is None else (now - before) / MIB for now in after)


def slope(points: Sequence[tuple[float, float | None]]) -> float | None:
    """Return by how much the second grows with the first, by least squares; None where one is not known."""
    known = [(size, taken) for size, taken in points if taken is not None]
    if len(known) < len(points):
        return None
    size, taken = (statistics.fmean(column) for column in zip(*known, strict=True))
    rise = sum((x - size) * (y - taken) for x, y in known)
    return rise / sum((x - size) ** 2 for x, _ in known)


def _told(number: float | None, unit: float | None = 1) -> Figure:
    """Return a number in a unit, as far as the system tells both."""
    return "unknown" if number is None or not unit else number / unit


def tables() -> list[Table]:
    """Connect, fill windows, work through a day."""
    _allow_files(max(SIZES) + idle_clients.WARM_UP)
    return asyncio.run(_tables())


async def _tables() -> list[Table]:
    idle = [
        await connected(kind, opens, server)
        for kind, opens in KINDS.items()
        for server in (
            SERVERS if opens == "own" else SERVERS[:2]
        )  # where a store keeps little, it takes none of the memory
    ]
    many = await connected("many documents", "many", "memory")
    windows, day = await worked("windows"), await worked("day", "--keys", str(KEYS))
    return [_connections(idle), _growth(idle), _parts(idle, many, windows, day), _day(day)]


async def connected(kind: str, opens: Opens, server: Server) -> Idle:
    """Let connections come to a server that they have to themselves, and stay."""
    each = idle_clients.DOCUMENTS if opens == "many" else 1
    sizes = ",".join(str(size // each) for size in SIZES)
    async with serving(server) as process:
        options = ["--pid", str(process_of(process)), "--opens", opens, "--sizes", sizes]
        printed = await printed_by(["-m", "benchmarks.idle_clients", process.url, *options], process)
    return Idle(kind, server, [Stage(**stage) for stage in json.loads(printed)])


async def worked(part: str, *options: str) -> list[Reading]:
    """Let the people of `benchmarks.working_day` work in a process that they have to themselves."""
    printed = await printed_by(["-m", "benchmarks.working_day", part, *options])
    return [Reading(**reading) for reading in json.loads(printed)]


def _allow_files(count: int) -> None:
    """Let this process, and those it starts, have so many files and sockets open, as far as it may say so."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < count:
        wanted = count if most == resource.RLIM_INFINITY else min(count, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, wanted), most))


# Tables.


def _connections(idle: Sequence[Idle]) -> Table:
    ceilings = {one.kind: one for one in idle if one.server == "ceiling"}
    return Table(
        "Connections that only stay",
        "ceiling: a relay on aiohttp and the same event loop that answers `hello` and `open`, and keeps who "
        f"is where. A server process of its own for each row; {placed()}. {idle_clients.AT_ONCE} at a time "
        "connect, greet, open what the row says, and stay. KiB each: the slope of the server's own memory "
        f"over {', '.join(f'{size:,}' for size in SIZES)} connections and none, what the system holds for "
        "its sockets not counted. connects/s: until all are there and have their document. µs each: the "
        "server's processor time for one, and its share: the ceiling's, of that; these two hold on a "
        "machine that does other work.",
        COLUMNS,
        tuple((_name(one), one.figures(ceilings[one.kind])) for one in idle),
        ("less", "less", "more", "more", "less", "more", "neither"),
        (
            Plot("bars", ("KiB each",), "KiB of the server's memory for a connection"),
            Plot("bars", ("connects/s",), "connections a second"),
        ),
    )


def _growth(idle: Sequence[Idle]) -> Table:
    sizes = tuple(f"{size:,}" for size in SIZES)
    return Table(
        "Memory for connections that only stay, by their number",
        "In the same runs: by how many MiB the server's own memory was larger than without any.",
        sizes,
        tuple((_name(one), one.grown()) for one in idle),
        "less",
        (Plot("curves", sizes, "MiB", "connections"),),
    )


def _parts(idle: Sequence[Idle], many: Idle, windows: Sequence[Reading], day: Sequence[Reading]) -> Table:
    alone = next(one.each for one in idle if one.kind == "no document" and one.server == "memory")
    room = None if alone is None or many.each is None else (many.each - alone) / DOCUMENTS
    return Table(
        "What a room keeps",
        f"A room: the slope over connections that open {DOCUMENTS} new documents each, less the connection "
        f"itself. In memory: the slope of the process's own memory as the windows of {ROOMS} rooms fill, "
        f"from none to {max(FILLED):,} entries each: as many as a room keeps at the most. On disk: the "
        "slope of the files of SQLite over the hours of the day below, snapshots, outcomes and index "
        "included.",
        ("bytes",),
        (
            ("an empty document, open", (_told(room),)),
            (
                "an entry of a key, in memory",
                (_told(slope([(one.revisions, one.bytes) for one in windows])),),
            ),
            (
                "an entry of a key, on disk",
                (_told(slope([(one.revisions, one.on_disk) for one in day[1:]])),),
            ),
        ),
        "less",
        (Plot("bars", ("bytes",), "bytes"),),
    )


def _day(day: Sequence[Reading]) -> Table:
    hours = tuple(f"{hour}" for hour in range(1, len(day)))
    return Table(
        f"A working day of {PEOPLE} people in one document, by the hour",
        f"The hub and its store (SQLite on this disk) in one process. Everybody types {KEYS} keys an hour, "
        "one at a time, leaves in the middle of each hour and comes back as somebody else; the document "
        f"stays at {LENGTH:,} characters. memory: all that the process has to itself, at the end of that "
        "hour, garbage collected. of the first hour's: that, as a ratio.",
        hours,
        (
            ("revisions", tuple(float(one.revisions) for one in day[1:])),
            ("memory, MiB", tuple(_told(one.bytes, MIB) for one in day[1:])),
            ("of the first hour's", tuple(_told(one.bytes, day[1].bytes) for one in day[1:])),
            ("on disk, MiB", tuple(one.on_disk / MIB for one in day[1:])),
        ),
        "neither",
    )


def _name(one: Idle) -> str:
    return f"{one.kind}: {one.server}"
