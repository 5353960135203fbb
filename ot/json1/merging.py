"""Two concurrent operations on one document, read together, and where everything ends.

Both are read at the values they speak of (`items`), so that each question is about one value:

- it is gone for an operation if that removes it, or removes what it stood in without moving it out before;
- it ends where one of them puts it, the left one if both do, unless it is gone for either;
- in a list it ends among the others by the item that it was put before. At one place, left goes first.

What clashes has no such answer (`clashes`): one of the two then loses a value, with all that it put inside.
It is as if the operation had gone on to remove the value: what it moved or edited is removed, what it
inserted never was.
"""

from __future__ import annotations

from typing import Final

from ot.json1.items import FIRST, SECOND, Drop, Item, Which, new_world, remover
from ot.json1.reading import Reading
from ot.json1.tree import Node

LEFT: Final = FIRST
RIGHT: Final = SECOND


def other(which: Which) -> Which:
    """Return the other one of two operations."""
    return RIGHT if which == LEFT else LEFT


class Merge:
    """A left and a right operation, and what they have lost to each other."""

    def __init__(self, left: Node, right: Node) -> None:
        self.world = new_world()
        self.readings = (Reading(left, self.world, LEFT), Reading(right, self.world, RIGHT))
        self.lost: tuple[list[Item], list[Item]] = ([], [])
        """What each operation has lost, in order: it is in the document after it, and has to go."""

    def comes_through(self, item: Item, which: Which) -> bool:
        """Tell whether an operation's drop of a value stands against what the other does to the value."""
        fate = item.fates[which]
        if fate.drop is None or fate.lost:
            return False
        if item.home is None:
            return True
        them = other(which)
        return not (which == RIGHT and item.fates[them].moves) and self.remover(item, them) is None

    def remover(self, item: Item, which: Which) -> Item | None:
        """Return the value by whose removal one is gone for an operation, itself or what it stood in."""
        if not self.readings[which].picked and not self.lost[which]:
            return None
        return remover(item, which)

    def final_drop(self, item: Item) -> Drop | None:
        """Return where a value is put in the end; None where it stays at home or is gone."""
        left, right = item.fates
        if left.drop is not None and self.comes_through(item, LEFT):
            return left.drop
        if right.drop is not None and self.comes_through(item, RIGHT):
            return right.drop
        return None

    def final_owner(self, item: Item) -> Item | None:
        """Return what a value stands in in the end."""
        drop = self.final_drop(item)
        return item.home if drop is None else drop.into

    def lose(self, item: Item, which: Which) -> tuple[bool, list[Item]]:
        """Take a value from an operation; tell whether this may matter to what was looked at before.

        It does if the operation now removes something in which, or with which, the other one does more. All
        that goes with the value is returned as well.
        """
        self.lost[which].append(item)
        item.fates[which].removed = item.home is not None
        matters, going = False, [item]
        for gone in going:
            fate = gone.fates[which]
            fate.edit = None
            if fate.drop is not None:
                fate.lost = True
                fate.removed = gone.home is not None
            matters = matters or (fate.removed and _is_spoken_of(gone, other(which)))
            going += [part for part in gone.parts.values() if not part.fates[which].picks]
            going += [arrival for arrival in fate.arrived.values() if arrival.fates[which].moves]
        return matters, going

    def is_gone(self, item: Item) -> bool:
        """Tell whether a value is not in the merged document."""
        if item.home is None:
            return not (item.fates[LEFT].moves or item.fates[RIGHT].moves)
        return self.remover(item, LEFT) is not None or self.remover(item, RIGHT) is not None


def _is_spoken_of(item: Item, which: Which) -> bool:
    fate = item.fates[which]
    return bool(item.parts or fate.arrived or fate.drop is not None or fate.edit is not None)
