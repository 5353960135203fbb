"""Edits inside a value: `es` for strings, `ena` for numbers, `et` and `e` for any registered type.

The types `text-unicode` and `number` of other implementations are written `es` and `ena` in normal form.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ot.document_type import DocumentType, Json, Operation, Side
from ot.errors import InvalidOperation
from ot.json1.tree import Component
from ot.json1.values import number_fault
from ot.json_values import LARGEST_INTEGER, is_number
from ot.registry import get_type
from ot.text import Text

TEXT: Final = "text-unicode"
NUMBER: Final = "number"
MEMBERS: Final = ("es", "ena", "e", "et")


class Edit(NamedTuple):
    """An operation of another type on one value."""

    type_name: str
    op: Operation

    def members(self) -> Component:
        """Return the edit as members of a component; none for a text edit that does nothing."""
        if self.type_name == TEXT:
            return {"es": self.op} if self.op else {}
        if self.type_name == NUMBER:
            return {"ena": self.op}
        return {"et": self.type_name, "e": self.op}

    def normalized(self) -> Edit:
        """Return the edit with its operation in its type's normal form."""
        return Edit(self.type_name, edit_type(self.type_name).normalize(self.op))

    def apply(self, value: Json) -> Json:
        """Return the value after the edit; raise InvalidOperation where it does not fit."""
        return edit_type(self.type_name).apply(value, self.op)

    def transform(self, other: Edit, side: Side) -> Edit:
        """Return the edit as it is after another one of the same value."""
        self._require_same_type(other)
        return Edit(self.type_name, edit_type(self.type_name).transform(self.op, other.op, side))

    def compose(self, later: Edit) -> Edit:
        """Return one edit that does this one, then `later`."""
        self._require_same_type(later)
        return Edit(self.type_name, edit_type(self.type_name).compose(self.op, later.op))

    def invert(self, value: Json) -> Edit:
        """Return what undoes the edit; `value` is the one before it."""
        return Edit(self.type_name, edit_type(self.type_name).invert(self.op, value))

    def filled(self, value: Json) -> Edit:
        """Return the edit with what it deletes from `value` written out, where its type can."""
        if self.type_name == TEXT:
            return Edit(TEXT, _TEXT.with_deleted_text(self.op, value))
        return self

    def _require_same_type(self, other: Edit) -> None:
        if self.type_name != other.type_name:
            raise InvalidOperation(f"one value is edited as {self.type_name} and as {other.type_name}")


def edit_of(component: Component) -> Edit | None:
    """Return the edit in a component; raise InvalidOperation where what names its type is no string."""
    if "es" in component:
        return Edit(TEXT, component["es"])
    if "ena" in component:
        return Edit(NUMBER, component["ena"])
    if "et" in component:
        name = component["et"]
        if type(name) is not str:
            raise InvalidOperation(f"et is the name of a type, not a {type(name).__name__}")
        return Edit(TEXT if name == _TEXT.name else name, component.get("e"))
    return None


def edit_type(name: str) -> DocumentType:
    """Return the type of an embedded edit; raise UnknownType where there is none of that name."""
    if name == TEXT:
        return _TEXT
    return _NUMBER if name == NUMBER else get_type(name)


class _Number:
    """Numbers that are added to. Sums are those of doubles, as in JavaScript.

    Adding commutes; but sums of fractions depend in their last digit on the order, so that counters which
    have to be exact should count in whole numbers.
    """

    name: Final = NUMBER
    joins: Final = True

    def create(self, data: Json = None) -> Json:
        return 0 if data is None else data

    def apply(self, snapshot: Json, op: Operation) -> Json:
        if not is_number(snapshot):
            raise InvalidOperation("only a number can be added to", component=op, index=0)
        return _sum(snapshot, op)

    def check(self, op: Operation) -> None:
        fault = number_fault(op)
        if fault is not None:
            raise InvalidOperation(fault, component=op, index=0)

    def normalize(self, op: Operation) -> Operation:
        self.check(op)
        return op

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return op

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        return op

    def compose(self, op: Operation, later: Operation) -> Operation:
        return _sum(op, later)

    def invert(self, op: Operation, snapshot: Json) -> Operation:
        return -op

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        return position

    def diff(self, before: Json, after: Json) -> Operation:
        return _sum(after, -before)

    def split(self, op: Operation, size: int) -> list[Operation]:
        return [op]


def _sum(a: Json, b: Json) -> Json:
    """Add as doubles: the exact sum of whole numbers only where a double holds it."""
    total = a + b
    if type(total) is int and abs(total) > LARGEST_INTEGER:
        total = float(a) + float(b)
    fault = number_fault(total) if type(total) is float else None
    if fault is not None:
        raise InvalidOperation(f"adding {b} to {a}: {fault}")
    return total


_TEXT: Final = Text()
_NUMBER: Final[DocumentType] = _Number()
