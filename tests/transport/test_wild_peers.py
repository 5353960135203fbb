"""Peers that say anything at all, in any order, beside two that type: the log is whole, and nobody is lost.

What is drawn from the seed is right, nearly right or nonsense, and the server alone decides which. Wild peers
insert `w`, the honest ones characters that nobody else types, so that one lost or doubled shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from typing import Any, Final

import aiohttp
import attrs
import orjson
import pytest

from ot import get_type
from storage import MemoryStore
from tests.transport.served import Bare, Served, all_at_one
from transport import connect

TEXT: Final = get_type("text")
WILD: Final = 3
STEPS: Final = 60
FAR: Final = 2**53 - 1
OWN_FAULTS: Final = {1011, 4103}
"""Close codes by which the server owns up to a fault of its own: aiohttp's and ours."""

OPERATIONS: Final[tuple[Any, ...]] = (
    ["w"], ["w"], ["w"], [1, "w"], [2, "w"], [500, "w"], [], [0, "w"], [-1, "w"], [True, "w"], ["w", "w"],
    [{"d": 0}], [{"d": -1}], [{"d": FAR}], [1.5], [None], "w", None, {}, [[["w"]]], ["w", 3], [3],
)  # fmt: skip
NONSENSE: Final = (
    "{", "", "[]", "null", "[" * 500,
    '{"type":"hello"}', '{"type":"zap"}', '{"type":"submit"}', '{"type":"open","doc":".."}',
    '{"type":"ping","nonce":1e999}', '{"type":"close","doc":"nowhere"}', '{"type":"renew","token":""}',
)  # fmt: skip
STATES: Final[tuple[Any, ...]] = (
    {"cursor": 0},
    {"cursor": FAR},
    {"cursor": -1},
    {"cursor": "x"},
    None,
    "here",
    [[]],
    5,
)


@attrs.define
class Wild:
    """One of them: what it has been told, so that it is right now and then, and how its connections ended."""

    served: Served
    rng: random.Random
    http: aiohttp.ClientSession
    ended: list[int | None]
    heard: Counter[str] = attrs.field(factory=Counter)
    revision: int = 0
    seq: int = 0
    given: dict[str, str] = attrs.field(factory=dict)
    bare: Bare | None = None
    _listening: asyncio.Task[None] | None = None
    _ponged: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def step(self) -> None:
        """Say one thing."""
        if self.bare is None or self.bare.ws.closed:
            await self._come()
        assert self.bare is not None
        with contextlib.suppress(ConnectionError):  # it has just been ended for what it said before
            if self.rng.random() < 0.15:
                await self.bare.ws.send_str(self.rng.choice(NONSENSE))
            elif self.rng.random() < 0.02:
                self.bare.ws._response.connection.transport.abort()  # type: ignore[union-attr]
            else:
                await self.bare.say(**self._drawn())
            if self.rng.random() < 0.7:
                await self._answered(self.bare)

    async def _answered(self, bare: Bare) -> None:
        """Wait until everything said has been answered, or the connection has ended."""
        assert self._listening is not None
        self._ponged.clear()
        await bare.say(type="ping")
        pong = asyncio.create_task(self._ponged.wait())
        await asyncio.wait((pong, self._listening), return_when=asyncio.FIRST_COMPLETED)
        pong.cancel()

    def _drawn(self) -> dict[str, Any]:
        doc, pick = self.rng.choice(("notes", "notes", "notes", "other")), self.rng.choice
        match pick(
            ("submit", "submit", "submit", "open", "open", "close", "presence", "history", "snapshot")
        ):
            case "submit":
                revision = pick((self.revision,) * 4 + (0, self.revision + 5, -1, FAR, "1", True))
                seq = pick((self.seq + 1,) * 4 + (self.seq, self.seq + 2, 0, 1, FAR, True))
                return {
                    "type": "submit",
                    "doc": doc,
                    "revision": revision,
                    "seq": seq,
                    "op": pick(OPERATIONS),
                }
            case "open":
                held = pick(
                    ({}, {"epoch": "e", "revision": pick((0, 3, FAR)), "tag": "0" * 16, "inflight": 1})
                )
                return {"type": "open", "doc": doc, "doc_type": pick(("text", "json1", "zap")), **held}
            case "presence":
                revision = pick((self.revision, 0, FAR))
                return {"type": "presence", "doc": doc, "revision": revision, "state": pick(STATES)}
            case "history":
                return {"type": "history", "request": 1, "doc": doc, "limit": pick((0, 5, FAR)), "after": 0}
            case "snapshot":
                return {"type": "snapshot", "request": 2, "doc": doc, "revision": pick((0, 1, FAR))}
            case kind:
                return {"type": kind, "doc": doc}

    async def _come(self) -> None:
        await self.leave()
        self.bare = Bare(await self.http.ws_connect(self.served.url))
        welcome = await self.bare.hello(**(self.given if self.rng.random() < 0.7 else {}))
        if welcome["client"] != self.given.get("client"):
            self.seq = 0
        self.given = {"client": welcome["client"], "resume": welcome["resume"]}
        self._listening = asyncio.create_task(self._listen(self.bare))
        await self.bare.say(type="open", doc="notes", doc_type="text")

    async def _listen(self, bare: Bare) -> None:
        async for frame in bare.ws:
            message = orjson.loads(frame.data)
            self.heard[message.get("code", message["type"])] += 1
            if message["type"] == "pong":
                self._ponged.set()
            if message.get("doc") == "notes" and message["type"] in ("opened", "operations", "ack", "reject"):
                self._told(message)
        self.ended.append(bare.ws.close_code)

    def _told(self, message: dict[str, Any]) -> None:
        entries = message.get("entries") or []
        own = [entry["seq"] for entry in entries if entry["client"] == self.given["client"]]
        self.seq = max(self.seq, message.get("seq", 0), *own, 0)
        self.revision = max(self.revision, message.get("revision", 0), *(e["revision"] for e in entries), 0)

    async def leave(self) -> None:
        if self.bare is not None and self._listening is not None:
            await self.bare.ws.close()
            await self._listening
            self.bare = None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("seed", range(metafunc.config.getoption("--wild-seeds")))


async def test_nothing_that_peers_say_breaks_a_log_or_loses_a_letter(
    seed: int, caplog: pytest.LogCaptureFixture, show: Any
) -> None:
    caplog.set_level(logging.ERROR)
    rng, store = random.Random(seed), MemoryStore()
    ended: list[int | None] = []
    async with Served(store) as served, aiohttp.ClientSession() as http:
        async with connect(served.url) as ours, connect(served.url) as theirs:
            docs = [await one.open("notes", doc_type="text") for one in (ours, theirs)]
            wild = [Wild(served, random.Random(rng.random()), http, ended) for _ in range(WILD)]
            letters = iter(range(0x4E00, 0x9FFF))
            typed = ""
            for _ in range(STEPS):
                for one in rng.sample(wild, WILD):
                    await one.step()
                doc, letter = rng.choice(docs), chr(next(letters))
                place = rng.randint(0, len(str(doc.snapshot)))
                doc.submit([place, letter] if place else [letter])
                typed += letter
            text = str(await all_at_one(*docs))
            for one in wild:
                await one.leave()
        assert sorted(set(text) - {"w"}) == sorted(typed), "a letter is lost"
        assert len(text.replace("w", "")) == len(typed), "a letter is there twice"
        assert not set(ended) & OWN_FAULTS, ended
        await require_whole_log(store)
    assert caplog.records == []
    heard = sum((one.heard for one in wild), Counter[str]())
    show(f"seed {seed}: {heard.total()} answers of {len(heard)} kinds, {len(ended)} connections ended")
    assert heard["operations"] > 10
    assert len(heard) > 12, "too tame to show anything"


async def require_whole_log(store: MemoryStore) -> None:
    """Assert that the log leads, entry by entry, to what the store's snapshots and later clients show."""
    stored = await store.load("notes")
    assert stored is not None
    first = await store.snapshot_before("notes", 0)
    assert first is not None
    text, seqs = first.snapshot, dict[str, int]()
    states = [text]
    for number, entry in enumerate(await store.entries("notes", after=0), 1):
        assert entry.revision == number
        assert entry.seq > seqs.get(entry.client, 0), f"{entry!r} lands after its submission {seqs}"
        seqs[entry.client] = entry.seq
        text = TEXT.apply(text, entry.op)
        states.append(text)
    assert stored.snapshot == states[stored.revision]
