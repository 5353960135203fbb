"""A rich-text type too simple to be wrong: the oracle of the fast one.

An operation is read as what happens at every code unit of the document: what comes before it, whether it
goes, what it carries afterwards. The order of an insert and a delete at one place does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs

from ot import Side
from ot.testing.rich_text import Cell, cells_of, width

Step: TypeAlias = tuple[str, Any]
"""`("insert", cell)`, `("delete", None)` or `("retain", attributes)`, of one code unit."""


@attrs.frozen
class Places:
    """What an operation does at every code unit of a document of `length`, and behind its end."""

    inserts: tuple[tuple[Cell, ...], ...]
    changes: tuple[dict[str, Any] | None, ...]
    """Attributes that are set or cleared; None where the unit is deleted."""


def places(op: list[Any], length: int) -> Places:
    """Read an operation without edits inside embeds."""
    inserts: list[list[Cell]] = [[] for _ in range(length + 1)]
    changes: list[dict[str, Any] | None] = [{} for _ in range(length)]
    place = 0
    for component in op:
        if "insert" in component:
            inserts[place] += cells_of([component])
            continue
        for _ in range(component.get("retain", 0) + component.get("delete", 0)):
            changes[place] = None if "delete" in component else component.get("attributes", {})
            place += 1
    return Places(tuple(map(tuple, inserts)), tuple(changes))


def transformed(op: list[Any], other: list[Any], side: Side, length: int) -> list[Any]:
    """Return the steps of an operation after another, both on a document of `length` code units."""
    ours, theirs = places(op, length), places(other, length)
    steps: list[Step] = []
    for place in range(length + 1):
        added: list[Step] = [("insert", cell) for cell in ours.inserts[place]]
        kept: list[Step] = [
            ("retain", {}) for cell in theirs.inserts[place] for _ in range(width(cell.content))
        ]
        steps += kept + added if side == "left" else added + kept
        if place == length:
            break
        change, winning = ours.changes[place], theirs.changes[place]
        if winning is None:
            continue
        if change is not None and side == "left":
            change = {name: value for name, value in change.items() if name not in winning}
        steps.append(("delete", None) if change is None else ("retain", change))
    return _comparable(steps)


def steps_of(op: list[Any]) -> list[Any]:
    """Return an operation as steps to compare."""
    steps: list[Step] = []
    for component in op:
        if "insert" in component:
            steps += [("insert", cell) for cell in cells_of([component])]
        elif "delete" in component:
            steps += [("delete", None)] * component["delete"]
        else:
            steps += [("retain", component.get("attributes", {}))] * component["retain"]
    return _comparable(steps)


def merged(document: Sequence[Cell], left: Places, right: Places) -> list[Cell]:
    """Return the cells that two concurrent operations leave together: right goes first, and wins.

    Every cell of `document` is one code unit wide.
    """
    cells: list[Cell] = []
    for place, (content, attributes) in enumerate(document):
        cells += right.inserts[place] + left.inserts[place]
        ours, theirs = left.changes[place], right.changes[place]
        if ours is not None and theirs is not None:
            changed = attributes | ours | theirs
            cells.append(Cell(content, {name: value for name, value in changed.items() if value is not None}))
    cells += right.inserts[-1] + left.inserts[-1]
    return cells


def _comparable(steps: list[Step]) -> list[Any]:
    """Put inserts before deletes between two retains, and leave out plain retains at the end."""
    result: list[Step] = []
    deletes: list[Step] = []
    for step in steps:
        if step[0] == "retain":
            result += deletes
            deletes = []
        (deletes if step[0] == "delete" else result).append(step)
    result += deletes
    while result and result[-1] == ("retain", {}):
        result.pop()
    return result
