"""The normal form of operations that say the same in other words."""

from __future__ import annotations

from ot.document_type import Operation
from ot.errors import InvalidOperation, UnknownType
from ot.json1.edits import MEMBERS, edit_of
from ot.json1.faults import check, refusal
from ot.json1.tree import Node, parse, preorder, without_empty, write


def normal_form(op: Operation) -> Operation:
    """Return an operation without needless brackets, in order, with nothing empty and its slots renumbered.

    Raises InvalidOperation where something in it says nothing that can be understood.
    """
    normal = _rewritten(op)
    check(normal)
    return normal


def checked(op: Operation) -> Operation:
    """Return an operation in normal form; raise InvalidOperation where `check` does."""
    return _rewritten(op) if check(op) else op


def _rewritten(op: Operation) -> Operation:
    tree = parse(op)
    for node in preorder(tree):
        if node.component:
            _normalize_component(node)
    return write(without_empty(tree))


def _normalize_component(node: Node) -> None:
    component = node.component
    for member in ("p", "d"):
        if member in component and type(component[member]) is not int:
            raise refusal(node.path(), "a slot is a whole number", component)
    if sum(member in component for member in MEMBERS if member != "et") != 1:
        return  # no edit, or what `check` will refuse
    try:
        edit = edit_of(component)
        members = {} if edit is None else edit.normalized().members()
    except (InvalidOperation, UnknownType) as fault:
        raise refusal(node.path(), f"its edit: {fault}", component) from None
    if edit is not None:
        for member in MEMBERS:
            component.pop(member, None)
        component.update(members)
