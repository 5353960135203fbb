"""What `split` of json1 makes of long operations."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest

from ot.json1 import Json1
from ot.testing import same_json
from ot.testing.json1 import NUMBERS, made
from tests.ot.test_json1_vectors import LINES, document, without_removed

json1: Final = Json1()


def composed(parts: list[Any]) -> Any:
    op = parts[0]
    for part in parts[1:]:
        op = json1.compose(op, part)
    return op


@pytest.mark.parametrize("size", [1, 3, 10])
def test_the_parts_of_every_vector_lead_where_the_whole_leads_and_compose_to_it(size: int) -> None:
    for case in LINES[::3]:
        after = document(case, "doc")
        parts = json1.split(case["a"], size)
        for part in parts:
            json1.check(part)
            after = json1.apply(after, part)
        assert same_json(after, document(case, "after_a")), case["id"]
        assert same_json(without_removed(composed(parts)), without_removed(case["a"])), case["id"]


def test_parts_are_not_much_longer_than_they_may_be() -> None:
    op = [
        ["log", *([index, {"i": f"line {index}"}] for index in range(200))],
        ["text", {"es": ["a" * 1000]}],
    ]
    before = {"log": [], "text": ""}
    parts = json1.split(op, 100)
    assert max(len(str(part)) for part in parts) < 400
    assert len(parts) > 25
    assert composed(parts) == op
    removes = ["log", *([index, {"r": True}] for index in range(200))]
    after = json1.apply(before, op)
    parts = json1.split(removes, 10)
    assert len(parts) == 20
    assert composed(parts) == removes
    for part in parts:
        after = json1.apply(after, part)
    assert after["log"] == []


def test_operations_with_many_moves_are_cut_where_nothing_moves() -> None:
    rng = random.Random(3)
    for _ in range(150):
        one = made({"x": ["p", {}], "": "abc"}, [rng.randrange(NUMBERS) for _ in range(8)])
        for size in (1, 4):
            parts = json1.split(one.op, size)
            assert same_json(composed(parts), one.op), one.op


def test_what_does_nothing_is_one_part() -> None:
    assert json1.split(None, 10) == [None]
