"""What it costs to carry an operation over others, so that a log can say beforehand that it is too much.

Counted in steps of about half a microsecond. A type whose transform is a loop over both operations takes
less than one for each component of either. A type that takes longer has a function `carry_cost`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ot.document_type import Operation
from ot.operation_size import OperationSize, component_count
from ot.values import value

KIB: Final = 1024


@value
class CarryCost:
    """What carrying one operation costs, in steps."""

    size: OperationSize
    """Of the operation itself, for what is carried over it; bytes are 0 where its type asks for none."""
    entry: int
    """For every entry that it is carried over."""
    component: float = 1
    """For every component of those entries."""
    kib: int = 0
    """For every KiB of those entries."""

    def over(self, entries: int, components: int, size: int) -> int:
        """Return the cost over so many entries, which have so many components and bytes together."""
        return self.entry * entries + int(self.component * components) + self.kib * size // KIB


class CostsToCarry(Protocol):
    """A type that takes longer to transform than a step for each component."""

    def carry_cost(self, op: Operation) -> CarryCost:
        """Return what carrying `op` costs. It may be asked before `check`, about any JSON value."""


def carry_cost(doc_type: object, op: Operation) -> CarryCost:
    """Return what carrying an operation costs; `op` has not been checked."""
    # Not isinstance of a runtime-checkable protocol: that takes 25 microseconds on Python 3.11.
    own: Callable[[Operation], CarryCost] | None = getattr(doc_type, "carry_cost", None)
    if own is not None:
        return own(op)
    components = component_count(op)
    return CarryCost(OperationSize(components, 0), entry=components)
