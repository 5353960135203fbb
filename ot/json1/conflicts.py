"""Say what clashes between two operations, instead of settling it."""

from __future__ import annotations

import attrs

from ot.document_type import Operation, Side
from ot.json1.clashes import Clash, ClashType, first_clash
from ot.json1.items import Item, Which, home_path, path_after
from ot.json1.merging import LEFT, RIGHT, Merge, other
from ot.json1.tree import Node, at_path, new_tree, write


@attrs.frozen
class Conflict:
    """Why two operations do not go together without a loss."""

    type: ClashType
    op1: Operation
    """The part of the operation that was to be transformed."""
    op2: Operation
    """The part of the other one."""


def find_conflict(op: Node, concurrent: Node, side: Side) -> Conflict | None:
    """Return the first clash of two operations, as the transform of `op` meets it."""
    ours: Which = LEFT if side == "left" else RIGHT
    merge = Merge(op, concurrent) if ours == LEFT else Merge(concurrent, op)
    clash = first_clash(merge, ours)
    if clash is None:
        return None
    return Conflict(clash.type, _part(clash, ours), _part(clash, other(ours)))


def _part(clash: Clash, which: Which) -> Operation:
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
