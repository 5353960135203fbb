"""What two json1 operations make of a document together, case by case."""

from __future__ import annotations

from typing import Any, Final

import pytest

import ot
from ot import json1
from ot.json1 import Conflict, Json1
from ot.testing import same_json

doc_type: Final = Json1()
ABSENT: Final = ot.ABSENT


def together(document: Any, left: Any, right: Any) -> Any:
    """Return what both make of a document; either order must do."""
    left_first = doc_type.apply(doc_type.apply(document, left), doc_type.transform(right, left, "right"))
    right_first = doc_type.apply(doc_type.apply(document, right), doc_type.transform(left, right, "left"))
    assert same_json(left_first, right_first), f"{left_first} and {right_first}"
    return left_first


CASES: Final[list[tuple[str, Any, Any, Any, Any]]] = [
    (
        "moves into each other",
        {"x": {}, "y": {}},
        json1.move(["x"], ["y", "x"]),
        json1.move(["y"], ["x", "y"]),
        {},
    ),
    (
        "a cycle of three",
        {"x": {}, "y": {}, "z": {}},
        [["x", {"p": 0}], ["y", ["x", {"d": 0}], ["z", {"d": 1}]], ["z", {"p": 1}]],
        json1.move(["y"], ["x", "y"]),
        {},
    ),
    (
        "moves into each other, and a value beside",
        {"x": {}, "y": {}, "z": 1},
        json1.move(["x"], ["y", "x"]),
        [["x", ["y", {"d": 0}], ["z", {"d": 1}]], ["y", {"p": 0}], ["z", {"p": 1}]],
        {},
    ),
    ("list items into each other", [{}, {}], json1.move([0], [0, "in"]), json1.move([1], [0, "in"]), []),
    ("one item to two places", ["p", "q", "r"], json1.move([0], [1]), json1.move([0], [2]), ["q", "p", "r"]),
    (
        "equal inserts, and something in each",
        {},
        ["x", {"i": {}}, "l", {"i": 1}],
        ["x", {"i": {}}, "r", {"i": 2}],
        {"x": {"l": 1, "r": 2}},
    ),
    ("equal inserts into lists stay two", [], json1.insert([0], "a"), json1.insert([0], "a"), ["a", "a"]),
    (
        "equal documents",
        ABSENT,
        [{"i": {"tags": []}}, "tags", 0, {"i": "l"}],
        [{"i": {"tags": []}}, "tags", 0, {"i": "r"}],
        {"tags": ["l", "r"]},
    ),
    ("true is not 1", {}, json1.insert(["x"], True), json1.insert(["x"], 1), {"x": True}),
    (
        "a deep edit follows three moves",
        {"a": {"b": {"c": "hi"}}},
        [["a", "b", {"p": 0}, "c", {"p": 1}], ["c", {"d": 1}], ["z", {"d": 0}]],
        json1.edit_text(["a", "b", "c"], [2, "!"]),
        {"a": {}, "c": "hi!", "z": {}},
    ),
    (
        "a deep edit in an item that moves",
        {"l": [{"t": "ab"}, {"t": "cd"}]},
        json1.move(["l", 1], ["l", 0]),
        json1.edit_text(["l", 1, "t"], [1, "-"]),
        {"l": [{"t": "c-d"}, {"t": "ab"}]},
    ),
    (
        "two edits of one text in different containers",
        {"x": {"t": "ab"}},
        [["x", "t", {"p": 0}], ["y", {"d": 0, "es": [1, "L"]}]],
        json1.edit_text(["x", "t"], [1, "R"]),
        {"x": {}, "y": "aLRb"},
    ),
    ("a counter in what is removed", {"x": {"n": 1}}, json1.remove(["x"]), json1.add(["x", "n"], 5), {}),
    (
        "a move out of what is removed",
        {"x": {"y": 1}},
        json1.remove(["x"]),
        json1.move(["x", "y"], ["y"]),
        {},
    ),
    (
        "a value moved into what is removed",
        {"x": {}, "y": 1},
        json1.move(["y"], ["x", "y"]),
        json1.remove(["x"]),
        {},
    ),
    (
        "the document moves into itself",
        1,
        [{"p": 0, "i": {}}, "l", {"d": 0}],
        [{"p": 0, "i": {}}, "l", {"d": 0}],
        {"l": 1},
    ),
    ("null is a value", {"x": None}, json1.remove(["x"]), json1.move(["x"], ["y"]), {}),
]


@pytest.mark.parametrize(
    ("document", "left", "right", "merged"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_both_orders_end_in(document: Any, left: Any, right: Any, merged: Any) -> None:
    left, right = doc_type.normalize(left), doc_type.normalize(right)
    assert same_json(together(document, left, right), merged)


@pytest.mark.parametrize(
    ("op", "other", "conflict"),
    [
        (["x", {"i": 1}], ["x", {"i": 2}], Conflict("DROP_COLLISION", ["x", {"i": 1}], ["x", {"i": 2}])),
        (
            ["x", {"r": True}],
            ["x", "n", {"ena": 5}],
            Conflict("RM_UNEXPECTED_CONTENT", ["x", {"r": True}], ["x", "n", {"ena": 5}]),
        ),
        (
            [["x", {"p": 0}], ["y", "x", {"d": 0}]],
            [["x", "y", {"d": 0}], ["y", {"p": 0}]],
            Conflict(
                "BLACKHOLE", [["x", {"p": 0}], ["y", "x", {"d": 0}]], [["x", "y", {"d": 0}], ["y", {"p": 0}]]
            ),
        ),
    ],
    ids=lambda value: value.type if isinstance(value, Conflict) else "",
)
def test_try_transform_tells_the_conflict_from_either_side(op: Any, other: Any, conflict: Conflict) -> None:
    assert doc_type.try_transform(op, other, "left") == conflict
    assert doc_type.try_transform(op, other, "right") == conflict
    assert doc_type.try_transform(other, op, "left") == Conflict(conflict.type, conflict.op2, conflict.op1)


def test_try_transform_without_a_conflict_is_transform() -> None:
    op, other = json1.insert([1], "x"), json1.insert([0], "y")
    assert doc_type.try_transform(op, other, "left") == [2, {"i": "x"}]
    assert doc_type.transform(op, other, "left") == [2, {"i": "x"}]


@pytest.mark.parametrize(
    ("path", "op", "side", "expected"),
    [
        (["t", 3], ["t", {"es": [3, "xy"]}], "left", ["t", 3]),
        (["t", 3], ["t", {"es": [3, "xy"]}], "right", ["t", 5]),
        (["t", 2], ["t", {"es": [1, "xy", {"d": 1}]}], "left", ["t", 3]),
        (["t", 1], [["t", {"p": 0}], ["u", {"d": 0, "es": ["😀"]}]], "left", ["u", 2]),
        (["l", 2], ["l", 2, {"i": 1}], "left", ["l", 3]),
        (["l", 2], ["l", [0, {"r": True}], [1, {"i": 1}]], "left", ["l", 2]),
        (["l", 2, "x"], [["l", 2, {"p": 0}], ["m", {"d": 0}]], "left", ["m", "x"]),
        (["l", 2], ["l", 2, {"r": True, "i": 1}], "left", None),
        (["x", "y"], ["x", {"r": True}], "left", None),
        (["x", "y"], [["x", {"r": True}, "y", {"p": 0}], ["z", {"d": 0}]], "left", ["z"]),
        ([], [{"p": 0, "i": {}}, "in", {"d": 0}], "left", ["in"]),
        ([], [{"r": True}], "left", None),
        (None, ["x", {"i": 1}], "left", None),
        (["n"], ["n", {"ena": 1}], "left", ["n"]),
    ],
)
def test_a_path_follows_its_value(path: Any, op: Any, side: Any, expected: Any) -> None:
    assert doc_type.transform_position(path, op, side) == expected


def test_builders_make_operations_that_compose() -> None:
    document = {"todo": [{"title": "milk", "n": 1}], "done": []}
    steps = [
        json1.move(["todo", 0], ["done", 0]),
        json1.edit_text(["done", 0, "title"], ["Buy "]),
        json1.add(["done", 0, "n"], 2),
        json1.insert(["todo", 0], {"title": "eggs"}),
        json1.replace(["todo", 0, "title"], "bread"),
        json1.insert(["note"], None),
        json1.remove(["note"]),
    ]
    op = None
    for step in steps:
        op = doc_type.compose(op, step)
    assert doc_type.apply(document, op) == {
        "todo": [{"title": "bread"}],
        "done": [{"title": "Buy milk", "n": 3}],
    }
    assert json1.edit_text(["x"], []) is None
    with pytest.raises(ot.InvalidOperation):
        json1.insert(["x", -1], 1)
    with pytest.raises(ot.InvalidOperation):
        json1.add(["x"], True)


def test_an_edit_of_any_registered_type_is_carried() -> None:
    bold = json1.edit(["doc"], "rich-text", [{"retain": 2, "attributes": {"bold": True}}])
    typed = json1.edit(["doc"], "rich-text", [{"insert": "x"}])
    document = {"doc": [{"insert": "hi\n"}]}
    merged = together(document, bold, typed)
    assert merged == {
        "doc": [{"insert": "x"}, {"insert": "hi", "attributes": {"bold": True}}, {"insert": "\n"}]
    }
    assert doc_type.apply(doc_type.apply(document, bold), doc_type.invert(bold, document)) == document


def test_two_types_of_edit_on_one_value_are_refused() -> None:
    with pytest.raises(ot.InvalidOperation, match="one value is edited as number and as text-unicode"):
        doc_type.transform(["x", {"ena": 1}], ["x", {"es": ["a"]}], "left")


def test_sums_are_those_of_doubles() -> None:
    document = {"n": 2**53 - 1}
    assert doc_type.apply(document, ["n", {"ena": 1}]) == {"n": 2**53}
    assert doc_type.apply({"n": 2.0**53}, ["n", {"ena": 1}]) == {"n": 2**53}
    with pytest.raises(ot.InvalidOperation, match="inf is not a JSON number"):
        doc_type.apply({"n": 1e308}, ["n", {"ena": 1e308}])
