"""The `rich-text` type does what Quill's Delta does, line by line and field by field."""

from __future__ import annotations

from typing import Any, Final

from ot import Side
from ot.rich_text import RichText
from ot.testing import same_json
from tests.ot.vectors import cases

LINES: Final = cases("rich-text")
rich_text: Final = RichText()


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """Return every field of a line that a function of the type gives."""
    doc, a, b, c = (case[field] for field in ("doc", "a", "b", "c"))
    after_a, after_b = rich_text.apply(doc, a), rich_text.apply(doc, b)
    return {
        "after_a": after_a,
        "after_b": after_b,
        "after_c": rich_text.apply(after_a, c),
        "a_left": rich_text.transform(a, b, "left"),
        "a_right": rich_text.transform(a, b, "right"),
        "b_left": rich_text.transform(b, a, "left"),
        "b_right": rich_text.transform(b, a, "right"),
        "a_c": rich_text.compose(a, c),
        "inv_a": rich_text.invert(a, doc),
    }


def disagreements(case: dict[str, Any], fields: dict[str, Any]) -> list[str]:
    """Return the fields that a line has otherwise."""
    return [
        f"line {case['id']}, {field}: {value!r}, not {case[field]!r}"
        for field, value in fields.items()
        if not same_json(value, case[field])
    ]


def test_there_are_as_many_lines_as_their_readme_says() -> None:
    assert [case["id"] for case in LINES] == list(range(5555))
    assert sum("name" in case for case in LINES) == 55
    fields = {"cursors", "merged", "merged_swap"} | set(computed(LINES[-1]))
    assert [case["id"] for case in LINES if not fields <= set(case)] == []


def test_every_function_agrees() -> None:
    assert [fault for case in LINES for fault in disagreements(case, computed(case))] == []


def test_both_orders_end_in_the_merged_document() -> None:
    faults = []
    for case in LINES:
        for field, a_side, b_side in (("merged", "a_left", "b_right"), ("merged_swap", "a_right", "b_left")):
            a_first = rich_text.apply(case["after_a"], case[b_side])
            b_first = rich_text.apply(case["after_b"], case[a_side])
            faults += disagreements(case, {field: a_first}) + disagreements(case, {field: b_first})
    assert faults == []


def test_every_position_moves_as_it_should() -> None:
    cursors = [(case, cursor) for case in LINES for cursor in case["cursors"]]
    moved = [
        (case["id"], key, position, rich_text.transform_position(position, case[key], side_of(priority)))
        for case, (position, key, priority, _) in cursors
    ]
    assert len(moved) > 40_000
    wrong = [line for line, (_, cursor) in zip(moved, cursors, strict=True) if line[-1] != cursor[-1]]
    assert wrong == []


def side_of(priority: bool) -> Side:
    """Return the side of a position: with priority an insert at it does not move it."""
    return "left" if priority else "right"


def test_every_operation_is_accepted_as_normal() -> None:
    for case in LINES:
        for field in ("doc", "a", "b", "c", "a_left", "b_right", "a_c", "inv_a"):
            rich_text.check(case[field])
            assert same_json(rich_text.normalize(case[field]), case[field])


def test_a_difference_leads_from_each_document_to_another() -> None:
    for case in (line for line in LINES if "name" in line or line["id"] % 4 == 0):
        for before, after in ((case["doc"], case["after_c"]), (case["after_a"], case["after_b"])):
            difference = rich_text.diff(before, after)
            rich_text.check(difference)
            assert same_json(rich_text.apply(before, difference), after), (before, difference)
