"""What the `text` type refuses, and that its messages say what is wrong and where."""

from __future__ import annotations

import time
from typing import Any, Final

import pytest

from ot import InvalidOperation
from ot.text import Text
from tests.ot.vectors import decoded, invalid_cases, reference_faults

text: Final = Text()

OPERATION_ALONE: Final = ("malformed", "non-canonical", "unrepresentable")
"""Classes of invalid operations that `check` sees without a document."""


def check_and_apply(doc: Any, op: Any, *, check_suffices: bool) -> None:
    """Do what the log does with an operation from outside."""
    text.check(op)
    assert not check_suffices, "check alone has to see it"
    text.apply(doc, op)


@pytest.mark.parametrize("case", invalid_cases("text"), ids=lambda case: case["name"].replace(" ", "-"))
def test_every_invalid_operation_is_refused_within_a_second(case: dict[str, Any]) -> None:
    doc, op = decoded(case["doc"]), decoded(case["op"])
    started = time.process_time()
    with pytest.raises(InvalidOperation) as refusal:
        check_and_apply(doc, op, check_suffices=case["class"] in OPERATION_ALONE)
    message = str(refusal.value)
    assert time.process_time() - started < 1
    assert refusal.value.reason in message
    assert len(message) < 250
    if isinstance(op, list) and isinstance(doc, str):
        assert refusal.value.index is not None
        assert f"component {refusal.value.index} (" in message
        assert refusal.value.component is op[refusal.value.index]
    message.encode()  # it goes out on the wire, so it must not hold the lone surrogate it speaks of


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (None, "a text operation is a list of components, not null"),
        ({"d": 1}, "a text operation is a list of components, not an object"),
        ([True, "x"], "component 0 (True): a boolean is not a number"),
        ([1.5, "x"], "component 0 (1.5): a skip is a whole number"),
        ([1.0, "x"], "component 0 (1.0): a skip is a whole number"),
        ([0, "x"], "component 0 (0): a skip is at least 1 code point"),
        ([2**53, "x"], "component 0 (9007199254740992): a skip is at most 9007199254740991 code points"),
        ([1, ""], "component 1 (''): an insert is not empty"),
        (
            [1, "a\ud83d"],
            "component 1 ('a\\ud83d'): an insert has a lone surrogate at 1, which is no character",
        ),
        ([{"d": 0}], "component 0 ({'d': 0}): a delete is at least 1 code point"),
        ([{"d": None}], "component 0 ({'d': None}): \"d\" is a number or a string"),
        ([{"i": "x"}], "component 0 ({'i': 'x'}): an object is a delete and needs \"d\"; it has 'i'"),
        (
            [{"d": 1, "x": 2}],
            "component 0 ({'d': 1, 'x': 2}): a delete has nothing beside \"d\"; it has 'd', 'x'",
        ),
        ([None], 'component 0 (None): a component is a number, a string or {"d": …}'),
        (["x", "y"], "component 1 ('y'): two inserts in a row have to be joined to one"),
        (["x", 3], "component 1 (3): a skip at the end says nothing and has to be left out"),
    ],
)
def test_check_says_what_is_wrong_and_where(op: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        text.check(op)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("doc", "op", "message"),
    [
        ("abc", [4, "x"], "component 0 (4): skips code points 0 to 4, but the document has 3"),
        (
            "abc",
            ["x", 3, {"d": 1}],
            "component 2 ({'d': 1}): deletes code points 3 to 4, but the document has 3",
        ),
        ("😀", [{"d": 2}], "component 0 ({'d': 2}): deletes code points 0 to 2, but the document has 1"),
        (
            "abc",
            [1, {"d": "bx"}],
            "component 1 ({'d': 'bx'}): deletes another text at 1 than the document has there: 'bc'",
        ),
        (
            "e\u0301",
            [{"d": "é"}],
            "component 0 ({'d': 'é'}): deletes another text at 0 than the document has there: 'e'",
        ),
        (None, ["x"], "a text document is a string, not null"),
        ("abc", [0, "x"], "component 0 (0): a skip is at least 1 code point"),
        ("abc", [{"d": ""}], "component 0 ({'d': ''}): a delete is not empty"),
        ("abc", [-1, "x"], "component 0 (-1): a skip is at least 1 code point"),
        ("abc", [True], "component 0 (True): a boolean is not a number"),
        ("abc", [{"d": True}], "component 0 ({'d': True}): a boolean is not a number"),
        ("abc", [[1]], 'component 0 ([1]): a component is a number, a string or {"d": …}'),
    ],
)
def test_apply_says_what_does_not_fit_and_where(doc: Any, op: Any, message: str) -> None:
    for function in (lambda: text.apply(doc, op), lambda: text.invert(op, doc)):
        with pytest.raises(InvalidOperation) as refusal:
            function()
        assert str(refusal.value) == message


def test_what_the_reference_gets_wrong_is_refused() -> None:
    faults = reference_faults("text")
    assert [fault["engine"] for fault in faults] == ["must reject the op"]
    for fault in faults:
        with pytest.raises(InvalidOperation):
            text.check(fault["a"])


@pytest.mark.parametrize(
    ("op", "normal"),
    [
        ([], []),
        ([0, "x", 0, "y", ""], ["xy"]),
        ([1, 2, {"d": 1}, {"d": 2}, 3], [3, {"d": 3}]),
        ([{"d": "a"}, {"d": "b"}], [{"d": "ab"}]),
        ([{"d": "a"}, {"d": 1}], [{"d": 2}]),
        ([{"d": 1}, "x", {"d": 0}, "y"], [{"d": 1}, "xy"]),
    ],
)
def test_normalize_joins_neighbours_and_leaves_out_what_is_empty(op: Any, normal: Any) -> None:
    assert text.normalize(op) == normal


@pytest.mark.parametrize("op", [None, [True], [1.0], [-1], [{"d": False}], [{"x": 1}], [None], ["\ude00"]])
def test_normalize_refuses_what_is_no_component(op: Any) -> None:
    with pytest.raises(InvalidOperation):
        text.normalize(op)


@pytest.mark.parametrize("position", [-1, True, 1.0, "1", None, [1]])
def test_what_is_no_position_is_refused(position: Any) -> None:
    with pytest.raises(InvalidOperation, match="a position in a text is a whole number from 0 on"):
        text.transform_position(position, ["x"])


def test_a_document_must_be_unicode_text() -> None:
    assert text.create() == ""
    assert text.create("a😀\x00") == "a😀\x00"
    for data in ("\ud83d", ["a"], 1, b"a"):
        with pytest.raises(InvalidOperation):
            text.create(data)


def test_a_side_is_left_or_right() -> None:
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        text.transform(["x"], ["y"], "middle")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        text.carry(["x"], [["y"]], "middle")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        text.transform_position(0, ["y"], "middle")  # type: ignore[arg-type]  # what is tested
