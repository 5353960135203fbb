"""Load for a running server, from a process of its own: rooms of clients that type as fast as they may.

    python -m benchmarks.load http://127.0.0.1:8080 --rooms 10 --clients 2 --seconds 4

A client sends its next operation as soon as the last one is acknowledged: one at a time is all that the
protocol allows it. It is written against the protocol, not with our client, whose own work is not what
is measured. What comes out is one line of JSON, a `Measured`.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import aiohttp
import attrs
import click
import orjson

WARM_UP: Final = 0.5
"""Seconds of load before the measuring begins."""

COUNTER: Final = "counterpoint_operations_total "
"""The server's own count of what has landed, in its metrics."""


@attrs.frozen
class Measured:
    """What one load came to. Rates are operations a second over all rooms."""

    accepted: float
    """Landed, as the server counts."""
    acknowledged: float
    """Acknowledged to their authors."""
    delivered: float
    """Arrived at every client of their room."""
    median: float
    """Milliseconds from sending to acknowledgement."""
    slowest: float
    """The same, of the slowest in a hundred."""
    busy: float
    """Share of the time that this process was computing: near 1, the load and not the server is measured."""


class Client:
    """One client of one room: what it has sent, and what has arrived."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, doc: str, rng: random.Random) -> None:
        self.doc = doc
        self.revision = 0
        self.waits: list[float] = []
        """Seconds to each acknowledgement."""
        self._socket = socket
        self._rng = rng
        self._id = ""
        self._seq = 0
        self._sent_at = 0.0

    async def enter(self) -> None:
        """Say hello and open the document; it is a new one."""
        self._id = (await self._asked({"type": "hello"}, "welcome"))["client"]
        opening = {"type": "open", "doc": self.doc, "doc_type": "text"}
        self.revision = (await self._asked(opening, "opened"))["revision"]

    async def type(self) -> None:
        """Send and take in, until cancelled."""
        await self._submit()
        async for frame in self._socket:
            await self._received(orjson.loads(frame.data))
        raise ConnectionError(f"the server closed the connection with {self._socket.close_code}")

    async def _asked(self, message: dict[str, Any], answer: str) -> dict[str, Any]:
        await self._socket.send_str(json.dumps(message))
        received: dict[str, Any] = await self._socket.receive_json()
        assert received["type"] == answer, received
        return received

    async def _submit(self) -> None:
        """Insert a character anywhere: so far every entry has inserted one, so that many are there."""
        self._seq += 1
        position = self._rng.randint(0, self.revision)
        op = [position, "x"] if position else ["x"]
        message = {"type": "submit", "doc": self.doc, "revision": self.revision, "seq": self._seq, "op": op}
        self._sent_at = time.perf_counter()
        await self._socket.send_str(orjson.dumps(message).decode())

    async def _received(self, message: dict[str, Any]) -> None:
        assert message["type"] == "operations", message
        entries = message["entries"]
        self.revision = entries[-1]["revision"]
        if any(entry["client"] == self._id and entry["seq"] == self._seq for entry in entries):
            self.waits.append(time.perf_counter() - self._sent_at)
            await self._submit()


class Load:
    """All rooms of one load."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.rooms: list[list[Client]] = []
        self._http = http
        self._url = url

    async def enter(self, rooms: int, clients: int, stack: AsyncExitStack) -> None:
        """Let every client into its room."""
        run = secrets.token_hex(4)
        for room in range(rooms):
            rng = random.Random(room)
            entered = [await self._client(f"load-{run}-{room}", rng, stack) for _ in range(clients)]
            self.rooms.append(entered)

    async def _client(self, doc: str, rng: random.Random, stack: AsyncExitStack) -> Client:
        socket = await stack.enter_async_context(self._http.ws_connect(f"{self._url}/sync", compress=0))
        client = Client(socket, doc, rng)
        await client.enter()
        return client

    async def measured(self, seconds: float) -> Measured:
        """Let everybody type, and count over so many seconds."""
        clients = [client for room in self.rooms for client in room]
        async with asyncio.TaskGroup() as typing:
            tasks = [typing.create_task(client.type()) for client in clients]
            await asyncio.sleep(WARM_UP)
            before, started, computed = await self._counts(), time.perf_counter(), time.process_time()
            earlier = [len(client.waits) for client in clients]
            await asyncio.sleep(seconds)
            after, passed = await self._counts(), time.perf_counter() - started
            busy = (time.process_time() - computed) / passed
            for task in tasks:
                task.cancel()
        waits = [
            wait for client, known in zip(clients, earlier, strict=True) for wait in client.waits[known:]
        ]
        accepted, acknowledged, delivered = (
            (now - then) / passed for now, then in zip(after, before, strict=True)
        )
        median, slowest = _milliseconds(waits)
        return Measured(accepted, acknowledged, delivered, median, slowest, busy)

    async def _counts(self) -> tuple[float, int, int]:
        """Return how many operations have landed, were acknowledged, have arrived everywhere."""
        async with self._http.get(f"{self._url}/metrics") as response:
            lines = (await response.text()).splitlines()
        landed = next(float(line.removeprefix(COUNTER)) for line in lines if line.startswith(COUNTER))
        acknowledged = sum(len(client.waits) for room in self.rooms for client in room)
        arrived = sum(min(client.revision for client in room) for room in self.rooms)
        return landed, acknowledged, arrived


def _milliseconds(waits: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(waits)
    return 1000 * ordered[len(ordered) // 2], 1000 * ordered[len(ordered) * 99 // 100]


async def load(url: str, *, rooms: int, clients: int, seconds: float) -> Measured:
    """Put a load on the server at `url` (http) and measure."""
    connector = aiohttp.TCPConnector(limit=0)  # else aiohttp lets the 101st connection wait for ever
    async with aiohttp.ClientSession(connector=connector) as http, AsyncExitStack() as stack:
        all_rooms = Load(http, url)
        await all_rooms.enter(rooms, clients, stack)
        return await all_rooms.measured(seconds)


@click.command()
@click.argument("url")
@click.option("--rooms", type=click.IntRange(1), default=1)
@click.option("--clients", type=click.IntRange(1), default=2, help="In each room.")
@click.option("--seconds", type=click.FloatRange(0.1), default=4.0)
def main(url: str, rooms: int, clients: int, seconds: float) -> None:
    """Put a load on a server, and print what it came to as JSON."""
    measured = asyncio.run(load(url, rooms=rooms, clients=clients, seconds=seconds))
    click.echo(json.dumps(attrs.asdict(measured)))


if __name__ == "__main__":
    main()
