"""Documents and operations of the type `json0`, their results worked out on trees of nodes.

Documents are small and keys and values few, so that two operations nearly always meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import attrs
from hypothesis import strategies as st

from ot.document_type import Json, Operation, Snapshot
from ot.json0 import Json0
from ot.testing.json0_changes import PALETTE, Palette, changes, chosen, holder, performed
from ot.testing.made import Made, Move
from ot.testing.planted_json import SIDES, Letters, Marker, Path, nodes, offsets, plain, put_markers

_JSON0: Final = Json0()

MOST_CHANGES: Final = 4  # components of one operation: with more of them nothing new was seen

NUMBERS: Final = 2**20  # a change is one number: Hypothesis spends most of its time on drawing


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
    op = [performed(chosen(tree.root, palette, number)) for number in numbers]
    return Made(op, plain(tree.root.held[0]), tuple(tree.moves()))


def operation(document: Snapshot, numbers: Sequence[int], palette: Palette) -> tuple[Operation, Snapshot]:
    """Return the operation that `made` returns and the document after it, without looking for positions."""
    root = holder(document)
    op = [performed(chosen(root, palette, number)) for number in numbers]
    return op, plain(root.held[0])


def every_json0_operation(document: Snapshot, palette: Palette, components: int) -> Iterator[Made]:
    """Yield every operation of up to so many components that a palette allows on `document`."""
    waiting: list[tuple[Operation, Snapshot]] = [([], document)]
    for length in range(components + 1):
        yield from itertools.starmap(Made, waiting)
        if length < components:
            waiting = [longer for op, after in waiting for longer in _one_longer(op, after, palette)]


def _one_longer(op: Operation, after: Snapshot, palette: Palette) -> Iterator[tuple[Operation, Snapshot]]:
    for number in range(len(list(changes(holder(after), palette)))):
        root = holder(after)
        component = performed(next(itertools.islice(changes(root, palette), number, None)))
        yield [*op, component], plain(root.held[0])


def _joined(one: Made) -> Made:
    return attrs.evolve(one, op=_JSON0.normalize(one.op))


class _Tree:
    """A document that is changed, and where everything in it was before."""

    def __init__(self, document: Snapshot) -> None:
        self.root = holder(document)
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
