"""The protocol by hand: JSON frames over a WebSocket, with none of the project's code in between.

Makes documents that no keyboard can type, and says what the server itself holds.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp

PATIENCE: Final = 10.0  # seconds for any one answer


async def make_document(url: str, doc: str, text: str) -> None:
    """Make a text document and return once `text` has landed in it."""
    async with aiohttp.ClientSession() as http, _connected(http, url) as socket:
        await _greet(socket)
        await socket.send_json({"type": "open", "doc": doc, "doc_type": "text"})
        opened = await _answer(socket, "opened")
        submit = {"type": "submit", "doc": doc, "revision": opened["revision"], "seq": 1, "op": [text]}
        await socket.send_json(submit)
        await _answer(socket, "operations")


async def read_document(url: str, doc: str) -> str:
    """Return the text of a document as the server has it."""
    async with aiohttp.ClientSession() as http, _connected(http, url) as socket:
        await _greet(socket)
        await socket.send_json({"type": "open", "doc": doc})
        text: str = (await _answer(socket, "opened"))["snapshot"]
        return text


async def await_document(url: str, doc: str, text: str) -> None:
    """Return once the server holds this text: it is read anew after everything that lands."""
    async with asyncio.timeout(2 * PATIENCE), aiohttp.ClientSession() as http:
        while True:
            async with _connected(http, url) as socket:
                await _greet(socket)
                await socket.send_json({"type": "open", "doc": doc})
                if (await _answer(socket, "opened"))["snapshot"] == text:
                    return
                await _answer(socket, "operations")


def _connected(http: aiohttp.ClientSession, url: str) -> Any:
    return http.ws_connect(f"{url}/sync", protocols=("counterpoint.v1.json",))


async def _greet(socket: aiohttp.ClientWebSocketResponse) -> None:
    await socket.send_json({"type": "hello"})
    await _answer(socket, "welcome")


async def _answer(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """Return the next message of that type; others of the room come in between."""
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=PATIENCE)
        if message["type"] == kind:
            return message
        assert message["type"] not in {"error", "reject", "closed"}, message
