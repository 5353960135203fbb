"""The sync protocol of Yjs, as y-websocket, pycrdt-websocket and Hocuspocus speak it.

An update that inserts one character is written without a library. In version 1 of the format it is: of how
many clients there are structs, how many, whose, their first clock, each struct; and an empty set of deletes.
A struct is a byte of what it is, the item left of it or, for the first one, the name of its text, and the
string. Each client types on behind its own last character: of all places that costs a server the least.
"""

from __future__ import annotations

from typing import Final

from benchmarks.client_frames import binary_frame
from benchmarks.conversation import Conversation
from benchmarks.dialects.dialect import Author, Entry

SYNC: Final = 0
STEP_1: Final = 0
"""What one has of the document."""
STEP_2: Final = 1
"""What the other lacks of it."""
UPDATE: Final = 2

STRING: Final = 4
"""The kind of content, in a struct's first byte; beside it what is told of its place."""
KIND: Final = 0x1F
RIGHT: Final = 0x40
LEFT: Final = 0x80

FIRST_CLIENT: Final = 1 << 21
"""Those from here on take four bytes, as nearly all random ones of Yjs's own do."""

NOTHING_YET: Final = bytes((SYNC, STEP_1, 1, 0))
ROOT: Final = b"\x01\x04text"
"""The place of a text's first item: in the root type of this name."""
NO_DELETES: Final = b"\x00"


class Yjs:
    """A text in a Yjs document on y-websocket's server or pycrdt-websocket."""

    def __init__(self, doc: str) -> None:
        self.path = f"/{doc}"
        self._prefix = b""
        """Of every message."""

    async def enter(self, talk: Conversation, number: int) -> Author:
        answer = self._prefix + bytes((SYNC, STEP_2))
        await talk.ask(binary_frame(self._prefix + NOTHING_YET), lambda payload: payload.startswith(answer))
        return FIRST_CLIENT + number

    def submission(self, author: Author, seq: int, revision: int, place: int) -> bytes:
        assert isinstance(author, int), "it has entered by this dialect"
        update = inserted(author, seq - 1)
        return binary_frame(self._prefix + bytes((SYNC, UPDATE)) + written(len(update)) + update)

    def entries(self, payload: bytes, after: int) -> list[Entry]:
        start = len(self._prefix)
        if payload[start : start + 2] != bytes((SYNC, UPDATE)):
            return []  # what the server would like to have of us, who is here, that our own has landed
        _, at = number_at(payload, start + 2)
        return entries_of(payload, at)


class Hocuspocus(Yjs):
    """The same on Hocuspocus, whose messages begin with the document's name."""

    def __init__(self, doc: str) -> None:
        super().__init__(doc)
        self.path = "/"
        self._prefix = written(len(doc)) + doc.encode()

    async def enter(self, talk: Conversation, number: int) -> Author:
        talk.say(binary_frame(self._prefix + b"\x02\x00\x00"))  # a token, which nobody checks
        return await super().enter(talk, number)


def written(number: int) -> bytes:
    """Return a number in sevens of bits, the lowest first; a byte says whether another follows."""
    found = bytearray()
    while number > 0x7F:
        found.append(0x80 | number & 0x7F)
        number >>= 7
    found.append(number)
    return bytes(found)


def number_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that is written there, and where it ends."""
    number = shift = 0
    while data[at] > 0x7F:
        number |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return number | data[at] << shift, at + 1


def inserted(client: int, clock: int) -> bytes:
    """Return the update in which a client inserts its character number `clock`, behind the one before."""
    who = written(client)
    place = bytes((STRING | LEFT,)) + who + written(clock - 1) if clock else bytes((STRING,)) + ROOT
    return b"\x01\x01" + who + written(clock) + place + b"\x01x" + NO_DELETES


def entries_of(update: bytes, at: int) -> list[Entry]:
    """Return the characters that an update inserts, which begins at `at`. Raises ValueError for all else."""
    found: list[Entry] = []
    clients, at = number_at(update, at)
    for _ in range(clients):
        structs, at = number_at(update, at)
        client, at = number_at(update, at)
        clock, at = number_at(update, at)
        for _ in range(structs):
            size, at = _string(update, at)
            found += [(client, clock + number) for number in range(1, size + 1)]
            clock += size
    return found


def _string(update: bytes, at: int) -> tuple[int, int]:
    """Return the length of an inserted string, and where its struct ends."""
    kind, at = update[at], at + 1
    if kind & KIND != STRING:
        raise ValueError(f"{update!r} does more than insert text")
    for side in (LEFT, RIGHT):
        if kind & side:
            _, at = number_at(update, at)
            _, at = number_at(update, at)
    if not kind & (LEFT | RIGHT):
        if not update.startswith(ROOT, at):
            raise ValueError(f"{update!r} inserts elsewhere")
        at += len(ROOT)
    size, at = number_at(update, at)
    return size, at + size
