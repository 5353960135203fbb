"""A TCP proxy between one window and the server, whose cable a test can pull.

The browser's own offline switch leaves an open WebSocket open; a cut here ends it as a lost network
does. `refuse_sync` serves pages on and turns away the WebSocket alone: its request line says which is
which, since a browser opens a connection of its own for each WebSocket.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, Literal, TypeAlias

LINE_LIMIT: Final = 64 * 1024  # bytes: a request line and its headers, before anything is passed on
CHUNK: Final = 64 * 1024

Cable: TypeAlias = Literal["whole", "cut", "without sync", "one way"]


class CuttableProxy:
    """Passes connections on to `port` while its cable is whole."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._cable: Cable = "whole"
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], bool] = {}
        """Each connection, and whether it is a WebSocket."""
        self.refused_syncs = 0

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE_LIMIT)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._end(list(self._open))

    async def cut(self) -> None:
        """End every connection and let no new one through."""
        self._cable = "cut"
        await self._end(list(self._open))

    async def refuse_sync(self) -> None:
        """End every WebSocket and let no new one through; pages are served on."""
        self._cable = "without sync"
        await self._end([task for task, is_sync in self._open.items() if is_sync])

    def swallow_answers(self) -> None:
        """Pass on what the window sends, and nothing of what the server answers."""
        self._cable = "one way"

    def restore(self) -> None:
        """Let everything through again."""
        self._cable = "whole"

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = False
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass_on(task, reader, writer)
        finally:
            del self._open[task]
            writer.transport.abort()

    async def _pass_on(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._cable == "cut":
            return
        head = await reader.readuntil(b"\r\n")
        self._open[task] = is_sync = head.split(b" ")[1].split(b"?")[0] == b"/sync"
        if is_sync and self._cable == "without sync":
            self.refused_syncs += 1
            return
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            their_writer.write(head)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._copy(reader, their_writer))
                directions.create_task(self._copy(their_reader, writer, answers=True))
        except* OSError:
            pass  # one end is gone, and with it the connection
        finally:
            their_writer.transport.abort()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while data := await reader.read(CHUNK):
            if answers and self._cable == "one way":
                continue
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
