"""Write an operation as it is after a concurrent one: the way from the other's document to the merged one.

Where values are picked up and removed is told in places after the other operation, where they are dropped,
inserted and edited in places of the merged document. Both operations end in that one document, whatever was
lost on the way, which is the whole argument for convergence.
"""

from __future__ import annotations

from collections.abc import Callable

from ot.document_type import Operation, Side
from ot.json1.clashes import settle
from ot.json1.items import Item, Place, Which, place_after
from ot.json1.merged_places import MergedPlaces
from ot.json1.merging import LEFT, RIGHT, Merge, other
from ot.json1.tree import Key, Node, new_tree, write
from ot.steps import Steps


def transform(op: Node, concurrent: Node, side: Side) -> Steps[Operation]:
    """Come to `op` as it is after `concurrent`; what clashes is settled."""
    if side == "left":
        merge = Merge(op, concurrent)
        yield
        settle(merge, LEFT)
        yield
        tree = _Writer(merge, LEFT).tree()
    else:
        tree = _Writer(_settled_for_right(concurrent, op), RIGHT).tree()
    yield
    return write(tree)


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
        self._nodes_before = {merge.world: self._tree}
        self._nodes_after = {merge.world: self._tree}

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
        return _node(item, lambda inner: place_after(inner, self._theirs), self._nodes_before)

    def _after(self, item: Item) -> Node:
        """Return the node of a value's place in the merged document."""
        return _node(item, self._places.place, self._nodes_after)

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


def _node(item: Item, place_of: Callable[[Item], Place | None], known: dict[Item, Node]) -> Node:
    """Return the node of a value's place, and note it, and those on the way there, in `known`.

    The way is gone up only as far as to what is known: thousands of values can stand as deep as anything may.
    """
    way: list[tuple[Item, Key]] = []
    while item not in known:
        place = place_of(item)
        assert place is not None, "the world is known"
        way.append((item, place[1]))
        item = place[0]
    node = known[item]
    for below, key in reversed(way):
        node = known[below] = node.child(key)
    return node
