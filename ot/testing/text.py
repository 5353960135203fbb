"""Documents and operations of the type `text`, their results worked out by slicing and counting.

Documents are short and their alphabet small, so that two operations nearly always meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import attrs
from hypothesis import strategies as st

from ot.document_type import Operation, Side
from ot.testing.made import Made, Move
from ot.testing.scenario import Runs

ALPHABET: Final = "abc\n\r 😀é\u0301\u200d\u2028\x00"
"""Letters, both halves of a line end, and what UTF-8, UTF-16 and grapheme clusters count otherwise."""

INSERTED: Final = ("", "", "", "", "x", "y", "xy", "a", "ab", "😀", "\u0301z", "\r\n", "zyx")
"""What an edit inserts: often nothing, since faults like to hide where one deletes and the other inserts."""

KEYS: Final = "abz\n😀\u0301"

PLACES: Final = 16  # of which an edit takes one, modulo those that the document has
DELETED: Final = 4  # lengths of a delete, from 0 on
MOST_EDITS: Final = 3  # in one operation: with more of them nothing new was seen

_SIDES: Final[tuple[Side, ...]] = ("left", "right")


@attrs.frozen
class _Plan:
    """What happens at every place of a document."""

    inserts: tuple[str, ...]
    """What comes before each character, and at the end."""
    deletes: tuple[bool, ...]
    """Which characters go."""
    spelled: bool
    """Whether a delete says the text that it takes, not only how much."""


def text_documents(max_size: int = 8) -> st.SearchStrategy[str]:
    """Return a strategy of texts, counted in code points."""
    return st.lists(st.sampled_from(ALPHABET), max_size=max_size).map("".join)


def text_operations(document: str) -> st.SearchStrategy[Made]:
    """Return a strategy of operations on `document`, in normal form."""
    return _EDITS.map(lambda edits: _made(document, _plan(len(document), *edits)))


_EDITS: Final = st.tuples(
    st.lists(st.integers(0, PLACES * DELETED * len(INSERTED) - 1), min_size=1, max_size=MOST_EDITS),
    st.booleans(),
)
"""An edit is one number and the strategy one for all documents: Hypothesis spends most of the time of a law
on drawing and on new strategies. Smaller numbers do less, so that failures shrink; 0 does nothing. Of lists
that may be empty Hypothesis makes half so, and a pair of which one does nothing proves little."""


def _plan(length: int, edits: Sequence[int], spelled: bool) -> _Plan:
    inserts, deletes = [""] * (length + 1), [False] * length
    for edit in edits:
        what, place = divmod(edit, PLACES)
        inserted, deleted = divmod(what, DELETED)
        place %= length + 1
        inserts[place] += INSERTED[inserted]
        for gone in range(place, min(place + deleted, length)):
            deletes[gone] = True
    return _Plan(tuple(inserts), tuple(deletes), spelled)


def text_runs(document: str) -> st.SearchStrategy[Runs]:
    """Return a strategy of runs of two to four keys each, typed at one place of `document`."""
    keys = st.lists(st.sampled_from(KEYS), min_size=2, max_size=4)
    return st.builds(_runs, st.just(document), st.integers(0, len(document)), keys, keys)


def _runs(document: str, place: int, first: Sequence[str], second: Sequence[str]) -> Runs:
    before, after = document[:place], document[place:]
    ours, theirs = "".join(first), "".join(second)
    wholes = (before + ours + theirs + after, before + theirs + ours + after)
    return Runs(document, _typed(place, first), _typed(place, second), wholes)


def _typed(place: int, keys: Sequence[str]) -> tuple[Operation, ...]:
    return tuple([at, key] if at else [key] for at, key in enumerate(keys, place))


def every_text_operation(document: str, inserted: Sequence[str]) -> Iterator[Made]:
    """Yield every operation on `document` that inserts nothing or one of `inserted` at each place.

    Deletes come in both forms. There are `(len(inserted) + 1) ** (n + 1) * 2 ** n` of each form for a
    document of n code points.
    """
    length = len(document)
    for inserts in itertools.product(("", *inserted), repeat=length + 1):
        for deletes in itertools.product((False, True), repeat=length):
            yield _made(document, _Plan(inserts, deletes, spelled=False))
            if any(deletes):
                yield _made(document, _Plan(inserts, deletes, spelled=True))


def _made(document: str, plan: _Plan) -> Made:
    kept = [("" if gone else char) for char, gone in zip(document, plan.deletes, strict=True)]
    after = "".join(insert + char for insert, char in zip(plan.inserts, [*kept, ""], strict=True))
    return Made(_operation(document, plan), after, tuple(_moves(kept, plan.inserts)))


def _operation(document: str, plan: _Plan) -> Operation:
    """Write a plan as an operation: runs of one kind become one component."""
    steps: list[tuple[str, str]] = []
    for insert, char, gone in zip(plan.inserts, [*document, ""], [*plan.deletes, False], strict=True):
        steps += [("insert", char) for char in insert]
        steps += [("delete" if gone else "skip", char)] if char else []
    runs = [
        (kind, "".join(char for _, char in run)) for kind, run in itertools.groupby(steps, lambda s: s[0])
    ]
    if runs and runs[-1][0] == "skip":
        runs.pop()
    return [_component(kind, run, plan.spelled) for kind, run in runs]


def _component(kind: str, run: str, spelled: bool) -> Operation:
    if kind == "delete":
        return {"d": run if spelled else len(run)}
    return run if kind == "insert" else len(run)


def _moves(kept: Sequence[str], inserts: Sequence[str]) -> Iterator[Move]:
    """Say where each position goes: count what stands before it afterwards."""
    for position in range(len(kept) + 1):
        stays = sum(map(len, kept[:position])) + sum(map(len, inserts[:position]))
        for side in _SIDES:
            yield Move(position, side, stays + (len(inserts[position]) if side == "right" else 0))
