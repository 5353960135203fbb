"""Carrying rich-text operations over runs: the written-out cases do what the plain type does step by step."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot import Side
from ot.rich_text import RichText
from ot.testing import Made, every_rich_text_operation, rich_text_documents, rich_text_operations
from ot.testing.rich_text import BOLD, cells_of, width
from tests.ot.plain_rich_text import steps_of, transformed
from tests.ot.vectors import cases

rich_text: Final = RichText()
SIDES: Final[tuple[Side, ...]] = ("left", "right")


def length(document: list[dict[str, Any]]) -> int:
    return sum(width(cell.content) for cell in cells_of(document))


@st.composite
def runs(draw: st.DrawFn) -> tuple[Made, list[Made], list[dict[str, Any]]]:
    """Return an operation, a run of others from the same document on, and that document."""
    document = after = draw(rich_text_documents(max_size=10))
    op = draw(rich_text_operations(document))
    run = []
    for _ in range(draw(st.integers(0, 6))):
        run.append(draw(rich_text_operations(after)))
        after = run[-1].after
    return op, run, document


@given(case=runs(), side=st.sampled_from(SIDES))
def test_carrying_over_a_run_is_the_plain_transform_step_by_step(
    case: tuple[Made, list[Made], list[dict[str, Any]]], side: Side
) -> None:
    made, run, document = case
    carried = made.op
    for other in run:
        steps = transformed(carried, other.op, side, length(document))
        carried = rich_text.carry(carried, [other.op], side)
        assert steps_of(carried) == steps
        document = other.after
    assert rich_text.carry(made.op, [other.op for other in run], side) == carried
    rich_text.check(carried)


def is_keystroke(op: list[Any]) -> bool:
    return len(op) == 1 or (len(op) == 2 and op[0].keys() == {"retain"})


def test_every_keystroke_over_everything_is_the_plain_transform() -> None:
    document, pairs = [{"insert": "a"}, {"insert": {"hr": 1}}, {"insert": "a", "attributes": BOLD}], 0
    operations = [made.op for made in every_rich_text_operation(document, [{"insert": "x😀"}], [BOLD])]
    for op in filter(is_keystroke, operations):
        for other in operations:
            for side in SIDES:
                got = rich_text.transform(op, other, side)
                assert steps_of(got) == transformed(op, other, side, 3), (op, other, side)
                pairs += 1
    assert pairs > 7_000


def test_every_vector_is_the_plain_transform() -> None:
    for case in cases("rich-text"):
        for side in SIDES:
            steps = transformed(case["a"], case["b"], side, length(case["doc"]))
            assert steps_of(rich_text.transform(case["a"], case["b"], side)) == steps


def insert(text: Any, at: int = 0) -> list[dict[str, Any]]:
    return [{"retain": at}, {"insert": text}] if at else [{"insert": text}]


def delete(size: int, at: int = 0) -> list[dict[str, Any]]:
    return [{"retain": at}, {"delete": size}] if at else [{"delete": size}]


@pytest.mark.parametrize(
    ("op", "run", "side", "carried"),
    [
        (insert("x", 1), [insert("y", 1)], "left", insert("x", 2)),
        (insert("x", 1), [insert("y", 1)], "right", insert("x", 1)),
        (insert("x", 1), [insert("😀", 0)], "right", insert("x", 3)),
        (insert("x", 1), [insert({"hr": 1}, 0)], "right", insert("x", 2)),
        (insert("x", 2), [delete(1), delete(1), insert("y")], "left", insert("x", 1)),
        (insert("x", 2), [delete(1), delete(1), insert("y")], "right", insert("x")),
        (insert({"hr": 1}, 1), [[{"insert": "y"}, {"delete": 2}]], "right", insert({"hr": 1}, 1)),
        (insert("x", 3), [[{"retain": 5, "attributes": BOLD}], delete(1)], "left", insert("x", 2)),
        (
            delete(2, 1),
            [insert("y", 2)],
            "left",
            [{"retain": 1}, {"delete": 1}, {"retain": 1}, {"delete": 1}],
        ),
        (delete(2, 1), [insert("y", 1), insert("z", 4)], "left", delete(2, 2)),
        (delete(2, 1), [delete(2, 1), insert("y")], "left", []),
        (delete(2, 1), [delete(5, 2), insert("yy")], "left", delete(1, 3)),
        (delete(2, 1), [[{"retain": 5, "attributes": BOLD}], delete(1)], "left", delete(2)),
        (delete(2), [insert("y"), [], insert("z", 3)], "right", delete(2, 1)),
        ([{"retain": 2, "attributes": BOLD}], [[{"retain": 1, "attributes": {"bold": None}}]], "right", None),
        (
            [{"retain": 2, "attributes": BOLD}],
            [[{"retain": 1, "attributes": {"bold": None}}]],
            "left",
            [{"retain": 1}, {"retain": 1, "attributes": BOLD}],
        ),
        ([], [insert("y")], "left", []),
    ],
)
def test_an_operation_is_carried(op: Any, run: Any, side: Side, carried: Any) -> None:
    expected = op if carried is None else carried
    assert rich_text.carry(op, run, side) == expected
    assert rich_text.carry(op, iter(run), side) == expected


@pytest.mark.parametrize(
    ("position", "op", "left", "right"),
    [
        (0, insert("x"), 0, 1),
        (1, insert("😀"), 3, 3),
        (1, [{"insert": {"hr": 1}}, {"delete": 2}], 1, 1),
        (0, [{"insert": "x"}, {"delete": 2}], 0, 1),
        (2, delete(2), 0, 0),
        (3, [{"retain": 2, "attributes": BOLD}, {"delete": 2}], 2, 2),
        (5, delete(1, 2), 4, 4),
    ],
)
def test_a_position_moves(position: int, op: Any, left: int, right: int) -> None:
    assert rich_text.transform_position(position, op) == left
    assert rich_text.transform_position(position, op, "left") == left
    assert rich_text.transform_position(position, op, "right") == right


@pytest.mark.parametrize(
    ("op", "size", "parts"),
    [
        ([], 3, [[]]),
        (insert("abcd", 2), 4, [insert("abcd", 2)]),
        (insert("abcde", 2), 2, [insert("ab", 2), insert("cd", 4), insert("e", 6)]),
        (insert("a😀b"), 2, [insert("a😀"), insert("b", 3)]),
        (
            [{"insert": "a"}, {"delete": 500}, {"retain": 1}, {"insert": "b"}],
            1,
            [insert("a"), delete(500, 1), insert("b", 2)],
        ),
        (
            [{"insert": "ab"}, {"delete": 500}, {"retain": 2}, {"retain": 3, "attributes": BOLD}],
            2,
            [
                insert("ab"),
                [{"retain": 2}, {"delete": 500}, {"retain": 2}, {"retain": 3, "attributes": BOLD}],
            ],
        ),
        (
            [{"insert": "ab", "attributes": BOLD}, {"insert": {"hr": 1}}, {"insert": {"hr": 1}}],
            2,
            [
                [{"insert": "ab", "attributes": BOLD}],
                [{"retain": 2}, {"insert": {"hr": 1}}, {"insert": {"hr": 1}}],
            ],
        ),
    ],
)
def test_a_split_goes_from_front_to_back(op: Any, size: int, parts: Any) -> None:
    assert rich_text.split(op, size) == parts
