"""Reading a document from front to back: for `apply` and `invert`, which say what an operation does to it.

A document is a list of inserts in normal form, none with a null attribute.
"""

from __future__ import annotations

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.rich_text.components import Component, insert_length, with_attributes
from ot.rich_text.faults import json_name
from ot.rich_text.utf16 import PairCut, taken


def require_document(snapshot: Json) -> list[Component]:
    """Return a document, its components looked at but not into, or raise InvalidOperation."""
    if type(snapshot) is not list:
        raise InvalidOperation(f"a rich-text document is a list of inserts, not {json_name(snapshot)}")
    for index, component in enumerate(snapshot):
        if type(component) is not dict or type(component.get("insert")) not in (str, dict):
            reason = "a rich-text document has nothing but inserts"
            raise InvalidOperation(reason, component=component, index=index)
    return snapshot


class Reader:
    """A place in a document, from which its components are taken, cut where that is asked for."""

    __slots__ = ("document", "index", "start")

    def __init__(self, document: list[Component]) -> None:
        self.document = document
        self.index = 0
        """The component in which the next character stands."""
        self.start = 0
        """Code points of that component that were taken already."""

    def take(self, length: int) -> list[Component]:
        """Return the components of the next `length` code units.

        Raises InvalidOperation where the document ends before, or an astral character would be cut.
        """
        document, pieces, left = self.document, list[Component](), length
        while left:
            if self.index == len(document):
                total = sum(insert_length(component["insert"]) for component in document)
                end = total + left
                raise InvalidOperation(
                    f"takes code units {end - length} to {end}, but the document has {total}"
                )
            component = document[self.index]
            insert = component["insert"]
            if type(insert) is str:
                try:
                    piece, size = taken(insert, self.start, left)
                except PairCut:
                    raise InvalidOperation(
                        f"ends inside a surrogate pair, at code unit {self._place() + left}"
                    ) from None
                if len(piece) < len(insert):
                    component = with_attributes({"insert": piece}, component.get("attributes"))
                self.start += len(piece)
                if self.start < len(insert):
                    pieces.append(component)
                    return pieces
            else:
                size = 1
            pieces.append(component)
            left -= size
            self.index += 1
            self.start = 0
        return pieces

    def rest(self) -> list[Component]:
        """Return everything that was not taken."""
        if not self.start:
            return self.document[self.index :]
        component = self.document[self.index]
        piece = {"insert": component["insert"][self.start :]}
        return [with_attributes(piece, component.get("attributes")), *self.document[self.index + 1 :]]

    def _place(self) -> int:
        """Return the code units before this place: slow, for messages."""
        before = sum(insert_length(component["insert"]) for component in self.document[: self.index])
        return before + (
            insert_length(self.document[self.index]["insert"][: self.start]) if self.start else 0
        )
