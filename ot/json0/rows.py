"""A list of components in rows, so that another component passes a whole row at a glance.

A row is passed so where all of it is before the component or behind it, or has nothing to do with it. The
row is then at most shifted as a whole, which is noted and done later, and so is the component. Everything
else comes out as if each component had been met: within a row that is shifted as a whole no two neighbours
can be joined that could not be joined before, and where it stands beside other neighbours, that is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

from ot.document_type import Side
from ot.json0.joined import Joined, Together

C = TypeVar("C")

LEAST_ROW: Final = 24
"""Components in a row at least, before a glance costs less than meeting them."""

OneOverOne: TypeAlias = Callable[[C, C, Side], Sequence[C]]
"""One component as it is after another: none where it has become nothing, several where it fell apart."""


class Glance(Protocol[C]):
    """What is known of a row without looking at each of its components."""

    def passed_by(self, component: C, shift: int) -> tuple[C, int] | None:
        """Return a component, right, as it is after the row, left, and by how much it shifts the row.

        `shift` is how much the row has been shifted since it was looked at. None where they have to meet
        one by one; where it is not, no component of the row is changed in any other way.
        """


@attrs.frozen
class Rules(Generic[C]):
    """What a type knows about its components."""

    over: OneOverOne[C]
    together: Together[C]
    glance: Callable[[Sequence[C]], Glance[C]]
    shifted: Callable[[C, int], C]


class Row(Generic[C]):
    """Components that follow each other."""

    __slots__ = ("_components", "_glance", "_shift", "settled")

    def __init__(self, components: list[C], *, settled: bool) -> None:
        self._components = components
        self._glance: Glance[C] | None = None
        self._shift = 0
        self.settled = settled
        """Whether no two neighbours could be joined, as all of them have been tried."""

    def __len__(self) -> int:
        return len(self._components)

    def passed_by(self, component: C, rules: Rules[C]) -> tuple[C, int] | None:
        """Return what the glance does; None also for a row too short to be worth one."""
        if len(self._components) < LEAST_ROW // 2:
            return None
        if self._glance is None:
            self._glance = rules.glance(self._components)
        return self._glance.passed_by(component, self._shift)

    def first(self, rules: Rules[C], shift: int) -> C:
        """Return the first component, shifted further."""
        return _shifted(self._components[0], self._shift + shift, rules)

    def last(self, rules: Rules[C]) -> C:
        """Return the last component."""
        return _shifted(self._components[-1], self._shift, rules)

    def now(self, rules: Rules[C]) -> list[C]:
        """Return the components as they are now."""
        if self._shift:
            return [rules.shifted(component, self._shift) for component in self._components]
        return self._components

    def shifted(self, shift: int) -> Row[C]:
        """Return the row, shifted as a whole."""
        if not shift:
            return self
        row = Row(self._components, settled=self.settled)
        row._glance, row._shift = self._glance, self._shift + shift
        return row


class Rows(Generic[C]):
    """Rows in the making: closed ones, and the components behind them that will make some more."""

    __slots__ = ("_closed", "_rules", "_run", "_size", "_unmoved")

    def __init__(self, rules: Rules[C], size: int) -> None:
        self._rules = rules
        self._size = size
        self._closed: list[Row[C]] = []
        self._run = Joined(rules.together)
        self._unmoved: int | None = None
        """By how much the last row was shifted, if nothing came behind it: what then follows and is shifted
        by as much stands beside it as it did before, when it could not be joined to it."""

    def open(self) -> None:
        """Say that components follow that may be anything, or none: those that were neighbours are not."""
        self._unmoved = None

    def add(self, component: C) -> None:
        """Append a component, or what it makes with the last one."""
        run = self._run
        if not run.components and self._closed:
            row = self._closed.pop()
            run = self._run = Joined(self._rules.together, row.now(self._rules), settled=row.settled)
        run.add(component)

    def add_all(self, components: Sequence[C], *, settled: bool) -> None:
        """Append components; of settled ones only the first are tried, until one stays as it is."""
        self._unmoved = None
        for place, component in enumerate(components, 1):
            self.add(component)
            run = self._run.components
            if settled and run and run[-1] is component:
                run += components[place:]
                return

    def add_row(self, row: Row[C], shift: int) -> None:
        """Append a row, shifted as a whole."""
        whole = row.settled and 2 * len(row) >= self._size
        if not whole or (self._unmoved != shift and not self._stays_apart(row, shift)):
            self.add_all(row.shifted(shift).now(self._rules), settled=row.settled)
            return
        self._close()
        self._closed.append(row.shifted(shift))
        self._unmoved = shift

    def rows(self) -> list[Row[C]]:
        """Return the rows. Nothing may be added afterwards."""
        self._close()
        return self._closed

    def _stays_apart(self, row: Row[C], shift: int) -> bool:
        """Tell whether the first component of a row cannot be joined to what is there."""
        if self._run.components:
            last = self._run.components[-1]
        elif self._closed:
            last = self._closed[-1].last(self._rules)
        else:
            return True
        return len(self._rules.together(last, row.first(self._rules, shift))) == 2

    def _close(self) -> None:
        """Make rows of the components at the end."""
        components, size = self._run.components, self._size
        if not components:
            return
        step = size if len(components) > 2 * size else len(components)
        for start in range(0, len(components), step):
            self._closed.append(Row(components[start : start + step], settled=self._run.settled))
        self._run = Joined(self._rules.together)


def _shifted(component: C, shift: int, rules: Rules[C]) -> C:
    return rules.shifted(component, shift) if shift else component
