"""What a generator hands to the laws: an operation with all that is known about it beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs
from hypothesis.strategies import SearchStrategy

from ot.document_type import Json, Operation, Side, Snapshot


@attrs.frozen
class Move:
    """Where an operation must move a position."""

    position: Json
    side: Side
    expected: Json


@attrs.frozen
class Made:
    """An operation on some document, and what must come of it.

    `after` and `moves` must not come from the type under test, or they prove nothing.
    """

    op: Operation
    after: Snapshot
    moves: tuple[Move, ...] = ()


Operations: TypeAlias = Callable[[Snapshot], SearchStrategy[Made]]
"""From a document to operations made on it."""
