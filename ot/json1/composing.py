"""Compose: one operation for two made one after the other.

Three documents are spoken of: the one before both, the one between, and the one after both. What the first
operation picks up is told of the first, and what the later one drops of the last. What was told of the one
between has to be told of one of these: what the later one picks up, of the first; what the first one dropped
and edited, of the last.

A literal that the later operation takes parts from becomes a smaller one. What it inserts into a literal or
edits there is kept beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final

from ot.document_type import Json, Operation
from ot.json1.applying import pick_up
from ot.json1.items import FIRST, SECOND, Item, home_path, lineage, new_world
from ot.json1.reading import Reading, part_after_first
from ot.json1.tree import Key, Node, Path, at_path, key_order, new_tree, preorder, write


def compose(op: Node, later: Node) -> Operation:
    """Return one operation that does `op`, then `later`."""
    return write(_Composition(op, later).tree())


class _Composition:
    """Two operations, the later one read as made on what the first one left."""

    def __init__(self, op: Node, later: Node) -> None:
        self._world: Final = new_world()
        self._first = Reading(op, self._world, FIRST)
        self._later = Reading(later, self._world, SECOND, part_after_first)
        self._tree = new_tree()
        self._cut: dict[Hashable, Json] = {}
        """Literals, and what is moved out of them, without what is taken out of each."""

    def tree(self) -> Node:
        """Return the composition."""
        for item in self._first.changed:
            if item.home is None:
                self._cut_literal(item)
        for item in self._first.picked:
            self._pick(item, gone=item.fates[FIRST].removed or self._is_gone(item))
        for item in self._later.picked:
            if not item.fates[FIRST].picks and lineage(item)[0] is self._world:
                self._pick(item, gone=item.fates[SECOND].removed)
        for item in self._inserted():
            self._after(item).component["i"] = self._cut.get(item, item.value)
        for item in {*self._first.changed, *self._later.changed}:
            self._edit(item)
        return self._tree

    def _pick(self, item: Item, *, gone: bool) -> None:
        component = at_path(self._tree, home_path(item)).component
        if gone:
            component["r"] = True
        else:
            component["p"] = item
            self._after(item).component["d"] = item

    def _inserted(self) -> Iterator[Item]:
        """Yield the literals that are left, and the parts of literals that the later operation moves out."""
        for item in self._first.changed:
            if item.home is None and not self._is_gone(item):
                yield item
        for item in self._later.changed:
            fate = item.fates[SECOND]
            is_new = lineage(item)[0] is not self._world
            if fate.drop is not None and is_new:
                yield item

    def _edit(self, item: Item) -> None:
        edit, later_edit = item.fates[FIRST].edit, item.fates[SECOND].edit
        if edit is not None and self._is_gone(item):
            edit = None
        if edit is None:
            edit = later_edit
        elif later_edit is not None:
            edit = edit.compose(later_edit)
        members = {} if edit is None else edit.members()
        if members:
            self._after(item).component.update(members)

    def _cut_literal(self, literal: Item) -> None:
        """Work out what is left of an inserted value, and what of the parts that are moved out of it."""
        tree = Node(None, literal.key)
        waiting = [(literal, tree)]
        while waiting:
            item, node = waiting.pop()
            for key in sorted(item.parts, key=key_order):
                part, below = item.parts[key], node.child(key)
                if part.fates[SECOND].removed:
                    below.component["r"] = True
                elif part.fates[SECOND].drop is not None:
                    below.component["p"] = part
                waiting.append((part, below))
        taken = pick_up(literal.value, preorder(tree))
        self._cut[literal] = taken.document
        self._cut.update(taken.held)

    def _is_gone(self, item: Item) -> bool:
        """Tell whether the later operation removes a value of the document between."""
        owner: Item | None = item
        while owner is not None:
            fate = owner.fates[SECOND]
            if fate.removed:
                return True
            if fate.drop is not None:
                return False
            owner = _owner_between(owner)
        return False

    def _after(self, item: Item) -> Node:
        """Return the node of a value's place in the last document."""
        path: Path = []
        while item is not self._world:
            item, key = _place_after(item)
            path.append(key)
        path.reverse()
        return at_path(self._tree, path[1:])


def _owner_between(item: Item) -> Item | None:
    drop = item.fates[FIRST].drop
    return item.home if drop is None else drop.into


def _place_after(item: Item) -> tuple[Item, Key]:
    """Return where a value stands in the last document."""
    drop = item.fates[SECOND].drop
    if drop is not None:
        return drop.into, drop.key
    container, key = _place_between(item)
    return container, container.fates[SECOND].after(key)


def _place_between(item: Item) -> tuple[Item, Key]:
    drop = item.fates[FIRST].drop
    if drop is not None:
        return drop.into, drop.key
    assert item.home is not None, "what has no home was dropped"
    return item.home, item.home.fates[FIRST].after(item.key)
