"""The server is killed, stopped for a while, or asked to end, in the middle of everything."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from typing import Final

from ot import get_type
from storage import open_store
from tests.by_hand import ByHand, connected
from tests.server_process import ServerProcess
from tests.torture.dying_server import POINTS
from tests.torture.stage import Stage, running
from tests.torture.typists import Typist, Typists, require_each_once, typists

PROGRESS: Final = 25  # revisions between two kills: everybody is in the middle of something
STUCK: Final = 30.0  # seconds without progress
WAVE: Final = 500  # submissions that are on their way at once
SOON: Final = 2.0  # seconds until the next operation after a kill is acknowledged
DRAINED: Final = 12.0  # seconds: the deadline for draining is 10, and the last snapshots come after it
LEAST_SPREAD: Final = 0.2  # seconds from the first to the last that comes back, with waits of up to 0.5 s


async def killed_while_eight_type(stage: Stage) -> str:
    """`kill -9`, again and again: each token is there once, and what was acknowledged stays."""
    kills = 0
    async with running(stage.server()) as server, typists(server, 8) as people:
        people.begin()
        until = time.monotonic() + stage.scale.typing_seconds
        while time.monotonic() < until:
            assert await people.further(PROGRESS, STUCK), f"stuck after {kills} kills"
            acknowledged = {token for one in people.people for token in one.acknowledged()}
            await server.kill()
            kills += 1
            await server.start()
            await _require_acknowledged(server, acknowledged)
        await people.settle()
        count = await require_each_once(server, people)
    return f"{kills} kills, {count} tokens"


async def killed_at_each_point(stage: Stage) -> str:
    """The server dies between any two steps of what it does: nothing is lost, and nothing is there twice."""
    deaths, rng = list(POINTS) * stage.scale.deaths, random.Random(1)
    server = stage.server(program=("-m", "tests.torture.dying_server"))
    dies_at(server, deaths[0], rng)
    async with running(server), typists(server, 4) as people:
        people.begin()
        for point in deaths[1:]:
            await _dead(server, people)
            dies_at(server, point, rng)
            await server.start()
        await _dead(server, people)
        server.environment["DIES_AFTER"] = "1000000"
        await server.start()
        await people.settle()
        count = await require_each_once(server, people)
    return f"died {len(deaths)} times, at {len(POINTS)} points: {count} tokens"


def dies_at(server: ServerProcess, point: str, rng: random.Random) -> None:
    """Have the next run of a server end at a point, soon."""
    server.environment |= {"DIES_AT": point, "DIES_AFTER": str(rng.randint(0, 8))}


async def _dead(server: ServerProcess, people: Typists) -> None:
    """Wait until a server has died, and assert that what it had acknowledged is in its store."""
    assert await server.ended() == -signal.SIGKILL, server.log()[-2_000:]
    acknowledged = {token for one in people.people for token in one.acknowledged()}
    store = open_store(f"sqlite:{server.database}")
    await store.start()
    try:
        document = await store.load("notes")
    finally:
        await store.close()
    assert document is not None
    text = document.snapshot
    for entry in document.entries:
        text = get_type("text").apply(text, entry.op)
    _require_there(acknowledged, text)


async def _require_acknowledged(server: ServerProcess, tokens: set[str]) -> None:
    """Assert that what was acknowledged before a kill is there after it, whoever has come back since."""
    async with connected(server.url) as reader:
        await reader.greet()
        _require_there(tokens, (await reader.open("notes"))["snapshot"])


def _require_there(tokens: set[str], text: str) -> None:
    lost = tokens - set(text.split())
    assert not lost, f"acknowledged and lost: {sorted(lost)[:5]}"


async def opened_after_a_kill(stage: Stage) -> str:
    """A long past is not read again: the next operation is acknowledged soon after a kill."""
    count = stage.scale.revisions
    options = ("--limit", "submissions_per_second=1000000", "--limit", "submission_burst=1000000")
    async with running(stage.server(*options)) as server:
        began = time.monotonic()
        async with connected(server.url) as writer:
            await writer.greet()
            await writer.open("notes")
            await written(writer, count)
        writing = time.monotonic() - began
        await server.kill()
        await server.start()
        began = time.monotonic()
        async with connected(server.url) as session:
            await session.greet()
            assert (await session.open("notes"))["revision"] == count
            entry = await session.submit("notes", count, 1, ["x"])
        taken = time.monotonic() - began
        assert entry["revision"] == count + 1
        assert taken <= SOON, f"the next operation took {taken:.1f} s after {count} revisions"
    return f"{count} revisions written in {writing:.0f} s, the next acknowledged after {taken * 1000:.0f} ms"


async def written(writer: ByHand, count: int, landed: int = 0) -> None:
    """Have one client land operations in waves, until there are so many; `landed` are there already."""
    while landed < count:
        wave = min(WAVE, count - landed)
        for revision in range(landed, landed + wave):
            submission = {"type": "submit", "doc": "notes", "revision": revision, "seq": revision + 1}
            await writer.say(submission | {"op": ["abcdefghij"[revision % 10]]})
        reached = landed + wave
        while landed < reached:
            message = await writer.hear()
            assert message["type"] == "operations", message
            landed = message["entries"][-1]["revision"]


async def stopped_for_two_seconds(stage: Stage) -> str:
    """SIGSTOP and SIGCONT: as on a machine that was suspended. Everybody goes on, nobody was dropped."""
    async with running(stage.server()) as server, typists(server, 8) as people:
        people.begin()
        assert await people.further(PROGRESS, STUCK)
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGSTOP)
        await people.go_on(2.0)
        os.killpg(server.process.pid, signal.SIGCONT)
        assert await people.further(PROGRESS, STUCK), "nothing goes on after SIGCONT"
        assert all(one.connection.phase == "online" for one in people.people)
        slowest = max(one.slowest for one in people.people)
        assert slowest >= 1.5, "the server was not stopped"
        await people.settle()
        count = await require_each_once(server, people)
    return f"{count} tokens, the slowest took {slowest:.1f} s"


async def drained_under_load(stage: Stage) -> str:
    """SIGTERM while 24 type: it ends in time, loses nothing, and they do not all come back at once."""
    async with running(stage.server()) as server, typists(server, 24, random.Random) as people:
        people.begin()
        assert await people.further(PROGRESS, STUCK)
        began = time.monotonic()
        code = await server.terminate()
        drained = time.monotonic() - began
        assert code == 0, f"exit code {code}"
        assert drained < DRAINED, f"drained for {drained:.1f} s"
        await server.start()
        back = await asyncio.gather(*(_back_online(one) for one in people.people))
        spread = max(back) - min(back)
        assert spread >= LEAST_SPREAD, f"all were back within {spread:.2f} s"
        await people.settle()
        count = await require_each_once(server, people)
    return f"drained in {drained:.1f} s, back within {spread:.1f} s, {count} tokens"


async def _back_online(one: Typist) -> float:
    """Return when a client was online again."""
    async with asyncio.timeout(STUCK):
        while one.connection.phase != "online":  # noqa: ASYNC110 (a phase sets no event)
            await asyncio.sleep(0.005)
    return time.monotonic()
