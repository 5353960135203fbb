"""Both sides of a diamond by one walk are what two transforms make, each by a walk of its own."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ot
from ot.testing import text_documents, text_operations
from ot.text import Text
from ot.text.crossing import crossed
from ot.text.transforming import transformed

Pair: TypeAlias = tuple[ot.Operation, ot.Operation]

text = Text()


def pairs(document: str) -> st.SearchStrategy[tuple[str, Pair]]:
    op = text_operations(document).map(lambda made: made.op)
    return st.tuples(st.just(document), st.tuples(op, op))


@given(drawn=text_documents().flatmap(pairs))
@example(drawn=("", (["x"], ["x"])))
@example(drawn=("k", ([1, "z"], [{"d": 1}, "x"])))
@example(drawn=("abcd", ([1, {"d": 2}], [2, {"d": 2}, "y"])))
def test_one_walk_makes_what_two_transforms_make(drawn: tuple[str, Pair]) -> None:
    _, (own, other) = drawn
    both = transformed(own, other, "left"), transformed(other, own, "right")
    assert text.cross(own, other) == both
    assert crossed(own, other) in (both, None), "None where a delete says its text"


@given(drawn=text_documents().flatmap(pairs))
def test_deletes_that_say_their_text_go_the_long_way_and_say_it_still(drawn: tuple[str, Pair]) -> None:
    document, (own, other) = drawn
    own, other = text.with_deleted_text(own, document), text.with_deleted_text(other, document)
    after_own, after_other = text.cross(own, other)
    assert after_own == text.with_deleted_text(after_own, text.apply(document, other))
    assert after_other == text.with_deleted_text(after_other, text.apply(document, own))


@pytest.mark.parametrize(
    ("own", "other", "after_own", "after_other"),
    [
        (["x"], ["y"], ["x"], [1, "y"]),
        ([{"d": 2}], ["y"], [1, {"d": 2}], ["y"]),
        ([1, {"d": 2}], [2, "y"], [1, {"d": 1}, 1, {"d": 1}], [1, "y"]),
        ([{"d": 3}, "x"], [1, {"d": 3}], [{"d": 1}, "x"], [1, {"d": 1}]),
        ([2, "x", {"d": 1}, "z"], [{"d": 5}], ["xz"], [{"d": 2}, 2, {"d": 2}]),
        ([{"d": 1}, 2, "x"], [2, {"d": 1}, "y"], [{"d": 1}, 1, "x"], [1, {"d": 1}, 1, "y"]),
        ([{"d": 1}], [{"d": 1}, 1, "y"], [], [1, "y"]),
        ([{"d": 1}, 1, "x"], [3, "y"], [{"d": 1}, 1, "x"], [3, "y"]),
        (["x", {"d": 1}], ["y"], ["x", 1, {"d": 1}], [1, "y"]),
        ([1, "x", 1, "z"], [{"d": 1}, 1, "y"], ["x", 1, "z"], [{"d": 1}, 3, "y"]),
        ([{"d": 1}, "x"], [1, {"d": 1}, "y"], [{"d": 1}, "x"], [1, {"d": 1}, "y"]),
        (["x"], [{"d": 1}], ["x"], [1, {"d": 1}]),
        (["x"], [{"d": "a"}], ["x"], [1, {"d": "a"}]),
        ([], [4, "y"], [], [4, "y"]),
    ],
)
def test_two_operations_after_each_other(
    own: ot.Operation, other: ot.Operation, after_own: ot.Operation, after_other: ot.Operation
) -> None:
    assert crossed(own, other) == (after_own, after_other)
