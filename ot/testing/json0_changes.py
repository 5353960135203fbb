"""Every change of one component that can be made in a small JSON document, kind by kind.

A change says how json0 writes it, and does it to a tree of nodes by lists and dictionaries of Python.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from ot.document_type import Json
from ot.testing.planted_json import Letters, Node, delete_text, insert_text, nodes, plain, planted, units

Written: TypeAlias = dict[str, Json]
"""A component."""


@attrs.frozen
class Palette:
    """What changes put into a document."""

    keys: tuple[str, ...] = ("x", "toString", "")
    values: tuple[Json, ...] = (1, True, None, "ab", [], ["p", 0], {"x": {"x": 0.5}})
    texts: tuple[str, ...] = ("z", "yz", "😀")
    amounts: tuple[float, ...] = (1, -2, 0.5)
    one_form_a_string: bool = False
    """Whether a string is changed either by `si` and `sd` or by text0, as the length of its path says,
    and not by both: ot-json0 does not carry one over the other."""


PALETTE: Final = Palette()


@attrs.frozen
class Change:
    """One component, and what it does to a tree."""

    component: Written
    perform: Callable[[], object]


Kind: TypeAlias = Callable[[Node, Palette], Iterator[Change]]
"""Yields the changes of one kind in the document that a node holds."""


def changes(root: Node, palette: Palette) -> Iterator[Change]:
    """Yield every change that a palette allows in the document that a node holds."""
    return itertools.chain.from_iterable(kind(root, palette) for kind in KINDS)


def chosen(root: Node, palette: Palette, number: int) -> Change:
    """Return the change that a number chooses, all kinds alike often."""
    kinds = [kind for kind in KINDS if next(kind(root, palette), None) is not None]
    number, kind = divmod(number, len(kinds))
    of_kind = list(kinds[kind](root, palette))
    return of_kind[number % len(of_kind)]


def performed(change: Change) -> Written:
    """Do a change, and return its component."""
    change.perform()
    return change.component


def holder(document: Json) -> Node:
    """Return a node around a document, so that it can be replaced as a whole."""
    return Node([planted(document)])


def _members_in(root: Node) -> Iterator[tuple[list[Json], dict[str, Node]]]:
    return ((list(path), node.held) for path, node in nodes(root.held[0]) if isinstance(node.held, dict))


def _lists_in(root: Node) -> Iterator[tuple[list[Json], list[Node]]]:
    for path, node in nodes(root.held[0]):
        if isinstance(node.held, list) and not isinstance(node.held, Letters):
            yield list(path), node.held


def _strings_in(root: Node) -> Iterator[tuple[list[Json], Letters, str]]:
    for path, node in nodes(root.held[0]):
        if isinstance(node.held, Letters):
            yield list(path), node.held, plain(node)


def _put(entries: Any, key: Json, value: Json) -> None:
    entries[key] = planted(value)


def _inserted_members(root: Node, palette: Palette) -> Iterator[Change]:
    for path, members in _members_in(root):
        for key in palette.keys:
            if key not in members:
                for value in palette.values:
                    yield Change({"p": [*path, key], "oi": value}, partial(_put, members, key, value))


def _deleted_members(root: Node, palette: Palette) -> Iterator[Change]:
    for path, members in _members_in(root):
        for key, member in members.items():
            yield Change({"p": [*path, key], "od": plain(member)}, partial(members.pop, key))


def _replaced_members(root: Node, palette: Palette) -> Iterator[Change]:
    for path, members in _members_in(root):
        for key, member in members.items():
            for value in palette.values:
                component = {"p": [*path, key], "od": plain(member), "oi": value}
                yield Change(component, partial(_put, members, key, value))


def _inserted_items(root: Node, palette: Palette) -> Iterator[Change]:
    for path, items in _lists_in(root):
        for index in range(len(items) + 1):
            for value in palette.values:
                put = partial(_insert_item, items, index, value)
                yield Change({"p": [*path, index], "li": value}, put)


def _insert_item(items: list[Node], index: int, value: Json) -> None:
    items.insert(index, planted(value))


def _deleted_items(root: Node, palette: Palette) -> Iterator[Change]:
    for path, items in _lists_in(root):
        for index, item in enumerate(items):
            yield Change({"p": [*path, index], "ld": plain(item)}, partial(items.pop, index))


def _replaced_items(root: Node, palette: Palette) -> Iterator[Change]:
    for path, items in _lists_in(root):
        for index, item in enumerate(items):
            for value in palette.values:
                component = {"p": [*path, index], "ld": plain(item), "li": value}
                yield Change(component, partial(_put, items, index, value))


def _moves_up(root: Node, palette: Palette) -> Iterator[Change]:
    for path, items in _lists_in(root):
        for index in range(len(items)):
            for to in range(index + 1, len(items)):
                yield Change({"p": [*path, index], "lm": to}, partial(_move, items, index, to))


def _moves_down(root: Node, palette: Palette) -> Iterator[Change]:
    """Yield moves down, and those of an item to where it is."""
    for path, items in _lists_in(root):
        for index in range(len(items)):
            for to in range(index + 1):
                yield Change({"p": [*path, index], "lm": to}, partial(_move, items, index, to))


def _move(items: list[Any], index: int, to: int) -> None:
    items.insert(to, items.pop(index))


def _additions(root: Node, palette: Palette) -> Iterator[Change]:
    for path, node in nodes(root.held[0]):
        if type(node.held) in (int, float):
            for amount in palette.amounts:
                component = {"p": list(path), "na": amount}
                yield Change(component, partial(setattr, node, "held", node.held + amount))


def _typing(root: Node, palette: Palette) -> Iterator[Change]:
    for path, letters, text in _strings_in(root):
        for place in range(len(text) + 1):
            for inserted in palette.texts:
                put = partial(insert_text, letters, place, inserted)
                yield from _written(path, units(text[:place]), "i", inserted, put, palette)


def _erasing(root: Node, palette: Palette) -> Iterator[Change]:
    for path, letters, text in _strings_in(root):
        for place in range(len(text)):
            for end in range(place + 1, len(text) + 1):
                take = partial(delete_text, letters, place, end)
                yield from _written(path, units(text[:place]), "d", text[place:end], take, palette)


def _written(
    path: list[Json], offset: int, how: str, text: str, perform: Callable[[], object], palette: Palette
) -> Iterator[Change]:
    """Yield a change of a string in the ways to write it."""
    even = len(path) % 2 == 0
    if even or not palette.one_form_a_string:
        yield Change({"p": [*path, offset], f"s{how}": text}, perform)
    if not even or not palette.one_form_a_string:
        yield Change({"p": path, "t": "text0", "o": [{"p": offset, how: text}]}, perform)


def _replacements_of_all(root: Node, palette: Palette) -> Iterator[Change]:
    for value in palette.values:
        component = {"p": [], "od": plain(root.held[0]), "oi": value}
        yield Change(component, partial(_put, root.held, 0, value))


KINDS: Final[tuple[Kind, ...]] = (
    _inserted_members,
    _deleted_members,
    _replaced_members,
    _inserted_items,
    _deleted_items,
    _replaced_items,
    _moves_up,
    _moves_down,  # two kinds of moves, since two that tie are rare
    _additions,
    _typing,
    _erasing,
    _replacements_of_all,
)
