"""Documents and operations of the type `json1`, their results worked out on trees of nodes.

A draft is a document in which every value keeps its identity while it is changed. In the end the operation is
told by comparing: what was picked up is told at its path before all changes, everything else at its path
after them. Documents are small and keys and values few, so that two operations nearly always meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import attrs
from hypothesis import strategies as st

from ot.document_type import ABSENT, Json, Operation, Snapshot
from ot.testing import json1_embedded
from ot.testing.json1_embedded import planted
from ot.testing.json1_writing import written
from ot.testing.made import Made, Move
from ot.testing.planted_json import SIDES, Embedded, Letters, Node, Path, nodes, plain

MOST_CHANGES: Final = 4  # in one operation: with more of them nothing new was seen

NUMBERS: Final = 2**20  # a change is one number: Hypothesis spends most of its time on drawing

DOCUMENT: Final = ""
"""Under which key a draft holds its document."""

ORDERED_OTHERWISE: Final = ("\N{GRINNING FACE}", "\N{FULLWIDTH TILDE}")
"""Keys of which the first stands first by UTF-16 code units, and the second by code points."""

Change: TypeAlias = Callable[[], None]

KINDS: Final = ("inserts", "removes", "moves", "replacements", "typing", "adding", "embedded")


@attrs.frozen
class Palette:
    """What changes put into a document."""

    keys: tuple[str, ...] = ("x", "toString", "", *ORDERED_OTHERWISE)
    values: tuple[Json, ...] = (1, True, None, "ab", {}, [], ["p", 0], {"x": {"x": 0.5}})
    texts: tuple[str, ...] = ("z", "y\N{GRINNING FACE}")
    amounts: tuple[float, ...] = (1, -2, 0.5)
    kinds: tuple[str, ...] = KINDS
    """What is done, of `KINDS`: two people who do nothing but move often move one thing into another."""


PALETTE: Final = Palette()


@attrs.frozen
class TextEdit:
    """Replaces `deleted` characters from `start` on by `inserted`."""

    start: int
    deleted: int
    inserted: str

    def op(self) -> Operation:
        """Return the edit as an operation of `text`."""
        skip: list[Json] = [self.start] if self.start else []
        insert = [self.inserted] if self.inserted else []
        return skip + insert + ([{"d": self.deleted}] if self.deleted else [])

    def moved(self, offset: int, side: str) -> int:
        """Return where a position in the text goes."""
        if offset < self.start or (offset == self.start and side == "left"):
            return offset
        return self.start + len(self.inserted) + max(0, offset - self.start - self.deleted)


@attrs.frozen
class EmbeddedEdit:
    """Does an operation of another type."""

    type_name: str
    embedded_op: Operation

    def op(self) -> Operation:
        """Return that operation."""
        return self.embedded_op


def json1_documents() -> st.SearchStrategy[Snapshot]:
    """Return a strategy of small JSON documents, and now and then of none at all."""
    scalars = st.sampled_from((0, 1, 1.5, -3, True, False, None, "", "abc", "a\N{GRINNING FACE}b"))
    keys = st.sampled_from(PALETTE.keys)
    embedded = st.sampled_from(json1_embedded.VALUES)
    values = st.recursive(
        st.one_of(scalars, scalars, scalars, embedded),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    )
    in_either_order = st.fixed_dictionaries(dict.fromkeys(ORDERED_OTHERWISE, values))
    return st.one_of(*[values] * 8, in_either_order, st.just(ABSENT))


def json1_operations(document: Snapshot) -> st.SearchStrategy[Made]:
    """Return a strategy of operations on `document`, in normal form."""
    return _NUMBERS.map(partial(made, document))


_NUMBERS: Final = st.lists(st.integers(0, NUMBERS), max_size=MOST_CHANGES)
"""Smaller numbers choose what does less, so that failures shrink."""


def made(document: Snapshot, numbers: Sequence[int], palette: Palette = PALETTE) -> Made:
    """Return the operation on `document` that a sequence of numbers chooses, and what it does.

    Nothing is done where a palette allows nothing.
    """
    draft = Draft(document, palette)
    for number in numbers:
        kinds = [kind for kind in draft.kinds() if any(True for _ in kind())]
        if not kinds:
            break
        number, kind = divmod(number, len(kinds))
        possible = list(kinds[kind]())
        possible[number % len(possible)]()
    return draft.made()


def every_json1_operation(document: Snapshot, palette: Palette, changes: int) -> Iterator[Made]:
    """Yield every operation of up to so many changes that a palette allows on `document`, once each."""
    seen: set[str] = set()
    waiting: list[tuple[int, ...]] = [()]
    for steps in waiting:
        one = _repeated(document, palette, steps).made()
        if str(one.op) not in seen:
            seen.add(str(one.op))
            yield one
        if len(steps) < changes:
            possible = len(list(_repeated(document, palette, steps).changes()))
            waiting += [(*steps, step) for step in range(possible)]


def _repeated(document: Snapshot, palette: Palette, steps: Sequence[int]) -> Draft:
    draft = Draft(document, palette)
    for step in steps:
        list(draft.changes())[step]()
    return draft


class Draft:
    """A document that is changed, and where everything in it was before."""

    def __init__(self, document: Snapshot, palette: Palette) -> None:
        self._palette = palette
        self._root = Node({} if document is ABSENT else {DOCUMENT: planted(document)})
        self._before = {id(node): (path, node) for path, node in list(nodes(self._root))[1:]}
        self._picked: dict[int, str] = {}
        """What leaves its place, as "p" or "r"."""
        self._new: dict[int, Node] = {}
        """What is inserted, or was part of that and has been moved out."""
        self._edits: dict[int, tuple[Json, TextEdit | EmbeddedEdit | float]] = {}
        """What is edited: its value before, and how."""

    def kinds(self) -> tuple[Callable[[], Iterator[Change]], ...]:
        """Return what yields the changes that are possible now, by their kinds."""
        every = (
            self._inserts,
            self._removes,
            self._moves,
            self._replacements,
            self._typing,
            self._adding,
            self._embedded,
        )
        return tuple(kind for name, kind in zip(KINDS, every, strict=True) if name in self._palette.kinds)

    def changes(self) -> Iterator[Change]:
        """Yield every change that is possible now."""
        for kind in self.kinds():
            yield from kind()

    def made(self) -> Made:
        """Return what was done."""
        document = plain(self._root).get(DOCUMENT, ABSENT)
        return Made(self._operation(), document, tuple(self._positions()))

    def _containers(self) -> list[tuple[Path, Node]]:
        """Return what values can be put into, each with its path."""
        return [
            (path, node)
            for path, node in nodes(self._root)
            if isinstance(node.held, (dict, list)) and not isinstance(node.held, Letters)
        ]

    def _places(
        self, containers: list[tuple[Path, Node]], moved: Node | None = None
    ) -> Iterator[tuple[Node, str | int]]:
        """Yield where in containers a value can be put, if `moved` is taken away first."""
        for path, node in containers:
            if isinstance(node.held, dict):
                keys = self._palette.keys if path else (DOCUMENT,)
                yield from ((node, key) for key in keys if node.held.get(key, moved) is moved)
            else:
                taken = any(item is moved for item in node.held)
                yield from ((node, index) for index in range(len(node.held) + 1 - taken))

    def _values(self) -> list[Node]:
        return [node for _, node in nodes(self._root)][1:]

    def _inserts(self) -> Iterator[Change]:
        for place in self._places(self._containers()):
            yield from (partial(self._insert, place, value) for value in self._palette.values)

    def _removes(self) -> Iterator[Change]:
        for node in self._values():
            yield partial(self._remove, node)

    def _moves(self) -> Iterator[Change]:
        containers = self._containers()
        for node in self._values():
            inside = {id(inner) for _, inner in nodes(node)}
            outside = [one for one in containers if id(one[1]) not in inside]
            for place in self._places(outside, node):
                yield partial(self._move, node, place)

    def _replacements(self) -> Iterator[Change]:
        for node in self._values():
            yield from (partial(self._replace, node, value) for value in self._palette.values)

    def _typing(self) -> Iterator[Change]:
        for node in self._values():
            if isinstance(node.held, Letters) and id(node) not in self._edits:
                length = len(node.held)
                spans = [(start, end) for start in range(length + 1) for end in range(start, length + 1)]
                for start, end in spans:
                    for text in self._palette.texts if start == end else ("", *self._palette.texts):
                        yield partial(self._type, node, TextEdit(start, end - start, text))

    def _adding(self) -> Iterator[Change]:
        for node in self._values():
            if type(node.held) in (int, float) and id(node) not in self._edits:
                yield from (partial(self._add, node, amount) for amount in self._palette.amounts)

    def _embedded(self) -> Iterator[Change]:
        for node in self._values():
            if isinstance(node.held, Embedded) and id(node) not in self._edits:
                for op, after in json1_embedded.edits(node.held):
                    yield partial(self._edit_embedded, node, op, after)

    def _insert(self, place: tuple[Node, str | int], value: Json) -> None:
        node = planted(value)
        self._new[id(node)] = node
        _put(place, node)

    def _remove(self, node: Node) -> None:
        self._take(node)
        for _, inner in nodes(node):
            if inner is node or id(inner) in self._picked:
                self._note(inner, "r")

    def _move(self, node: Node, place: tuple[Node, str | int]) -> None:
        self._take(node)
        self._note(node, "p")
        _put(place, node)

    def _replace(self, node: Node, value: Json) -> None:
        place = self._take(node)
        _put(place, node)
        self._remove(node)
        self._insert(place, value)

    def _type(self, node: Node, edit: TextEdit) -> None:
        self._edits[id(node)] = (plain(node), edit)
        node.held[edit.start : edit.start + edit.deleted] = edit.inserted

    def _add(self, node: Node, amount: float) -> None:
        self._edits[id(node)] = (node.held, amount)
        node.held += amount

    def _edit_embedded(self, node: Node, op: Operation, after: Json) -> None:
        name = node.held.type_name
        self._edits[id(node)] = (plain(node), EmbeddedEdit(name, op))
        node.held = Embedded(name, after)

    def _take(self, node: Node) -> tuple[Node, str | int]:
        """Take a value from where it is now, and return that place."""
        there = dict(nodes(self._root))
        path = next(path for path, one in there.items() if one is node)
        container = there[path[:-1]]
        del container.held[path[-1]]
        return container, path[-1]

    def _note(self, node: Node, how: str) -> None:
        if id(node) in self._before:
            self._picked[id(node)] = how
        else:
            self._new[id(node)] = node

    def _operation(self) -> Operation:
        picked: dict[Path, dict[str, Any]] = {}
        for ident, how in self._picked.items():
            path, _ = self._before[ident]
            picked[path[1:]] = {how: ident if how == "p" else True}
        dropped: dict[Path, dict[str, Any]] = {}
        for path, node in list(nodes(self._root))[1:]:
            component = self._component(node)
            if component:
                dropped[path[1:]] = component
        return written(picked, dropped)

    def _component(self, node: Node) -> dict[str, Any]:
        """Return what is told of a value at its path after all changes."""
        component: dict[str, Any] = {}
        if id(node) in self._picked:
            component["d"] = id(node)
        elif id(node) in self._new:
            component["i"] = self._literal(node)
        if id(node) in self._edits:
            _, edit = self._edits[id(node)]
            match edit:
                case TextEdit():
                    component["es"] = edit.op()
                case EmbeddedEdit():
                    component |= {"et": edit.type_name, "e": edit.op()}
                case _:
                    component["ena"] = edit
        return component

    def _literal(self, node: Node) -> Json:
        """Return a value as it is inserted: before edits, and without what is told of in its own right."""
        if id(node) in self._edits:
            return self._edits[id(node)][0]
        if isinstance(node.held, dict):
            return {key: self._literal(value) for key, value in node.held.items() if self._is_plain(value)}
        if isinstance(node.held, list) and not isinstance(node.held, Letters):
            return [self._literal(value) for value in node.held if self._is_plain(value)]
        return plain(node)

    def _is_plain(self, node: Node) -> bool:
        return id(node) not in self._picked and id(node) not in self._new

    def _positions(self) -> Iterator[Move]:
        """Say where each path goes, and each position in a string: look for the value in the tree."""
        after = {id(node): list(path[1:]) for path, node in nodes(self._root)}
        for ident, (path, node) in self._before.items():
            before, there = list(path[1:]), after.get(ident)
            yield Move(before, "left", there)
            if isinstance(node.held, Letters):
                text, edit = self._edits.get(ident, (plain(node), TextEdit(0, 0, "")))
                assert isinstance(edit, TextEdit), "a string is edited as text"
                for offset in range(len(text) + 1):
                    for side in SIDES:
                        end = None if there is None else [*there, edit.moved(offset, side)]
                        yield Move([*before, offset], side, end)


def _put(place: tuple[Node, str | int], node: Node) -> None:
    container, key = place
    if isinstance(container.held, dict):
        container.held[key] = node
    else:
        container.held.insert(key, node)
