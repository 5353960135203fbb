"""A list of splices does what its edits do one by one, wherever they land; the oracle slices a `str`."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot.text import Text, scattered
from ot.text.scattered import BLOCK, LONGEST, Scattered

text = Text()

Replaced = tuple[float, int, str]
"""How far into the document as it is, how much of it goes, and what comes instead."""

DOCUMENT: Final = "0123456789" * 12

edits: Final = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(["", "", "a", "bc", "déf", "😀"])),
    max_size=80,
)


def done(document: str, run: list[Replaced]) -> list[tuple[str, str]]:
    """Put edits in one after the other; return what each composition is made on, and what its edits lead to.

    A composition that does not take an edit is followed by another one. Its own operation has to lead to the
    same.
    """
    made_on, after, composition = document, document, Scattered()
    found: list[tuple[str, str]] = []
    for share, gone, put_in in run:
        place = int(share * len(after))
        gone = min(gone, len(after) - place)
        if not (gone or put_in):
            continue
        if composition.full or not composition.put(place, gone, put_in):
            found.append((applied(composition, made_on), after))
            made_on, composition = after, Scattered()
            assert composition.put(place, gone, put_in), "a new one takes everything"
        after = after[:place] + put_in + after[place + gone :]
    return [*found, (applied(composition, made_on), after)]


def applied(composition: Scattered, document: str) -> str:
    op = composition.operation()
    text.check(op)
    found = text.apply(document, op)
    assert isinstance(found, str)
    return found


@given(run=edits)
def test_edits_anywhere_do_what_they_do_one_by_one(run: list[Replaced]) -> None:
    parts = done(DOCUMENT, run)
    assert [got for got, _ in parts] == [wanted for _, wanted in parts]
    assert len(parts) == 1, "one block takes everything"


@pytest.mark.plain
@given(run=edits, size=st.integers(1, 4))
def test_blocks_of_any_size_do_the_same(run: list[Replaced], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scattered, "BLOCK", size)
        parts = done(DOCUMENT, run)
    assert [got for got, _ in parts] == [wanted for _, wanted in parts]


def test_an_edit_that_reaches_into_the_next_block_is_refused_and_changes_nothing() -> None:
    composition = Scattered()
    for number in range(BLOCK + 1):
        assert composition.put(2 * number, 0, "x")
    before = composition.operation()
    border = BLOCK // 2 * 2
    assert not composition.put(border - 1, 1, "")
    assert composition.operation() == before == ["x", *[1, "x"] * BLOCK]
    assert composition.put(border - 2, 1, "")
    assert composition.put(border - 1, 1, ""), "the block behind it has moved"


def test_a_long_text_is_put_in_and_not_edited() -> None:
    composition = Scattered()
    assert composition.put(1, 0, "a" * (LONGEST + 1))
    before = composition.operation()
    assert not composition.put(7, 0, "b")
    assert composition.operation() == before
    assert composition.put(LONGEST + 3, 0, "b"), "away from it"


def test_many_edits_that_undo_each_other_compose_to_nothing() -> None:
    kept = [[place, "k"] for place in (90, 80, 70, 60)]
    places = range(5, 50, 5)
    typed = [[place, "x"] for place in places]
    taken_back = [[place, {"d": 1}] for place in reversed(places)]
    longer = ["a", 1, "b", 1, "c", 1, "d"]
    assert text.compose_all(typed + taken_back) == []
    assert text.compose_all([*kept, *typed, *taken_back, longer]) == text.compose_all([*kept, longer])


def test_what_is_put_in_and_taken_out_again_leaves_nothing() -> None:
    composition = Scattered()
    for edit in ((3, 0, "ab"), (9, 0, "c"), (4, 1, ""), (3, 1, ""), (7, 1, "")):
        assert composition.put(*edit)
    assert composition.operation() == []
