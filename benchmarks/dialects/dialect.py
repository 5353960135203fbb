"""What there is of a server's protocol to somebody who types."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from benchmarks.conversation import Conversation

Author: TypeAlias = str | int
"""A client, as the entries of its document name it."""

Entry: TypeAlias = tuple[Author, int]
"""An operation on its way to everybody: whose, and which of its author's, counted from 1."""


class Dialect(Protocol):
    """The protocol of one server, about one document.

    A server passes every operation on to its author, too, or acknowledges it in its place, so that whoever
    is in a document has seen as many operations as everybody else.
    """

    path: str
    """What a WebSocket is made at."""

    async def enter(self, talk: Conversation, number: int) -> Author:
        """Open the document, which the client with number 0 makes, and return who the client is.

        Raises ConnectionError where the server refuses.
        """

    def submission(self, author: Author, seq: int, revision: int, place: int) -> bytes:
        """Return the frame that inserts a character; `revision` operations before it have inserted one each.

        Where a document has places, it goes to `place`.
        """

    def entries(self, payload: bytes, after: int) -> list[Entry]:
        """Return the operations that a message brings to whoever has seen `after` of them.

        Raises ConnectionError where the server says that something is wrong.
        """
