"""A frame that goes past the outbox never overtakes one that waits there, nor fills a socket that is full."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from transport.connection import WRITE, Connection
from transport.outbox import Outbox
from transport.session import Session

STEPS = st.lists(st.sampled_from(["entries", "frame", "turn", "stuck", "eased", "closing"]), max_size=20)


class Socket:
    """What a transport is to a connection; `stuck` while its peer reads nothing."""

    def __init__(self) -> None:
        self.written = b""
        self.held = 0
        self.closing = False

    def write(self, data: bytes) -> None:
        assert not self.closing, "nothing can arrive any more"
        assert data, "there is something to write"
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.held

    def is_closing(self) -> bool:
        return self.closing


def connected() -> tuple[Connection, Socket]:
    """Return a connection that writes to a socket of ours."""
    socket = Socket()
    # Nothing here asks the session or counts bytes: both bounds are far away.
    return Connection(cast(Session, None), Outbox(10**6, 10**7), cast(Any, socket), lambda _: None), socket


@given(steps=STEPS)
def test_what_is_written_is_what_was_said_in_order(steps: list[str]) -> None:
    async def said() -> tuple[bytes, Socket]:
        connection, socket = connected()
        expected = b""
        for number, step in enumerate(steps):
            match step:
                case "turn":
                    await asyncio.sleep(0)
                case "stuck":
                    socket.held = WRITE
                case "eased":
                    socket.held = 0
                case "closing":
                    socket.closing = True
                case _:
                    frame = f"{number};".encode()
                    expected += b"" if socket.closing else frame
                    full, before = socket.held > 0, len(socket.written)
                    if step == "frame" or not connection.wrote("notes", frame):
                        connection.outbox.put_operations("notes", number, frame)
                        connection.wake()
                    else:
                        assert not full and len(socket.written) == before + len(frame)
        socket.held = 0
        connection._flush()
        return expected, socket

    expected, socket = asyncio.run(said())
    assert expected.startswith(socket.written)
    assert socket.closing or socket.written == expected


def test_entries_are_not_written_past_lagging() -> None:
    async def lagging() -> None:
        connection, socket = connected()
        connection.outbox = Outbox(1, 10**7)
        assert connection.outbox.put_operations("notes", 1, b"too large;") == 0
        assert not connection.wrote("notes", b"1;")
        assert connection.wrote("other", b"2;")
        assert socket.written == b"2;"

    asyncio.run(lagging())


def test_a_frame_larger_than_what_a_socket_may_hold_waits_in_the_outbox() -> None:
    connection, _ = connected()
    assert not connection.wrote("notes", b"x" * (WRITE + 1))
