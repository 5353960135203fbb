"""Undo an operation, with the document before it at hand.

What was removed comes back where it was, what was inserted goes, moves run backwards, and edits are undone
where the edited value was. An edit of an inserted value goes with the value.
"""

from __future__ import annotations

from ot.document_type import ABSENT, Operation, Snapshot
from ot.json1.applying import perform
from ot.json1.edits import edit_of
from ot.json1.items import FIRST, Item, home_path, lineage, new_world, path_after
from ot.json1.reading import Reading
from ot.json1.tree import Node, at_path, changes, new_tree, picks, preorder, write


def filled(tree: Node, snapshot: Snapshot) -> Operation:
    """Return an operation with what it removes from a snapshot written out."""
    performed = perform(snapshot, tree)
    for node, value in performed.removed.items():
        node.component["r"] = value
    for node, value in performed.edited.items():
        edit = edit_of(node.component)
        if edit is not None:
            node.component.update(edit.filled(value).members())
    return write(tree)


def invert(tree: Node, snapshot: Snapshot) -> Operation:
    """Return what undoes an operation; `snapshot` is the one before it."""
    performed = perform(snapshot, tree)
    world = new_world()
    reading = Reading(tree, world, FIRST)
    nodes = preorder(tree)
    inverse = new_tree()
    literals = {item: _literal(item) for item in reading.changed if item.home is None}
    for node, item in zip(filter(picks, nodes), reading.picked, strict=True):
        there = at_path(inverse, home_path(item))
        if item.fates[FIRST].removed:
            there.component["i"] = performed.removed[node]
        else:
            there.component["d"] = item
            at_path(inverse, path_after(item, FIRST)).component["p"] = item
    for node, item in zip(filter(changes, nodes), reading.changed, strict=True):
        edit = item.fates[FIRST].edit
        origin, keys = lineage(item)
        if edit is None:
            continue
        if origin is world:
            undone = edit.invert(performed.edited[node])
            at_path(inverse, keys[1:]).component.update(undone.members())
        else:
            at_path(literals[origin], keys).component.update(edit.members())
    for item, literal in literals.items():
        value = perform(ABSENT, literal).snapshot
        at_path(inverse, path_after(item, FIRST)).component["r"] = value
    return write(inverse)


def _literal(item: Item) -> Node:
    """Return the operation that makes a document of an inserted value."""
    tree = new_tree()
    at_path(tree, []).component["i"] = item.value
    return tree
