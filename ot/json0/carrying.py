"""What it costs to carry a json0 operation: at worst each of its components meets each of the other's.

A deletion holds what it deletes, so that a change inside it makes a copy of that. Measured in steps of half a
microsecond: two components that meet take up to 4, of which each is counted as 4 at least in the size of its
operation; and a change inside a deletion takes 1.4 for every KiB of it.
"""

from __future__ import annotations

from typing import Final

from ot.carry_cost import KIB, CarryCost, carry_cost
from ot.document_type import Operation
from ot.json0.components import TEXT0
from ot.json0.subtypes import Subtypes
from ot.operation_size import operation_size

MEETING: Final = 3
"""Steps for every component, for each thing that the other operation counts as components."""

COPIED_KIB: Final = 2


def operation_cost(op: Operation, subtypes: Subtypes) -> CarryCost:
    """Return what carrying an operation costs, which may be any JSON value."""
    size = operation_size(op)
    count, others = _meetings(op)
    entry, component = size.components, 1.0 + MEETING * count + size.bytes // (2 * KIB)
    kib = COPIED_KIB * count
    for name, edit in others:
        inner = carry_cost(subtypes.get(name), edit)
        entry, component, kib = entry + inner.entry, component + inner.component, kib + inner.kib
    return CarryCost(size, entry, component, kib)


def _meetings(op: Operation) -> tuple[int, list[tuple[str, Operation]]]:
    """Return how many components meet each of another operation, and the edits by other subtypes."""
    count, others = 0, []
    for component in op if type(op) is list else ():
        edit = component.get("o") if type(component) is dict else None
        count += len(edit) if type(edit) is list else 1
        if edit is not None and type(component.get("t")) is str and component["t"] != TEXT0:
            others.append((component["t"], edit))
    return count, others
