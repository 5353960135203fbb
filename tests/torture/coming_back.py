"""Very many clients that come back after a kill: all at one moment, or each after waits of its own."""

from __future__ import annotations

import asyncio
import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import aiohttp
import attrs

from tests.by_hand import ByHand, Said
from tests.server_process import ServerProcess
from tests.torture.stage import NotHere, Stage, running
from tests.torture.typists import require_each_once, typists
from transport.backoff import Backoff

EVERYBODY: Final = 120.0  # seconds until the last of a crowd is back
STUCK: Final = 30.0


class Patient(ByHand):
    """Waits as long as a crowd takes, and lets pass what is for others."""

    async def hear(self) -> Said:
        while True:
            message: Said = await self.socket.receive_json(timeout=EVERYBODY)
            if message["type"] not in ("operations", "presence"):
                return message


@attrs.define
class Member:
    """One of a crowd: what it needs to come back, and what came of it."""

    held: Said = attrs.field(factory=dict)
    identity: Said = attrs.field(factory=dict)
    taken: float = 0.0
    """Seconds from its first frame until it was where the document is."""
    back_at: float = 0.0
    """When that was."""

    async def comes(self, http: aiohttp.ClientSession, url: str, stack: AsyncExitStack) -> None:
        """Connect, open the document, and be where it is."""
        began = time.monotonic()
        socket = await stack.enter_async_context(http.ws_connect(f"{url}/sync", max_msg_size=0))
        session = Patient(socket)
        welcome = await session.greet(**self.identity)
        opened = await session.open("notes", **self.held)
        assert opened["resumed"] is bool(self.held), f"resumed: {opened['resumed']}"
        self.identity = {"client": welcome["client"], "resume": welcome["resume"]}
        self.held = {name: opened[name] for name in ("epoch", "revision", "tag")}
        self.back_at = time.monotonic()
        self.taken = self.back_at - began

    async def comes_when_it_can(
        self, http: aiohttp.ClientSession, url: str, stack: AsyncExitStack, rng: random.Random
    ) -> None:
        """Come after waits as our clients make them, until there is a server."""
        backoff = Backoff()
        while True:
            await asyncio.sleep(backoff.wait(rng))
            try:
                return await self.comes(http, url, stack)
            except aiohttp.ClientConnectorError:
                pass  # nobody answers yet


async def crowd_comes_back(stage: Stage) -> str:
    """After kills a crowd comes back, first at one moment, then as our clients do: nobody is left out.

    Each is served and takes up where it was, and typing goes on.
    """
    at_once, in_time = stage.scale.crowd, stage.scale.storm
    require_files(max(at_once, in_time) + 200)
    async with running(stage.server()) as server, typists(server, 4) as people:
        people.begin()
        crowd = [Member() for _ in range(max(at_once, in_time))]
        await _all_come(crowd, server)
        await server.kill()
        await server.start()
        moment = await _all_come(crowd[:at_once], server)
        seen = [f"{at_once} at one moment, {moment}"]
        if in_time:
            await server.kill()
            seen.append(f"{in_time} after waits, {await _all_come_after_waits(crowd[:in_time], server)}")
        assert await people.further(25, STUCK), "nobody can type any more"
        await people.settle()
        tokens = await require_each_once(server, people)
    return "; ".join([*seen, f"{tokens} tokens"])


async def _all_come_after_waits(crowd: Sequence[Member], server: ServerProcess) -> str:
    """Start the server while all try to come; return in words when they were there."""
    rng = random.Random(1)
    async with _coming() as (http, stack):
        tries = [one.comes_when_it_can(http, server.url, stack, rng) for one in crowd]
        back = asyncio.gather(*tries)
        await server.start()
        began = time.monotonic()
        await back
    slowest = max(one.back_at for one in crowd) - began
    most = max(Counter(int(one.back_at - began) for one in crowd).values())
    return f"back {slowest:.1f} s after the server, at most {most} in a second"


async def _all_come(crowd: Sequence[Member], server: ServerProcess) -> str:
    """Have all of them come at once, and leave again; return in words how long that took."""
    async with _coming() as (http, stack):
        await asyncio.gather(*(one.comes(http, server.url, stack) for one in crowd))
    slowest, half = max(one.taken for one in crowd), statistics.median(one.taken for one in crowd)
    return f"within {slowest:.1f} s, half of them within {half:.1f} s"


@asynccontextmanager
async def _coming() -> AsyncIterator[tuple[aiohttp.ClientSession, AsyncExitStack]]:
    """Give what a crowd connects with, for as long as everybody may take."""
    unlimited = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=unlimited) as http, AsyncExitStack() as stack:
        async with asyncio.timeout(EVERYBODY):
            yield http, stack


def require_files(count: int) -> None:
    """Raise the limit on open files of this process and those it starts; NotHere where it stays too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        if hard < count:
            raise NotHere(f"{count} open files are needed, and {hard} allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
