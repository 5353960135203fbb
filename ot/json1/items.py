"""Values with an identity, and what up to two operations do to each of them.

A value of a document has a home: the container and key where it stands before the operations. An inserted
value has none; its parts have their homes in it. What an operation does is noted at the values themselves,
so that paths, whose keys mean something else before and after every operation, are read once and then
made when something is written.

Everything is sparse: a value is known only if an operation or a position speaks of it.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, Literal, TypeAlias

from ot.document_type import ABSENT, Json
from ot.json1.edits import Edit
from ot.json1.tree import ROOT, Key, Path

Which: TypeAlias = Literal[0, 1]
"""One of the two operations that are read together."""

FIRST: Final = 0
SECOND: Final = 1


class Item:
    """A value."""

    __slots__ = ("fates", "home", "key", "parts", "value")

    def __init__(self, home: Item | None, key: Key, value: Json = ABSENT) -> None:
        self.home = home
        self.key = key
        """Where it is in its home."""
        self.value = value
        """What an operation inserted; ABSENT for all that was there before."""
        self.parts: dict[Key, Item] = {}
        """The values whose home this is."""
        self.fates = (Fate(), Fate())

    def part(self, key: Key) -> Item:
        """Return the value at a key of this one before the operations."""
        found = self.parts.get(key)
        if found is None:
            found = self.parts[key] = Item(self, key)
        return found


_NO_INDEXES: Final[list[int]] = []
_NO_ARRIVALS: Final[dict[Key, Item]] = {}
"""Shared by all fates that have none, which is nearly all of them; never added to."""


class Fate:
    """What one operation does to a value, and to the keys in it."""

    __slots__ = ("arrived", "drop", "dropped", "edit", "lost", "picked", "removed")

    def __init__(self) -> None:
        self.removed = False
        self.drop: Drop | None = None
        """Where the operation moves or inserts it."""
        self.lost = False
        """The drop was taken back, since it lost a conflict."""
        self.edit: Edit | None = None
        self.picked: list[int] = _NO_INDEXES
        """Indexes in it that the operation picks up or removes, before it, ascending."""
        self.dropped: list[int] = _NO_INDEXES
        """Indexes in it that the operation drops at, after it, ascending."""
        self.arrived: dict[Key, Item] = _NO_ARRIVALS
        """What the operation drops in it, by the key after it, in order."""

    @property
    def moves(self) -> bool:
        """Whether the drop stands."""
        return self.drop is not None and not self.lost

    @property
    def picks(self) -> bool:
        """Whether the value leaves its home."""
        return self.removed or self.drop is not None

    def note_pick(self, key: Key) -> None:
        """Note that the operation takes a part away; keys come in order."""
        if isinstance(key, int):
            self.picked = self.picked or []
            self.picked.append(key)

    def note_drop(self, key: Key, item: Item) -> None:
        """Note that the operation puts a value in; keys come in order."""
        self.arrived = self.arrived or {}
        self.arrived[key] = item
        if isinstance(key, int):
            self.dropped = self.dropped or []
            self.dropped.append(key)

    def before(self, key: Key) -> Key:
        """Return the key before the operation of what is at a key after it, and was not dropped there."""
        if isinstance(key, str):
            return key
        return past_gaps(key - bisect_left(self.dropped, key), self.picked)

    def after(self, key: Key) -> Key:
        """Return the key after the operation of what was at a key before it, and is not picked up."""
        if isinstance(key, str):
            return key
        return past_gaps(key - bisect_left(self.picked, key), self.dropped)


class Drop:
    """Where an operation puts a value down."""

    __slots__ = ("gap", "into", "key")

    def __init__(self, into: Item, key: Key, gap: int) -> None:
        self.into = into
        self.key = key
        """After the operation."""
        self.gap = gap
        """In a list: before which index of it, before the operation, counting what is picked up."""

    def is_at(self, into: Item, key: Key) -> bool:
        """Tell whether a place is this one."""
        return self.into is into and self.key == key


def past_gaps(rank: int, taken: list[int]) -> int:
    """Return the `rank`-th whole number from 0 on that is not in an ascending list.

    The j-th taken number lies before it if `taken[j] - j <= rank`, which holds for a prefix of the list.
    """
    low, high = 0, len(taken)
    while low < high:
        middle = (low + high) // 2
        if taken[middle] - middle <= rank:
            low = middle + 1
        else:
            high = middle
    return rank + low


Place: TypeAlias = tuple[Item, Key]
"""What a value stands in, and its key there."""


def new_world() -> Item:
    """Return what holds the document, under the key `ROOT`."""
    return Item(None, ROOT)


def lineage(item: Item) -> tuple[Item, Path]:
    """Return what a value is part of, the world or an inserted value, and its keys from there."""
    keys: Path = []
    while item.home is not None:
        keys.append(item.key)
        item = item.home
    keys.reverse()
    return item, keys


def home_path(item: Item) -> Path:
    """Return the path of a value of the document before the operations."""
    return lineage(item)[1][1:]


def path_after(item: Item, which: Which) -> Path:
    """Return the path of a value after one of the operations, as it was read: losses are not heeded."""
    path: Path = []
    place = place_after(item, which)
    while place is not None:
        item, key = place
        path.append(key)
        place = place_after(item, which)
    path.reverse()
    return path[1:]


def place_after(item: Item, which: Which) -> Place | None:
    """Return what a value stands in after an operation, and its key there; None for the world."""
    drop = item.fates[which].drop
    if drop is not None:
        return drop.into, drop.key
    if item.home is None:
        return None
    return item.home, item.home.fates[which].after(item.key)


def remover(item: Item, which: Which) -> Item | None:
    """Return the value by whose removal one is gone after an operation, itself or what it stood in."""
    found: Item | None = item
    while found is not None:
        fate = found.fates[which]
        if fate.removed:
            return found
        if fate.drop is not None:
            return None
        found = found.home
    return None
