"""Composing text operations: two do what the plain walk does, many what they do one after the other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ot.testing import Made, text_documents, text_operations
from ot.text import Text
from ot.text.composing import composed as walk
from tests.ot.plain_text import composed, steps_of
from tests.ot.vectors import cases

text: Final = Text()


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[Made]]:
    """Return a document and operations made one after the other, some of them typing on or taking back."""
    document = after = draw(text_documents(max_size=12))
    run: list[Made] = []
    for _ in range(draw(st.integers(1, 12))):
        run.append(draw(st.one_of(text_operations(after), keystrokes(after))))
        after = run[-1].after
    return document, run


def keystrokes(document: str) -> st.SearchStrategy[Made]:
    """Return a strategy of one insert or one delete, counted or said, mostly near the middle."""
    places = st.integers(0, len(document)) | st.just(len(document) // 2)
    return st.builds(_keystroke, st.just(document), places, st.sampled_from("xyz"), st.integers(-2, 3))


def _keystroke(document: str, place: int, char: str, deleted: int) -> Made:
    gone = document[place : place + abs(deleted)]
    skip = [place] if place else []
    if not gone:
        return Made([*skip, char], document[:place] + char + document[place:], ())
    after = document[:place] + document[place + len(gone) :]
    return Made([*skip, {"d": gone if deleted < 0 else len(gone)}], after, ())


def one_by_one(ops: list[Any], document: str) -> str:
    """Return a document after operations, each applied to what the one before left."""
    for op in ops:
        document = text.apply(document, op)
    return document


@given(history=histories())
def test_two_compose_to_what_the_plain_walk_gives(history: tuple[str, list[Made]]) -> None:
    document, run = history
    for op, later in pairwise(run):
        got = text.compose(op.op, later.op)
        assert steps_of(got) == composed(op.op, later.op, len(document))
        text.check(got)
        document = op.after


def test_every_vector_is_the_plain_composition() -> None:
    for case in cases("text"):
        assert steps_of(text.compose(case["a"], case["c"])) == composed(
            case["a"], case["c"], len(case["doc"])
        )


@given(history=histories())
@example(history=("abc", [Made(["x"], "xabc", ()), Made([{"d": 2}], "bc", ()), Made(["y"], "ybc", ())]))
def test_many_compose_to_one_that_does_what_they_do(history: tuple[str, list[Made]]) -> None:
    document, run = history
    whole = text.compose_all([made.op for made in run])
    assert text.apply(document, whole) == run[-1].after
    text.check(whole)


@given(history=histories())
def test_deletes_that_say_their_text_still_say_it_when_all_of_them_do(
    history: tuple[str, list[Made]],
) -> None:
    document, run = history
    before, said = document, []
    for made in run:
        said.append(text.with_deleted_text(made.op, before))
        before = made.after
    whole = text.compose_all(said)
    assert whole == text.with_deleted_text(whole, document)
    assert text.apply(before, text.invert(whole, document)) == document


def test_longer_operations_between_keystrokes_are_composed_as_they_are() -> None:
    long_one = ["a", 1, "b", 1, "c", 1, "d"]
    run = [["0123"], [4, "4"], long_one, [1, {"d": 1}], [1, "!"]]
    assert text.apply("", text.compose_all(run)) == "a!b1c2d34"


def test_typing_and_taking_back_in_one_place_composes_to_one_insert() -> None:
    run: list[Any] = [[2, "a"]]
    for count in range(1, 500):
        run += [[2 + count, "xy"], [3 + count, {"d": 1}]]
    assert text.compose_all(run) == [2, "a" + "x" * 499]


def test_a_long_text_is_edited_like_a_short_one() -> None:
    pasted = "0123456789" * 200
    run: list[Any] = [[2, pasted], [2_002, "!"], [2_002, {"d": 1}], [1_000, "?"], [1, {"d": 2}]]
    run += [[500, {"d": 1_600}], [499, "."], [1, {"d": 1}]]
    document, whole = "-" * 200, text.compose_all(run)
    assert text.apply(document, whole) == one_by_one(run, document)
    text.check(whole)


@given(
    run=st.lists(st.tuples(st.integers(-3, 3), st.sampled_from(["a", "bc", 1, 2, 3])), max_size=30),
    pasted=st.sampled_from([0, 1_002]),
)
def test_a_cursor_that_hardly_moves_does_what_its_edits_do_one_by_one(
    run: list[tuple[int, str | int]], pasted: int
) -> None:
    document, place, ops = "0123456789" * 10, 50, list[Any]()
    after = document
    if pasted:
        ops.append([place, "z" * pasted])
        after = text.apply(after, ops[-1])
    for move, edit in run:
        place = min(max(place + move, 1), len(after) - 3)
        ops.append([place, {"d": edit} if isinstance(edit, int) else edit])
        place += 0 if isinstance(edit, int) else len(edit)
        after = text.apply(after, ops[-1])
    whole = text.compose_all(ops)
    assert text.apply(document, whole) == after
    text.check(whole)


def test_a_delete_reaches_past_what_is_behind_the_cursor() -> None:
    assert text.compose_all([[5, "bc"], [6, "a"], [7, {"d": 3}]]) == [5, "ba", {"d": 2}]


def test_what_is_typed_and_taken_back_again_leaves_nothing() -> None:
    assert text.compose_all([[3, "ab"], [4, {"d": 1}], [3, {"d": 1}]]) == []
    assert text.compose_all([[3, "a"], [50, "b"], [3, {"d": 1}], [49, {"d": 1}]]) == []


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many components each composition of two has been given."""
    sizes: list[int] = []

    def counting(op: list[Any], later: list[Any]) -> list[Any]:
        sizes.append(len(op) + len(later))
        return walk(op, later)

    monkeypatch.setattr("ot.text.runs.composed", counting)
    return sizes


@pytest.mark.plain
def test_scattered_edits_are_walked_over_a_logarithmic_number_of_times(walked: list[int]) -> None:
    count = 1024
    run = [[1 + 7 * place % 5000, "x"] for place in range(0, 3 * count, 3)]
    text.compose_all(run)
    assert sum(walked) <= 2 * count * 10


@pytest.mark.plain
def test_a_long_run_of_typing_is_hardly_walked_at_all(walked: list[int]) -> None:
    text.compose_all([[1 + place, "x"] for place in range(20_000)])
    assert len(walked) < 30
