"""What two concurrent operations do that does not go together, and who gives way.

    RM_UNEXPECTED_CONTENT   one removes what the other drops into, or edits: the remove wins
    DROP_COLLISION          both put something at one member of an object: left wins
    BLACKHOLE               each moves something into what the other moves: all of it is removed

An operation meets them in this order: what the other one drops and edits where it removes; what it drops and
edits itself, from the root down; and when all this is settled, the black holes.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Literal, NamedTuple, TypeAlias

from ot.json1.items import Item, Which
from ot.json1.merging import LEFT, RIGHT, Merge, other

ClashType: TypeAlias = Literal["RM_UNEXPECTED_CONTENT", "DROP_COLLISION", "BLACKHOLE"]


class Clash(NamedTuple):
    """What does not go together."""

    type: ClashType
    items: tuple[list[Item], list[Item]]
    """What the left one and the right one have a part in; for a remove, what it removes."""
    losers: tuple[list[Item], list[Item]]
    """What is taken from the left one and from the right one."""
    edited: bool = False
    """Whether it is the edit of the value that clashes, and not where it is dropped."""


def first_clash(merge: Merge, ours: Which) -> Clash | None:
    """Return what one of the operations meets first."""
    for item in merge.readings[other(ours)].changed:
        clash = removed_content(merge, item, other(ours))
        if clash is not None:
            return clash
    for item in merge.readings[ours].changed:
        clash = collision(merge, item, ours) or removed_content(merge, item, ours)
        if clash is not None:
            return clash
    return black_hole(merge, ours)


def settle(merge: Merge, ours: Which) -> bool:
    """Settle what clashes, in the order in which one of the operations meets it; tell whether anything did.

    Every loss takes a drop or an edit out of an operation, so this ends. After a loss that matters to what
    was looked at before, all is looked at again, as far as it may have changed: all over again would take
    the square, which is seconds where a few hundred losses matter.
    """
    theirs = other(ours)
    unsure = (_Unsure(merge.readings[LEFT].changed), _Unsure(merge.readings[RIGHT].changed))
    clashed = False
    while True:
        again = False
        for item in unsure[theirs]:
            clash = removed_content(merge, item, theirs)
            if clash is not None:
                clashed = True
                _take_losses(merge, clash, unsure)
        for item in unsure[ours]:
            clash = collision(merge, item, ours) or removed_content(merge, item, ours)
            if clash is not None:
                clashed = True
                unsure[ours].look_again(item)
                again = _take_losses(merge, clash, unsure)
            if again:
                break
        if again:
            continue
        clash = black_hole(merge, ours)
        if clash is None:
            return clashed
        clashed = True
        _take_losses(merge, clash, unsure)


class _Unsure:
    """What an operation drops and edits, in its order, as far as it is still to be looked at."""

    def __init__(self, changed: list[Item]) -> None:
        self._changed = changed
        self._due = list(range(len(changed)))
        """A heap of places."""
        self._later: list[int] = []
        self._places: dict[Item, int] = {}

    def __iter__(self) -> Iterator[Item]:
        """Go on with what is due, and from the next time on with what is to be looked at again."""
        for place in self._later:
            heappush(self._due, place)
        self._later.clear()
        while self._due:
            yield self._changed[heappop(self._due)]

    def look_again(self, item: Item) -> None:
        """Have a value be looked at the next time, if it is one of these."""
        if not self._places:
            self._places = {changed: place for place, changed in enumerate(self._changed)}
        place = self._places.get(item)
        if place is not None:
            self._later.append(place)


def _take_losses(merge: Merge, clash: Clash, unsure: tuple[_Unsure, _Unsure]) -> bool:
    """Let the losers of a clash go; tell whether that may matter to what was looked at before.

    What the other operation does to what went with them, or drops there, is to be looked at again.
    """
    mattered = False
    for which in (LEFT, RIGHT):
        them = other(which)
        for loser in clash.losers[which]:
            matters, gone = merge.lose(loser, which)
            mattered = mattered or matters
            for item in gone:
                unsure[them].look_again(item)
                for arrival in item.fates[them].arrived.values():
                    unsure[them].look_again(arrival)
    return mattered


def removed_content(merge: Merge, item: Item, which: Which) -> Clash | None:
    """Return what an operation drops, or edits, where the other one removes."""
    fate, them = item.fates[which], other(which)
    if fate.drop is not None and merge.comes_through(item, which):
        removed = merge.remover(fate.drop.into, them)
        if removed is not None:
            return _clash("RM_UNEXPECTED_CONTENT", which, item, removed, loser=which)
    if fate.edit is not None:
        removed = merge.remover(item, them)
        if removed is not None:
            return _clash("RM_UNEXPECTED_CONTENT", which, item, removed, loser=which)._replace(edited=True)
    return None


def collision(merge: Merge, item: Item, which: Which) -> Clash | None:
    """Return what the other operation puts at the same member as this one."""
    drop = item.fates[which].drop
    if drop is None or isinstance(drop.key, int):
        return None
    rival = drop.into.fates[other(which)].arrived.get(drop.key)
    if rival is None or rival is item:
        return None
    if merge.comes_through(item, which) and merge.comes_through(rival, other(which)):
        return _clash("DROP_COLLISION", which, item, rival, loser=RIGHT)
    return None


def black_hole(merge: Merge, ours: Which) -> Clash | None:
    """Return the moves that end in each other, out of reach of the document.

    Of ours these are all that are lost there, of theirs those that they put inside of what we move.
    """
    theirs = other(ours)
    reaches: dict[Item, bool] = {merge.world: True}
    our_moves = [item for item in merge.readings[ours].changed if _is_lost(merge, item, ours, reaches)]
    if not our_moves:
        return None
    ours_lost = set(our_moves)
    their_moves = [
        item
        for item in merge.readings[theirs].changed
        if _is_lost(merge, item, theirs, reaches) and _moved_around(item, ours, theirs) in ours_lost
    ]
    moves = (our_moves, their_moves) if ours == LEFT else (their_moves, our_moves)
    return Clash("BLACKHOLE", moves, moves)


def _is_lost(merge: Merge, item: Item, which: Which, reaches: dict[Item, bool]) -> bool:
    """Tell whether an operation's move of a value ends out of reach. `reaches` is what is known by now."""
    drop = item.fates[which].drop
    if drop is None or item.home is None or merge.final_drop(item) is not drop:
        return False
    way: dict[Item, None] = {}
    while item not in reaches and item not in way:
        way[item] = None
        owner = merge.final_owner(item)
        assert owner is not None, "only the world stands in nothing, and that is known"
        item = owner
    reached = reaches.get(item, False)
    reaches.update(dict.fromkeys(way, reached))
    return not reached


def _moved_around(item: Item, ours: Which, theirs: Which) -> Item | None:
    """Return the innermost value around one, in their document, that we move."""
    owner: Item | None = item
    while owner is not None:
        drop = owner.fates[theirs].drop
        owner = owner.home if drop is None else drop.into
        if owner is not None and owner.home is not None and owner.fates[ours].drop is not None:
            return owner
    return None


def _clash(kind: ClashType, which: Which, item: Item, theirs: Item, *, loser: Which) -> Clash:
    """Return a clash between an item of one operation and one of the other."""
    items = ([item], [theirs]) if which == LEFT else ([theirs], [item])
    return Clash(kind, items, (items[LEFT] if loser == LEFT else [], items[RIGHT] if loser == RIGHT else []))
