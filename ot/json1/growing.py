"""By how much an operation makes a json1 document larger, beyond its own bytes.

A sum can have more digits than its terms: 0.1 and 0.2 make 0.30000000000000004. What is moved is there as
often as before, and what is inserted stands in the operation. An edit of another type is asked about itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from ot.document_type import Json, Operation, Snapshot
from ot.errors import InvalidOperation, UnknownType
from ot.growth import grows, growth_beyond_own_bytes
from ot.json1.applying import perform
from ot.json1.edits import Edit, edit_type
from ot.json1.tree import parse

LONGEST_NUMBER: Final = 25  # characters, as in -0.0000012345678901234567


class _TooLarge(Exception):
    """More than had to be counted."""


class _Counted:
    """Edits applied, and what each adds; no more is made than is allowed."""

    def __init__(self, most: int) -> None:
        self.added, self._most = 0, most

    def apply(self, edit: Edit, value: Json) -> Json:
        self.added += growth_beyond_own_bytes(edit_type(edit.type_name), edit.op, value, self._most)
        if self.added > self._most:
            raise _TooLarge
        return edit.apply(value)


def document_growth(op: Operation, snapshot: Snapshot, most: int) -> int:
    """Return the most bytes that `op` adds beyond its own; past `most`, any number above it."""
    numbers, others = _edits_that_grow(op)
    added = LONGEST_NUMBER * numbers
    if not others or added > most:
        return added
    counted = _Counted(most)
    with suppress(_TooLarge, InvalidOperation, UnknownType):  # what does not fit is refused by `apply`
        perform(snapshot, parse(op), counted.apply)
    return added + counted.added


def _edits_that_grow(op: Operation) -> tuple[int, bool]:
    """Return how many numbers are added to, and whether an edit is of a type that may grow."""
    numbers, others, waiting = 0, False, [op]
    while waiting:
        part = waiting.pop()
        if type(part) is list:
            waiting += part
        elif type(part) is dict:
            numbers += "ena" in part
            others = others or ("et" in part and grows(edit_type(part["et"])))
    return numbers, others
