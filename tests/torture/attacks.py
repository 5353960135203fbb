"""Clients that want to do harm, each in a way of its own, beside people who type."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import attrs

from tests.by_hand import ByHand
from tests.raw_socket import frame
from tests.server_process import ServerProcess
from tests.torture.coming_back import Patient
from tests.torture.stage import Stage, running
from tests.torture.typists import Typists, require_each_once, typists

STUCK: Final = 30.0
MOST_MEMORY: Final = 1_500  # MiB of the server, whatever is done to it
SLOWEST_KEY: Final = 15.0  # seconds that a token may take while others attack, on a machine that does both
HELLO: Final = b'{"type":"hello"}'


# Attacks. Each is one client's, and goes on until the block ends or the server ends it.


async def _silent(server: ServerProcess) -> None:
    """Connect and say nothing."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.url}/sync") as socket:
        await socket.receive()


async def _flood_of_pings(server: ServerProcess) -> None:
    """Send control frames by the ten thousand."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.url}/sync") as socket:
        await socket.send_bytes(b"")
        transport = socket._response.connection.transport  # type: ignore[union-attr]
        for _ in range(50):
            transport.write(frame(0x89, b"alive?") * 1_000)  # type: ignore[union-attr]
            await asyncio.sleep(0)
        await socket.receive()


async def _tiny_values(server: ServerProcess) -> None:
    """Send a message of very many values, over and over."""
    text = '{"type":"submit","doc":"d","revision":0,"seq":1,"op":[' + ",".join(["[]"] * 300_000) + "]}"
    await _said_over_and_over(server, text)


async def _nonsense(server: ServerProcess) -> None:
    await _said_over_and_over(server, "{" * 1_000)


async def _deep(server: ServerProcess) -> None:
    await _said_over_and_over(server, "[" * 400_000)


async def _said_over_and_over(server: ServerProcess, text: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.url}/sync") as socket:
        await socket.send_str(HELLO.decode())
        for _ in range(20):
            await socket.send_str(text)
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass


async def _asks_and_reads_nothing(server: ServerProcess) -> None:
    """Make a large document, ask for it a thousand times, and take none of the answers in."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.url}/sync") as socket:
        session = ByHand(socket)
        await session.greet()
        await session.open("large", create="x" * 200_000)
        for number in range(1_000):
            ask = {"type": "snapshot", "request": number, "doc": "large", "revision": 0}
            await session.say(ask)
        await asyncio.sleep(STUCK)


async def _grows(server: ServerProcess) -> None:
    """Set a large attribute on very many runs; then two operations whose components all meet."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{server.url}/sync") as socket:
        session = Patient(socket)
        await session.greet()
        runs = [{"insert": "x", **({"attributes": {"b": 1}} if n % 2 else {})} for n in range(8_000)]
        await session.open("runs", doc_type="rich-text", create=runs)
        huge = [{"retain": 8_000, "attributes": {"a": "v" * 200_000}}]
        await session.say({"type": "submit", "doc": "runs", "revision": 0, "seq": 1, "op": huge})
        heard = await session.hear()
        assert heard.get("code") == "too-large", heard
        await session.open("json", doc_type="json0", create={})
        for seq in range(1, 9):
            members = [{"p": [f"{seq}-{n}"], "oi": 1} for n in range(4_900)]
            await session.say({"type": "submit", "doc": "json", "revision": 0, "seq": seq, "op": members})
        await asyncio.sleep(STUCK)


ATTACKS: Final[tuple[Callable[[ServerProcess], Coroutine[Any, Any, None]], ...]] = (
    _silent,
    _flood_of_pings,
    _tiny_values,
    _nonsense,
    _deep,
    _asks_and_reads_nothing,
    _grows,
)


async def attacked_heavily(stage: Stage) -> str:
    """Every attack at once, several times over: people type on, and memory stays bounded."""
    async with (
        running(stage.server()) as server,
        watching(server) as watch,
        typists(server, 4) as people,
    ):
        people.begin()
        attackers = [
            asyncio.create_task(attack(server)) for attack in ATTACKS for _ in range(stage.scale.attackers)
        ]
        most = await _watched(server, people, seconds=stage.scale.typing_seconds)
        for attacker in attackers:
            attacker.cancel()
        ended = await asyncio.gather(*attackers, return_exceptions=True)
        unexpected = [
            repr(error) for error in ended if isinstance(error, (AssertionError, TypeError, KeyError))
        ]
        assert not unexpected, f"attacks that were none: {unexpected[:3]}"
        pings = await watch.pings()
        slowest = max(one.slowest for one in people.people)
        assert await people.further(25, STUCK), "nobody can type any more"
        await people.settle()
        tokens = await require_each_once(server, people)
    assert slowest < SLOWEST_KEY, f"a token took {slowest:.1f} s"
    assert most < MOST_MEMORY, f"the server took {most} MiB"
    typed = f"{tokens} tokens, the slowest took {slowest:.1f} s"
    return f"{len(attackers)} attackers: {typed}; {pings}; {most} MiB"


@attrs.frozen
class Watch:
    """A process that pings a server while it is attacked; it shares nothing with those who attack."""

    process: asyncio.subprocess.Process

    async def pings(self) -> str:
        """End it; return in words how long answers took. A figure, no promise: a busy machine is slower."""
        said, _ = await self.process.communicate(b"")
        taken: list[float] = json.loads(said)
        nearly_all, longest = (1_000 * taken[index] for index in (len(taken) * 999 // 1_000, -1))
        return f"{len(taken)} pings, 99.9% within {nearly_all:.0f} ms, all within {longest:.0f} ms"


@asynccontextmanager
async def watching(server: ServerProcess) -> AsyncIterator[Watch]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.torture.watcher", server.url)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        yield Watch(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _watched(server: ServerProcess, people: Typists, seconds: float) -> int:
    """Let people type for so long; return the most memory that the server took, in MiB."""
    most, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        await people.go_on(0.2)
        most = max(most, _memory(server))
    return most


def _memory(server: ServerProcess) -> int:
    assert server.process is not None
    fields: dict[str, Any] = {}
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    return int(fields["VmRSS"][0]) // 1024
