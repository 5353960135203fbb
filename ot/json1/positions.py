"""Where a path leads after an operation."""

from __future__ import annotations

from ot.document_type import Json, Side
from ot.errors import InvalidOperation
from ot.json1.edits import edit_type
from ot.json1.items import FIRST, Item, new_world, path_after, remover
from ot.json1.reading import Reading
from ot.json1.tree import ROOT, Node, Path
from ot.json_values import LARGEST_INTEGER


def required_path(path: Json) -> Path:
    """Return a path that is one, or raise InvalidOperation."""
    if type(path) is not list:
        raise InvalidOperation(f"a json1 position is a path, a list of keys, not {path!a:.60}")
    for key in path:
        if not (type(key) is str or (type(key) is int and 0 <= key <= LARGEST_INTEGER)):
            raise InvalidOperation(f"{key!a:.60} is no key of a path: a string, or a whole number from 0 on")
    return path


def path_moved(path: Path, tree: Node, side: Side) -> Path | None:
    """Return the path of the same value after an operation; None if it is gone.

    The last key may be a position inside of an edited value, such as a string.
    """
    world = new_world()
    Reading(tree, world, FIRST)
    items = [world.part(ROOT)]
    for key in path:
        items.append(items[-1].part(key))
    if remover(items[-1], FIRST) is not None:
        return None
    moved = path_after(items[-1], FIRST)
    if path:
        moved[-1] = _inside(items[-2], moved[-1], side)
    return moved


def _inside(item: Item, position: Json, side: Side) -> Json:
    """Return where a position in a value is after the value's own edit."""
    edit = item.fates[FIRST].edit
    if edit is None:
        return position
    return edit_type(edit.type_name).transform_position(position, edit.op, side)
