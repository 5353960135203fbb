"""A document that does not grow past a limit, and is seldom measured for that.

Measuring takes a walk over the whole document. So what is known of its size is a bound: exact when it was
measured, then raised by what every operation may have added.

Invariant: `size_bound` is at least the bytes of the snapshot.
"""

from __future__ import annotations

import attrs

from ot.bounds import UNBOUNDED
from ot.canonical_json import canonical_json
from ot.document_type import DocumentType, Operation, Snapshot
from ot.growth import document_growth
from ot.live_document import LiveDocument, live_document


@attrs.define
class BoundedDocument:
    """A document and about how large it is; `limit` is what it may have, in bytes."""

    doc_type: DocumentType
    limit: int
    size_bound: int
    _live: LiveDocument

    @classmethod
    def of(cls, doc_type: DocumentType, snapshot: Snapshot, limit: int) -> BoundedDocument:
        """Return a document that begins as `snapshot`, which may be over the limit already."""
        return cls(doc_type, limit, document_bytes(snapshot), live_document(doc_type, snapshot))

    @property
    def snapshot(self) -> Snapshot:
        """The document as it is now. Cost: up to its size, once after each operation."""
        return self._live.snapshot()

    def copy(self) -> BoundedDocument:
        """Return an equal document, changed on its own. Cost: much less than its size."""
        return BoundedDocument(self.doc_type, self.limit, self.size_bound, self._live.copy())

    def applies(self, op: Operation, size: int) -> bool:
        """Apply an operation of so many bytes if the document then stays within its limit; tell whether.

        Measured only when the bound says maybe; what may add more than a whole document is not even
        built. Raises InvalidOperation, with nothing changed, where `op` does not fit the document.
        """
        growth = document_growth(self.doc_type, op, self._live, self.limit)
        if growth > self.limit:
            return False
        bound = self.size_bound + size + growth
        if bound <= self.limit:
            self._live.apply(op)
        else:
            changed = self._live.copy()
            changed.apply(op)
            bound = document_bytes(changed.snapshot())
            if bound > self.limit and bound >= document_bytes(self.snapshot):
                return False  # what shrinks a document that is too large already is welcome
            self._live = changed
        self.size_bound = bound
        return True

    def follow(self, op: Operation, size: int) -> None:
        """Apply an operation of so many bytes that has landed, however large the document becomes.

        Raises InvalidOperation where it does not fit.
        """
        growth = document_growth(self.doc_type, op, self._live, UNBOUNDED)
        self._live.apply(op)
        self.size_bound += size + growth

    def _check(self) -> None:
        """Assert that the bound is one; simulations call it after every step."""
        size = document_bytes(self.snapshot)
        assert self.size_bound >= size, f"bound {self.size_bound} of a document of {size} bytes"


def document_bytes(snapshot: Snapshot) -> int:
    """Return the size of a snapshot: bytes of its UTF-8 for text, of its canonical JSON otherwise."""
    if isinstance(snapshot, str):
        return len(snapshot.encode())
    return len(canonical_json(snapshot).encode())
