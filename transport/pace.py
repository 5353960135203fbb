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
from typing import Final

import attrs

from transport.connection import Connection
from transport.limits import Limits
from transport.token_bucket import TokenBucket

TURN_SECONDS: Final = 0.005
"""What one connection may use of the event loop before others get their turn."""

BURST_SECONDS: Final = 2.0
"""So much of the rate may come at once, after a quiet time: a document of the largest size."""


@attrs.define(eq=False)
class Pace:
    """Holds back the reader of one connection."""

    connection: Connection
    limits: Limits
    _bytes: TokenBucket = attrs.field(init=False)
    _turn_began: float = 0.0

    def __attrs_post_init__(self) -> None:
        rate = self.limits.received_bytes_per_second
        self._bytes = TokenBucket(rate, BURST_SECONDS * rate)

    async def kept(self, size: int) -> None:
        """Wait until the next frame may be read, after one of `size` bytes or characters."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        wait = self._bytes.spend(now, size)
        if wait > 0:
            await asyncio.sleep(wait)
        elif now - self._turn_began > TURN_SECONDS:
            await asyncio.sleep(0)
        elif not self.connection.behind:
            return
        await self.connection.caught_up()
        self._turn_began = loop.time()
