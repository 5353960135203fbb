"""All targets, by name, with what a mutation of one of their inputs may put in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal

import attrs
import msgpack  # type: ignore[import-untyped]  # ships no types

import ot
from ot import DocumentType
from tests.fuzz.documents import document_and_operations
from tests.fuzz.frames import json_frame, msgpack_frame
from transport.fields import fields_of
from transport.messages import TYPE_OF


@attrs.frozen
class Target:
    """A function of bytes that raises where something is not as documented."""

    run: Callable[[bytes], None]
    words: tuple[str, ...]
    """Strings and keys that mean something to it."""
    written: Literal["json", "msgpack"] = "json"
    strange: tuple[Any, ...] = ()
    """Values that its inputs can hold and JSON can't."""
    doc_type: DocumentType | None = None
    """The type whose documents and operations its inputs are."""


def _of_type(doc_type: DocumentType, *words: str) -> Target:
    return Target(partial(document_and_operations, doc_type), words, doc_type=doc_type)


MESSAGES: Final = tuple(
    dict.fromkeys([*TYPE_OF.values(), *(field.name for cls in TYPE_OF for field in fields_of(cls))])
)

STRANGE: Final = (
    b"",
    b"x",
    float("nan"),
    float("inf"),
    msgpack.Timestamp(1),
    msgpack.ExtType(5, b"x"),
    {b"x": 1},
)

RICH_TEXT: Final = ("insert", "retain", "delete", "attributes", "bold", "header", "image", "\n", "a\n")
EMBEDS: Final = {"note": ot.get_type("text"), "table": ot.get_type("json0")}
JSON1: Final = ("p", "d", "r", "i", "es", "ena", "et", "e", "rich-text", "json0", "x", "y")
JSON0: Final = ("p", "oi", "od", "li", "ld", "lm", "na", "si", "sd", "t", "o", "text0", "d", "i", "x", "y")

TARGETS: Final = {
    "json": Target(json_frame, MESSAGES),
    "msgpack": Target(msgpack_frame, MESSAGES, "msgpack", STRANGE),
    "text": _of_type(ot.get_type("text"), "d"),
    "rich-text": _of_type(ot.get_type("rich-text"), *RICH_TEXT),
    "embeds": _of_type(ot.RichText(embeds=EMBEDS), *RICH_TEXT, *EMBEDS, "d", "p", "oi", "od", "x"),
    "json1": _of_type(ot.get_type("json1"), *JSON1),
    "json0": _of_type(ot.get_type("json0"), *JSON0),
}
