"""What stands in the museum: a type with one fault, and the law that has to find it out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from hypothesis import strategies as st

from ot import DocumentType, Operation, Side
from ot.testing import laws
from ot.testing.made import Operations
from ot.testing.scenario import RunsOf


@attrs.frozen
class Kind:
    """Documents and operations of the shipped type that a wrong one was made of."""

    documents: st.SearchStrategy[Any]
    operations: Operations
    runs: RunsOf | None = None

    def laws(self, doc_type: DocumentType) -> Any:
        """Return the kit's tests of a type of this kind, as a user gets them."""
        return laws(doc_type, self.documents, self.operations, runs=self.runs)


@attrs.frozen
class Exhibit:
    """A wrong type, and a law by which the kit finds it out."""

    kind: Kind
    wrong: type[DocumentType]
    law: str

    @property
    def name(self) -> str:
        return self.wrong.__name__


class OneByOne:
    """Has no shortcuts of its own: a fault of `transform` is one of `carry` and `cross` too."""

    def carry(self: Any, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        for other in entries:
            op = self.transform(op, other, side)
        return op

    def cross(self: Any, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
        return self.transform(own, theirs, "left"), self.transform(theirs, own, "right")
