"""Ping a server up to twenty times a second: `python -m tests.torture.watcher URL`, a process of its own.

Ends when its standard input does, and prints how long the answers took, in seconds and ascending, as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from typing import Final

import aiohttp

from tests.by_hand import ByHand

PACE: Final = 0.05  # seconds from an answer to the next ping


async def watched(url: str, ended: asyncio.Event) -> list[float]:
    """Return how long each answer took, shortest first."""
    taken: list[float] = []
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/sync") as socket:
        session = ByHand(socket)
        await session.greet()
        while not ended.is_set():
            began = time.perf_counter()
            await session.say({"type": "ping"})
            heard = await session.socket.receive_json(timeout=60.0)
            assert heard["type"] == "pong", heard
            taken.append(time.perf_counter() - began)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PACE):
                    await ended.wait()
    return sorted(taken)


async def main(url: str) -> None:
    ended = asyncio.Event()
    reading = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    reading.add_done_callback(lambda _: ended.set())
    print(json.dumps(await watched(url, ended)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
