"""By how much an operation makes a json0 document larger, beyond its own bytes.

A sum can have more digits than its terms: 0.1 and 0.2 make 0.30000000000000004. Everything else that comes
in stands in the operation. An operation of a subtype is asked about itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from ot.document_type import Operation, Snapshot
from ot.errors import InvalidOperation
from ot.growth import grows, growth_beyond_own_bytes
from ot.json0.applying import Draft
from ot.json0.components import Component, Edit, components_of
from ot.json0.subtypes import Subtypes

LONGEST_NUMBER: Final = 25  # characters, as in -0.0000012345678901234567


def document_growth(op: Operation, snapshot: Snapshot, most: int, subtypes: Subtypes) -> int:
    """Return the most bytes that `op` adds beyond its own; past `most`, any number above it."""
    added = LONGEST_NUMBER * sum("na" in component for component in op)
    growing = {name for name, subtype in subtypes.items() if grows(subtype)}
    if added > most or not any(component.get("t") in growing for component in op):
        return added
    return added + _edit_growth(components_of(op), snapshot, most, subtypes)


def _edit_growth(components: list[Component], snapshot: Snapshot, most: int, subtypes: Subtypes) -> int:
    """Return what edits by subtypes add; no more is made than `most` and the operation's own bytes."""
    draft, added = Draft(snapshot, subtypes), 0
    with suppress(InvalidOperation):  # what does not fit is refused by `apply`
        for component in components:
            if isinstance(component, Edit):
                value = draft.value(component.place)
                added += growth_beyond_own_bytes(subtypes[component.subtype], component.op, value, most)
                if added > most:
                    break
            draft.apply(component)
    return added
