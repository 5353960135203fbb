"""Positions in a json0 document: where somebody is, kept right while it changes.

A position is written as on the wire: an offset in a document that is a string, or a path. A path names an
item or a member and follows it; where it ends in an offset in a string, that moves as a cursor does.
"""

from __future__ import annotations

from collections.abc import Iterable

from ot.document_type import Json, Side
from ot.errors import InvalidOperation
from ot.json0.components import DOCUMENT, Component, Edit, Path
from ot.json0.subtypes import Subtypes
from ot.json0.transforming import path_after
from ot.json0.values import index_fault
from ot.json_values import MOST_DEPTH


def position_after(position: Json, components: Iterable[Component], side: Side, subtypes: Subtypes) -> Json:
    """Return where components move a position; None once what it names is gone, or where it is None."""
    if position is None:
        return None
    path: Path = (DOCUMENT, *_required(position))
    for component in components:
        after = _path_after(path, component, side, subtypes)
        if after is None:
            return None
        path = after
    return list(path[1:]) if isinstance(position, list) else path[1]


def _path_after(path: Path, component: Component, side: Side, subtypes: Subtypes) -> Path | None:
    if isinstance(component, Edit):
        if component.place != path[:-1] or type(path[-1]) is not int:
            return path
        moved = subtypes[component.subtype].transform_position(path[-1], component.op, side)
        return (*path[:-1], moved)
    depth = len(component.place)
    return path_after(path, component) if depth < len(path) and path[:depth] == component.place else path


def _required(position: Json) -> list[Json]:
    """Return a position as a path, or raise InvalidOperation."""
    path = position if isinstance(position, list) else [position]
    allowed = (str, int) if isinstance(position, list) else (int,)
    for key in path[: MOST_DEPTH + 1]:
        if type(key) not in allowed or (type(key) is int and index_fault(key, "an index") is not None):
            break
    else:
        if len(path) <= MOST_DEPTH:
            return path
    raise InvalidOperation(f"a position in json0 is a path or, in a string, an offset, not {position!r:.60}")
