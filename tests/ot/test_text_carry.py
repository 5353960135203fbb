"""Carrying text operations over runs: the written-out cases do what the plain type does step by step."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot import Side
from ot.testing import Made, every_text_operation, text_documents, text_operations
from ot.text import Text
from tests.ot.plain_text import steps_of, transformed
from tests.ot.vectors import cases

text: Final = Text()
SIDES: Final[tuple[Side, ...]] = ("left", "right")


def is_keystroke(op: list[Any]) -> bool:
    return len(op) == 1 or (len(op) == 2 and isinstance(op[0], int))


@st.composite
def runs(draw: st.DrawFn) -> tuple[Made, list[Made], str]:
    """Return an operation, a run of others from the same document on, and that document."""
    document = after = draw(text_documents(max_size=12))
    op = draw(text_operations(document))
    run = []
    for _ in range(draw(st.integers(0, 6))):
        run.append(draw(text_operations(after)))
        after = run[-1].after
    return op, run, document


@given(case=runs(), side=st.sampled_from(SIDES))
def test_carrying_over_a_run_is_the_plain_transform_step_by_step(
    case: tuple[Made, list[Made], str], side: Side
) -> None:
    made, run, document = case
    carried = made.op
    for other in run:
        steps = transformed(carried, other.op, side, len(document))
        carried = text.carry(carried, [other.op], side)
        assert steps_of(carried) == steps
        document = other.after
    assert text.carry(made.op, [other.op for other in run], side) == carried
    text.check(carried)


def test_every_keystroke_over_everything_is_the_plain_transform() -> None:
    document, pairs = "abc", 0
    operations = [made.op for made in every_text_operation(document, ["xy"])]
    for op in filter(is_keystroke, operations):
        for other in operations:
            for side in SIDES:
                got = text.transform(op, other, side)
                assert steps_of(got) == transformed(op, other, side, len(document)), (op, other, side)
                pairs += 1
    assert pairs > 5_000


def test_two_that_cross_are_what_each_is_after_the_other() -> None:
    document, pairs = "abc", 0
    operations = [made.op for made in every_text_operation(document, ["xy"])]
    for own in operations:
        for theirs in operations:
            own_after, theirs_after = text.cross(own, theirs)
            assert steps_of(own_after) == transformed(own, theirs, "left", len(document)), (own, theirs)
            assert steps_of(theirs_after) == transformed(theirs, own, "right", len(document)), (own, theirs)
            pairs += 1
    assert pairs > 8_000


def test_every_vector_is_the_plain_transform() -> None:
    for case in cases("text"):
        for side in SIDES:
            steps = transformed(case["a"], case["b"], side, len(case["doc"]))
            assert steps_of(text.transform(case["a"], case["b"], side)) == steps


@pytest.mark.parametrize(
    ("op", "run", "side", "carried"),
    [
        ([1, "x"], [[1, "y"]], "left", [1, "x"]),
        ([1, "x"], [[1, "y"]], "right", [2, "x"]),
        ([2, "x"], [[{"d": 1}], [{"d": 1}], ["y"]], "left", ["x"]),
        ([2, "x"], [[{"d": 1}], [{"d": 1}], ["y"]], "right", [1, "x"]),
        ([1, "x"], [[{"d": 2}, "y"]], "right", ["x"]),
        ([1, "x"], [[1, {"d": 1}], [2, {"d": 1}]], "right", [1, "x"]),
        ([1, {"d": 1}], [[2, {"d": 1}], [5, {"d": "g"}]], "left", [1, {"d": 1}]),
        ([4, "x"], [[1, {"d": 1}], [2, {"d": "d"}]], "left", [2, "x"]),
        ([1, {"d": 2}], [[2, "y"]], "left", [1, {"d": 1}, 1, {"d": 1}]),
        ([1, {"d": "bc"}], [[2, "y"], [1, {"d": 1}]], "left", [2, {"d": "c"}]),
        ([1, {"d": 2}], [[1, {"d": 2}], ["y"]], "left", []),
        ([4, {"d": 2}], [[1, {"d": 1}], [2, {"d": "d"}]], "left", [2, {"d": 2}]),
        ([1, {"d": 2}], [[2, {"d": 5}], ["yy"]], "left", [3, {"d": 1}]),
        ([{"d": 2}], [["y"], [], [3, "z"]], "right", [1, {"d": 2}]),
        ([], [["y"]], "left", []),
    ],
)
def test_a_keystroke_is_carried(op: Any, run: Any, side: Side, carried: Any) -> None:
    assert text.carry(op, run, side) == carried
    assert text.carry(op, iter(run), side) == carried


@pytest.mark.parametrize(
    ("position", "op", "left", "right"),
    [
        (0, ["x"], 0, 1),
        (1, ["x"], 2, 2),
        (1, [{"d": 2}, "x"], 0, 0),
        (2, [{"d": 2}, "x"], 0, 1),
        (0, [{"d": 2}, "x"], 0, 0),
        (1, ["x", {"d": 1}, "yy"], 1, 3),
        (5, [2, {"d": 1}], 4, 4),
    ],
)
def test_a_position_moves(position: int, op: Any, left: int, right: int) -> None:
    assert text.transform_position(position, op) == left
    assert text.transform_position(position, op, "left") == left
    assert text.transform_position(position, op, "right") == right


@pytest.mark.parametrize(
    ("op", "size", "parts"),
    [
        ([], 3, [[]]),
        ([2, "abcd"], 4, [[2, "abcd"]]),
        ([2, "abcde"], 2, [[2, "ab"], [4, "cd"], [6, "e"]]),
        ([{"d": 500}, "ab"], 1, [[{"d": 500}, "a"], [1, "b"]]),
        ([{"d": "abc"}, "x"], 2, [[{"d": "ab"}], [{"d": "c"}, "x"]]),
        (["x", 1, "y", 1, {"d": 1}], 1, [["x"], [2, "y"], [4, {"d": 1}]]),
    ],
)
def test_a_split_goes_from_front_to_back(op: Any, size: int, parts: Any) -> None:
    assert text.split(op, size) == parts


def test_what_others_type_at_the_place_of_a_split_insert_never_lands_in_its_middle() -> None:
    first, second = text.split([1, "abcd"], 2)
    document = text.apply("()", first)
    theirs = text.transform([1, "!"], first, "left")  # typed before the first part came, landing after it
    document = text.apply(text.apply(document, theirs), text.transform(second, theirs, "left"))
    assert document == "(!abcd)"
