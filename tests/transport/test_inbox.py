"""Messages are taken in the order in which they came, past the queue or through it."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeAlias

import attrs
import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketReader
from hypothesis import given
from hypothesis import strategies as st

from tests.by_hand import connected
from tests.transport.served import Served
from transport import pace
from transport.framing import framed
from transport.inbox import LARGE_FRAME, PARSER_CALLS, QUEUED, Inbox, WebSocket

LARGE: Final = "large" + LARGE_FRAME * "-"

LAST: Final = b"\x8a\x00"
"""A pong."""

Said: TypeAlias = tuple[WSMsgType, str]

words = st.text("ab", max_size=5)
said = st.one_of(
    st.tuples(st.just(WSMsgType.TEXT), words),
    st.tuples(st.just(WSMsgType.TEXT), st.just(LARGE)),
    st.tuples(st.just(WSMsgType.PING), words),
)


@given(chunks=st.lists(st.lists(said, max_size=5), max_size=8), holding=st.sets(st.integers(1, 40)))
def test_order_is_kept_whatever_goes_past_the_queue(chunks: list[list[Said]], holding: set[int]) -> None:
    """After some messages the sender is held back; more comes before that, meanwhile and after it."""
    sent = [one for chunk in chunks for one in chunk]
    assert asyncio.run(taken(chunks, holding)) == sent


async def taken(chunks: list[list[Said]], holding: set[int]) -> list[Said]:
    """Return what a reader takes of what comes in chunks, a turn of the event loop apart."""
    ws, came = WebSocket(compress=False, autoclose=False, autoping=False), list[Said]()
    ws._reader = inbox = Inbox(Below(), QUEUED, loop=asyncio.get_running_loop())
    parser = WebSocketReader(inbox, QUEUED, compress=False, decode_text=True)
    finished = asyncio.Event()

    held = False

    def take(data: Any) -> float | None:
        nonlocal held
        came.append((WSMsgType.TEXT, "heard while held back" if held else data))
        held = len(came) in holding
        return 0.0 if held else None

    async def hold(seconds: float) -> None:
        nonlocal held
        await asyncio.sleep(seconds)
        held = False

    async def read() -> None:
        while True:
            message = await ws.next(take, hold)
            if message.type is WSMsgType.TEXT:
                seconds = take(message.data)
                if seconds is not None:
                    await hold(seconds)
            elif message.type is WSMsgType.PING:
                came.append((WSMsgType.PING, bytes(message.data).decode()))
            else:
                finished.set()

    reading = asyncio.create_task(read())
    for chunk in chunks:
        await asyncio.sleep(0)
        parser.feed_data(b"".join(frame(kind, text) for kind, text in chunk))
    parser.feed_data(LAST)
    await finished.wait()
    reading.cancel()
    return came


def frame(kind: WSMsgType, text: str) -> bytes:
    payload = framed(text.encode(), binary=False)
    return payload if kind is WSMsgType.TEXT else bytes([0x89]) + payload[1:]


@attrs.define
class Below:
    """What the queue asks of the connection below it."""

    _reading_paused: bool = False

    def pause_reading(self) -> None:
        self._reading_paused = True

    def resume_reading(self) -> None:
        self._reading_paused = False


def test_the_aiohttp_that_is_installed_is_one_that_the_shortcut_fits() -> None:
    assert PARSER_CALLS


async def test_what_people_type_goes_past_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[Any] = []
    receive = WebSocket.receive

    async def receive_and_tell(ws: WebSocket) -> Any:
        queued.append(await receive(ws))
        return queued[-1]

    monkeypatch.setattr(WebSocket, "receive", receive_and_tell)
    monkeypatch.setattr(pace, "TURN_SECONDS", 1.0)  # however slow this machine is
    async with Served() as served, connected(f"http://127.0.0.1:{served.port}") as session:
        await session.greet()
        await session.open("notes")
        queued.clear()
        for seq in range(1, 51):
            await session.submit("notes", seq - 1, seq, ["a"])
        assert not queued
