"""The protocol by hand: JSON over a real WebSocket, with none of the project's code in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import aiohttp
import attrs

PATIENCE: Final = 10.0  # seconds for any one answer

Said: TypeAlias = dict[str, Any]


@attrs.define
class ByHand:
    """One connection; what it says and what it hears are plain values."""

    socket: aiohttp.ClientWebSocketResponse

    async def say(self, frame: Said | str | bytes) -> None:
        """Send a message; a string or bytes go out as the frame that they are."""
        if isinstance(frame, bytes):
            await self.socket.send_bytes(frame)
        else:
            await self.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def hear(self) -> Said:
        """Return the next message."""
        message: Said = await self.socket.receive_json(timeout=PATIENCE)
        return message

    async def hear_close(self) -> int | None:
        """Return the close code, which has to come next."""
        frame = await self.socket.receive(timeout=PATIENCE)
        assert frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), frame
        return self.socket.close_code

    async def greet(self, **fields: Any) -> Said:
        """Say hello and return the welcome."""
        await self.say({"type": "hello", **fields})
        welcome = await self.hear()
        assert welcome["type"] == "welcome", welcome
        return welcome

    async def open(self, doc: str, **fields: Any) -> Said:
        """Open a text and return what `opened` says."""
        await self.say({"type": "open", "doc": doc, "doc_type": "text", **fields})
        opened = await self.hear()
        assert opened["type"] == "opened", opened
        return opened

    async def submit(self, doc: str, revision: int, seq: int, op: Any) -> Said:
        """Submit an operation and return its entry, which has to come next."""
        await self.say({"type": "submit", "doc": doc, "revision": revision, "seq": seq, "op": op})
        operations = await self.hear()
        assert operations["type"] == "operations", operations
        (entry,) = operations["entries"]
        found: Said = entry
        return found


@asynccontextmanager
async def connected(url: str, **headers: str) -> AsyncIterator[ByHand]:
    """Connect to the server at an http address; nothing has been said yet."""
    async with aiohttp.ClientSession(headers=headers) as http, http.ws_connect(f"{url}/sync") as socket:
        yield ByHand(socket)
