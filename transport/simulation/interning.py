"""Numbers for values: the same number for two that are told by the same words."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

Value = TypeVar("Value")


class Interned(list[Value]):
    """Each value once, in the order in which they came; nobody changes one that is here."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[Hashable, int] = {}

    def number(self, told: Hashable, value: Value) -> int:
        """Return the number of what `told` tells from every other value; the first of those is kept."""
        number = self._numbers.get(told)
        if number is None:
            number = self._numbers[told] = len(self)
            self.append(value)
        return number
