"""The side of an operation that is transformed: which of two goes first at one place."""

from __future__ import annotations

from ot.document_type import Side


def require_side(side: Side) -> Side:
    """Refuse what is no side: two ends that read it differently would order their inserts differently."""
    if side not in ("left", "right"):
        raise ValueError(f'a side is "left" or "right", not {side!r}')
    return side
