"""What it costs to carry a json1 operation: both trees are read, walked over and written.

That takes 1.3 to 2.9 microseconds for each component of either (measured from 4 to 20,000 of them), which is
five steps of half a microsecond. An edit of another type costs what that type says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ot.carry_cost import CarryCost, carry_cost
from ot.document_type import Operation
from ot.errors import UnknownType
from ot.json1.edits import edit_type
from ot.operation_size import operation_size

STEPS: Final = 5
"""For each component of either operation."""


def operation_cost(op: Operation) -> CarryCost:
    """Return what carrying an operation costs, which may be any JSON value."""
    size = operation_size(op)
    entry, component, kib = STEPS * size.components, float(STEPS), 0
    for inner in _edits_of_other_types(op):
        entry, component, kib = entry + inner.entry, component + inner.component, kib + inner.kib
    return CarryCost(size, entry, component, kib)


def _edits_of_other_types(op: Operation) -> Iterator[CarryCost]:
    waiting = [op]
    while waiting:
        part = waiting.pop()
        if type(part) is list:
            waiting += part
        elif type(part) is dict and type(part.get("et")) is str:
            try:
                doc_type = edit_type(part["et"])
            except UnknownType:
                continue  # `check` will refuse it
            yield carry_cost(doc_type, part.get("e"))
