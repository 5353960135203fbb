"""The `text` type does what ot-text-unicode does, line by line and field by field."""

from __future__ import annotations

from typing import Any, Final

from ot.testing import same_json
from ot.text import Text
from tests.ot.vectors import cases

LINES: Final = cases("text")
text: Final = Text()


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """Return every field of a line that a function of the type gives."""
    doc, a, b, c = (case[field] for field in ("doc", "a", "b", "c"))
    invertible = {"a_invertible": text.with_deleted_text(a, doc)} if "a_invertible" in case else {}
    after_a, after_b = text.apply(doc, a), text.apply(doc, b)
    return {
        "after_a": after_a,
        "after_b": after_b,
        "after_c": text.apply(after_a, c),
        "a_left": text.transform(a, b, "left"),
        "a_right": text.transform(a, b, "right"),
        "b_left": text.transform(b, a, "left"),
        "b_right": text.transform(b, a, "right"),
        "a_c": text.compose(a, c),
        "inv_a": text.invert(a, doc),
        **invertible,
    }


def disagreements(case: dict[str, Any], fields: dict[str, Any]) -> list[str]:
    """Return the fields that a line has otherwise."""
    return [
        f"line {case['id']}, {field}: {value!r}, not {case[field]!r}"
        for field, value in fields.items()
        if not same_json(value, case[field])
    ]


def test_there_are_as_many_lines_as_their_readme_says() -> None:
    assert [case["id"] for case in LINES] == list(range(8047))
    assert sum("name" in case for case in LINES) == 47
    assert sum("a_invertible" in case for case in LINES) == 3047
    fields = {"cursors", "merged", "merged_swap"} | set(computed(LINES[-1]))
    assert [case["id"] for case in LINES if not fields <= set(case)] == []


def test_every_function_agrees() -> None:
    assert [fault for case in LINES for fault in disagreements(case, computed(case))] == []


def test_both_orders_end_in_the_merged_document() -> None:
    faults = []
    for case in LINES:
        for field, a_side, b_side in (("merged", "a_left", "b_right"), ("merged_swap", "a_right", "b_left")):
            a_first = text.apply(case["after_a"], case[b_side])
            b_first = text.apply(case["after_b"], case[a_side])
            faults += disagreements(case, {field: a_first}) + disagreements(case, {field: b_first})
    assert faults == []


def test_every_position_moves_as_it_should() -> None:
    cursors = [(case, cursor) for case in LINES for cursor in case["cursors"]]
    moved = [
        (case["id"], key, position, text.transform_position(position, case[key]), expected)
        for case, (position, key, _, expected) in cursors
    ]
    assert len(moved) > 50_000
    assert [line for line in moved if line[-1] != line[-2]] == []


def test_every_operation_is_accepted_as_normal() -> None:
    for case in LINES:
        for field in case.keys() & {"a", "b", "c", "a_left", "b_right", "a_c", "a_invertible", "inv_a"}:
            text.check(case[field])
            assert text.normalize(case[field]) == case[field]


def test_a_difference_leads_from_each_text_to_another() -> None:
    for case in LINES[::4]:
        for before, after in ((case["doc"], case["after_c"]), (case["after_a"], case["after_b"])):
            difference = text.diff(before, after)
            text.check(difference)
            assert text.apply(before, difference) == after, (before, difference)
