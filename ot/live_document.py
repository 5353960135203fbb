"""A document that changes in place, where a new snapshot for every operation costs too much.

A type whose documents grow large has a function `live(snapshot)` that returns such a document of its own;
for all others it is a snapshot that is replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ot.document_type import DocumentType, Operation, Snapshot


class LiveDocument(Protocol):
    """A document and the functions of its type that a log needs."""

    def apply(self, op: Operation) -> None:
        """Apply an operation; raise InvalidOperation, with nothing changed, if it does not fit."""

    def snapshot(self) -> Snapshot:
        """Return the document as it is now, as a value. Cost: up to its size after every change."""

    def copy(self) -> LiveDocument:
        """Return an equal document, changed on its own. Cost: much less than its size."""


class ReplacedDocument:
    """A document of any type: a snapshot that every operation replaces."""

    def __init__(self, doc_type: DocumentType, snapshot: Snapshot) -> None:
        self._doc_type = doc_type
        self._snapshot = snapshot

    def apply(self, op: Operation) -> None:
        """Replace the snapshot."""
        self._snapshot = self._doc_type.apply(self._snapshot, op)

    def snapshot(self) -> Snapshot:
        """Return the snapshot."""
        return self._snapshot

    def copy(self) -> ReplacedDocument:
        """Return a document with the same snapshot, which nobody changes."""
        return ReplacedDocument(self._doc_type, self._snapshot)


def live_document(doc_type: DocumentType, snapshot: Snapshot) -> LiveDocument:
    """Return a document that begins as `snapshot`."""
    live: Callable[[Snapshot], LiveDocument] | None = getattr(doc_type, "live", None)
    return ReplacedDocument(doc_type, snapshot) if live is None else live(snapshot)
