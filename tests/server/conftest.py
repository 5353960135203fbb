"""The application inside the test, and a server in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from server import make_app
from storage import MemoryStore
from tests.server_process import ServerProcess


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Where `make_app` answers, over a store in memory."""
    runner = web.AppRunner(make_app(MemoryStore(), origins=["https://wiki.example"]))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server as users run it, started and in the end killed."""
    server = ServerProcess(tmp_path)
    await server.start()
    yield server
    if server.process is not None:
        await server.kill()
