"""By how much an operation can make a document larger, known before it is applied.

An operation of most types adds no more bytes than it has itself. A type for which that does not hold (a
format that is repeated in every run which it covers, a sum with more digits than its terms) has a function
`growth`, so that a log can refuse what grows too much without having built it.

Law: bytes(apply(s, op)) <= bytes(s) + bytes(op) + growth(op, s, most), unless that growth is above `most`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ot.document_type import Operation, Snapshot
from ot.live_document import LiveDocument


class Grows(Protocol):
    """A type whose operations may add more bytes than they have."""

    def growth(self, op: Operation, snapshot: Snapshot, most: int) -> int:
        """Return the most bytes of JSON that `op` adds to `snapshot` beyond its own; 0 for most operations.

        Past `most`, any number above it: what is larger need not be counted to the end. Where `op` does
        not fit, any number: it is `apply` that says so. Cost: at most about that of `apply` for an
        operation that does not grow.
        """


def growth_beyond_own_bytes(doc_type: object, op: Operation, snapshot: Snapshot, most: int) -> int:
    """Return what `growth` says of an operation, or of an edit inside a value; 0 for a type without it."""
    growth = _growth(doc_type)
    return 0 if growth is None else growth(op, snapshot, most)


def document_growth(doc_type: object, op: Operation, document: LiveDocument, most: int) -> int:
    """Return the growth of a document that changes in place.

    One with a function `growth(op, most)` answers by itself; any other is read where its type asks for it.
    """
    own: Callable[[Operation, int], int] | None = getattr(document, "growth", None)
    if own is not None:
        return own(op, most)
    growth = _growth(doc_type)
    return 0 if growth is None else growth(op, document.snapshot(), most)


def grows(doc_type: object) -> bool:
    """Tell whether operations of a type may add more bytes than they have."""
    return _growth(doc_type) is not None


def _growth(doc_type: object) -> Callable[[Operation, Snapshot, int], int] | None:
    """Return the function of a type that has one.

    Not isinstance of the protocol: that takes 25 microseconds on Python 3.11, and each submission asks.
    """
    return getattr(doc_type, "growth", None)
