"""The `json1` type does what ot-json1 does, line by line and field by field, conflicts included."""

from __future__ import annotations

from typing import Any, Final

import ot
from ot.json1 import Conflict, Json1
from ot.testing import same_json
from tests.ot.vectors import cases

LINES: Final = cases("json1")
json1: Final = Json1()

TRANSFORMS: Final = (
    ("a_left", "a", "b", "left"),
    ("a_right", "a", "b", "right"),
    ("b_left", "b", "a", "left"),
    ("b_right", "b", "a", "right"),
)


def document(case: dict[str, Any], field: str) -> Any:
    """Return a document of a line; JSON can't write the one that does not exist."""
    return ot.ABSENT if field in case.get("absent", ()) else case[field]


def without_removed(op: Any) -> Any:
    """Return an operation in which removes do not say what they remove: it means nothing."""
    if isinstance(op, list):
        return [without_removed(part) for part in op]
    return {**op, "r": True} if isinstance(op, dict) and "r" in op else op


def conflict_fields(conflict: Any) -> Any:
    if not isinstance(conflict, Conflict):
        return None
    return {"type": conflict.type, "op1": conflict.op1, "op2": conflict.op2}


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """Return every operation of a line that a function of the type gives."""
    transformed = {
        field: json1.transform(case[op], case[other], side)  # type: ignore[arg-type]  # a literal above
        for field, op, other, side in TRANSFORMS
    }
    return transformed | {"a_c": json1.compose(case["a"], case["c"])}


def disagreements(case: dict[str, Any], fields: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Return the fields that a line has otherwise."""
    return [
        f"line {case['id']}, {field}: {value!r}, not {expected[field]!r}"
        for field, value in fields.items()
        if not same_json(value, expected[field])
    ]


def test_there_are_as_many_lines_as_their_readme_says() -> None:
    assert len(LINES) == 3071
    assert sum("name" in case for case in LINES) == 71
    assert sum(len(case.get("conflicts", ())) for case in LINES) > 3000
    assert sum(len(case["cursors"]) for case in LINES) > 10_000


def test_apply_agrees() -> None:
    faults = []
    for case in LINES:
        for before, op, after in (
            ("doc", "a", "after_a"),
            ("doc", "b", "after_b"),
            ("after_a", "c", "after_c"),
            ("doc", "a_c", "after_c"),
            ("after_a", "inv_a", "doc"),
            ("after_a", "b_right", "merged"),
            ("after_b", "a_left", "merged"),
            ("after_a", "b_left", "merged_swap"),
            ("after_b", "a_right", "merged_swap"),
        ):
            expected = {after: document(case, after)}
            faults += disagreements(case, {after: json1.apply(document(case, before), case[op])}, expected)
    assert faults == []


def test_transform_and_compose_agree_operation_by_operation() -> None:
    faults = []
    for case in LINES:
        fields = computed(case)
        expected = {field: without_removed(case[field]) for field in fields}
        told = {field: without_removed(op) for field, op in fields.items()}
        faults += disagreements(case, told, expected)
    assert faults == []


def test_inverses_and_removed_values_agree() -> None:
    faults = []
    for case in LINES:
        doc = document(case, "doc")
        fields = {
            "a_invertible": json1.with_removed_values(case["a"], doc),
            "inv_a": json1.invert(case["a"], doc),
        }
        faults += disagreements(case, fields, case)
    assert faults == []


def test_conflicts_are_told_as_they_are_met() -> None:
    faults = []
    for case in LINES:
        for field, op, other, side in TRANSFORMS:
            result = json1.try_transform(case[op], case[other], side)  # type: ignore[arg-type]
            conflict = without_conflict_removed(conflict_fields(result))
            expected = without_conflict_removed(case.get("conflicts", {}).get(field))
            faults += disagreements(case, {field: conflict}, {field: expected})
            if expected is None:
                told = {field: without_removed(result)}
                faults += disagreements(case, told, {field: without_removed(case[field])})
    assert faults == []


def without_conflict_removed(conflict: Any) -> Any:
    if conflict is None:
        return None
    return {**conflict, "op1": without_removed(conflict["op1"]), "op2": without_removed(conflict["op2"])}


def test_every_position_moves_as_it_should() -> None:
    moved = [
        (case["id"], key, position, json1.transform_position(position, case[key]), expected)
        for case in LINES
        for position, key, _, expected in case["cursors"]
    ]
    assert [line for line in moved if line[-1] != line[-2]] == []


def test_every_operation_is_accepted_as_normal() -> None:
    for case in LINES:
        for field in ("a", "b", "c", *(field for field, *_ in TRANSFORMS), "a_c", "a_invertible", "inv_a"):
            json1.check(case[field])
            assert same_json(json1.normalize(case[field]), case[field])


def test_a_difference_leads_from_any_document_of_a_line_to_any_other() -> None:
    for case in LINES:
        before, after = document(case, "after_a"), document(case, "merged")
        op = json1.diff(before, after)
        json1.check(op)
        assert same_json(json1.apply(before, op), after), case["id"]
