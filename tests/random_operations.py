"""Random documents and operations of each type, made fast: for runs over millions of them.

An operation comes with the document that it leads to, worked out without the type. Documents are small, so
that two operations mostly meet; every tenth is larger.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final
from zlib import crc32

import attrs

from ot import ABSENT, Json, Operation, RichText, Snapshot
from ot.testing import json0, json0_changes, json1, json1_embedded
from ot.testing.rich_text import ALPHABET as CELLS
from ot.testing.rich_text import FORMATS, INSERTED, Cell, cells_of, changed, document_of, width

MadeAtRandom = tuple[Operation, Snapshot]
"""An operation and the document after it."""

LETTERS: Final = "abc\n 😀é\u0301"
INSERTS: Final = ("x", "y", "xy", "a", "ab", "😀", "\u0301z", "zyx")
KEYS: Final = ("x", "y", "")
BITS: Final = 40  # of a number that chooses a change
SCALARS: Final = (0, 1, 1.5, -3, True, False, None, "", "abc", "a😀b")

RICH_TEXT: Final = RichText()
"""Whose `normalize` alone is used, to write an operation as peers do."""

JSON0_PALETTE: Final = json0_changes.Palette(KEYS, one_form_a_string=True)
JSON1_PALETTE: Final = json1.Palette(KEYS)
"""Without keys such as `toString`, where ot-json1 cannot insert."""

EMBEDDING_PALETTE: Final = json1.Palette(KEYS, values=(*JSON1_PALETTE.values, *json1_embedded.VALUES[:2]))
MOVES: Final = json1.Palette(KEYS, kinds=("moves",))
EDITS: Final = json1.Palette(KEYS, kinds=("typing", "adding", "embedded"))
CONTAINERS: Final[tuple[Json, ...]] = (
    {"x": {}, "y": {}},
    {"x": {"x": {}}, "y": {"y": []}},
    {"x": [], "y": {"x": "a"}, "": [[]]},
    [[], []],
    [[[]], {}, "a"],
    [{"x": []}, [{}]],
)
"""In which there is little to do but to move one thing into another."""
FEW: Final = json1.Palette(("x",), values=(1, {}), texts=("z",), amounts=(1,))
"""With which two people often insert the same, or different things, at one place."""


@attrs.frozen
class Source:
    """Where the documents and operations of one type come from."""

    document: Callable[[Random], Snapshot]
    operation: Callable[[Random, Snapshot], MadeAtRandom]


def text_document(random: Random) -> str:
    """Return a text of up to 7 characters, now and then of 40."""
    return "".join(random.choices(LETTERS, k=_size(random, 7, 40)))


def text_operation(random: Random, document: str) -> MadeAtRandom:
    """Return an operation in normal form: up to four edits from front to back."""
    op: list[Json] = []
    after: list[str] = []
    place = 0
    for number in range(random.randrange(5)):
        skipped = min(random.randrange(4), len(document) - place)
        if number == 0:
            skipped = random.randrange(len(document) + 1)
        elif not skipped:
            break
        after.append(document[place : place + skipped])
        op += [skipped] if skipped else []
        place += skipped
        deleted = document[place : place + random.randrange(4)] if random.random() < 0.6 else ""
        inserted = random.choice(INSERTS) if not deleted or random.random() < 0.4 else ""
        edits: list[Json] = [inserted] if inserted else []
        if deleted:
            edits.insert(random.randrange(2), {"d": deleted if random.random() < 0.3 else len(deleted)})
        op += edits
        after.append(inserted)
        place += len(deleted)
    return op, "".join(after) + document[place:]


def rich_text_document(random: Random) -> Snapshot:
    """Return a document of up to 6 characters and embeds, now and then of 30."""
    return document_of(random.choices(CELLS, k=_size(random, 6, 30)))


def rich_text_operation(random: Random, document: Snapshot) -> MadeAtRandom:
    """Return an operation in normal form: at each place there may be an insert, a format or a delete."""
    op: list[Json] = []
    after: list[Cell] = []
    cells = cells_of(document)
    busy = random.choice((0.3, 0.6))
    place = 0
    while place <= len(cells):
        if random.random() < busy / 2:
            inserted = random.choice(INSERTED)
            op += document_of(inserted)
            after += inserted
        run = cells[place : place + random.randrange(1, 4)]
        place += len(run) or 1
        attributes = random.choice(FORMATS) if random.random() < busy else {}
        length = sum(width(cell.content) for cell in run)
        if attributes is None:
            op.append({"delete": length})
            continue
        op.append({"retain": length, "attributes": attributes} if attributes else {"retain": length})
        after += [changed(cell, attributes) for cell in run]
    return RICH_TEXT.normalize([one for one in op if 0 not in one.values()]), document_of(after)


def json_document(random: Random) -> Json:
    """Return a JSON value of a few levels."""
    return _json(random, _size(random, 3, 4))


def json1_document(random: Random) -> Json:
    """Return a JSON value, now and then a deep one or no document at all; some hold documents of any type."""
    kind = random.random()
    if kind < 0.05:
        return ABSENT
    if kind < 0.15:
        return _deep(random, random.randrange(4, 12))
    if kind < 0.25:
        return random.choice(CONTAINERS)
    if kind < 0.35:
        return [random.choice(json1_embedded.VALUES), _json(random, 1)]
    return _json(random, _size(random, 3, 4), embedding=kind < 0.5)


def json0_operation(random: Random, document: Json) -> MadeAtRandom:
    """Return up to three components, rarely more, on what the ones before left."""
    numbers = [random.getrandbits(BITS) for _ in range(_size(random, 3, 8))]
    return json0.operation(document, numbers, JSON0_PALETTE)


def json1_operation(random: Random, document: Json) -> MadeAtRandom:
    """Return an operation of up to three changes, rarely more.

    All of one document are made with one palette, so that moves meet moves, and edits edits.
    """
    if document in CONTAINERS:
        return _json1_operation(random, document, MOVES)
    palettes = (EMBEDDING_PALETTE, EMBEDDING_PALETTE, MOVES, FEW, EDITS)
    return _json1_operation(random, document, palettes[crc32(repr(document).encode()) % len(palettes)])


def json_alone_document(random: Random) -> Json:
    """Return a JSON value without documents of other types, now and then no document at all."""
    return ABSENT if random.random() < 0.03 else json_document(random)


def json_alone_operation(random: Random, document: Json) -> MadeAtRandom:
    """Return an operation of json1 that embeds none of another type."""
    return _json1_operation(random, document, JSON1_PALETTE)


def _json1_operation(random: Random, document: Json, palette: json1.Palette) -> MadeAtRandom:
    changes = 0 if random.random() < 0.05 else 1 + _size(random, 2, 7)
    numbers = [random.getrandbits(BITS) for _ in range(changes)]
    made = json1.made(document, numbers, palette)
    return made.op, made.after


def _size(random: Random, small: int, large: int) -> int:
    return random.randrange((large if random.random() < 0.1 else small) + 1)


def _json(random: Random, depth: int, *, embedding: bool = False) -> Json:
    """Return a random JSON value: mostly lists and objects down to `depth`, then scalars."""
    kind = random.random()
    if depth == 0 or kind < 0.15:
        return random.choice(json1_embedded.VALUES if embedding and random.random() < 0.5 else SCALARS)
    if kind < 0.6:
        return [_json(random, depth - 1, embedding=embedding) for _ in range(random.randrange(5))]
    return {key: _json(random, depth - 1, embedding=embedding) for key in KEYS if random.random() < 0.6}


def _deep(random: Random, depth: int) -> Json:
    """Return a value so deep, with one or two things at each level."""
    inner = _json(random, 1)
    for _ in range(depth):
        other = random.choice(SCALARS)
        inner = random.choice(([inner], [other, inner], {"x": inner}, {"x": inner, "y": other}))
    return inner


SOURCES: Final = {
    "text": Source(text_document, text_operation),
    "rich-text": Source(rich_text_document, rich_text_operation),
    "json1": Source(json1_document, json1_operation),
    "json0": Source(json_document, json0_operation),
}
"""By the name of the type."""

ALONE: Final = SOURCES | {"json1": Source(json_alone_document, json_alone_operation)}
"""For other implementations, in which only text and numbers can be edited inside json1."""
