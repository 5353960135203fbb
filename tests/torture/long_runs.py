"""Very much of everything, one after the other: what a server holds afterwards is what it held before."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aiohttp
import attrs

from tests.by_hand import ByHand, connected
from tests.server_process import ServerProcess
from tests.torture.kills import written
from tests.torture.stage import Stage, running

WRITERS: Final = 8
PATIENCE: Final = 60.0
MIB: Final = 1024 * 1024
SPARE: Final = 16 * MIB
"""Bytes that may come on top, whatever there was: an allocator gives little back at once."""

UNLIMITED: Final = tuple(
    word
    for name in ("submissions_per_second", "submission_burst", "submissions_per_identity", "documents")
    for word in ("--limit", f"{name}=1000000")
)


@attrs.frozen
class Held:
    """What a server holds at one moment."""

    memory: int
    """Bytes that are resident."""
    descriptors: int
    series: int
    """Time series that it shows to a monitor."""

    @classmethod
    async def by(cls, server: ServerProcess) -> Held:
        """Look at a running server."""
        assert server.process is not None, "it runs"
        folder = Path(f"/proc/{server.process.pid}")
        resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/metrics") as response:
            lines = (await response.text()).splitlines()
        shown = sum(1 for line in lines if line and not line.startswith("#"))
        return cls(resident, len(os.listdir(folder / "fd")), shown)

    def require_no_more_than(self, before: Held) -> None:
        """Assert that memory has grown by no more than may come on top, and that there are no new series."""
        grown = self.memory - before.memory
        assert grown <= before.memory // 20 + SPARE, (
            f"{grown / MIB:.1f} MiB more than {before.memory / MIB:.1f}"
        )
        assert self.series == before.series, f"{before.series} series became {self.series}"


async def descriptors_back(server: ServerProcess, before: Held) -> None:
    """Wait until the server holds no more descriptors than before, but for those that look."""
    async with asyncio.timeout(PATIENCE):
        while (await Held.by(server)).descriptors > before.descriptors + 2:  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.1)


async def soaked(stage: Stage) -> str:
    """Operations on one document by the ten thousand, then documents by the thousand, each opened once."""
    server = stage.server(*UNLIMITED, program=("-m", "tests.torture.hasty_server"))
    revisions, documents = stage.scale.soaked
    async with running(server):
        async with connected(server.url) as writer:
            await writer.greet()
            await writer.open("notes")
            first, last = await _grown(writer, server, revisions)
        early = await _visited(server, range(documents // 10))
        late = await _visited(server, range(documents // 10, documents))
        late.require_no_more_than(early)
        await descriptors_back(server, early)
    one = f"{first.memory / MIB:.1f} MiB after a tenth, {last.memory / MIB:.1f} at the end"
    many = f"{early.memory / MIB:.1f} MiB after a tenth, {late.memory / MIB:.1f} at the end"
    return f"{revisions} revisions: {one}; {documents} documents: {many}"


async def _grown(writer: ByHand, server: ServerProcess, revisions: int) -> tuple[Held, Held]:
    """Land so many operations on one document; return what is held after a tenth of them and after all."""
    await written(writer, revisions // 10)
    early = await Held.by(server)
    await written(writer, revisions, landed=revisions // 10)
    late = await Held.by(server)
    late.require_no_more_than(early)
    return early, late


async def _visited(server: ServerProcess, numbers: Iterable[int]) -> Held:
    """Have each document opened once, changed and closed again; return what is held afterwards."""
    left = iter(numbers)

    async def visit() -> None:
        async with connected(server.url) as visitor:
            await visitor.greet()
            for number in left:
                doc = f"soaked {number}"
                await visitor.open(doc)
                await visitor.submit(doc, 0, 1, [f"document {number}"])
                await visitor.say({"type": "close", "doc": doc})

    await asyncio.gather(*(visit() for _ in range(WRITERS)))
    await _rooms_gone(server)
    return await Held.by(server)


async def _rooms_gone(server: ServerProcess) -> None:
    """Wait until the server has let go of every room."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{server.url}/metrics") as response:
                if "counterpoint_rooms 0.0" in (await response.text()).splitlines():
                    return
            await asyncio.sleep(0.05)
