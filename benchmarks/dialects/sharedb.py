"""ShareDB's protocol: JSON, one message an operation; the first version is what makes the document.

Whoever submits is sent what it has not seen before its own is acknowledged, and the subscription sends the
same once more: a client goes by the version.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from benchmarks.client_frames import text_frame
from benchmarks.conversation import Conversation
from benchmarks.dialects.dialect import Author, Entry

TYPE: Final = "http://sharejs.org/types/text-unicode"
MADE: Final = 1  # the version of a new document, and the number that its maker has used up


class ShareDB:
    """A text of ot-text-unicode in ShareDB."""

    path = "/"

    def __init__(self, doc: str) -> None:
        self._where = {"c": "load", "d": doc}
        self._submit = b'{"a":"op","c":"load","d":%b,' % orjson.dumps(doc)

    async def enter(self, talk: Conversation, number: int) -> Author:
        author = f"{number:016x}"
        await _asked(talk, {"a": "hs", "id": author, "protocol": 1, "protocolMinor": 2})
        if number == 0:
            create = {"type": TYPE, "data": ""}
            await _asked(talk, {"a": "op", **self._where, "v": 0, "seq": MADE, "x": {}, "create": create})
        await _asked(talk, {"a": "s", **self._where})
        return author

    def submission(self, author: Author, seq: int, revision: int, place: int) -> bytes:
        skip = b"%d," % place if place else b""
        said = b'"v":%d,"seq":%d,"x":{},"op":[%b"x"]}' % (revision + MADE, seq + MADE, skip)
        return text_frame(self._submit + said)

    def entries(self, payload: bytes, after: int) -> list[Entry]:
        message = orjson.loads(payload)
        if message["a"] != "op" or "error" in message:
            raise ConnectionError(f"the server says {payload[:500]!r}")
        before = message["v"] - MADE
        if before < after:
            return []
        assert before == after, f"{message} where {after + MADE} comes next"
        return [(message["src"], message["seq"] - MADE)]


async def _asked(talk: Conversation, message: dict[str, Any]) -> None:
    """Send a message and wait for the answer, which has the same action."""
    answer = orjson.loads(
        await talk.ask(
            text_frame(orjson.dumps(message)), lambda payload: orjson.loads(payload)["a"] == message["a"]
        )
    )
    if "error" in answer:
        raise ConnectionError(f"the server says {answer}")
