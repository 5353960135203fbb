"""What scenarios are made of: how long they go on, a folder, and servers in it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from tests.server_process import ServerProcess, free_port


class NotHere(Exception):
    """This machine cannot do what a scenario needs; the text says what."""


@attrs.frozen
class Scale:
    """How much of everything."""

    typing_seconds: float
    """In which eight people type while the server is killed."""
    crowd: int
    """Clients that come back at one moment."""
    storm: int
    """Clients that come back after waits of their own, which take as long as they take; none if 0."""
    revisions: int
    """Of the document that is opened after a kill."""
    deaths: int
    """Of a server at each of the points at which it dies."""
    soaked: tuple[int, int]
    """Operations on one document, and documents opened once."""
    idle: int
    """Connections that are held open."""
    slow_readers: int
    locks: tuple[float, ...]
    """Seconds for which another process holds the store's lock."""
    attackers: int


FULL: Final = Scale(
    typing_seconds=60.0,
    crowd=1_000,
    storm=2_000,
    revisions=100_000,
    deaths=15,
    soaked=(100_000, 10_000),
    idle=9_000,
    slow_readers=100,
    locks=(1.0, 10.0),
    attackers=20,
)
LONG: Final = Scale(
    typing_seconds=300.0,
    crowd=2_000,
    storm=5_000,
    revisions=1_000_000,
    deaths=150,
    soaked=(1_000_000, 10_000),
    idle=10_000,
    slow_readers=100,
    locks=(1.0, 10.0, 30.0),
    attackers=20,
)
SHORT: Final = Scale(
    typing_seconds=5.0,
    crowd=500,
    storm=0,
    revisions=10_000,
    deaths=1,
    soaked=(5_000, 500),
    idle=500,
    slow_readers=10,
    locks=(1.0,),
    attackers=4,
)


@attrs.frozen
class Stage:
    """Where one scenario plays."""

    folder: Path
    scale: Scale

    def server(
        self,
        *options: str,
        folder: Path | None = None,
        behind: Sequence[str] = (),
        program: Sequence[str] = ("server.py",),
        environment: Mapping[str, str] | None = None,
    ) -> ServerProcess:
        """Return a server that is not running yet; `behind` is a command that runs another one.

        `program` is what Python runs: the server, or what stands for it.
        """
        where, port = folder or self.folder, free_port()
        address = [
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--store",
            f"sqlite:{where / 'counterpoint.db'}",
        ]
        command = [*behind, sys.executable, *program, "serve", *address, *options]
        server = ServerProcess(where, command, port=port, environment=environment)
        server.log_path = self.folder / "server.log"  # never on a disk that is to be full
        return server


Scenario: TypeAlias = Callable[[Stage], Awaitable[str]]
"""Returns what was seen, in a few words; raises AssertionError where a promise was broken."""


@asynccontextmanager
async def running(server: ServerProcess) -> AsyncIterator[ServerProcess]:
    """Have a server run until the block ends; then kill it if it still does."""
    await server.start()
    try:
        yield server
    finally:
        if server.process is not None:
            await server.kill()
