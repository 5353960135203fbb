"""Whether the server still costs what it did: exit code 1 where it has lost a third beside the ceiling.

    python -m benchmarks.regression             # measure, and compare with what is recorded
    python -m benchmarks.regression --record    # measure for longer, and record that instead

The ceiling, the server with its memory store, and everybody who types run in one process, over sockets: so
who runs when is settled by what they do, and not by what else the machine does. Everybody in a room types one
character, which goes to everybody, and then the next one; some dozen times at the ceiling, as often at the
server, and so on in turns. What counts is the ceiling's processor time, as a share of the server's, both with
the clients' own: it hardly depends on the machine. The middle of some turns counts, and a room that seems to
have lost too much is measured once more, for longer, before that is believed.
"""

from __future__ import annotations

import asyncio
import datetime
import gc
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

import click
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import ceiling
from benchmarks.dialects.counterpoint import Counterpoint
from benchmarks.reports import read_report, reported
from benchmarks.tables import Table, middle
from benchmarks.typing_clients import Client, Room, entered
from server import make_app
from storage import open_store
from transport import Limits
from transport.command_line import run

RECORDED: Final = Path(__file__).parent / "recorded" / "speed.json"
"""What was measured when somebody last recorded it, on which machine and with which versions."""

LOST: Final = 1 / 3
"""Of the recorded share, from which on it is a failure."""

TYPISTS: Final = (50, 200)
"""In a room."""

TURN: Final = 1_000
"""Operations that one server is given before it is the other's turn."""

TURNS: Final = 25
TURNS_IN_DOUBT: Final = 51

PATIENCE: Final = 60.0
"""Seconds until an operation that has not arrived everywhere never will."""

LOAD: Final = (
    "Those who type are in the same process, and their processor time is in that of both servers alike: what "
    "a server loses shows as a little less than it is."
)

UNLIMITED: Final = Limits(submissions_per_second=1_000_000, submission_burst=1_000_000)

Shares: TypeAlias = tuple[float, ...]


def name_of(typists: int) -> str:
    """Return what a room is called where it is told about."""
    return f"{typists} typists"


async def measured(rooms: Sequence[int], turns: int) -> dict[str, Shares]:
    """Return, of rooms of so many typists, the ceiling's cost as a share of the server's in each turn."""
    found: dict[str, Shares] = {}
    for typists in rooms:
        async with (
            _typing(ceiling.make_app(), typists) as relayed,
            _typing(make_app(open_store("memory:"), limits=UNLIMITED), typists) as served,
        ):
            found[name_of(typists)] = await _turns(relayed, served, turns)
    return found


async def _turns(relayed: Room, served: Room, turns: int) -> Shares:
    await _seconds(relayed), await _seconds(served)  # once for what is slow only at first
    gc.collect()
    gc.disable()  # otherwise it comes in somebody's turn
    try:
        return tuple([await _seconds(relayed) / await _seconds(served) for _ in range(turns)])
    finally:
        gc.enable()


@asynccontextmanager
async def _typing(app: web.Application, typists: int) -> AsyncIterator[Room]:
    """Serve an application, and let typists into a room there."""
    async with TestServer(app) as server:
        room = Room(Counterpoint("turns"), random.Random(1))
        failed = asyncio.get_running_loop().create_future()
        for _ in range(typists):
            client = Client(room, failed)
            await entered(f"{server.host}:{server.port}", client, room.dialect)
            room.clients.append(client)
        yield room
        for client in room.clients:
            client.leave()


async def _seconds(room: Room) -> float:
    """Let everybody type until it is the other's turn; return the processor time that this process took."""
    started = time.process_time()
    for _ in range(TURN // len(room.clients)):
        awaited = room.revision + len(room.clients)
        for client in room.clients:
            client.type_once()
        async with asyncio.timeout(PATIENCE):
            while room.revision < awaited:  # noqa: ASYNC110 (an event for it would be work for the load)
                await asyncio.sleep(0)
    return time.process_time() - started


def recorded() -> dict[str, float]:
    """Return the share of each room that was recorded."""
    (table,) = read_report(RECORDED).tables
    return {name: share for name, (figure,) in table.rows if (share := middle(figure)) is not None}


def record() -> None:
    """Measure, and write that down with how it was done."""
    began, started = datetime.datetime.now(datetime.UTC), time.monotonic()
    found = run(measured(TYPISTS, TURNS_IN_DOUBT))
    table = Table(
        "The ceiling's processor time for an operation, as a share of the server's",
        f"Memory store; both with the clients' own; {TURNS_IN_DOUBT} turns of {TURN:,} operations for "
        "either, by `python -m benchmarks.regression --record`.",
        ("share",),
        tuple((name, (shares,)) for name, shares in found.items()),
        better="more",
    )
    reported("speed", began, time.monotonic() - started, LOAD, [table]).write(RECORDED)


def compare(before: Mapping[str, float], found: Mapping[str, Shares]) -> list[int]:
    """Say what was measured of each room; return those that have lost too much."""
    lost = []
    for typists in TYPISTS:
        name = name_of(typists)
        if name not in found:
            continue
        share, least = statistics.median(found[name]), before[name] * (1 - LOST)
        verdict = "too little" if share < least else "enough"
        turns = f"{min(found[name]):.2f} to {max(found[name]):.2f}"
        click.echo(f"{name}: {share:.2f} of the ceiling ({turns}), {verdict}: at least {least:.2f}")
        if share < least:
            lost.append(typists)
    return lost


@click.command()
@click.option("--record", "records", is_flag=True, help="Measure for longer, and write it down.")
def main(*, records: bool) -> None:
    """Compare with what was recorded, or record."""
    if records:
        record()
        return
    before = recorded()
    lost = compare(before, run(measured(TYPISTS, TURNS)))
    if lost:
        click.echo("once more, for longer:")
        lost = compare(before, run(measured(lost, TURNS_IN_DOUBT)))
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
