"""Write an operation as it is after a concurrent one: the way from the other's document to the merged one.

Where values are picked up and removed is told in places after the other operation, where they are dropped,
inserted and edited in places of the merged document. Both operations end in that one document, whatever was
lost on the way, which is the whole argument for convergence.
"""

from __future__ import annotations

from ot.document_type import Operation, Side
from ot.json1.clashes import settle
from ot.json1.items import Item, Which, path_after
from ot.json1.merged_places import MergedPlaces
from ot.json1.merging import LEFT, RIGHT, Merge, other
from ot.json1.tree import Node, at_path, new_tree, write


def transform(op: Node, concurrent: Node, side: Side) -> Operation:
    """Return `op` as it is after `concurrent`; what clashes is settled."""
    if side == "left":
        merge = Merge(op, concurrent)
        settle(merge, LEFT)
        return write(_Writer(merge, LEFT).tree())
    return write(_Writer(_settled_for_right(concurrent, op), RIGHT).tree())


def _settled_for_right(left: Node, right: Node) -> Merge:
    """Settle what clashes as left does, and as right meets it where that comes to the same.

    Left's order decides what the merged document is. From right's, all that can differ then is whether a
    remove is told again inside of another one; other implementations have right's.
    """
    merge = Merge(left, right)
    if not settle(merge, LEFT):
        return merge
    mine = Merge(left, right)
    settle(mine, RIGHT)
    return mine if MergedPlaces(mine).all_paths() == MergedPlaces(merge).all_paths() else merge


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
            if fate.moves and self._merge.remover(item, self._ours) is not None:
                assert fate.drop is not None, "what moves is dropped"
                if self._merge.remover(fate.drop.into, self._ours) is None:
                    self._before(item).component["r"] = True

    def _remove(self, item: Item) -> None:
        if item.home is not None and self._merge.remover(item, self._theirs) is None:
            self._before(item).component["r"] = True

    def _move(self, item: Item) -> None:
        drop, their_drop = item.fates[self._ours].drop, item.fates[self._theirs].drop
        if self._merge.final_drop(item) is not drop or drop is None:
            return
        is_member = isinstance(drop.key, str)  # in a list, one index can be two places
        if is_member and their_drop is not None and their_drop.is_at(drop.into, drop.key):
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
