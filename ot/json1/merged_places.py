"""Where values stand in the document that two concurrent operations lead to, once nothing clashes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from ot.json1.items import Drop, Item, Place, Which, past_gaps
from ot.json1.merging import LEFT, RIGHT, Merge
from ot.json1.tree import Key, Path


class MergedPlaces:
    """Where values stand in the merged document, once all clashes are settled."""

    def __init__(self, merge: Merge) -> None:
        self._merge = merge
        self._lists: dict[Item, MergedList] = {}

    def path(self, item: Item) -> Path:
        """Return the path of a value that is not gone."""
        path: Path = []
        place = self.place(item)
        while place is not None:
            item, key = place
            path.append(key)
            place = self.place(item)
        path.reverse()
        return path[1:]

    def place(self, item: Item) -> Place | None:
        """Return what a value that is not gone stands in, and its key there; None for the world."""
        drop = self._merge.final_drop(item)
        container = item.home if drop is None else drop.into
        return None if container is None else (container, self._key(item, container, drop))

    def all_paths(self) -> list[Path | None]:
        """Return the path of every value that one of the operations speaks of, None for what is gone."""
        return [
            None if self._merge.is_gone(item) else self.path(item)
            for reading in self._merge.readings
            for item in [*reading.picked, *reading.changed]
        ]

    def _key(self, item: Item, container: Item, drop: Drop | None) -> Key:
        key = item.key if drop is None else drop.key
        if isinstance(key, str):
            return key
        merged = self._lists.get(container)
        if merged is None:
            merged = self._lists[container] = _merged_list(self._merge, container)
        return merged.kept(key) if drop is None else merged.arrived[item]


class MergedList(NamedTuple):
    """The indexes of a list in the merged document."""

    picked: list[int]
    """Which of its items are picked up or removed by either operation, by their homes."""
    anchors: list[int]
    """Before which home each arrival stands, in order."""
    arrived: dict[Item, int]
    """The index of each arrival."""

    def kept(self, key: int) -> int:
        """Return the index of an item that stays."""
        return key - bisect_left(self.picked, key) + bisect_right(self.anchors, key)


def _merged_list(merge: Merge, container: Item) -> MergedList:
    """Put the arrivals of both operations in order among what stays.

    An arrival stands somewhere in a run of items that its own operation takes away: left goes to the start of
    the run and right to its end. So where two of these runs meet, left goes first from either view.
    """
    arrivals: list[tuple[int, Which, Item]] = []
    for which in (LEFT, RIGHT):
        picked = _picked(container, (which,))
        for item in container.fates[which].arrived.values():
            drop = merge.final_drop(item)
            if drop is not None and drop is item.fates[which].drop:
                arrivals.append((_anchor(drop.gap, picked, which), which, item))
    arrivals.sort(key=lambda arrival: arrival[:2])
    anchors = [anchor for anchor, _, _ in arrivals]
    both = _picked(container, (LEFT, RIGHT))
    indexes = {
        item: anchor - bisect_left(both, anchor) + rank for rank, (anchor, _, item) in enumerate(arrivals)
    }
    return MergedList(both, anchors, indexes)


def _picked(container: Item, whiches: Iterable[Which]) -> list[int]:
    """Return the indexes of what operations take out of a list; with what they lost, more than was read."""
    return sorted(
        key
        for key, part in container.parts.items()
        if isinstance(key, int) and any(part.fates[which].picks for which in whiches)
    )


def _anchor(gap: int, picked: list[int], which: Which) -> int:
    """Return the start, or for right the end, of the run of picked items around a gap."""
    kept_before = gap - bisect_left(picked, gap)
    if which == RIGHT:
        return past_gaps(kept_before, picked)
    return past_gaps(kept_before - 1, picked) + 1 if kept_before else 0
