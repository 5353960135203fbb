"""What the people of a simulation do to documents of one type, and how one sees what became of it.

Everything that is inserted is a token that nobody else in the world inserts: one that is missing, or there
twice, shows at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final, Protocol, TypeAlias

from ot import Json, Operation, Snapshot

Token: TypeAlias = int
"""Numbers from 0 on; a workload says what stands for them in its documents."""


class Workload(Protocol):
    """Edits of one document type. Give one for a type of your own to have it simulated."""

    @property
    def doc_type(self) -> str:
        """The name under which the type is registered."""

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        """Return an operation on `snapshot` that inserts `token`, or inserts nothing."""

    def tokens(self, snapshot: Snapshot) -> Iterable[Token]:
        """Yield the tokens of a document, each as often as it is there."""

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        """Return a position for a cursor."""


FIRST: Final = 0x10000
"""The code point of token 0: whole planes of characters that nobody types, two UTF-16 units each."""


class TextWorkload:
    """People who type: tokens are characters."""

    doc_type = "text"

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        length = len(snapshot)
        place = min(rng.randrange(4), length) if rng.random() < 0.5 else rng.randint(0, length)
        parts: list[Json] = [place] if place else []
        gone = min(rng.randint(1, 3), length - place)
        if gone and rng.random() < 0.2:
            deleted: Json = {"d": gone if rng.random() < 0.5 else snapshot[place : place + gone]}
            return [*parts, deleted]
        return [*parts, chr(FIRST + token)]

    def tokens(self, snapshot: Snapshot) -> Iterable[Token]:
        return (ord(char) - FIRST for char in snapshot)

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        return rng.randint(0, len(snapshot))
