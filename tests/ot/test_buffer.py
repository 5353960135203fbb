"""A buffer holds what was made, in parts within the limit, and does not look at all of it for every edit."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest

from ot import OperationSize
from ot.buffer import Buffer
from ot.operation_size import operation_size
from ot.text import Text

LIMIT: Final = OperationSize(components=40, bytes=400)


class Counting(Text):
    """Text that counts the components that composing is given."""

    def __init__(self) -> None:
        self.walked = 0

    def compose(self, op: Any, later: Any) -> Any:
        self.walked += len(op) + len(later)
        return super().compose(op, later)

    def compose_all(self, ops: Any) -> Any:
        self.walked += sum(map(len, ops))
        return super().compose_all(ops)


def edits(seed: int, count: int, length: int) -> list[Any]:
    """Return keystrokes, pastes and deletes at random places, often where the last one was."""
    rng, made, place = random.Random(seed), list[Any](), length // 2
    for _ in range(count):
        place = rng.randint(1, length - 9) if rng.random() < 0.3 else min(place, length - 9)
        kind = rng.random()
        inserted = "x" if kind < 0.6 else "y" * rng.randint(1, 900) if kind < 0.65 else ""
        made.append([place, inserted or {"d": rng.randint(1, 8)}])
        length += len(inserted) if inserted else -made[-1][1]["d"]
        place += len(inserted)
    return made


def applied(ops: Any, document: str) -> str:
    for op in ops:
        document = Text().apply(document, op)
    return document


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("asked", [False, True])
def test_the_parts_do_what_was_made_and_none_is_over_the_limit(seed: int, asked: bool) -> None:
    document = "-" * 4_000
    buffer = Buffer(Text())
    made = edits(seed, 300, len(document))
    for op in made:
        buffer.add(op, limit=LIMIT, join=True)
        assert not asked or all(operation_size(part).within(LIMIT) for part in buffer.ops)
    assert applied(buffer.ops, document) == applied(made, document)
    assert all(operation_size(part).within(LIMIT) for part in buffer.ops)


def test_parts_are_filled_before_another_one_is_begun() -> None:
    buffer = Buffer(Text())
    for place in range(2_000):
        buffer.add([place, "x"] if place else ["x"], limit=LIMIT, join=True)
    assert [operation_size(part).bytes > 390 for part in buffer.ops[:-1]] == [True] * 5
    assert len(buffer.ops) == 6


def test_what_may_not_be_joined_stays_by_itself() -> None:
    buffer = Buffer(Text(), [["a"]])
    buffer.add(["b"], limit=LIMIT, join=False)
    buffer.add(["c"], limit=LIMIT, join=True)
    assert buffer.ops == (["a"], ["cb"])


def test_an_empty_buffer_is_false_and_one_with_anything_in_it_is_true() -> None:
    buffer = Buffer(Text())
    assert not buffer
    buffer.add(["a"], limit=LIMIT, join=True)
    assert buffer


def test_a_long_day_offline_is_walked_over_a_few_times_in_all() -> None:
    counting = Counting()
    buffer, limit = Buffer(counting), OperationSize(components=10_000, bytes=128 * 1024)
    for count in range(20_000):
        buffer.add([1 + 7 * count % 50_000, "x"], limit=limit, join=True)
    assert len(buffer.ops) > 1
    assert counting.walked < 20_000 * 100
