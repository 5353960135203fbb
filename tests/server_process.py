"""A server as users run it: a process of its own that can be killed without warning and started again.

It keeps one port and one database over its whole life, so that windows find it again after a restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

import aiohttp

ROOT: Final = Path(__file__).parent.parent
PATIENCE: Final = 30.0  # seconds until a server that starts or stops counts as stuck
POLL: Final = 0.05  # seconds between two looks at whether it is ready


class ServerProcess:
    """One server, running or not."""

    def __init__(
        self,
        folder: Path,
        command: list[str] | None = None,
        *,
        port: int | None = None,
        directory: Path = ROOT,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port() if port is None else port
        self.database = folder / "counterpoint.db"
        self.log_path = folder / "server.log"
        self.command = self._serve() if command is None else command
        self.directory = directory
        self.environment = {**os.environ, **(environment or {})}
        self.process: asyncio.subprocess.Process | None = None
        self._log: IO[bytes] | None = None

    def __repr__(self) -> str:
        state = "stopped" if self.process is None else f"process {self.process.pid}"
        return f"<ServerProcess on {self.port}, {state}>"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _serve(self) -> list[str]:
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--store", f"sqlite:{self.database}"]
        return [sys.executable, "server.py", "serve", *options]

    async def start(self) -> None:
        """Start it and return once it answers that it is ready."""
        assert self.process is None, "it is running already"
        self._log = self.log_path.open("ab")
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=self.directory,
            env=self.environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            while not await self._ready(http):  # noqa: ASYNC110 (another process sets no event of ours)
                await asyncio.sleep(POLL)

    async def _ready(self, http: aiohttp.ClientSession) -> bool:
        assert self.process is not None
        if self.process.returncode is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()}")
        try:
            async with http.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def kill(self) -> None:
        """End it as a power cut does: no handler of its own runs."""
        assert self.process is not None, "it is not running"
        self._signal(signal.SIGKILL)
        await self._gone()

    async def ended(self) -> int:
        """Wait until it has ended by itself and return its exit code."""
        assert self.process is not None, "it is not running"
        return await self._gone()

    async def terminate(self) -> int:
        """Ask it to end and return its exit code."""
        assert self.process is not None, "it is not running"
        self._signal(signal.SIGTERM)
        return await self._gone()

    def _signal(self, number: signal.Signals) -> None:
        """Signal the whole group: under `make run` the server is a child of make."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    async def _gone(self) -> int:
        assert self.process is not None
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
        self.process = None
        assert self._log is not None
        self._log.close()
        return code

    def log(self) -> str:
        """Return what it has printed, over all of its runs."""
        return self.log_path.read_text(errors="replace")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
