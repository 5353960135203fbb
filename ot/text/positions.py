"""Where operations move a position in a text."""

from __future__ import annotations

from ot.document_type import Operation, Side
from ot.text.components import amount_size


def position_after(position: int, op: Operation, side: Side) -> int:
    """Return where a position is after any operation."""
    place, moved = 0, position  # place: where the next component stands in the snapshot before
    for component in op:
        if place > position:
            break
        if type(component) is int:  # not `match`, which takes ten times as long
            place += component
        elif type(component) is str:
            if place < position or side == "right":
                moved += len(component)
        else:
            size = amount_size(component["d"])
            moved -= min(size, position - place)
            place += size
    return moved
