"""The servers that are measured: a process of its own each, on one core, and what loads it, on the others."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from tests.server_process import ROOT, ServerProcess, free_port

Server: TypeAlias = Literal["ceiling", "memory", "sqlite"]

SERVERS: Final[tuple[Server, ...]] = ("ceiling", "memory", "sqlite")

UNLIMITED: Final = ("--limit", "submissions_per_second=1000000", "--limit", "submission_burst=1000000")


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[ServerProcess]:
    """Run a server on the first core, for as long as the context is entered."""
    # Not where temporary files lie: that may be memory, which syncs at no cost.
    with TemporaryDirectory(dir=ROOT, prefix=".serving-") as folder:
        async with running(_server(Path(folder), server)) as process:
            yield process


@asynccontextmanager
async def running(process: ServerProcess) -> AsyncIterator[ServerProcess]:
    """Run any other server there."""
    with _inherited(_cores()[:1]):
        await process.start()
    try:
        yield process
    finally:
        await process.terminate()


async def printed_by(load: Sequence[str], server: ServerProcess | None = None) -> bytes:
    """Run a Python program that may load a server, on the other cores; return what it prints."""
    with _inherited(_cores()[1:]):
        running = await asyncio.create_subprocess_exec(
            sys.executable, *load, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
    printed, _ = await running.communicate()
    if running.returncode != 0:
        said = "" if server is None else f"; the server says:\n{server.log()}"
        raise RuntimeError(f"{' '.join(load)} ended with {running.returncode}{said}")
    return printed


def process_of(server: ServerProcess) -> int:
    """Return the id of the process that a server runs in."""
    assert server.process is not None, "it has been started"
    return server.process.pid


def placed() -> str:
    """Say where server and load run."""
    cores = _cores()
    if len(cores) > 1:
        return f"the server on core {cores[0]}, the load on the others"
    return "server and load on whatever core is free"


def _server(folder: Path, server: Server) -> ServerProcess:
    port = free_port()
    if server == "ceiling":
        command = ["-m", "benchmarks.ceiling", "--port", str(port)]
    else:
        url = "memory:" if server == "memory" else f"sqlite:{folder / 'documents.db'}"
        command = ["server.py", "serve", "--port", str(port), "--store", url, "--log-level", "warning"]
        command += UNLIMITED
    return ServerProcess(folder, [sys.executable, *command], port=port)


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
