"""A list of components in the making: each is joined to the last one where they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeAlias, TypeVar

C = TypeVar("C")

Together: TypeAlias = Callable[[C, C], Sequence[C]]
"""What two neighbours make: none, one, or the very two of them where they cannot be joined."""


class Joined(Generic[C]):
    """Components, of which no two neighbours were left that could be joined when the latter was added."""

    __slots__ = ("_together", "components", "settled")

    def __init__(self, together: Together[C], components: Iterable[C] = (), *, settled: bool = False) -> None:
        self._together = together
        self.components = list(components)
        self.settled = settled or not self.components
        """Whether no two neighbours could be joined, as all of them have been tried."""

    def add(self, component: C) -> None:
        """Append a component, or what it makes with the last one."""
        components = self.components
        if not components:
            components.append(component)
            return
        last = components[-1]
        made = self._together(last, component)
        if len(made) == 2:
            components.append(component)
            return
        components[-1:] = made
        if made and made[0] is not last:
            self.settled = False  # it may join to the one before it, which is tried when it is added again

    def add_all(self, components: Sequence[C], *, settled: bool) -> None:
        """Append components.

        Of settled ones those behind the first that stays as it is are not tried again: what falls into
        thousands of pieces comes together at thousands of places.
        """
        for place, component in enumerate(components, 1):
            self.add(component)
            if settled and self.components and self.components[-1] is component:
                self.components += components[place:]
                return


def joined_throughout(together: Together[C], components: Iterable[C]) -> list[C]:
    """Return components of which no two neighbours can be joined.

    What a join made is tried against the one before it, too. Each try but the last of a component takes one
    away, so that the cost is linear.
    """
    joined: list[C] = []
    for component in components:
        made: Sequence[C] = (component,)
        while joined and len(made) == 1:
            pair = together(joined.pop(), made[0])
            if len(pair) == 2:
                joined.append(pair[0])
                break
            made = pair
        joined += made
    return joined
