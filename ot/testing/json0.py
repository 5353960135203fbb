"""Documents and operations of the type `json0`, their results worked out on trees of nodes.

Documents are small and keys and values few, so that two operations nearly always meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import attrs
from hypothesis import strategies as st

from ot.document_type import Json, Operation, Snapshot
from ot.json0 import Json0
from ot.testing.made import Made, Move
from ot.testing.planted_json import (
    SIDES,
    Letters,
    Marker,
    Node,
    Path,
    delete_text,
    insert_text,
    nodes,
    offsets,
    plain,
    planted,
    put_markers,
    units,
)

_JSON0: Final = Json0()

MOST_CHANGES: Final = 4  # components of one operation: with more of them nothing new was seen

NUMBERS: Final = 2**20  # a change is one number: Hypothesis spends most of its time on drawing

Written: TypeAlias = dict[str, Json]


@attrs.frozen
class Palette:
    """What changes put into a document."""

    keys: tuple[str, ...] = ("x", "toString", "")
    values: tuple[Json, ...] = (1, True, None, "ab", [], ["p", 0], {"x": {"x": 0.5}})
    texts: tuple[str, ...] = ("z", "yz", "😀")
    amounts: tuple[float, ...] = (1, -2, 0.5)
    subtype_too: bool = True
    """Whether strings are also changed by operations of text0."""


PALETTE: Final = Palette()


@attrs.frozen
class Change:
    """One component, and what it does to a tree."""

    kind: str
    component: Written
    perform: Callable[[], object]


def json0_documents() -> st.SearchStrategy[Json]:
    """Return a strategy of small JSON documents."""
    scalars = st.sampled_from((0, 1, 1.5, -3, True, False, None, "", "abc", "a😀b"))
    to_be_moved = st.lists(st.sampled_from((None, True, False)), min_size=2, max_size=4)
    return to_be_moved | st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(PALETTE.keys), inner, max_size=3)
        ),
        max_leaves=8,
    )


def json0_operations(document: Snapshot) -> st.SearchStrategy[Made]:
    """Return a strategy of operations on `document`, neighbours joined by the type's own `normalize`.

    What they lead to comes from the components before they were joined.
    """
    return json0_component_lists(document).map(_joined)


def json0_component_lists(document: Snapshot) -> st.SearchStrategy[Made]:
    """Return a strategy of operations on `document` as they were made, with nothing joined."""
    return _NUMBERS.map(partial(made, document))


_NUMBERS: Final = st.lists(st.integers(0, NUMBERS), max_size=MOST_CHANGES)
"""Smaller numbers choose what does less, so that failures shrink."""


def made(document: Snapshot, numbers: Sequence[int], palette: Palette = PALETTE) -> Made:
    """Return the operation on `document` that a sequence of numbers chooses, and what it does."""
    tree = _Tree(document)
    op = [tree.perform(chosen(list(changes(tree.root, palette)), number)) for number in numbers]
    return Made(op, tree.document(), tuple(tree.moves()))


def every_json0_operation(document: Snapshot, palette: Palette, components: int) -> Iterator[Made]:
    """Yield every operation of up to so many components that a palette allows on `document`."""
    waiting: list[tuple[Operation, Snapshot]] = [([], document)]
    for length in range(components + 1):
        yield from itertools.starmap(Made, waiting)
        if length < components:
            waiting = [longer for op, after in waiting for longer in _one_longer(op, after, palette)]


def _one_longer(op: Operation, after: Snapshot, palette: Palette) -> Iterator[tuple[Operation, Snapshot]]:
    for number in range(len(list(changes(_holder(after), palette)))):
        root = _holder(after)
        change = list(changes(root, palette))[number]
        change.perform()
        yield [*op, change.component], plain(root.held[0])


def chosen(possible: Sequence[Change], number: int) -> Change:
    """Return the change that a number chooses, all kinds alike often."""
    kinds = sorted({change.kind for change in possible})
    number, kind = divmod(number, len(kinds))
    of_kind = [change for change in possible if change.kind == kinds[kind]]
    return of_kind[number % len(of_kind)]


def _joined(one: Made) -> Made:
    """Join neighbours until nothing changes: what two deletions make can be beside a third one."""
    op = one.op
    while (joined := _JSON0.normalize(op)) != op:
        op = joined
    return attrs.evolve(one, op=op)


class _Tree:
    """A document that is changed, and where everything in it was before."""

    def __init__(self, document: Snapshot) -> None:
        self.root = _holder(document)
        self._before = list(nodes(self.root.held[0]))
        for _, node in self._before:
            if isinstance(node.held, Letters):
                put_markers(node.held)
        self._cursors = [
            (path, offset, marker)
            for path, node in self._before
            if isinstance(node.held, Letters)
            for offset, marker in offsets(node.held)
        ]

    def document(self) -> Json:
        """Return the document as it is now."""
        return plain(self.root.held[0])

    def perform(self, change: Change) -> Written:
        """Do a change, and return its component."""
        change.perform()
        return change.component

    def moves(self) -> Iterator[Move]:
        """Say where each path and each cursor goes: look for it in the tree."""
        paths = {id(node): path for path, node in nodes(self.root.held[0])}
        for path, node in self._before:
            after = paths.get(id(node))
            for side in SIDES:
                yield Move(list(path), side, None if after is None else list(after))
        ends = {id(marker): [*path, offset] for path, offset, marker in self._markers()}
        for path, offset, marker in self._cursors:
            yield Move([*path, offset], marker.side, ends.get(id(marker)))
            if not path and id(marker) in ends:
                yield Move(offset, marker.side, ends[id(marker)][0])

    def _markers(self) -> Iterator[tuple[Path, int, Marker]]:
        for path, node in nodes(self.root.held[0]):
            if isinstance(node.held, Letters):
                for offset, marker in offsets(node.held):
                    yield path, offset, marker


def _holder(document: Json) -> Node:
    """Return a node around a document, so that it can be replaced as a whole."""
    return Node([planted(document)])


def changes(holder: Node, palette: Palette) -> Iterator[Change]:
    """Yield every change that a palette allows in the document that a node holds."""
    document = holder.held[0]
    for value in palette.values:
        component = {"p": [], "od": plain(document), "oi": value}
        yield Change("replace all", component, partial(holder.held.__setitem__, 0, planted(value)))
    for path, node in nodes(document):
        match node.held:
            case dict():
                yield from _member_changes(list(path), node.held, palette)
            case Letters():
                yield from _text_changes(list(path), node.held, palette)
            case list():
                yield from _item_changes(list(path), node.held, palette)
            case (int() | float()) as number if not isinstance(number, bool):
                for amount in palette.amounts:
                    component = {"p": list(path), "na": amount}
                    yield Change("add", component, partial(setattr, node, "held", number + amount))


def _member_changes(path: list[Json], members: dict[str, Node], palette: Palette) -> Iterator[Change]:
    for key in palette.keys:
        there = {"p": [*path, key]}
        if key in members:
            removed = there | {"od": plain(members[key])}
            yield Change("delete", removed, partial(members.pop, key))
            for value in palette.values:
                put = partial(members.__setitem__, key, planted(value))
                yield Change("replace", removed | {"oi": value}, put)
        else:
            for value in palette.values:
                put = partial(members.__setitem__, key, planted(value))
                yield Change("insert", there | {"oi": value}, put)


def _item_changes(path: list[Json], items: list[Node], palette: Palette) -> Iterator[Change]:
    for index in range(len(items) + 1):
        for value in palette.values:
            put = partial(items.insert, index, planted(value))
            yield Change("insert item", {"p": [*path, index], "li": value}, put)
    for index, item in enumerate(items):
        removed = {"p": [*path, index], "ld": plain(item)}
        yield Change("delete item", removed, partial(items.pop, index))
        for value in palette.values:
            put = partial(items.__setitem__, index, planted(value))
            yield Change("replace item", removed | {"li": value}, put)
        for to in range(len(items)):
            kind = "move up" if to > index else "move down"  # two kinds, since two moves tie rarely
            yield Change(kind, {"p": [*path, index], "lm": to}, partial(_move, items, index, to))


def _move(items: list[Any], index: int, to: int) -> None:
    items.insert(to, items.pop(index))


def _text_changes(path: list[Json], letters: Letters, palette: Palette) -> Iterator[Change]:
    text = plain(Node(letters))
    for place in range(len(text) + 1):
        offset = units(text[:place])
        for inserted in palette.texts:
            put = partial(insert_text, letters, place, inserted)
            yield from _edits("type", path, offset, "i", inserted, put, palette)
        for end in range(place + 1, len(text) + 1):
            take = partial(delete_text, letters, place, end)
            yield from _edits("erase", path, offset, "d", text[place:end], take, palette)


def _edits(
    kind: str,
    path: list[Json],
    offset: int,
    how: str,
    text: str,
    perform: Callable[[], object],
    palette: Palette,
) -> Iterator[Change]:
    """Yield a change of a string in the ways to write it."""
    yield Change(kind, {"p": [*path, offset], f"s{how}": text}, perform)
    if palette.subtype_too:
        op = [{"p": offset, how: text}]
        yield Change(f"{kind} by subtype", {"p": path, "t": "text0", "o": op}, perform)
