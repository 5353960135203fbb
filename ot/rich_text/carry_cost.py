"""What it costs to carry a rich-text operation: a step for each component, and more for many attributes.

A format that is carried over inserts falls into pieces, each with all of its attributes: 200 KiB of them over
5,000 inserts are a gigabyte once they are written. And where both set attributes, each piece is compared
with all of them.
"""

from __future__ import annotations

from typing import Final

from ot.canonical_json import canonical_json
from ot.carry_cost import CarryCost, carry_cost
from ot.document_type import Json, Operation
from ot.operation_size import OperationSize, component_count
from ot.rich_text.embeds import Embeds

WRITTEN: Final = 100  # bytes of attributes that are written in a step, in each of the places that need them


def operation_cost(op: Operation, embeds: Embeds) -> CarryCost:
    """Return what carrying an operation costs, which may be any JSON value."""
    components = component_count(op)
    entry, component, kib = components, 1.0, 0
    largest = 0
    for one in op if type(op) is list else ():
        if type(one) is not dict or "retain" not in one:
            continue
        if "attributes" in one:
            largest = max(largest, _steps(one["attributes"]))
        for name, change in one["retain"].items() if type(one["retain"]) is dict else ():
            inner = carry_cost(embeds.get(name), change)
            entry, component, kib = entry + inner.entry, component + inner.component, kib + inner.kib
    return CarryCost(OperationSize(components, 0), entry, component + largest, kib)


def _steps(attributes: Json) -> int:
    return component_count(attributes) + len(canonical_json(attributes)) // WRITTEN
