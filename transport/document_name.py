"""Which names a document may have.

A name goes into addresses, logs, file names of exports and the keys of other stores, and has to be the
same name in all of them: so it is short, printable, Unicode-normalised, and safe as a path.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

MOST_CHARACTERS: Final = 200
"""Code points of a name: ample for people, short enough for a key, an address and a line of the log."""

_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]").search


class BadDocumentName(ValueError):
    """A name that no document may have."""

    code = "bad-document-name"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def check_document_name(name: str) -> None:
    """Raise BadDocumentName, which says why, unless a document may be called `name`."""
    if not is_document_name(name):
        raise BadDocumentName(name, _what_is_wrong(name) or "")


def is_document_name(name: str) -> bool:
    """Tell whether a document may be called `name`."""
    return len(name) <= MOST_CHARACTERS and _is_good(name)


@lru_cache(maxsize=4096)
def _is_good(name: str) -> bool:
    """Tell whether a short name is one; remembered, since every message has the same few."""
    return _what_is_wrong(name) is None


def _what_is_wrong(name: str) -> str | None:
    if not name:
        return "a document's name cannot be empty"
    if len(name) > MOST_CHARACTERS:
        return f"a document's name has at most {MOST_CHARACTERS} characters, not {len(name)}"
    unprintable = _UNPRINTABLE(name)
    if unprintable:
        return (
            f"a document's name has no control characters, line separators or halves of surrogate pairs, "
            f"but U+{ord(unprintable[0]):04X} stands at {unprintable.start()}"
        )
    parts = name.split("/")
    if "" in parts:
        return "a document's name neither begins nor ends with '/', nor has two of them in a row"
    if "." in parts or ".." in parts:
        return "a document's name has no '.' or '..' between slashes"
    if not unicodedata.is_normalized("NFC", name):
        return "a document's name is in Unicode's normal form NFC, so that what looks the same is the same"
    return None
