"""Counterpoint's own protocol, which the ceiling speaks too."""

from __future__ import annotations

from typing import Any, Final

import orjson

from benchmarks.client_frames import text_frame
from benchmarks.conversation import Conversation
from benchmarks.dialects.dialect import Author, Entry

PATH: Final = "/sync"


class Counterpoint:
    """A text on our server."""

    path = PATH

    def __init__(self, doc: str) -> None:
        self._doc = doc
        self._submit = b'{"type":"submit","doc":%b,' % orjson.dumps(doc)

    async def enter(self, talk: Conversation, number: int) -> Author:
        client = await greeted(talk)
        opened = await asked(talk, {"type": "open", "doc": self._doc, "doc_type": "text"}, "opened")
        assert opened["revision"] == 0, "nobody types yet"
        return client

    def submission(self, author: Author, seq: int, revision: int, place: int) -> bytes:
        skip = b"%d," % place if place else b""
        return text_frame(self._submit + b'"revision":%d,"seq":%d,"op":[%b"x"]}' % (revision, seq, skip))

    def entries(self, payload: bytes, after: int) -> list[Entry]:
        message = orjson.loads(payload)
        if message["type"] != "operations":
            raise ConnectionError(f"the server says {payload[:500]!r}")
        entries = message["entries"]
        for number, entry in enumerate(entries, after + 1):
            assert entry["revision"] == number, f"{entry} where {number} comes next"
        return [(entry["client"], entry["seq"]) for entry in entries]


async def greeted(talk: Conversation) -> str:
    """Say hello and return who one is."""
    client: str = (await asked(talk, {"type": "hello"}, "welcome"))["client"]
    return client


async def asked(talk: Conversation, message: dict[str, Any], answer: str) -> dict[str, Any]:
    """Send a message; return what the server says next, which has to be of this type."""
    received: dict[str, Any] = orjson.loads(await talk.ask(text_frame(orjson.dumps(message)), bool))
    if received["type"] != answer:
        raise ConnectionError(f"the server says {received} where it should say {answer!r}")
    return received
