"""Two concurrent operations on one document: where they clash, who gives way, and where everything ends.

The operations are read at the values they speak of (`items`), so that each question is about one value:

- it is gone for an operation if that removes it, or removes what it stood in without moving it out before;
- it ends where one of them puts it, the left one if both do, unless it is gone for either;
- in a list it ends among the others by the item that it was put before. At one place, left goes first.

Three clashes have no such answer, and whoever has to give way loses a value, with all that it put inside:

    RM_UNEXPECTED_CONTENT   one operation removes what the other drops into, or edits: the remove wins
    DROP_COLLISION          both put something at one member of an object: left wins
    BLACKHOLE               each moves something into what the other moves: all of it is removed

Clashes are settled one by one, in the order in which the left operation meets them, whichever of the two is
transformed: so both transforms come from one merged document, which is why they converge. Each settlement
takes at least one drop or edit out of an operation, so settling ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from ot.json1.items import FIRST, SECOND, Drop, Item, Which, new_world, remover
from ot.json1.reading import Reading
from ot.json1.tree import Node

ClashType: TypeAlias = Literal["RM_UNEXPECTED_CONTENT", "DROP_COLLISION", "BLACKHOLE"]

LEFT: Final = FIRST
RIGHT: Final = SECOND


class Clash(NamedTuple):
    """What two operations do that does not go together."""

    type: ClashType
    items: tuple[list[Item], list[Item]]
    """What the left one and the right one have a part in; for a remove, what it removes."""
    losers: tuple[list[Item], list[Item]]
    """What is taken from the left one and from the right one."""
    edited: bool = False
    """Whether it is the edit of the value that clashes, and not where it is dropped."""


class Merge:
    """A left and a right operation, read together."""

    def __init__(self, left: Node, right: Node) -> None:
        self.world = new_world()
        self.readings = (Reading(left, self.world, LEFT), Reading(right, self.world, RIGHT))
        self.lost: tuple[list[Item], list[Item]] = ([], [])
        """What each operation has lost, in order: it is in the document after it, and has to go."""

    def settle(self) -> None:
        """Take from the operations what clashes, until nothing does."""
        while (clash := self.first_clash(LEFT)) is not None:
            for which in (LEFT, RIGHT):
                for item in clash.losers[which]:
                    self._lose(item, which)

    def first_clash(self, ours: Which) -> Clash | None:
        """Return the clash that the transform of one of the operations meets first."""
        for clash in self._clashes(ours):
            return clash
        return None

    def _clashes(self, ours: Which) -> Iterator[Clash]:
        theirs = other(ours)
        for item in self.readings[theirs].changed:
            yield from self._removed_content(item, theirs)
        for item in self.readings[ours].changed:
            yield from self._collision(item, ours)
            yield from self._removed_content(item, ours)
        yield from self._black_hole()

    def _removed_content(self, item: Item, which: Which) -> Iterator[Clash]:
        """Yield what an operation drops, or edits, where the other one removes."""
        fate, them = item.fates[which], other(which)
        if self.comes_through(item, which):
            assert fate.drop is not None, "what comes through is dropped"
            removed = remover(fate.drop.into, them)
            if removed is not None:
                yield _clash("RM_UNEXPECTED_CONTENT", which, item, removed, loser=which)
        if fate.edit is not None:
            removed = remover(item, them)
            if removed is not None:
                yield _clash("RM_UNEXPECTED_CONTENT", which, item, removed, loser=which)._replace(edited=True)

    def _collision(self, item: Item, which: Which) -> Iterator[Clash]:
        """Yield what the other operation puts at the same member as this one."""
        drop = item.fates[which].drop
        if drop is None or isinstance(drop.key, int) or not self.comes_through(item, which):
            return
        rival = drop.into.fates[other(which)].arrived.get(drop.key)
        if rival is not None and rival is not item and self.comes_through(rival, other(which)):
            yield _clash("DROP_COLLISION", which, item, rival, loser=RIGHT)

    def _black_hole(self) -> Iterator[Clash]:
        """Yield all moves that end in each other, out of reach of the document."""
        reaches: dict[Item, bool] = {self.world: True}
        lost: tuple[list[Item], list[Item]] = ([], [])
        for which in (LEFT, RIGHT):
            for item in self.readings[which].changed:
                drop = self.final_drop(item)
                moved = drop is not None and drop is item.fates[which].drop and item.home is not None
                if moved and not self._reaches(item, reaches):
                    lost[which].append(item)
        if lost[LEFT] or lost[RIGHT]:
            yield Clash("BLACKHOLE", lost, lost)

    def _reaches(self, item: Item, known: dict[Item, bool]) -> bool:
        """Tell whether a value ends inside the document."""
        way: dict[Item, bool] = {}
        while item not in known and item not in way:
            way[item] = True
            owner = self.final_owner(item)
            assert owner is not None, "only the world stands in nothing, and that is known"
            item = owner
        reached = known.get(item, False)
        known.update(dict.fromkeys(way, reached))
        return reached

    def comes_through(self, item: Item, which: Which) -> bool:
        """Tell whether an operation's drop of a value stands against what the other does to the value."""
        if not item.fates[which].moves:
            return False
        if item.home is None:
            return True
        them = other(which)
        return remover(item, them) is None and not (which == RIGHT and item.fates[them].moves)

    def final_drop(self, item: Item) -> Drop | None:
        """Return where a value is put in the end; None where it stays at home or is gone."""
        for which in (LEFT, RIGHT):
            if self.comes_through(item, which):
                return item.fates[which].drop
        return None

    def final_owner(self, item: Item) -> Item | None:
        """Return what a value stands in in the end."""
        drop = self.final_drop(item)
        return item.home if drop is None else drop.into

    def _lose(self, item: Item, which: Which) -> None:
        """Take a value from an operation: what it moved or edited it removes, what it inserted never was."""
        self.lost[which].append(item)
        if item.home is not None:
            item.fates[which].removed = True
        waiting = [item]
        while waiting:
            gone = waiting.pop()
            fate = gone.fates[which]
            fate.edit = None
            if fate.drop is not None:
                fate.lost = True
                fate.removed = gone.home is not None
            waiting += [part for part in gone.parts.values() if not part.fates[which].picks]
            waiting += [arrival for arrival in fate.arrivals if arrival.fates[which].moves]


def other(which: Which) -> Which:
    """Return the other one of two operations."""
    return RIGHT if which == LEFT else LEFT


def _clash(kind: ClashType, which: Which, item: Item, theirs: Item, *, loser: Which) -> Clash:
    """Return a clash between an item of one operation and one of the other."""
    items = ([item], [theirs]) if which == LEFT else ([theirs], [item])
    return Clash(kind, items, (items[LEFT] if loser == LEFT else [], items[RIGHT] if loser == RIGHT else []))
