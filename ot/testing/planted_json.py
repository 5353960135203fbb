"""JSON documents as trees of nodes that keep their identity while the tree is changed.

It is how a generator knows where a position goes without any transforming: the item that it names is a node,
and after all changes the node is somewhere, or nowhere. Cursors in strings are markers among the characters.
Everything is done by lists and dictionaries of Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import attrs

from ot.document_type import Json, Side

Path: TypeAlias = tuple[str | int, ...]

SIDES: Final[tuple[Side, ...]] = ("left", "right")


@attrs.frozen(eq=False)
class Marker:
    """A cursor in a string: left stays before what is inserted at it, right goes behind."""

    side: Side


class Letters(list[Any]):
    """A string: its characters, with markers among them."""


@attrs.frozen
class Embedded:
    """A value that is a document of another type, in one piece: nothing in it is a node."""

    type_name: str
    value: Json


@attrs.define(eq=False)
class Node:
    """One value of a document. It stays the same one wherever it is moved and however it is edited."""

    held: Any
    """A dict of nodes, a list of nodes, `Letters`, `Embedded`, or any other JSON value."""


def planted(value: Json) -> Node:
    """Return a JSON value as a tree of new nodes."""
    if isinstance(value, dict):
        return Node({key: planted(member) for key, member in value.items()})
    if isinstance(value, list):
        return Node([planted(item) for item in value])
    return Node(Letters(value)) if isinstance(value, str) else Node(value)


def plain(node: Node) -> Json:
    """Return what a tree stands for."""
    held = node.held
    if isinstance(held, dict):
        return {key: plain(member) for key, member in held.items()}
    if isinstance(held, Letters):
        return "".join(char for char in held if isinstance(char, str))
    if isinstance(held, Embedded):
        return held.value
    return [plain(item) for item in held] if isinstance(held, list) else held


def nodes(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node of a tree with its path, a container before what is in it."""
    waiting = [(path, node)]
    while waiting:
        here, one = waiting.pop()
        yield here, one
        held = one.held
        if type(held) is dict:
            waiting += [((*here, key), member) for key, member in reversed(held.items())]
        elif type(held) is list:
            waiting += [((*here, index), held[index]) for index in range(len(held) - 1, -1, -1)]


def put_markers(letters: Letters) -> None:
    """Put a cursor of either side before each character and at the end."""
    marked = Letters(map(Marker, SIDES))
    for char in letters:
        marked += [char, *map(Marker, SIDES)]
    letters[:] = marked


def offsets(letters: Letters) -> Iterator[tuple[int, Marker]]:
    """Yield the markers, each with its offset in UTF-16 code units."""
    offset = 0
    for one in letters:
        if isinstance(one, Marker):
            yield offset, one
        else:
            offset += units(one)


def units(text: str) -> int:
    """Return how many UTF-16 code units a text has, counted character by character."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def insert_text(letters: Letters, before: int, text: str) -> None:
    """Insert text before character number `before`: behind the left markers there, before the right ones."""
    start, end = _gap(letters, before)
    markers = letters[start:end]
    left = [marker for marker in markers if marker.side == "left"]
    right = [marker for marker in markers if marker.side == "right"]
    letters[start:end] = [*left, *text, *right]


def delete_text(letters: Letters, start: int, end: int) -> None:
    """Delete the characters from number `start` up to `end`; the markers among them stay."""
    number = -1
    kept = []
    for one in letters:
        number += isinstance(one, str)
        if isinstance(one, Marker) or not start <= number < end:
            kept.append(one)
    letters[:] = kept


def _gap(letters: Letters, before: int) -> tuple[int, int]:
    """Return from where to where the markers stand that are right before a character."""
    places = [index for index, one in enumerate(letters) if isinstance(one, str)]
    start = places[before - 1] + 1 if before else 0
    return start, places[before] if before < len(places) else len(letters)
