"""Many operations of any type as one, at once or step by step.

A left fold would walk the growing result once for every operation; here neighbours are composed in pairs,
level by level, so that each operation is walked over a logarithmic number of times. A type that can do
better brings a `compose_all` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, runtime_checkable

from ot.document_type import DocumentType, Operation

SLICE: Final = 250
"""Operations that a running composition takes in at a time: a millisecond at the most, for `text`."""

SLICE_LEVELS: Final = 4
"""How often a slice is walked over: pairs of pairs are eight levels, of which joining saves the most."""

STEP_COST: Final = 4_000
"""Components walked over in one step: a few milliseconds at the most, for `text`."""


@runtime_checkable
class ComposesMany(Protocol):
    """A type with a composition of many operations of its own, quicker than pair by pair."""

    def compose_all(self, ops: Sequence[Operation]) -> Operation:
        """Return one operation that does several, made one after the other; there is at least one."""


def compose_all(doc_type: DocumentType, ops: Sequence[Operation]) -> Operation:
    """Return one operation that does several, made one after the other; there has to be one at least."""
    if isinstance(doc_type, ComposesMany):
        return doc_type.compose_all(ops)
    level = list(ops)
    while len(level) > 1:
        pairs = [doc_type.compose(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
    return level[0]


class RunningComposition:
    """A composition in the making, in steps of bounded cost: between two of them others have their turn.

    What is not divided is the composition of two operations: the last step walks over half of the result
    at least.
    """

    def __init__(self, doc_type: DocumentType, ops: Sequence[Operation]) -> None:
        assert ops, "there is something to compose"
        self._doc_type = doc_type
        self._slices: Iterator[Sequence[Operation]] = (ops[i : i + SLICE] for i in range(0, len(ops), SLICE))
        self._parts: list[tuple[int, Operation]] = []
        """Slices composed and what they have become: powers of two, each smaller than the one before."""
        self._taken_in = False

    def __repr__(self) -> str:
        return f"<RunningComposition, {'done' if self.done else f'{len(self._parts)} parts'}>"

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self._taken_in and len(self._parts) == 1

    @property
    def result(self) -> Operation:
        """The composition; what is left to do is done now."""
        while not self.done:
            self.step()
        return self._parts[0][1]

    def step(self) -> int:
        """Go on for about `STEP_COST`; return what it has cost."""
        cost = 0
        while cost < STEP_COST and not self.done:
            cost += self._join() if self._joinable() else self._take_in()
        return cost

    def _joinable(self) -> bool:
        parts = self._parts
        return len(parts) > 1 and (self._taken_in or parts[-1][0] == parts[-2][0])

    def _join(self) -> int:
        later_slices, later = self._parts.pop()
        slices, op = self._parts.pop()
        self._parts.append((slices + later_slices, self._doc_type.compose(op, later)))
        return _components(op) + _components(later)

    def _take_in(self) -> int:
        ops = next(self._slices, None)
        if ops is None:
            self._taken_in = True
            return 0
        self._parts.append((1, compose_all(self._doc_type, ops)))
        return SLICE_LEVELS * sum(map(_components, ops))


def _components(op: Operation) -> int:
    return len(op) if isinstance(op, (list, dict)) else 1
