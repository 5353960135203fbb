"""Values of json1 documents that are documents of other types, and what can be done to them as such.

json1 edits them by `et` and `e`. What they are shows in them, so that everyone takes them for the same, and
no edit takes the mark away: for whoever edits a list by json1 does not go together with whoever edits it as
rich text. Text is no such type, since json1 writes its operations as `es`; nor is json1 itself.

    [{"insert": "ab"}]          rich-text, behind the first cell
    {"json0": …}                json0, below the key
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from ot.document_type import Json, Operation
from ot.testing import json0_changes, planted_json
from ot.testing.planted_json import Embedded, Node, plain
from ot.testing.rich_text import BOLD, Cell, cells_of, changed, document_of, width

Edited: TypeAlias = tuple[Operation, Json]
"""An operation of a type, and the value after it."""

JSON0_PALETTE: Final = json0_changes.Palette(
    keys=("x", "json0"), values=(1, "ab", ["p"]), texts=("z",), amounts=(1,), one_form_a_string=True
)
INSERTED: Final[tuple[tuple[Cell, ...], ...]] = ((Cell("x", {}),), (Cell("\N{GRINNING FACE}", BOLD),))

VALUES: Final[tuple[Json, ...]] = (
    [{"insert": "ab"}],
    [{"insert": "a\N{GRINNING FACE}"}, {"insert": "b", "attributes": {"bold": True}}],
    {"json0": ["p", "ab", {"x": 1}]},
)
"""Documents of each type, small ones."""


def planted(value: Json) -> Node:
    """Return a JSON value as a tree of new nodes, in which documents of other types stand in one piece."""
    name = embedded_type(value)
    if name is not None:
        return Node(Embedded(name, value))
    if isinstance(value, dict):
        return Node({key: planted(member) for key, member in value.items()})
    if isinstance(value, list):
        return Node([planted(item) for item in value])
    return planted_json.planted(value)


def embedded_type(value: Json) -> str | None:
    """Return the type of which a value is a document; None where json1 itself edits it."""
    match value:
        case [{"insert": _}, *_]:
            return "rich-text"
        case {"json0": _}:
            return "json0"
    return None


def edits(embedded: Embedded) -> tuple[Edited, ...]:
    """Return what can be done to a document of another type, with what it becomes."""
    return _edits(embedded.type_name, json.dumps(embedded.value))


@lru_cache(maxsize=1024)
def _edits(type_name: str, written: str) -> tuple[Edited, ...]:
    """Return the edits of a value, which are many, and asked for again at every change of a draft."""
    value = json.loads(written)
    return tuple(_rich_text_edits(value) if type_name == "rich-text" else _json0_edits(value))


def _rich_text_edits(document: Json) -> Iterator[Edited]:
    cells = cells_of(document)
    before: Operation = []
    for place in range(1, len(cells) + 1):
        before = [{"retain": sum(width(cell.content) for cell in cells[:place])}]
        for inserted in INSERTED:
            after = [*cells[:place], *inserted, *cells[place:]]
            yield [*before, *document_of(inserted)], document_of(after)
        if place < len(cells):
            cell, rest = cells[place], cells[place + 1 :]
            length = width(cell.content)
            yield [*before, {"delete": length}], document_of([*cells[:place], *rest])
            for attributes in (BOLD, {"bold": None}):
                after = [*cells[:place], changed(cell, attributes), *rest]
                yield [*before, {"retain": length, "attributes": attributes}], document_of(after)


def _json0_edits(value: Json) -> Iterator[Edited]:
    root = json0_changes.holder(value)
    for number in range(len(list(json0_changes.changes(root, JSON0_PALETTE)))):
        root = json0_changes.holder(value)
        change = list(json0_changes.changes(root, JSON0_PALETTE))[number]
        place = change.component["p"]
        if isinstance(place, list) and place[:1] == ["json0"] and not {"oi", "od"} & change.component.keys():
            component = json0_changes.performed(change)
            yield [component], plain(root.held[0])
