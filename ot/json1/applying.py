"""Apply an operation: first everything is picked up, deepest and last first, then put down from the root.

Containers on the way are copied, the rest is shared with the document before. Lists are rebuilt in one pass
however many items come and go, so that no operation costs more than its size and that of the lists it names.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeAlias

from ot.document_type import ABSENT, Json, Snapshot
from ot.errors import InvalidOperation
from ot.json1.edits import Edit, edit_of
from ot.json1.faults import refusal
from ot.json1.tree import ROOT, Node, changes, drops, leading_to, picks, preorder
from ot.json1.values import depth_of
from ot.json_values import MOST_DEPTH, kind_of

ApplyEdit: TypeAlias = Callable[[Edit, Json], Json]


class PickedUp(NamedTuple):
    """A document without what was picked up, and what that was."""

    document: Json
    """The document in an object, under the key `ROOT`; an empty object if there is none."""
    held: dict[Hashable, Json]
    """What each slot holds, without what was taken out of it before."""
    removed: dict[Node, Json]
    """What was removed at each node, in the same way."""


class Performed(NamedTuple):
    """What an operation made of a document, and what it found there."""

    snapshot: Snapshot
    removed: dict[Node, Json]
    """What was removed at each node, without what was taken out of it before."""
    edited: dict[Node, Json]
    """What stood at each node before it was edited there."""


def perform(snapshot: Snapshot, tree: Node, apply_edit: ApplyEdit = Edit.apply) -> Performed:
    """Apply an operation; raise InvalidOperation, naming the place, where it does not fit.

    `apply_edit` returns what an edit makes of a value; it may raise to give up.
    """
    nodes = preorder(tree)
    picked_up = pick_up({} if snapshot is ABSENT else {ROOT: snapshot}, nodes)
    document, edited = _put_down(picked_up, nodes, apply_edit)
    return Performed(document.get(ROOT, ABSENT), picked_up.removed, edited)


def pick_up(above: Json, nodes: list[Node]) -> PickedUp:
    """Take out of the document what an operation picks up and removes.

    `above` holds the document and stands at the first of `nodes`, which are in preorder.
    """
    leading = leading_to(nodes, picks)
    order = [node for node in nodes if node in leading]
    result = PickedUp(above, {}, {})
    if not order:
        return result
    values: dict[Node, Json] = {order[0]: above}
    for node in order[1:]:
        assert node.parent is not None, "only the first node has none above it"
        values[node] = require_child(values[node.parent], node)
    for node in reversed(order):
        taken = [child for child in node.children.values() if child in leading]
        if taken:
            values[node] = _without(values[node], taken, values)
        if "p" in node.component:
            result.held[node.component["p"]] = values[node]
        elif "r" in node.component:
            result.removed[node] = values[node]
    return result._replace(document=values[order[0]])


def _without(container: Json, below: list[Node], values: dict[Node, Json]) -> Json:
    """Return a copy of a container in which children are taken out or have become what they are now."""
    if isinstance(container, dict):
        members = dict(container)
        for child in below:
            if picks(child):
                del members[child.key]
            else:
                members[child.key] = values[child]
        return members
    items: list[Json] = []
    start = 0
    for child in below:
        assert isinstance(child.key, int), "a list has indexes, as was checked on the way down"
        items += container[start : child.key]
        start = child.key + 1
        if not picks(child):
            items.append(values[child])
    return items + container[start:]


def _put_down(without: PickedUp, nodes: list[Node], apply_edit: ApplyEdit) -> tuple[Json, dict[Node, Json]]:
    """Return what holds the document after all drops, inserts and edits, and what was edited."""
    leading = leading_to(nodes, changes)
    edited: dict[Node, Json] = {}
    if not leading:
        return without.document, edited
    top = [without.document]
    owners: dict[Node, tuple[Any, Any]] = {nodes[0]: (top, 0)}
    for node in nodes:
        if node not in leading:
            continue
        container, key = owners[node]
        edit = edit_of(node.component)
        if edit is not None:
            edited[node] = container[key]
            container[key] = _edited(container[key], edit, node, apply_edit)
        below = [child for child in node.children.values() if child in leading]
        if below:
            mine = container[key] = _with_children(container[key], below, without.held)
            owners |= {child: (mine, child.key) for child in below}
    return top[0], edited


def _edited(value: Json, edit: Edit, node: Node, apply_edit: ApplyEdit) -> Json:
    try:
        return apply_edit(edit, value)
    except InvalidOperation as fault:
        reason = f"its edit does not fit {kind_of(value)}: {fault}"
        raise refusal(node.path(), reason, node.component) from None


def _with_children(container: Json, below: list[Node], held: dict[Hashable, Json]) -> Any:
    """Return a copy of a container with what is dropped in it; refuse what is missing or in the way."""
    if isinstance(container, dict):
        members = dict(container)
        for child in below:
            if drops(child):
                if child.key in members:
                    raise refusal(child.path(), "there is a value already", child.component)
                _require_key(container, child)
                members[child.key] = _dropped(child, held)
            else:
                require_child(members, child)
        return members
    items: list[Json] = []
    taken = 0  # items of the container; all others in `items` were dropped
    for child in below:
        _require_key(container, child)
        assert isinstance(child.key, int), "a list has indexes, as was just seen"
        until = taken + child.key - len(items)
        if until > len(container) or (until == len(container) and not drops(child)):
            there = len(items) + len(container) - taken
            raise refusal(child.path(), f"nothing is there, the list has {there} items", child.component)
        items += container[taken:until]
        taken = until
        if drops(child):
            items.append(_dropped(child, held))
    return items + container[taken:]


def _dropped(node: Node, held: dict[Hashable, Json]) -> Json:
    """Return what comes to a node; refuse what would make the document too deep."""
    value = held[node.component["d"]] if "d" in node.component else node.component["i"]
    if type(value) is dict or type(value) is list:
        room = MOST_DEPTH - len(node.path())
        if depth_of(value, room) > room:
            raise refusal(node.path(), f"the document would be nested deeper than {MOST_DEPTH}")
    return value


def require_child(container: Json, node: Node) -> Json:
    """Return the value at a node's key in its container, or raise InvalidOperation."""
    _require_key(container, node)
    if isinstance(container, dict):
        if node.key in container:
            return container[node.key]
    elif node.key < len(container):  # type: ignore[operator]  # an index, as was just seen
        return container[node.key]
    raise refusal(node.path(), f"nothing is there, in {kind_of(container)}", node.component)


def _require_key(container: Json, node: Node) -> None:
    """Refuse an index into an object, a key into a list, and anything into a scalar."""
    fits = type(node.key) is str if isinstance(container, dict) else type(node.key) is int
    if not fits or not isinstance(container, (dict, list)):
        raise refusal(node.path(), f"{kind_of(container)} has no {node.key!a:.40}", node.component)
