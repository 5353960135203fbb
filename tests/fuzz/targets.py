"""All targets, by name, with what a mutation of one of their inputs may put in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Literal

import attrs

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
    doc_type: str | None = None
    """The type whose documents and operations its inputs are."""


def _of_type(name: str, *words: str) -> Target:
    return Target(partial(document_and_operations, name), words, doc_type=name)


MESSAGES: Final = tuple(
    dict.fromkeys([*TYPE_OF.values(), *(field.name for cls in TYPE_OF for field in fields_of(cls))])
)

TARGETS: Final = {
    "json": Target(json_frame, MESSAGES),
    "msgpack": Target(msgpack_frame, MESSAGES, "msgpack"),
    "text": _of_type("text", "d"),
    "rich-text": _of_type(
        "rich-text", "insert", "retain", "delete", "attributes", "bold", "header", "image", "\n", "a\n"
    ),
    "json1": _of_type("json1", "p", "d", "r", "i", "es", "ena", "et", "e", "rich-text", "json0", "x", "y"),
    "json0": _of_type(
        "json0", "p", "oi", "od", "li", "ld", "lm", "na", "si", "sd", "t", "o", "text0", "d", "i", "x", "y"
    ),
}
