"""Long lists of components that meet: what comes out is what the plain way gives, in far fewer steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ot import InvalidOperation, Operation
from ot.json0 import Json0, meeting, rows
from ot.json0.components import Component, components_of, written
from ot.json0.meeting import both_transformed
from ot.json0.rows import Rules
from ot.testing import json0 as generator
from tests.ot import plain_meeting

json0: Final = Json0()
RULES: Final = json0._rules

LETTERS: Final = "abcdefgh😀ij" * 3
DOCUMENT: Final = {"x": ["abc", [1, 2], {"x": "typed"}], "": {"x": {"x": [3, 4]}}, "toString": 1}

STEPS: Final = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.booleans()), min_size=1, max_size=25
)


@pytest.fixture(autouse=True)
def short_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a few components, so that short lists have several."""
    monkeypatch.setattr(rows, "LEAST_ROW", 2)
    monkeypatch.setattr(meeting, "LEAST_ROW", 2)


def in_a_string(steps: list[tuple[int, int, bool]]) -> Operation:
    """Return edits of a string, most of them from front to back."""
    text, place, op = LETTERS, 0, []
    for gap, length, jumps in steps:
        place = (0 if jumps and gap == 0 else place) + gap
        place %= len(text) + 1
        offset = len(text[:place].encode("utf-16-le")) // 2
        gone = text[place : place + length]
        if jumps and gone:
            op.append({"p": ["t", offset], "sd": gone})
            text = text[:place] + text[place + len(gone) :]
        else:
            put = "xyzXYZ"[: length + 1]
            op.append({"p": ["t", offset], "si": put})
            text = text[:place] + put + text[place:]
            place += len(put) if jumps else 0
    return op


def in_a_list(steps: list[tuple[int, int, bool]]) -> Operation:
    """Return changes of a list and of what is in it, most of them from front to back."""
    items: list[Any] = list(range(30))
    place, op = 0, []
    for gap, kind, jumps in steps:
        place = (0 if jumps and gap == 0 else place) + gap
        place %= len(items)
        path = ["l", place]
        if kind == 0 and jumps:
            to = gap % len(items)
            op.append({"p": path, "lm": to})
            items.insert(to, items.pop(place))
        elif kind == 1 and type(items[place]) is int:
            op.append({"p": path, "na": 1})
            items[place] += 1
        elif kind == 2:
            op.append({"p": path, "ld": items[place], "li": "new"})
            items[place] = "new"
        elif kind == 3 and len(items) > 1:
            op.append({"p": path, "ld": items.pop(place)})
        else:
            op.append({"p": path, "li": jumps})
            items.insert(place, jumps)
    return op


def anywhere(steps: list[tuple[int, int, bool]]) -> Operation:
    numbers = [(gap * 6 + kind) * 7919 + 13 * jumps for gap, kind, jumps in steps[:8]]
    return generator.made(DOCUMENT, numbers).op


def outcome(way: Callable[..., Any], left: Operation, right: Operation) -> Any:
    try:
        both = way(components_of(left), components_of(right), RULES)
    except InvalidOperation as refusal:
        return refusal.reason
    return [[written(component) for component in one] for one in both]


@pytest.mark.parametrize("kind", [in_a_string, in_a_list, anywhere])
def test_what_comes_out_is_what_everyone_gives_who_meets_everyone(
    kind: Callable[[list[tuple[int, int, bool]]], Operation],
) -> None:
    @settings(deadline=None, max_examples=300)
    @given(STEPS, STEPS)
    def run(first: list[tuple[int, int, bool]], second: list[tuple[int, int, bool]]) -> None:
        left, right = kind(first), kind(second)
        expected = outcome(plain_meeting.both_transformed, left, right)
        assert outcome(both_transformed, left, right) == expected
        assert [json0.transform(left, right, "left"), json0.transform(right, left, "right")] == expected

    run()


ALIKE: Final[dict[str, Callable[[int], tuple[Operation, Operation]]]] = {
    "members of one object": lambda count: (
        [{"p": [f"a{n}"], "oi": 1} for n in range(count)],
        [{"p": [f"b{n}"], "oi": 1} for n in range(count)],
    ),
    "fields of the items of a list": lambda count: (
        [{"p": [n, "a"], "oi": 1} for n in range(count)],
        [{"p": [n, "b"], "na": 1} for n in range(count)],
    ),
    "items at the front of a list": lambda count: (
        [{"p": [0], "li": 1}] * count,
        [{"p": [0], "li": 2}] * count,
    ),
    "items all along a list": lambda count: (
        [{"p": [2 * n], "li": 1} for n in range(count)],
        [{"p": [n], "ld": 1} for n in range(count)],
    ),
    "characters all along a string": lambda count: (
        [{"p": ["t", 3 * n], "si": "x"} for n in range(count)],
        [{"p": ["t", 2 * n], "sd": "y"} for n in range(count)],
    ),
    "characters at its end": lambda count: (
        [{"p": ["t", 2 * n], "si": "x"} for n in range(count)],
        [{"p": ["t", 3 * count], "si": "y"}] * count,
    ),
}


def steps_of(left: Operation, right: Operation) -> int:
    """Return how often components meet, are joined, or are looked at, one by one or in a row."""
    steps = 0

    def counted(function: Callable[..., Any], looked_at: Callable[[Any], int]) -> Callable[..., Any]:
        def counting(*arguments: Any) -> Any:
            nonlocal steps
            steps += looked_at(arguments[0])
            return function(*arguments)

        return counting

    class Counted:
        def __init__(self, row: list[Component]) -> None:
            self.row = RULES.glance(row)

        def passed_by(self, component: Component, shift: int) -> tuple[Component, int] | None:
            nonlocal steps
            steps += 1
            return self.row.passed_by(component, shift)

    rules: Rules[Component] = Rules(
        counted(RULES.over, lambda _: 1),
        counted(RULES.together, lambda _: 1),
        counted(Counted, len),
        counted(RULES.shifted, lambda _: 1),
    )
    both_transformed(components_of(left), components_of(right), rules)
    return steps


@pytest.mark.parametrize("kind", ALIKE)
def test_four_times_as_many_components_take_far_less_than_sixteen_times_the_steps(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # rows as long as they are
    few, many = (steps_of(*ALIKE[kind](count)) for count in (600, 2_400))
    assert many < 10 * few, f"{few:,} steps for 600 components, {many:,} for 2,400"
