"""Operations of json1 without writing the format by hand.

    from ot import get_type, json1

    op = json1.move(["todo", 0], ["done", 0])
    op = get_type("json1").compose(op, json1.edit_text(["done", 0, "title"], ["Really: "]))

A path is a list of keys from the document: strings for members of objects, numbers for indexes of lists. The
empty path is the document itself. To do several things, compose: each path is then one of the document that
the operations before have left. All raise InvalidOperation where no operation of json1 would come of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ot.document_type import Json, Operation
from ot.json1.faults import check
from ot.json1.tree import Component, Key, Node, at_path, new_tree, write


def insert(path: Sequence[Key], value: Json) -> Operation:
    """Return the operation that puts a value at a path: between the items of a list, or at a free member."""
    return _at(path, {"i": value})


def remove(path: Sequence[Key]) -> Operation:
    """Return the operation that removes the value at a path."""
    return _at(path, {"r": True})


def replace(path: Sequence[Key], value: Json) -> Operation:
    """Return the operation that puts a value in the place of another one."""
    return _at(path, {"r": True, "i": value})


def move(start: Sequence[Key], to: Sequence[Key]) -> Operation:
    """Return the operation that takes the value at one path to another.

    `to` is a path of the document afterwards: the item at index 0 goes to the end of a list of three by
    `move([0], [2])`.
    """
    tree = new_tree()
    at_path(tree, start).component["p"] = 0
    at_path(tree, to).component["d"] = 0
    return _checked(tree)


def edit_text(path: Sequence[Key], op: Operation) -> Operation:
    """Return the operation that edits the string at a path; `op` is one of the type `text`."""
    return _at(path, {"es": op} if op != [] else {})


def edit(path: Sequence[Key], type_name: str, op: Operation) -> Operation:
    """Return the operation that edits the value at a path by an operation of a registered type."""
    return _at(path, {"et": type_name, "e": op})


def add(path: Sequence[Key], number: float) -> Operation:
    """Return the operation that adds to the number at a path."""
    return _at(path, {"ena": number})


def _at(path: Sequence[Key], component: Component) -> Operation:
    if not component:
        return None
    tree = new_tree()
    at_path(tree, path).component.update(component)
    return _checked(tree)


def _checked(tree: Node) -> Operation:
    op = write(tree)
    check(op)
    return op
