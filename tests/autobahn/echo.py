"""The server's own connection layer with an echo behind it, which is what Autobahn's cases talk to.

Everything between the socket and the session is what the server runs: the upgrade, the reader with its limits
and its pace, the answers to pings, the outbox, the writer, the close. Only what a frame means is replaced.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import patch

from aiohttp import web

from storage import MemoryStore
from transport import Hub, Limits, endpoint, mount
from transport.codec import Frame
from transport.connection import Connection
from transport.framing import framed


class EchoHub(Hub):
    """A hub whose connections hear what they said."""

    def received(self, connection: Connection, frame: Frame) -> None:
        """Send a message back as it came."""
        binary = not isinstance(frame, str)
        payload = frame if isinstance(frame, bytes) else frame.encode()
        connection.outbox.put(framed(payload, binary=binary))
        connection.wake()


@asynccontextmanager
async def echoing(limits: Limits) -> AsyncIterator[str]:
    """Serve the echo on a port of its own; yield its address."""
    app = web.Application()
    with patch.object(endpoint, "Hub", EchoHub):
        mount(app, MemoryStore(), limits=limits)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"ws://{host}:{port}/sync"
    finally:
        await runner.cleanup()
