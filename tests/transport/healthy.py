"""A client that does everything right while others attack: it has to be served during and after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import attrs

from tests.transport.served import Bare, Served, bare, eventually

STALL: Final = 0.25
"""Seconds of work that the event loop may do while one message is answered. Of this thread alone, in which
the server and its attackers run: on a busy machine the clock on the wall tells of others."""


@attrs.define
class Healthy:
    """A client that does everything right, over and over, until the block ends."""

    bare: Bare
    slowest: float = 0.0
    served: int = 0

    async def goes_on(self) -> None:
        while True:
            began = time.thread_time()
            self.served += 1
            await self.bare.submit("healthy", self.served - 1, self.served, ["."])
            entry = (await self.bare.hear_until("operations"))[-1]["entries"][0]
            assert (entry["revision"], entry["op"]) == (self.served, ["."])
            self.slowest = max(self.slowest, time.thread_time() - began)
            await asyncio.sleep(0.01)  # as people type; nothing waits for it


@asynccontextmanager
async def nobody_else_notices(served: Served) -> AsyncIterator[Healthy]:
    """Have a healthy client served all through the block, and once more after it."""
    async with bare(served) as connected:
        await connected.open("healthy", doc_type="text")
        healthy = Healthy(connected)
        going = asyncio.create_task(healthy.goes_on())
        try:
            await eventually(lambda: healthy.served > 1 or going.done())
            yield healthy
            count = healthy.served
            await eventually(lambda: healthy.served > count + 1 or going.done())
        finally:
            going.cancel()
        assert not going.done() or going.cancelled() or going.exception() is None, going.exception()
        assert healthy.slowest < STALL, f"a message waited for {healthy.slowest:.3f} s of work"
