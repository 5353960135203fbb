"""What the `json0` type refuses, and that its messages say what is wrong and where."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from ot import InvalidOperation
from ot.json0 import Json0
from ot.json_values import MOST_DEPTH
from tests.ot.vectors import decoded, invalid_cases

json0: Final = Json0()

OPERATION_ALONE: Final = ("malformed", "unrepresentable")
"""Classes of invalid operations that `check` sees without a document."""

KEY_LIKE_ANY_OTHER: Final = "path through constructor"
"""Listed as malformed, but only on that document does it lead nowhere: `constructor` is data."""

DOC: Final = {"x": 1, "t": "abc", "l": ["p", "q"], "o": {"k": 1}}


def check_and_apply(doc: Any, op: Any, *, check_suffices: bool) -> None:
    """Do what the log does with an operation from outside."""
    json0.check(op)
    assert not check_suffices, "check alone has to see it"
    json0.apply(doc, op)


def nested(depth: int, leaf: Any = 1) -> Any:
    for _ in range(depth):
        leaf = [leaf]
    return leaf


@pytest.mark.parametrize("case", invalid_cases("json0"), ids=lambda case: case["name"].replace(" ", "-"))
def test_every_invalid_operation_is_refused_within_a_second(case: dict[str, Any]) -> None:
    doc, op = decoded(case["doc"]), decoded(case["op"])
    alone = case["class"] in OPERATION_ALONE and case["name"] != KEY_LIKE_ANY_OTHER
    started = time.process_time()
    with pytest.raises(InvalidOperation) as refusal:
        check_and_apply(doc, op, check_suffices=alone)
    message = str(refusal.value)
    assert time.process_time() - started < 1
    assert refusal.value.reason in message
    assert len(message) < 250
    if isinstance(op, list):
        assert refusal.value.index is not None
        assert f"component {refusal.value.index} (" in message
        assert refusal.value.component is op[refusal.value.index]
    message.encode()  # it goes out on the wire, so it must not hold the lone surrogate it speaks of


def test_a_refused_operation_leaves_the_document_as_it_was() -> None:
    for case in invalid_cases("json0"):
        doc, op = decoded(case["doc"]), decoded(case["op"])
        with pytest.raises(InvalidOperation):
            check_and_apply(doc, op, check_suffices=False)
        assert doc == decoded(case["doc"])


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ({"p": ["x"], "na": True}, "a boolean is not a number"),
        ({"p": ["x"], "na": 2**70 + 1}, '"na" is a number that no double holds exactly'),
        ({"p": ["x"], "na": float("inf")}, '"na" is inf, which is no JSON number'),
        ({"p": ["l", True], "ld": "q"}, "a boolean is not a number"),
        ({"p": ["l", "1"], "li": 1}, "the path ends in a whole number, the index in a list"),
        ({"p": ["t", "1"], "si": "a"}, "the path ends in a whole number, the offset in a string"),
        ({"p": [], "li": 1}, "the path ends in a whole number, the index in a list"),
        ({"p": [1], "oi": 1}, "the path ends in a string, the key in an object"),
        ({"p": ["l", 0], "lm": 1.0}, f'"lm" is a whole number from 0 to {2**53 - 1}'),
        ({"p": ["t", 0], "si": "a", "sd": "b"}, "si and sd do not go together"),
        ({"p": ["t"], "t": "text0"}, 'a subtype\'s operation needs both "t" and "o"'),
        ({"p": ["t"], "t": "x", "o": []}, "the subtype 'x' is not registered; there are text0"),
        ({"p": ["t"], "t": "text0", "o": [{"p": 0, "i": ""}]}, '"i" is not empty'),
        ({"p": [], "od": DOC}, "the document can be replaced"),
        ({"p": ["z"], "oi": {"a": "\ud800"}}, "a string has a lone surrogate at 0"),
        ({"p": ["z"], "oi": {"__proto__": 1}}, "the key __proto__ is no data in JavaScript"),
        ({"p": ["z"], "oi": (1, 2)}, "tuple is no JSON value"),
        ({"p": ["z"], "oi": {1: 2}}, "a key of an object is a string, not 1"),
    ],
)
def test_check_says_what_is_wrong(component: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        json0.check([{"p": ["x"], "na": 1}, component])
    assert refusal.value.index == 1
    assert message in refusal.value.reason


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ({"p": ["x"], "oi": 2}, 'the key is in use and holds 1: "od" is needed'),
        ({"p": ["x"], "od": True}, "deletes another value than is there, which is 1"),
        ({"p": ["o"], "od": {"k": 1}}, "deletes another value than is there, which is an object of 1"),
        ({"p": ["z"], "od": 1}, "deletes what is not there"),
        ({"p": ["l", 3], "li": 1}, "inserts at 3, but the list has 2 items"),
        ({"p": ["l", 2], "ld": "q"}, "nothing at 2: the list has 2 items"),
        ({"p": ["l", 0], "lm": 2}, "moves to 2, but the list has 2 items"),
        ({"p": ["z", "y"], "oi": 1}, "nothing at the key 'z'"),
        ({"p": ["x", "y", "z"], "oi": 1}, "the path goes on at 'y', but there is a number"),
        ({"p": ["l", "y"], "oi": 1}, "changes an object, but there is a list"),
        ({"p": ["l", "y", "z"], "oi": 1}, "an index of a list is a whole number from 0 on, not 'y'"),
        ({"p": ["o", 0], "li": 1}, "changes a list, but there is an object"),
        ({"p": ["t"], "na": 1}, "adds to a number, but there is a string"),
        ({"p": ["t", 4], "si": "x"}, "inserts at 4, but the string has 3 code units"),
        ({"p": ["t", 1], "sd": "x"}, "deletes another text at 1 than the string has there: 'b'"),
        ({"p": ["x", 0], "si": "x"}, "text0 edits a string, and there is none"),
    ],
)
def test_apply_says_what_does_not_fit(component: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        json0.apply(DOC, [{"p": ["o", "k"], "na": 1}, component])
    assert refusal.value.index == 1
    assert message in refusal.value.reason


@pytest.mark.parametrize("component", [{"p": ["t", 1], "si": "x"}, {"p": ["t", 0], "sd": "\ud83d"}])
def test_no_edit_splits_a_surrogate_pair(component: Any) -> None:
    with pytest.raises(InvalidOperation, match="surrogate"):
        json0.apply({"t": "😀"}, [component])


@pytest.mark.parametrize("key", ["toString", "constructor", "hasOwnProperty", "", "0", "\x00", "é😀"])
def test_a_key_that_means_something_elsewhere_is_data(key: str) -> None:
    after = json0.apply({}, [{"p": [key], "oi": {key: [1]}}, {"p": [key, key, 0], "na": 1}])
    assert after == {key: {key: [2]}}
    assert json0.diff({}, after) == [{"p": [key], "oi": {key: [2]}}]


def test_depth_is_bounded_for_documents_operations_and_paths_alike() -> None:
    assert json0.create(nested(MOST_DEPTH)) == nested(MOST_DEPTH)
    json0.check([{"p": ["k"], "oi": nested(MOST_DEPTH - 1)}])
    json0.check([{"p": ["k"] * MOST_DEPTH, "oi": 1}])
    refused: list[Callable[[], object]] = [
        lambda: json0.create(nested(MOST_DEPTH + 1)),
        lambda: json0.check([{"p": ["k"], "oi": nested(MOST_DEPTH)}]),
        lambda: json0.check([{"p": ["k"] * (MOST_DEPTH + 1), "oi": 1}]),
        lambda: json0.check([{"p": ["k"] * MOST_DEPTH, "oi": []}]),
        lambda: json0.diff(nested(100_000), nested(100_000, leaf=2)),
    ]
    for act in refused:
        with pytest.raises(InvalidOperation, match="at most 200 deep"):
            act()


def test_deleted_content_is_compared_however_deep_it_is() -> None:
    deep = nested(100_000)
    assert json0.apply([deep], [{"p": [0], "ld": nested(100_000)}]) == []
    with pytest.raises(InvalidOperation, match="deletes another value"):
        json0.apply([deep], [{"p": [0], "ld": nested(100_000, leaf=2)}])


def test_a_sum_stays_a_number_that_every_peer_has() -> None:
    assert json0.apply(2**53 - 1, [{"p": [], "na": 1}]) == 2**53
    assert json0.apply(2**53, [{"p": [], "na": 1}]) == 2**53  # as in doubles
    with pytest.raises(InvalidOperation, match="more than a number can be"):
        json0.apply(1.7e308, [{"p": [], "na": 1.7e308}])


@pytest.mark.parametrize("position", [True, -1, 1.0, "x", {}, [True], [None], ["x", -1], ["k"] * 201])
def test_what_is_no_position_is_refused(position: Any) -> None:
    with pytest.raises(InvalidOperation, match="a position in json0 is a path"):
        json0.transform_position(position, [])


def test_a_side_is_left_or_right() -> None:
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        json0.transform([], [], "middle")  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("op", [None, "x", 5, {"p": ["z"], "oi": 1}])
def test_an_operation_is_a_list_for_every_function(op: Any) -> None:
    for act in (lambda: json0.check(op), lambda: json0.normalize(op), lambda: json0.apply({}, op)):
        with pytest.raises(InvalidOperation, match="a json0 operation is a list of components"):
            act()
