"""Work that takes long, done in steps: a generator yields wherever others may have their turn.

A type whose operations take tens of milliseconds to carry over a single entry has a function
`carry_in_steps`, which returns what `carry` does. Where nobody waits, the steps are gone through at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TypeAlias, TypeVar

from ot.document_type import DocumentType, Operation, Side

T = TypeVar("T")

Steps: TypeAlias = Generator[None, None, T]
"""Steps, and what they come to."""


def finished(steps: Steps[T]) -> T:
    """Go through all steps; return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def carry_in_steps(
    doc_type: DocumentType, op: Operation, entries: Sequence[Operation], side: Side
) -> Steps[Operation]:
    """Carry an operation over entries, in as many steps as its type makes of it."""
    own: Callable[[Operation, Sequence[Operation], Side], Steps[Operation]] | None
    own = getattr(doc_type, "carry_in_steps", None)
    if own is not None:
        return (yield from own(op, entries, side))
    return doc_type.carry(op, entries, side)
