"""What the people of a simulation do to documents of one type.

Everything that is inserted is, or holds, a token: a character that nobody else in the world inserts. One that
is missing, or there twice, shows at once, whatever the type.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final, Protocol, TypeAlias

from ot import Json, Operation, Snapshot, json1

Token: TypeAlias = str
"""One character of the planes 1 to 15, which nobody types: two UTF-16 units each."""

FIRST: Final = 0x10000

ACCENTED: Final = "e\u0301"
"""Two code points that are one in another normal form of Unicode: nobody may put them into that."""


def token(number: int) -> Token:
    """Return the token of that number."""
    return chr(FIRST + number)


def tokens(value: Json) -> Iterator[Token]:
    """Yield the tokens in a document or an operation, each as often as it is there."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield from (char for char in one if ord(char) >= FIRST)
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()


class Workload(Protocol):
    """Edits of one document type. Give one for a type of your own to have it simulated.

    What is inserted may be taken away again by anybody, but nothing that is inserted may displace what
    another inserts at once: then a token could be gone, and nobody had taken it away.
    """

    @property
    def doc_type(self) -> str:
        """The name under which the type is registered."""

    @property
    def create(self) -> Json:
        """The data of a new document, or ABSENT."""

    @property
    def stands_alone(self) -> bool:
        """Whether each edit still applies, and keeps its token, when those before it are taken back."""

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        """Return an operation on `snapshot` that inserts `token` once, or inserts nothing."""

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        """Return a position for a cursor."""


def place_in(rng: random.Random, length: int) -> int:
    """Return a place in a sequence: often near its beginning, where everybody else is as well."""
    return min(rng.randrange(4), length) if rng.random() < 0.5 else rng.randint(0, length)


class TextWorkload:
    """People who type."""

    doc_type = "text"
    create = ""
    stands_alone = True

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        length = len(snapshot)
        place = place_in(rng, length)
        parts: list[Json] = [place] if place else []
        gone = min(rng.randint(1, 3), length - place)
        if gone and rng.random() < 0.2:
            deleted: Json = {"d": gone if rng.random() < 0.5 else snapshot[place : place + gone]}
            return [*parts, deleted]
        return [*parts, token + ACCENTED if ord(token) % 8 == 0 else token]

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        return rng.randint(0, len(snapshot))


class RichTextWorkload:
    """People who type and format."""

    doc_type = "rich-text"
    create = None
    stands_alone = True

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        units = [unit for component in snapshot for unit in self._units(component["insert"])]
        place = place_in(rng, len(units))
        before, choice = sum(units[:place]), rng.random()
        parts: list[Json] = [{"retain": before}] if before else []
        reached = sum(units[place : place + rng.randint(1, 3)])
        if reached and choice < 0.15:
            return [*parts, {"delete": reached}]
        attributes = {rng.choice(("bold", "color")): rng.choice((None, True, "red"))}
        if reached and choice < 0.35:
            return [*parts, {"retain": reached, "attributes": attributes}]
        inserted: Json = token if choice < 0.9 else {"image": token}
        return [*parts, {"insert": inserted}]

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        return rng.randint(0, 3)

    def _units(self, insert: Json) -> list[int]:
        """Return the UTF-16 units of each character, or of an embed."""
        if not isinstance(insert, str):
            return [1]
        return [2 if ord(char) >= FIRST else 1 for char in insert]


LISTS_AND_TEXT: Final = {"list": [], "other": [], "text": "", "map": {}, "count": 0}
"""A document for the two JSON types. Tokens go where nothing displaces them: into lists and text."""


class Json1Workload:
    """Programs and people that move things about."""

    doc_type = "json1"
    create = LISTS_AND_TEXT
    stands_alone = False

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        name = rng.choice(("list", "other"))
        items, place = snapshot[name], rng.randrange(4)
        choice = rng.random()
        if place < len(items) and choice < 0.15:
            return json1.remove([name, place])
        if place < len(items) and choice < 0.35:
            to = rng.choice(("list", "other"))
            room = len(snapshot[to]) - (to == name)
            return json1.move([name, place], [to, place_in(rng, room)])
        if choice < 0.45:
            key = rng.choice("xyz")
            put = json1.replace if key in snapshot["map"] else json1.insert
            return put(["map", key], rng.randrange(3))
        if choice < 0.5:
            return json1.add(["count"], rng.randint(1, 5))
        if choice < 0.75:
            at = place_in(rng, len(snapshot["text"]))
            return json1.edit_text(["text"], [at, token] if at else [token])
        return json1.insert([name, place_in(rng, len(items))], {"title": token})

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        return ["list", rng.randint(0, len(snapshot["list"]))]


class Json0Workload:
    """The same, as ShareDB has it."""

    doc_type = "json0"
    create = LISTS_AND_TEXT
    stands_alone = False

    def edit(self, rng: random.Random, snapshot: Snapshot, token: Token) -> Operation:
        items, place = snapshot["list"], rng.randrange(4)
        choice = rng.random()
        if place < len(items) and choice < 0.15:
            return [{"p": ["list", place], "ld": items[place]}]
        if len(items) > 1 and place < len(items) and choice < 0.35:
            return [{"p": ["list", place], "lm": rng.randrange(len(items))}]
        if choice < 0.45:
            key = rng.choice("xyz")
            was = {"od": snapshot["map"][key]} if key in snapshot["map"] else {}
            return [{"p": ["map", key], **was, "oi": rng.randrange(3)}]
        if choice < 0.5:
            return [{"p": ["count"], "na": rng.randint(1, 5)}]
        if choice < 0.75:
            at = 2 * place_in(rng, len(snapshot["text"]))
            return [{"p": ["text", at], "si": token}]
        return [{"p": ["list", place_in(rng, len(items))], "li": {"title": token}}]

    def position(self, rng: random.Random, snapshot: Snapshot) -> Json:
        return ["list", rng.randint(0, len(snapshot["list"]))]


WORKLOADS: Final[tuple[Workload, ...]] = (
    TextWorkload(),
    RichTextWorkload(),
    Json1Workload(),
    Json0Workload(),
)
