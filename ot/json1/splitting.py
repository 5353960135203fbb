"""Cut a long operation into parts that are made one after the other and compose to it.

Where nothing moves, removes come first, from the end of the document to its start, so that no path shifts.
What moves has to arrive: then removes, moves and the inserted containers that they arrive in are one part.
Last come inserts and edits, from the start to the end: at its turn, each has everything before it that it
will have in the end, and so its path is the one of the whole operation. Long texts are cut by their own type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ot.canonical_json import canonical_json
from ot.document_type import Operation
from ot.json1.edits import TEXT, Edit, edit_of, edit_type
from ot.json1.tree import Component, Node, Path, at_path, leading_to, new_tree, parse, picks, preorder, write


class _Step(NamedTuple):
    """A component that may be done in a part of its own."""

    path: Path
    component: Component
    weight: int
    """About as many characters as it is written with, besides its path."""


def parts(op: Operation, size: int) -> list[Operation]:
    """Return parts of at most about `size` characters; one value, or all that moves, may take more."""
    nodes = preorder(parse(op))
    moving = leading_to(nodes, lambda node: "d" in node.component)
    found: list[Operation] = []
    if moving:
        found.append(write(_moves(nodes, moving)))
    else:
        found += _grouped(
            (_Step(node.path(), {"r": True}, 1) for node in reversed(nodes) if picks(node)), size
        )
    found += _grouped(_late_steps(nodes, moving, size), size)
    return found or [write(nodes[0])]


def _grouped(steps: Iterable[_Step], size: int) -> Iterator[Operation]:
    """Yield operations of as many steps in a row as have room together and say nothing twice."""
    tree, room = new_tree(), size
    said: set[tuple[Path | str, ...]] = set()
    for path, component, weight in steps:
        news = {(*map(repr, path), member) for member in component}
        if said and (weight > room or not said.isdisjoint(news)):
            yield write(tree)
            tree, room, said = new_tree(), size, set()
        at_path(tree, path).component.update(component)
        said |= news
        room -= weight
    if said:
        yield write(tree)


def _moves(nodes: list[Node], moving: set[Node]) -> Node:
    """Return all picks and removes, and of the rest what has a drop at or below it, without edits.

    Indexes among the latter count what is inserted later, which is not there yet.
    """
    tree = new_tree()
    for node in nodes:
        if picks(node):
            at_path(tree, node.path()).component.update(_only(node.component, "p", "r"))
    places = {nodes[0]: tree}
    for node in nodes:
        if node in moving:
            places[node].component.update(_only(node.component, "d", "i"))
            late = 0
            for child in node.children.values():
                if child in moving:
                    key = child.key if isinstance(child.key, str) else child.key - late
                    places[child] = places[node].child(key)
                late += "i" in child.component and child not in moving
    return tree


def _only(component: Component, *members: str) -> Component:
    return {member: component[member] for member in members if member in component}


def _late_steps(nodes: list[Node], moving: set[Node], size: int) -> Iterator[_Step]:
    """Yield the inserts into which nothing moves, and all edits, in order."""
    for node in nodes:
        if "i" in node.component and node not in moving:
            value = node.component["i"]
            yield _Step(node.path(), {"i": value}, len(canonical_json(value)))
        edit = edit_of(node.component)
        for piece in [] if edit is None else _pieces(edit, size):
            yield _Step(node.path(), piece.members(), len(canonical_json(piece.op)))


def _pieces(edit: Edit, size: int) -> list[Edit]:
    if edit.type_name != TEXT:
        return [edit]
    return [Edit(TEXT, op) for op in edit_type(TEXT).split(edit.op, size)]
