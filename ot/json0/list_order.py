"""Where the items of a list are after somebody else's change to it, and where an item is to go."""

from __future__ import annotations

import attrs

from ot.document_type import ABSENT, Side
from ot.json0.components import Item, Move


def index_after(index: int, theirs: Item | Move) -> int | None:
    """Return where the item at `index` is after their change; None where it is gone or replaced."""
    if isinstance(theirs, Move):
        return _index_after_move(index, theirs)
    if theirs.removed is ABSENT:
        return index + 1 if theirs.index <= index else index
    if theirs.index == index:
        return None
    return index - 1 if theirs.inserted is ABSENT and theirs.index < index else index


def insert_after(ours: Item, theirs: Item | Move, side: Side) -> Item:
    """Return an insert as it is after their change: it stays between the items where it was made."""
    if isinstance(theirs, Move):
        shift = (ours.index > theirs.to) - (ours.index > theirs.index)
    elif theirs.removed is ABSENT:
        shift = int(theirs.index < ours.index or (theirs.index == ours.index and side == "right"))
    else:
        shift = -int(theirs.inserted is ABSENT and theirs.index < ours.index)
    return attrs.evolve(ours, index=ours.index + shift) if shift else ours


def move_after(ours: Move, theirs: Item | Move, side: Side) -> Move | None:
    """Return a move as it is after their change; None where its item is gone, or theirs to move."""
    if isinstance(theirs, Move):
        return _move_after_move(ours, theirs, side)
    index, to = index_after(ours.index, theirs), ours.to
    if theirs.removed is ABSENT:
        to += theirs.index <= to
    elif theirs.inserted is not ABSENT:
        return ours  # what moves is then what they put in its place
    elif index is None:
        return None
    elif theirs.index < to or (theirs.index == to and ours.index < to):
        to -= 1
    assert index is not None, "only what is deleted has no index"
    return Move(ours.place, index, to)


def _index_after_move(index: int, theirs: Move) -> int:
    if index == theirs.index:
        return theirs.to
    without = index - (index > theirs.index)
    # Their item goes before the one at `index` where it lands on an index up to what that has without it.
    return without + (theirs.to <= without)


def _move_after_move(ours: Move, theirs: Move, side: Side) -> Move | None:
    if theirs.index == theirs.to:
        return ours
    goes_nowhere = ours.index == ours.to
    if ours.index == theirs.index:
        if side == "right":
            return None
        return Move(ours.place, theirs.to, theirs.to if goes_nowhere else ours.to)
    index = _index_after_move(ours.index, theirs)
    return Move(ours.place, index, index if goes_nowhere else _target_after_move(ours, theirs, side))


def _target_after_move(ours: Move, theirs: Move, side: Side) -> int:
    """Return where an item is to go after another item was moved: between the neighbours that it was given.

    An item that goes up is put behind the one that had the index `to`, one that goes down before it.
    """
    to, goes_up = ours.to, ours.to > ours.index
    shift = 0
    if theirs.index < to or (theirs.index == to and goes_up):
        shift -= 1  # their item was before ours, and left
    if theirs.to < to:
        shift += 1
    elif theirs.to == to:  # both are put behind one item, or both before it: left comes first
        same_way = goes_up == (theirs.to > theirs.index)
        shift += side == "right" if same_way else goes_up
    return to + shift
