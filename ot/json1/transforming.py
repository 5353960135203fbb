"""Write an operation as it is after a concurrent one: the way from the other's document to the merged one.

Where values are picked up and removed is told in places after the other operation, where they are dropped,
inserted and edited in places of the merged document. Both operations end in that one document, whatever was
lost on the way, which is the whole argument for convergence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ot.document_type import Operation, Side
from ot.json1.items import Drop, Item, Which, home_path, past_gaps, path_after, remover
from ot.json1.merging import LEFT, RIGHT, Clash, ClashType, Merge, other
from ot.json1.tree import Key, Node, Path, at_path, new_tree, write


@attrs.frozen
class Conflict:
    """Why two operations do not go together without a loss."""

    type: ClashType
    op1: Operation
    """The part of the operation that was to be transformed."""
    op2: Operation
    """The part of the other one."""


def transform(op: Node, concurrent: Node, side: Side) -> Operation:
    """Return `op` as it is after `concurrent`; what clashes is settled."""
    merge, ours = _merge(op, concurrent, side)
    merge.settle()
    return write(_Writer(merge, ours).tree())


def find_conflict(op: Node, concurrent: Node, side: Side) -> Conflict | None:
    """Return the first clash of two operations, as the transform of `op` meets it."""
    merge, ours = _merge(op, concurrent, side)
    clash = merge.first_clash(ours)
    if clash is None:
        return None
    return Conflict(clash.type, _part(merge, clash, ours), _part(merge, clash, other(ours)))


def _merge(op: Node, concurrent: Node, side: Side) -> tuple[Merge, Which]:
    if side == "left":
        return Merge(op, concurrent), LEFT
    return Merge(concurrent, op), RIGHT


class MergedPlaces:
    """Where values stand in the merged document, once all clashes are settled."""

    def __init__(self, merge: Merge) -> None:
        self._merge = merge
        self._lists: dict[Item, MergedList] = {}

    def path(self, item: Item) -> Path:
        """Return the path of a value that is not gone."""
        path: Path = []
        while True:
            drop = self._merge.final_drop(item)
            container = item.home if drop is None else drop.into
            if container is None:
                path.reverse()
                return path[1:]
            path.append(self._key(item, container, drop))
            item = container

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
        for item in container.fates[which].arrivals:
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


class _Writer:
    """Writes one operation of a settled merge."""

    def __init__(self, merge: Merge, ours: Which) -> None:
        self._merge = merge
        self._ours: Which = ours
        self._theirs: Which = other(ours)
        self._places = MergedPlaces(merge)
        self._tree = new_tree()

    def tree(self) -> Node:
        """Return the operation, transformed."""
        self._take_away_what_they_lost()
        self._remove_what_they_moved_out()
        for item in self._merge.readings[self._ours].picked + self._merge.lost[self._ours]:
            if item.fates[self._ours].removed:
                self._remove(item)
            else:
                self._move(item)
        for item in self._merge.readings[self._ours].changed:
            self._insert(item)
            self._edit(item)
        return self._tree

    def _before(self, item: Item) -> Node:
        """Return the node of a value's place in their document."""
        return at_path(self._tree, path_after(item, self._theirs))

    def _after(self, item: Item) -> Node:
        """Return the node of a value's place in the merged document."""
        return at_path(self._tree, self._places.path(item))

    def _take_away_what_they_lost(self) -> None:
        for item in self._merge.lost[self._theirs]:
            self._before(item).component["r"] = True

    def _remove_what_they_moved_out(self) -> None:
        """Remove what they moved out of what we remove, unless they moved it to where it goes anyway."""
        for item in self._merge.readings[self._theirs].picked:
            fate = item.fates[self._theirs]
            if fate.moves and remover(item, self._ours) is not None:
                assert fate.drop is not None, "what moves is dropped"
                if remover(fate.drop.into, self._ours) is None:
                    self._before(item).component["r"] = True

    def _remove(self, item: Item) -> None:
        if item.home is not None and remover(item, self._theirs) is None:
            self._before(item).component["r"] = True

    def _move(self, item: Item) -> None:
        drop, their_drop = item.fates[self._ours].drop, item.fates[self._theirs].drop
        if self._merge.final_drop(item) is not drop or drop is None:
            return
        if their_drop is not None and their_drop.into is drop.into and their_drop.key == drop.key:
            it_is_there = isinstance(drop.key, str)  # in a list, one index can be two places
            if it_is_there:
                return
        self._before(item).component["p"] = item
        self._after(item).component["d"] = item

    def _insert(self, item: Item) -> None:
        """Insert a value of ours, unless they inserted an equal one there."""
        if item.home is None and item.fates[self._ours].moves and not item.fates[self._theirs].moves:
            self._after(item).component["i"] = item.value

    def _edit(self, item: Item) -> None:
        edit, their_edit = item.fates[self._ours].edit, item.fates[self._theirs].edit
        if edit is None:
            return
        if their_edit is not None:
            edit = edit.transform(their_edit, "left" if self._ours == LEFT else "right")
        members = edit.members()
        if members:
            self._after(item).component.update(members)


def _part(merge: Merge, clash: Clash, which: Which) -> Operation:
    """Return the part that an operation has in a clash, as an operation."""
    tree = new_tree()
    for item in clash.items[which]:
        if clash.type == "RM_UNEXPECTED_CONTENT" and not clash.losers[which]:
            at_path(tree, home_path(item)).component["r"] = True
        else:
            _write_content(tree, item, which, edited=clash.edited)
    return write(tree)


def _write_content(tree: Node, item: Item, which: Which, *, edited: bool) -> None:
    """Write the edit, insert or move that clashes."""
    fate = item.fates[which]
    node = at_path(tree, path_after(item, which))
    if edited:
        assert fate.edit is not None, "an edit clashes"
        node.component.update(fate.edit.members())
    elif item.home is None:
        node.component["i"] = item.value
    else:
        at_path(tree, home_path(item)).component["p"] = item
        node.component["d"] = item
