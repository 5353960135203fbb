"""An operation as a tree of places, and back.

Written down, an operation is a list that descends: keys, components, branches. Here every key is a node with
what happens at its place. The document itself has the key `ROOT` in a node above it, so that it is removed,
moved and inserted like any other value.

One tree holds two kinds of places. Those of `p` and `r` are places in the document before the operation,
all others are places in the document after it; two of them may share nodes and mean different values.

Every walk is a loop over `preorder`, forwards for parents first, backwards for children first: operations
that were carried can be deeper than Python may recurse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import unpack
from typing import Any, Final, TypeAlias

from ot.document_type import Json, Operation
from ot.errors import InvalidOperation

Key: TypeAlias = str | int
"""A member of an object or an index of a list."""

Path: TypeAlias = list[Key]
Component: TypeAlias = dict[str, Any]

ROOT: Final = ""
"""Under which key the document stands in the node above it."""


class Node:
    """A place, and what an operation does there. Both dicts belong to the node."""

    __slots__ = ("children", "component", "key", "parent")

    def __init__(self, parent: Node | None, key: Key) -> None:
        self.parent = parent
        self.key = key
        self.component: Component = {}
        self.children: dict[Key, Node] = {}

    def child(self, key: Key) -> Node:
        """Return the node of a key below, made if it is new."""
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = Node(self, key)
        return found

    def in_order(self) -> list[Node]:
        """Return the nodes below: indexes first, then keys by their UTF-16 code units."""
        children = self.children
        if len(children) < 2:
            return list(children.values())
        kinds = set(map(type, children))
        plain = kinds == {int} or (kinds == {str} and "".join(children).isascii())  # type: ignore[arg-type]  # strings all
        return [children[key] for key in sorted(children, key=None if plain else key_order)]

    def path(self) -> Path:
        """Return the keys from the document down to here."""
        keys: Path = []
        node = self
        while node.parent is not None:
            keys.append(node.key)
            node = node.parent
        keys.reverse()
        return keys[1:]


def key_order(key: Key) -> tuple[bool, int, str]:
    """Return what to sort keys by. A lone surrogate sorts like any unit: refusing it is `check`'s."""
    if isinstance(key, int):
        return False, key, ""
    if not key.isascii() and max(key) > "\uffff":
        units = key.encode("utf-16-be", "surrogatepass")
        key = "".join(map(chr, unpack(f">{len(units) // 2}H", units)))
    return True, 0, key


def new_tree() -> Node:
    """Return a tree in which nothing happens."""
    return Node(None, ROOT)


def at_path(tree: Node, path: Iterable[Key]) -> Node:
    """Return the node of a path in the document, made where it is new."""
    node = tree.child(ROOT)
    for key in path:
        node = node.child(key)
    return node


def parse(op: Operation) -> Node:
    """Return the tree of an operation, in its order, whatever its brackets and empty parts.

    Raises InvalidOperation for what is no key, component or branch, and for two components of one place
    that say the same thing. Members of components are not looked at.
    """
    tree = new_tree()
    if op is None:
        return tree
    if type(op) is not list:
        raise InvalidOperation("a json1 operation is null or a list", component=op, index=0)
    waiting: list[tuple[Node, list[Json]]] = [(tree.child(ROOT), op)]
    while waiting:
        node, descent = waiting.pop()
        branches: list[tuple[Node, list[Json]]] = []
        for part in descent:
            kind = type(part)
            if kind is str or (kind is int and part >= 0):
                node = node.child(part)
            elif kind is dict:
                if not node.component.keys().isdisjoint(part):
                    raise InvalidOperation(f"at {node.path()!a:.80} two components say the same")
                node.component |= part
            elif kind is list:
                branches.append((node, part))
            else:
                raise InvalidOperation(f"at {node.path()!a:.80}: {part!r:.60} is no key, component or branch")
        waiting += reversed(branches)
    return tree


def write(tree: Node) -> Operation:
    """Return the operation of a tree, in normal form: slots are numbered as they are met.

    In a tree, slots may be any values that a dict takes. No node may be empty, its children and all.
    """
    document = tree.children.get(ROOT)
    if document is None or not (document.component or document.children):
        return None
    slots: dict[Any, int] = {}
    op: list[Json] = []
    waiting = [(document, op)]
    while waiting:
        node, descent = waiting.pop()
        while True:
            if node.component:
                descent.append(_written(node.component, slots))
            below = node.in_order()
            if len(below) != 1:
                break
            node = below[0]
            descent.append(node.key)
        branches: list[tuple[Node, list[Json]]] = [(child, [child.key]) for child in below]
        descent += [branch for _, branch in branches]
        waiting += reversed(branches)
    return op


def _written(component: Component, slots: dict[Any, int]) -> Component:
    written = dict(component)
    for member in ("p", "d"):
        if member in written:
            written[member] = slots.setdefault(written[member], len(slots))
    return written


def preorder(tree: Node) -> list[Node]:
    """Return all nodes, parents before children, and siblings as they came: in order, in a parsed tree."""
    found: list[Node] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        children = node.children
        if children:
            waiting += reversed(children.values())
    return found


def leading_to(nodes: list[Node], wanted: Callable[[Node], bool]) -> set[Node]:
    """Return those of `nodes`, which are in preorder, that are wanted or have a wanted one below.

    Only nodes at which something happens are asked for.
    """
    found: set[Node] = set()
    for node in reversed(nodes):
        if (node.component and wanted(node)) or node in found:
            found.add(node)
            if node.parent is not None:
                found.add(node.parent)
    return found


def picks(node: Node) -> bool:
    """Tell whether a value leaves the place of a node."""
    return "p" in node.component or "r" in node.component


def drops(node: Node) -> bool:
    """Tell whether a value comes to the place of a node."""
    return "d" in node.component or "i" in node.component


def changes(node: Node) -> bool:
    """Tell whether something happens to what is at the place of a node after the operation."""
    component = node.component
    return len(component) > ("p" in component or "r" in component)


def without_empty(tree: Node) -> Node:
    """Take the nodes out of a tree that say nothing, and return it."""
    for node in reversed(preorder(tree)):
        if node.parent is not None and not node.component and not node.children:
            del node.parent.children[node.key]
    return tree
