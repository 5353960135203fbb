"""Reading a document from front to back: for `apply` and `invert`, which say what an operation does to it.

A document is a list of inserts in normal form, none with a null attribute.
"""

from __future__ import annotations

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.rich_text.components import Component, insert_length, with_attributes
from ot.rich_text.faults import json_name
from ot.utf16 import PairCut, taken, units


def require_document(snapshot: Json) -> list[Component]:
    """Return a document, its components looked at but not into, or raise InvalidOperation."""
    if type(snapshot) is not list:
        raise InvalidOperation(f"a rich-text document is a list of inserts, not {json_name(snapshot)}")
    for index, component in enumerate(snapshot):
        insert = component.get("insert") if type(component) is dict else None
        if type(insert) is not str and type(insert) is not dict:
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
                raise self._ended(length, left)
            component = document[self.index]
            insert, size = component["insert"], 1
            if type(insert) is str:
                size = left + 1 if self.start or len(insert) > left else units(insert)
                if size > left:
                    component, size = self._piece(component, insert, left)
                    if self.start < len(insert):
                        pieces.append(component)
                        return pieces
            pieces.append(component)
            left -= size
            self.index += 1
            self.start = 0
        return pieces

    def _piece(self, component: Component, text: str, left: int) -> tuple[Component, int]:
        """Take up to `left` code units of the text in which this place is, and say how many they are."""
        try:
            piece, size = taken(text, self.start, left)
        except PairCut:
            place = self._place() + left
            raise InvalidOperation(f"ends inside a surrogate pair, at code unit {place}") from None
        self.start += len(piece)
        return with_attributes({"insert": piece}, component.get("attributes")), size

    def _ended(self, length: int, left: int) -> InvalidOperation:
        """Say that the document ends before `length` code units, of which `left` were still to come."""
        total = sum(insert_length(component["insert"]) for component in self.document)
        end = total + left
        return InvalidOperation(f"takes code units {end - length} to {end}, but the document has {total}")

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
