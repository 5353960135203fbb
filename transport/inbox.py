"""What comes in on one WebSocket: handed over by the parser's own call where nothing speaks against it.

aiohttp puts what it has parsed into a queue and wakes the task that reads: one more turn of the event loop
for each key that somebody types. Here the parser hands a message over at once, unless

- it is none of the application's, as pings and closes are, or a large one;
- the reader is not waiting for the next one: it still has one that came before, or holds this peer back;
- the last one was more than this peer may send for now.

Then it goes into the queue, as does all that comes after it, until the reader has taken those and waits
again: so order is kept.

This is the one place that uses what aiohttp keeps to itself: its queue, its parser, and the method in which a
response makes them. Where a version has them otherwise, every message goes through the queue.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader

TEXT: Final = WSMsgType.TEXT
BINARY: Final = WSMsgType.BINARY
"""By names of ours: to find one in its enumeration takes as long as to compare it."""

LARGE_FRAME: Final = 4096
"""Bytes from which on a message waits for a turn of the event loop of which something is left. Reading it
takes longer than what people type, which does not wait for it: thousands of connections may have one."""

QUEUED: Final = 64 * 1024
"""Bytes that may wait in the queue; with twice as many, nothing more is read from the socket."""

Take: TypeAlias = Callable[[str | bytes], float | None]
"""Handles a message; returns for how many seconds its sender is to be held back, None where it is not."""

Held: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for so many seconds, and until the sender may be heard again."""


class Inbox(WebSocketDataQueue):
    """aiohttp's queue of what has come in on a connection, past which messages may go."""

    __slots__ = ("hold", "take")

    take: Take | None
    """To be called with what comes next; None: it goes into the queue."""
    hold: float | None
    """What `take` has returned last, where nobody has heeded it yet."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.take = self.hold = None

    def feed_data(self, data: Any, size: int) -> None:
        """Take in a message that the parser has made of `size` bytes."""
        take = self.take
        if take is not None:
            kind = data[0]
            if size <= LARGE_FRAME and (kind is TEXT or kind is BINARY):
                self.hold = take(data[1])
                if self.hold is not None:
                    self.take = None
                return
            self.take = None
        super().feed_data(data, size)


def _parser_calls() -> bool:
    """Tell whether a response makes queue and parser where we do, and the parser calls a queue of ours."""
    came: list[str | bytes] = []
    try:
        inbox = Inbox(None, QUEUED, loop=None)
        inbox.take = came.append
        WebSocketReader(inbox, QUEUED, compress=False, decode_text=True).feed_data(b"\x81\x02hi")
        makes = list(inspect.signature(web.WebSocketResponse._post_start).parameters)
    except (AttributeError, TypeError):
        return False
    return came == ["hi"] and not inbox._buffer and makes == ["self", "request", "protocol", "writer"]


PARSER_CALLS: Final = _parser_calls()
"""Whether messages go past the queue with the aiohttp that is installed."""


class WebSocket(web.WebSocketResponse):
    """aiohttp's, but for where messages go, and what is done about one that is too large.

    On that the hub closes, so that the peer is told why.
    """

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        if code == WSCloseCode.MESSAGE_TOO_BIG:
            return False
        return await super().close(code=code, message=message, drain=drain)

    async def next(self, take: Take, held: Held) -> WSMessage:
        """Wait for a message that needs more than `take`, which is called with those before it.

        Where its sender is held back since the last of those, `held` is waited for first.
        """
        inbox = self._reader
        if not isinstance(inbox, Inbox):
            return await self.receive()
        inbox.take = take
        message = await self.receive()  # at once, where one is in the queue
        inbox.take, seconds, inbox.hold = None, inbox.hold, None
        if seconds is not None:
            await held(seconds)
        return message

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: Any) -> None:
        if not PARSER_CALLS:
            super()._post_start(request, protocol, writer)
            return
        self._ws_protocol, self._writer = protocol, writer
        self._reader = Inbox(request.protocol, QUEUED, loop=self._loop)
        self._parser = WebSocketReader(self._reader, self._max_msg_size, compress=False, decode_text=True)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)
