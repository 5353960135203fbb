"""How fast one connection is read from: never so fast that others, or the server's memory, suffer.

Not reading is the gentlest limit there is. What a peer has sent stays with its own system, nothing is
refused, and nothing has to be sent again. A connection is not read from

- while it waits for answers to expensive requests, or does not take in the answers it has: who does not
  read can't ask for more, so its answers have a bound although each of them may be large;
- while it has sent more bytes than its rate allows;
- until others had their turn, once it has used the event loop for a moment: what is buffered is read
  without giving the loop back.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

import attrs

from transport.connection import Connection
from transport.limits import Limits
from transport.token_bucket import TokenBucket
from transport.turns import TURN_SECONDS, Turns

FRAME_BYTES: Final = 128
"""What a frame counts for beside its payload: one that is empty costs as much time as some text."""

KERNEL_BYTES: Final = 64 * 1024
"""What the system takes in of a connection before we read it (Linux makes it twice that, for itself). What is
there is read, and taken apart into frames, in one go: with the megabytes of an ordinary buffer, empty
fragments by the hundred thousand held the event loop for half a second (measured)."""

BURST_SECONDS: Final = 2.0
"""So much of the rate may come at once, after a quiet time: a document of the largest size."""


@attrs.define(eq=False)
class Pace:
    """Holds back the reader of one connection."""

    connection: Connection
    limits: Limits
    turns: Turns
    _bytes: TokenBucket = attrs.field(init=False)
    _now: Callable[[], float] = attrs.field(factory=lambda: asyncio.get_running_loop().time, init=False)

    def __attrs_post_init__(self) -> None:
        kernel = self.connection.transport.get_extra_info("socket")
        if kernel is not None:
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
        rate = self.limits.received_bytes_per_second
        self._bytes = TokenBucket(rate, BURST_SECONDS * rate)

    def wait(self, size: int) -> float | None:
        """Count a frame of `size` bytes or characters; return the seconds to wait before the next is read.

        Beyond them, `caught_up` of the connection is to be waited for. None: it may be read at once.
        """
        now = self._now()
        wait = self._bytes.spend(now, size + FRAME_BYTES)
        if wait > 0:
            return wait
        if self.connection.behind or self.turns.used(now) > TURN_SECONDS:
            return 0.0
        return None

    async def waited(self, seconds: float) -> None:
        """Wait so many seconds, at least until others had their turn, and until the peer has caught up."""
        await asyncio.sleep(seconds)
        await self.connection.caught_up()
