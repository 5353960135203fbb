"""The `json0` type does what ot-json0 does, line by line and field by field."""

from __future__ import annotations

from typing import Any, Final

import pytest

from ot.json0 import Json0
from ot.testing import same_json
from tests.ot.vectors import cases, reference_faults

LINES: Final = cases("json0")
json0: Final = Json0()


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """Return every field of a line that a function of the type gives, but for the composition."""
    doc, a, b, c = (case[field] for field in ("doc", "a", "b", "c"))
    after_a, after_b = json0.apply(doc, a), json0.apply(doc, b)
    return {
        "after_a": after_a,
        "after_b": after_b,
        "after_c": json0.apply(after_a, c),
        "a_left": json0.transform(a, b, "left"),
        "a_right": json0.transform(a, b, "right"),
        "b_left": json0.transform(b, a, "left"),
        "b_right": json0.transform(b, a, "right"),
        "a_c": json0.compose(a, c),
        "inv_a": json0.invert(a, doc),
    }


def disagreements(case: dict[str, Any], fields: dict[str, Any]) -> list[str]:
    """Return the fields that a line has otherwise."""
    return [
        f"line {case['id']}, {field}: {value!r}, not {case[field]!r}"
        for field, value in fields.items()
        if not same_json(value, case[field])
    ]


def test_there_are_as_many_lines_as_their_readme_says() -> None:
    assert len(LINES) == 3057
    assert sum("name" in case for case in LINES) == 57
    assert {"merged", "merged_swap"} | set(computed(LINES[0])) <= set(LINES[0])


def test_every_function_agrees() -> None:
    assert [fault for case in LINES for fault in disagreements(case, computed(case))] == []


def test_every_composition_and_inverse_does_what_it_should() -> None:
    faults = []
    for case in LINES:
        composed = json0.apply(case["doc"], json0.compose(case["a"], case["c"]))
        theirs = json0.apply(case["doc"], case["a_c"])
        faults += disagreements(case, {"after_c": composed}) + disagreements(case, {"after_c": theirs})
        faults += disagreements(case, {"doc": json0.apply(case["after_a"], case["inv_a"])})
    assert faults == []


def test_both_orders_end_in_the_merged_document() -> None:
    faults = []
    for case in LINES:
        for field, a_side, b_side in (("merged", "a_left", "b_right"), ("merged_swap", "a_right", "b_left")):
            a_first = json0.apply(case["after_a"], case[b_side])
            b_first = json0.apply(case["after_b"], case[a_side])
            faults += disagreements(case, {field: a_first}) + disagreements(case, {field: b_first})
    assert faults == []


def test_every_position_moves_as_it_should() -> None:
    cursors = [(case, cursor) for case in LINES for cursor in case.get("cursors", ())]
    moved = [
        (case["id"], key, position, json0.transform_position(position, case[key], side), expected)
        for case, (position, key, side, expected) in cursors
    ]
    assert len(moved) > 4000
    assert [line for line in moved if line[-1] != line[-2]] == []


def test_every_operation_is_accepted() -> None:
    for case in LINES:
        for field in ("a", "b", "c", "a_left", "a_right", "b_left", "b_right", "a_c", "inv_a"):
            json0.check(case[field])


@pytest.mark.parametrize("fault", reference_faults("json0"), ids=lambda fault: str(fault["id"]))
def test_what_the_reference_gets_wrong_converges(fault: dict[str, Any]) -> None:
    doc, a, b = fault["doc"], fault["a"], fault["b"]
    for a_side, b_side in (("left", "right"), ("right", "left")):
        a_first = json0.apply(json0.apply(doc, a), json0.transform(b, a, b_side))  # type: ignore[arg-type]
        b_first = json0.apply(json0.apply(doc, b), json0.transform(a, b, a_side))  # type: ignore[arg-type]
        assert same_json(a_first, b_first)
