"""Events of Socket.IO (Engine.IO 4, WebSocket from the beginning): a relay that numbers what it passes on."""

from __future__ import annotations

from typing import Final

import orjson

from benchmarks.client_frames import text_frame
from benchmarks.conversation import Conversation
from benchmarks.dialects.dialect import Author, Entry

CONNECT: Final = b"40"
PING: Final = b"2"
EVENT: Final = b"42"
JOIN: Final = b"420"
JOINED: Final = b"430"
"""An event that asks for an answer has a number, here 0, which the answer repeats."""


class SocketIO:
    """A text that nobody keeps, passed on by python-socketio."""

    path = "/socket.io/?EIO=4&transport=websocket"

    def __init__(self, doc: str) -> None:
        self._doc = orjson.dumps(doc)

    async def enter(self, talk: Conversation, number: int) -> Author:
        await talk.ask(text_frame(CONNECT), lambda payload: payload.startswith(CONNECT))
        await talk.ask(
            text_frame(JOIN + b'["join",%b]' % self._doc), lambda payload: payload.startswith(JOINED)
        )
        return f"{number:016x}"

    def submission(self, author: Author, seq: int, revision: int, place: int) -> bytes:
        skip = b"%d," % place if place else b""
        said = b'["submit",{"doc":%b,"revision":%d,"client":"%b","seq":%d,"op":[%b"x"]}]'
        return text_frame(EVENT + said % (self._doc, revision, str(author).encode(), seq, skip))

    def entries(self, payload: bytes, after: int) -> list[Entry]:
        if payload == PING:  # answered by nobody: the load is gone before that matters
            return []
        if not payload.startswith(EVENT):
            raise ConnectionError(f"the server says {payload[:500]!r}")
        _, entry = orjson.loads(payload[len(EVENT) :])
        assert entry["revision"] == after + 1, f"{entry} where {after + 1} comes next"
        return [(entry["client"], entry["seq"])]
