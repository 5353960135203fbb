"""The parts of text operations: what they measure, how they are cut, and the builder that joins them.

The builder is the one place that writes an operation, so that results are in normal form by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, TypeVar

Amount: TypeAlias = int | str
"""What is deleted: a count of code points, or the text itself."""

Delete: TypeAlias = dict[str, Amount]
Component: TypeAlias = int | str | Delete
"""A skip, an insert or a delete."""

Piece = TypeVar("Piece", str, Delete)


def amount_size(amount: Amount) -> int:
    """Return how many code points an amount stands for."""
    return amount if isinstance(amount, int) else len(amount)


def cut(component: Piece, start: int, end: int) -> Piece:
    """Return the part of an insert or delete between two of its code points."""
    if isinstance(component, str):
        return component[start:end]
    amount = component["d"]
    return {"d": end - start if isinstance(amount, int) else amount[start:end]}


class Builder:
    """An operation in the making, in normal form. What is added must not be empty."""

    __slots__ = ("components", "skip")

    def __init__(self, skip: int = 0) -> None:
        self.components: list[Component] = []
        """What is written so far."""
        self.skip = skip
        """The skip that comes next, if anything does: one at the end is never written. Add to it."""

    def add(self, component: str | Delete) -> None:
        """Append an insert or a delete, joined to its neighbour if that is one of the same kind."""
        components = self.components
        if self.skip:
            components.append(self.skip)
            self.skip = 0
            components.append(component)
        elif components and type(components[-1]) is type(component):
            components[-1] = _joined(components[-1], component)
        else:
            components.append(component)

    def add_rest(self, component: Component | None, taken: int, following: Iterator[Component]) -> None:
        """Append the rest of an operation: of one component what was not taken, then all that follow.

        Only the first two can have a neighbour here: the others stand as they stood.
        """
        if isinstance(component, int):
            self.skip += component - taken
            component, taken = next(following, None), 0
        if isinstance(component, str):
            self.add(component[taken:])
        elif isinstance(component, dict):
            self.add(cut(component, taken, amount_size(component["d"])) if taken else component)
        self.components += following


def _joined(first: Component, second: Component) -> Component:
    """Join two inserts or two deletes. Deletes stay text only if both are text."""
    if isinstance(first, str) and isinstance(second, str):
        return first + second
    assert isinstance(first, dict) and isinstance(second, dict), "only neighbours of one kind are joined"
    amount, further = first["d"], second["d"]
    if isinstance(amount, str) and isinstance(further, str):
        return {"d": amount + further}
    return {"d": amount_size(amount) + amount_size(further)}
