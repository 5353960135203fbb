"""Clients that connect, open a document, and then only stay: what each of them takes of the server.

    python -m benchmarks.idle_clients http://127.0.0.1:8080 --pid 4711 --opens own --sizes 1000,2000,5000

They come `AT_ONCE` at a time, as after a restart of the server. At each size the server gets a moment in
which nobody asks for anything, and then its memory is read. What comes out is a line of JSON: a list of
each `Stage`, the first of them without any.
"""

from __future__ import annotations

import asyncio
import gc
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import attrs
import click

from benchmarks.client_frames import text_frame
from benchmarks.conversation import Conversation, conversation
from benchmarks.process_memory import private_bytes
from benchmarks.process_time import process_seconds
from transport.command_line import run

Opens: TypeAlias = Literal["nothing", "own", "shared", "many"]
"""What each of them opens: no document, one of its own, one that all have, or `DOCUMENTS` of its own."""

AT_ONCE: Final = 32
"""Connections that are being made at a time: the server never waits for the one that has just been let in."""

WARM_UP: Final = 200
"""Connections that come and go before anything is counted: what is made only once has been made then."""

DOCUMENTS: Final = 20
"""That a client opens which opens many."""

SETTLED: Final = 0.5
"""Seconds in which nobody asks for anything, before memory is read."""


@attrs.frozen
class Stage:
    """When so many connections were there."""

    connections: int
    bytes: int | None
    """Of the server's own memory, None where the system does not tell."""
    seconds: float
    """That it took to make all of them, the time in which nobody asked left out."""
    server: float | None
    """Seconds of processor time that it took the server."""
    busy: float
    """Share of those seconds that this process was computing: near 1, it and not the server is measured."""


class Visit:
    """All clients of one run, on one server."""

    def __init__(self, host: str, opens: Opens, pid: int) -> None:
        self._host = host
        self._opens = opens
        self._pid = pid
        self._run = secrets.token_hex(4)
        self._numbers = iter(range(10**9))
        self._there: list[Conversation] = []
        self._passed = self._computed = self._server = 0.0

    async def warm_up(self) -> None:
        """Let some come and go."""
        await self._come(WARM_UP)
        await self.go()
        self._passed = self._computed = self._server = 0.0

    async def stage(self, size: int) -> Stage:
        """Let clients come until there are so many, and read what the server has then."""
        await self._come(size - len(self._there))
        await asyncio.sleep(SETTLED)
        known = process_seconds(self._pid) is not None
        return Stage(
            len(self._there),
            private_bytes(self._pid),
            self._passed,
            self._server if known else None,
            self._computed / self._passed if self._passed else 0.0,
        )

    async def go(self) -> None:
        """Let all of them go, and the server take that in."""
        for talk in self._there:
            talk.end()
        self._there = []
        await asyncio.sleep(SETTLED)

    async def _come(self, count: int) -> None:
        began, computed = time.perf_counter(), time.process_time()
        before = process_seconds(self._pid)
        turns = iter(range(count))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, count)):
                group.create_task(self._one_by_one(turns))
        self._passed += time.perf_counter() - began
        self._computed += time.process_time() - computed
        after = process_seconds(self._pid)
        if before is not None and after is not None:
            self._server += after - before

    async def _one_by_one(self, turns: Iterator[int]) -> None:
        for _ in turns:
            talk = await conversation(self._host, "/sync")
            self._there.append(talk)
            await talk.ask(text_frame(b'{"type":"hello"}'), _says(b"welcome"))
            for doc in self._documents(next(self._numbers)):
                asked = b'{"type":"open","doc":"%b","doc_type":"text"}' % doc.encode()
                await talk.ask(text_frame(asked), _says(b"opened"))

    def _documents(self, number: int) -> Sequence[str]:
        match self._opens:
            case "nothing":
                return ()
            case "own":
                return (f"idle-{self._run}-{number}",)
            case "shared":
                return (f"idle-{self._run}",)
            case "many":
                return [f"idle-{self._run}-{number}-{place}" for place in range(DOCUMENTS)]


def _says(kind: bytes) -> Callable[[bytes], bool]:
    """Tell of a payload whether it is the answer; raise ConnectionError for any other."""
    begins = b'{"type":"%b"' % kind

    def answers(payload: bytes) -> bool:
        if not payload.startswith(begins):
            raise ConnectionError(f"the server says {payload[:500]!r} where it should say {kind!r}")
        return True

    return answers


async def stayed(url: str, opens: Opens, sizes: Sequence[int], pid: int) -> list[Stage]:
    """Let clients come to the server at `url` (http), process `pid`, until there are so many each time."""
    visit = Visit(url.removeprefix("http://"), opens, pid)
    await visit.warm_up()
    gc.freeze()
    gc.disable()  # a pause of the load would be taken for one of the server
    try:
        stages = [await visit.stage(size) for size in (0, *sizes)]
        await visit.go()
    finally:
        gc.enable()
        gc.unfreeze()
    return stages


@click.command()
@click.argument("url")
@click.option("--pid", type=int, required=True, help="The server's process.")
@click.option("--opens", type=click.Choice(["nothing", "own", "shared", "many"]), default="own")
@click.option("--sizes", required=True, help="Numbers of connections, as 1000,2000,5000.")
def main(url: str, pid: int, opens: Opens, sizes: str) -> None:
    """Let clients come and stay, and print what the server took for them as JSON."""
    found = run(stayed(url, opens, [int(size) for size in sizes.split(",")], pid))
    click.echo(json.dumps([attrs.asdict(stage) for stage in found]))


if __name__ == "__main__":
    main()
