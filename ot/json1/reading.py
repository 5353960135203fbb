"""Read an operation: note at every value what the operation does to it.

What stands at a key before the operation is asked of a function, so that an operation can be read as made
on the document itself or on what another operation has left of it.

Without a document, what is read need not fit: it may come from anybody. But after it every value that it
speaks of stands in one that it does not stand in itself, or InvalidOperation is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ot.errors import InvalidOperation
from ot.json1.edits import edit_of
from ot.json1.faults import refusal
from ot.json1.items import FIRST, Drop, Fate, Item, Which
from ot.json1.tree import Key, Node, changes, drops, leading_to, picks, preorder
from ot.json_values import same_value

PartBefore: TypeAlias = Callable[[Item, Key], Item]
"""From a container and a key before an operation to the value there."""

NO_GAP: Final = -1
"""The gap of a drop that is not in a list."""


def part_at_home(container: Item, key: Key) -> Item:
    """Return what stands at a key before all operations."""
    return container.part(key)


def part_after_first(container: Item, key: Key) -> Item:
    """Return what stands at a key after the first operation, which was read already.

    Raises InvalidOperation where that has left nothing there.
    """
    fate = container.fates[FIRST]
    arrived = fate.arrived.get(key)
    if arrived is not None:
        return arrived
    part = container.part(fate.before(key))
    if part.fates[FIRST].picks:
        raise InvalidOperation(f"the operation before leaves nothing at {key!a:.60}")
    return part


class Reading:
    """What one operation does, in its order: the values that it names, parents first."""

    __slots__ = ("_held", "_part_before", "_taken", "changed", "picked", "which")

    def __init__(self, tree: Node, world: Item, which: Which, part_before: PartBefore = part_at_home) -> None:
        self.which: Which = which
        self.picked: list[Item] = []
        """What it picks up or removes, by places before it."""
        self.changed: list[Item] = []
        """What it drops, inserts or edits, by places after it."""
        self._part_before = part_before
        self._held: dict[Any, Item] = {}
        self._taken: set[Item] = set()
        nodes = preorder(tree)
        self._read_picks(nodes, world)
        self._read_changes(nodes, world)

    def fate(self, item: Item) -> Fate:
        """Return what the operation does to a value."""
        return item.fates[self.which]

    def _read_picks(self, nodes: list[Node], world: Item) -> None:
        leading = leading_to(nodes, picks)
        items = {nodes[0]: world}
        for node in nodes[1:]:
            if node not in leading:
                continue
            assert node.parent is not None, "only the first node has none above it"
            container = items[node.parent]
            item = items[node] = self._part_before(container, node.key)
            if picks(node):
                self.fate(container).note_pick(node.key)
                self.picked.append(item)
                self._taken.add(item)
            if "p" in node.component:
                self._held[node.component["p"]] = item
            elif "r" in node.component:
                self.fate(item).removed = True

    def _read_changes(self, nodes: list[Node], world: Item) -> None:
        leading = leading_to(nodes, changes)
        items = {nodes[0]: world}
        for node in nodes:
            if node not in leading:
                continue
            item = items[node]
            if changes(node):
                self.fate(item).edit = edit_of(node.component)
                self.changed.append(item)
            for child in node.children.values():
                if child in leading:
                    items[child] = self._child_after(item, child)

    def _child_after(self, container: Item, child: Node) -> Item:
        """Return the value at a node after the operation, and note it if it is dropped there."""
        fate = self.fate(container)
        key = fate.before(child.key)
        if not drops(child):
            item = self._part_before(container, key)
            if item in self._taken:  # or a value could be dropped into itself, and paths would have no end
                raise refusal(child.path(), "nothing is there any more: it was picked up", child.component)
            return item
        if "d" in child.component:
            item = self._held[child.component["d"]]
        else:
            item = self._inserted(container, child.key, child.component["i"])
        self.fate(item).drop = Drop(container, child.key, key if isinstance(key, int) else NO_GAP)
        fate.note_drop(child.key, item)
        return item

    def _inserted(self, container: Item, key: Key, value: Any) -> Item:
        """Return an inserted value: a concurrent operation's, if it inserts an equal one at the same member.

        So both inserts become one, and what each puts inside meets there. In lists both stay.
        """
        if self.which != FIRST and self._part_before is part_at_home and isinstance(key, str):
            arrived = container.fates[FIRST].arrived.get(key)
            if arrived is not None and arrived.home is None and same_value(arrived.value, value):
                return arrived
        return Item(None, key, value)
