"""A text type too simple to be wrong: the oracle of the fast one.

An operation is read as what happens at every place of the document: what comes before each character and
which characters go. In normal form an operation inserts at most once at a place between two deletes or
skips, so nothing is lost by it but the order of an insert and a delete, which does not show in a document.
"""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class Places:
    """What an operation does at every place of a document."""

    inserts: tuple[str, ...]
    gone: tuple[bool, ...]


def places(op: list[Any], length: int) -> Places:
    """Read an operation on a document of `length` code points."""
    inserts, gone = [""] * (length + 1), [False] * length
    place = 0
    for component in op:
        if isinstance(component, str):
            inserts[place] += component
        elif isinstance(component, dict):
            amount = component["d"]
            for _ in range(amount if isinstance(amount, int) else len(amount)):
                gone[place] = True
                place += 1
        else:
            place += component
    return Places(tuple(inserts), tuple(gone))


def merged(document: str, left: Places, right: Places) -> str:
    """Return what two concurrent operations make of a document together."""
    pieces: list[str] = []
    for place, char in enumerate(document):
        pieces += (left.inserts[place], right.inserts[place])
        if not (left.gone[place] or right.gone[place]):
            pieces.append(char)
    return "".join(pieces) + left.inserts[-1] + right.inserts[-1]


def transformed(op: list[Any], other: list[Any], side: str, length: int) -> list[list[Any]]:
    """Return an operation after another, both on a document of `length`, as unit steps to compare.

    A step is `["skip"]`, `["insert", char]` or `["delete"]`; steps that skip at the end are left out.
    """
    ours, theirs = places(op, length), places(other, length)
    steps: list[list[Any]] = []
    for place in range(length + 1):
        added = [["insert", char] for char in ours.inserts[place]]
        skipped = [["skip"] for _ in theirs.inserts[place]]
        steps += added + skipped if side == "left" else skipped + added
        if place < length and not theirs.gone[place]:
            steps.append(["delete"] if ours.gone[place] else ["skip"])
    return _without_last_skips(steps)


def steps_of(op: list[Any]) -> list[list[Any]]:
    """Return an operation as unit steps."""
    steps: list[list[Any]] = []
    for component in op:
        if isinstance(component, str):
            steps += [["insert", char] for char in component]
        elif isinstance(component, dict):
            amount = component["d"]
            steps += [["delete"]] * (amount if isinstance(amount, int) else len(amount))
        else:
            steps += [["skip"]] * component
    return _without_last_skips(steps)


def _without_last_skips(steps: list[list[Any]]) -> list[list[Any]]:
    while steps and steps[-1] == ["skip"]:
        steps.pop()
    return steps


def composed(op: list[Any], later: list[Any], length: int) -> list[list[Any]]:
    """Return an operation on a document of `length`, then a later one, as unit steps to compare.

    What the first deleted comes, at one place, behind what the later one inserts there.
    """
    ours = steps_of(op)
    ours += [["skip"]] * (length - sum(step[0] != "insert" for step in ours))
    steps: list[list[Any]] = []
    for theirs in steps_of(later):
        if theirs[0] == "insert":
            steps.append(theirs)
            continue
        while ours[0] == ["delete"]:
            steps.append(ours.pop(0))
        step = ours.pop(0)
        if theirs == ["skip"]:
            steps.append(step)
        elif step == ["skip"]:
            steps.append(["delete"])
    return _without_last_skips(steps + ours)
