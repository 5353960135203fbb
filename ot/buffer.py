"""What a client has made and not sent: a queue of operations, neighbours joined while that stays small.

Whoever is offline for a day makes a hundred thousand edits. To compose each with all before it, and measure
what comes out, would cost more with every one; so the latest edits lie beside the last part, loose, until
somebody asks for the queue, or until they might be too many for one part.
"""

from __future__ import annotations

from collections.abc import Iterable

from ot.composition import compose_all
from ot.document_type import DocumentType, Operation
from ot.operation_size import OperationSize, operation_size


class Buffer:
    """Operations to be sent one after the other, each made on what the one before leaves."""

    def __init__(self, doc_type: DocumentType, ops: Iterable[Operation] = ()) -> None:
        self._doc_type = doc_type
        self._parts = tuple(ops)
        self._loose: list[Operation] = []
        """Made after the last part, and to be joined to it."""
        self._size: OperationSize | None = None
        """Of the last part and all that is loose, at least about; None where it is not known."""

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def ops(self) -> tuple[Operation, ...]:
        """The queue. Cost: that of composing what has been added since it was last asked for."""
        if self._loose:
            *before, last = self._parts
            self._parts = (*before, compose_all(self._doc_type, [last, *self._loose]))
            self._loose = []
        return self._parts

    def add(self, op: Operation, *, limit: OperationSize, join: bool) -> None:
        """Queue an operation: joined to the last one if it may be and fits, cut where it is too large."""
        size = operation_size(op)
        if join and self._joined(op, size, limit):
            return
        parts = self.ops
        if size.within(limit):
            self._parts, self._size = (*parts, op), size
        else:
            smallest = min(limit.components, limit.bytes // 8)
            self._parts, self._size = (*parts, *self._doc_type.split(op, smallest)), None

    def _joined(self, op: Operation, size: OperationSize, limit: OperationSize) -> bool:
        """Join an operation to the last part, unless that would be over the limit; tell whether it is."""
        if not self._parts:
            return False
        if self._size is None:
            self._size = operation_size(self.ops[-1])
        both = self._size + size
        if both.within(limit):
            self._loose.append(op)
            self._size = both
            return True
        *before, last = self.ops
        joined = self._doc_type.compose(last, op)
        measured = operation_size(joined)
        if measured.within(limit):
            self._parts, self._size = (*before, joined), measured
            return True
        self._size = None
        return False
