"""What the `json1` type refuses, and that its messages say what is wrong and where."""

from __future__ import annotations

import time
from typing import Any, Final

import pytest

from ot import ABSENT, InvalidOperation
from ot.json1 import MOST_DEPTH, Json1
from ot.testing import same_json
from tests.ot.vectors import decoded, invalid_cases, reference_faults

json1: Final = Json1()

OPERATION_ALONE: Final = ("malformed", "non-canonical", "unrepresentable")
"""Classes of invalid operations that `check` sees without a document."""

DOC: Final = {"x": 1, "t": "abc", "l": ["p", "q"], "o": {"k": 1}}


def check_and_apply(doc: Any, op: Any, *, check_suffices: bool) -> None:
    """Do what the log does with an operation from outside."""
    json1.check(op)
    assert not check_suffices, "check alone has to see it"
    json1.apply(doc, op)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("case", invalid_cases("json1"), ids=lambda case: case["name"].replace(" ", "-"))
def test_every_invalid_operation_is_refused_within_a_second(case: dict[str, Any]) -> None:
    doc, op = decoded(case["doc"]), decoded(case["op"])
    started = time.process_time()
    with pytest.raises(InvalidOperation) as refusal:
        check_and_apply(doc, op, check_suffices=case["class"] in OPERATION_ALONE)
    message = str(refusal.value)
    assert time.process_time() - started < 1
    assert len(message) < 300
    assert message.startswith("at [") or not isinstance(op, list)
    message.encode()  # it goes out on the wire, so it must not hold the lone surrogate it speaks of


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ({"i": 1}, "a json1 operation is null or a list, not {'i': 1}"),
        ([], "at []: an empty list says nothing; the operation that does nothing is null"),
        (["x", {}], "at ['x'], {}: an empty component says nothing"),
        (["x"], "at ['x']: a path has to end in a component"),
        (["o", ["k", {"r": True}]], "at ['o']: a single branch is written without brackets"),
        (["x", {"p": False}], "at ['x'], {'p': False}: a boolean is not a number"),
        (["x", {"p": 0}], "at ['x']: slot 0 is picked up, but dropped nowhere"),
        (["x", {"d": 0}], "at ['x']: slot 0 is dropped, but picked up nowhere"),
        (["x", {"p": 0, "r": 1}], "at ['x'], {'p': 0, 'r': 1}: p and r exclude each other"),
        (
            ["t", {"es": None}],
            "at ['t'], {'es': None}: its edit: a text operation is a list of components, not null",
        ),
        (["t", {"es": []}], "at ['t'], {'es': []}: an edit that does nothing has to be left out"),
        (
            ["t", {"et": "text-unicode", "e": ["x"]}],
            "at ['t'], {'et': 'text-unicode', 'e': ['x']}: an edit of the type text-unicode is written es",
        ),
        (
            ["t", {"et": "json1", "e": None}],
            "at ['t'], {'et': 'json1', 'e': None}: an operation of json1 reaches inside by itself",
        ),
        (["x", {"i": "\ud83d"}], "at ['x'], {'i': '\\ud83d'}: its i: a string has a lone surrogate at 0, "
         "which is no character"),
    ],
)  # fmt: skip
def test_check_says_what_is_wrong_and_where(op: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        json1.check(op)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (["z", {"r": True}], "at ['z'], {'r': True}: nothing is there, in an object"),
        (["x", {"i": 2}], "at ['x'], {'i': 2}: there is a value already"),
        (["l", 3, {"i": 2}], "at ['l', 3], {'i': 2}: nothing is there, the list has 2 items"),
        (["l", 10**9, {"r": True}], "at ['l', 1000000000], {'r': True}: nothing is there, in a list of 2"),
        (["l", "k", {"i": 1}], "at ['l', 'k'], {'i': 1}: a list of 2 has no 'k'"),
        (["o", 0, {"i": 1}], "at ['o', 0], {'i': 1}: an object has no 0"),
        (["t", 0, {"i": 1}], "at ['t', 0], {'i': 1}: a string has no 0"),
        (["o", {"r": True}, "y", {"i": 1}], "at ['o'], {'r': True}: nothing is there, in an object"),
        (
            ["t", {"es": [4, "x"]}],
            "at ['t'], {'es': [4, 'x']}: its edit does not fit a string: component 0 (4): skips code points "
            "0 to 4, but the document has 3",
        ),
        ([{"i": 1}], "at [], {'i': 1}: there is a value already"),
    ],
)
def test_apply_says_what_does_not_fit_and_where(op: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        json1.apply(DOC, op)
    assert str(refusal.value) == message
    with pytest.raises(InvalidOperation) as refusal:
        json1.invert(op, DOC)
    assert str(refusal.value) == message


@pytest.mark.parametrize("key", ["toString", "constructor", "hasOwnProperty", "", "0"])
def test_keys_that_mean_something_in_javascript_are_ordinary(key: str) -> None:
    op = [key, {"i": {key: 1}}]
    json1.check(op)
    assert json1.apply({}, op) == {key: {key: 1}}
    assert json1.transform([key, {"i": 2}], op, "right") is None


def test_the_depth_of_operations_and_documents_is_bounded() -> None:
    deepest = nested(MOST_DEPTH - 1)
    json1.check(["x", {"i": deepest}])
    document = json1.apply({}, ["x", {"i": deepest}])
    with pytest.raises(InvalidOperation, match="nested deeper than 200"):
        json1.check(["x", {"i": [deepest]}])
    with pytest.raises(InvalidOperation, match="the document would be nested deeper than 200"):
        json1.apply(document, [{"p": 0, "i": {}}, "y", {"d": 0}])
    with pytest.raises(InvalidOperation, match="nested deeper than 200"):
        json1.create([[deepest]])


def test_operations_at_the_bound_pass_through_every_function() -> None:
    path = ["k"] * MOST_DEPTH
    op = [*path[:-1], ["a", {"i": 1}], ["b", {"i": 2}]]
    other = [*path[:-1], "c", {"i": 3}]
    document: Any = {}
    for _ in path[:-1]:
        document = {"k": document}
    json1.check(op)
    assert json1.transform(op, other, "left") == op
    assert json1.apply(json1.apply(document, op), json1.invert(op, document)) == document
    both = json1.compose(op, other)
    assert same_json(json1.apply(document, both), json1.apply(json1.apply(document, op), other))
    assert json1.apply(document, json1.diff(document, json1.apply(document, op))) is not None


def test_an_operation_that_was_carried_may_be_deeper_than_one_that_is_made() -> None:
    down = ["k"] * (MOST_DEPTH - 2)
    bury = [[*down, "x", {"d": 0}], ["x", {"p": 0}]]
    inside = ["x", *down, "new", {"i": 1}]
    carried = json1.transform(inside, bury, "left")
    assert carried == [*down, "x", *down, "new", {"i": 1}]
    assert json1.transform(carried, ["other", {"i": 1}], "right") == carried


def test_many_items_come_and_go_in_one_pass() -> None:
    count = 20_000
    document = {"from": list(range(count)), "to": []}
    op = [
        ["from", *([index, {"p": index}] for index in range(count))],
        ["to", *([index, {"d": index}] for index in range(count))],
    ]
    started = time.process_time()
    after = json1.apply(document, op)
    assert after == {"from": [], "to": list(range(count))}
    assert json1.transform(["from", 7, {"r": True}], op, "left") == ["to", 7, {"r": True}]
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("op", "normal"),
    [
        ([], None),
        ([["x", {"r": True}]], ["x", {"r": True}]),
        (["x", {}], None),
        (["o", ["b", {"i": 1}], ["a", {"i": 2}]], ["o", ["a", {"i": 2}], ["b", {"i": 1}]]),
        ([["o", "b", {"i": 1}], ["o", "a", {"i": 2}]], ["o", ["a", {"i": 2}], ["b", {"i": 1}]]),
        (["x", {"r": True}, {"i": 1}], ["x", {"r": True, "i": 1}]),
        ([["a", {"p": 1}], ["b", {"d": 1}], ["c", {"p": 0, "d": 0}]],
         [["a", {"p": 0}], ["b", {"d": 0}], ["c", {"p": 1, "d": 1}]]),
        (["t", {"es": [0, "x", "y", 1]}], ["t", {"es": ["xy"]}]),
        (["t", {"es": [], "i": "a"}], ["t", {"i": "a"}]),
        (["t", {"et": "text-unicode", "e": ["x"]}], ["t", {"es": ["x"]}]),
        (["t", {"et": "number", "e": 2}], ["t", {"ena": 2}]),
        (["n", {"ena": 0}], ["n", {"ena": 0}]),
    ],
)  # fmt: skip
def test_normalize_says_the_same_in_normal_form(op: Any, normal: Any) -> None:
    assert same_json(json1.normalize(op), normal)


@pytest.mark.parametrize(
    "op",
    [
        True, "x", [True, {"i": 1}], [None], ["x", {"q": 1}], ["x", {"r": 1}, {"r": 2}], ["x", {"p": []}],
        ["x", {"p": 0}], ["t", {"es": 1}], ["t", {"et": "no-such-type", "e": 1}], [-1, {"i": 1}],
        ["t", {"et": {}, "e": 1}],
    ],
)  # fmt: skip
def test_normalize_refuses_what_can_not_be_understood(op: Any) -> None:
    with pytest.raises(InvalidOperation):
        json1.normalize(op)


@pytest.mark.parametrize("position", [1, "x", {}, [True], [-1], [1.0], [None], [["x"]]])
def test_what_is_no_path_is_refused(position: Any) -> None:
    with pytest.raises(InvalidOperation):
        json1.transform_position(position, ["x", {"i": 1}])


def test_a_document_is_any_json_value_or_absent() -> None:
    assert json1.create() is ABSENT
    assert json1.create(None) is None
    assert json1.create({"x": [1.5, "a", False]}) == {"x": [1.5, "a", False]}
    for data in ({1: 2}, (1,), float("nan"), "\ud83d", {"\ude00": 1}, 2**60, b"", {"__proto__": 1}):
        with pytest.raises(InvalidOperation):
            json1.create(data)


def test_a_side_is_left_or_right() -> None:
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        json1.transform(None, None, "middle")  # type: ignore[arg-type]  # what is tested


def test_what_the_reference_gets_wrong_ends_and_converges() -> None:
    faults = reference_faults("json1")
    assert len(faults) == 12
    for fault in faults:
        document, a, b = fault["doc"], fault["a"], fault["b"]
        for side, other_side in (("left", "right"), ("right", "left")):
            b_after = json1.transform(b, a, other_side)  # type: ignore[arg-type]
            a_after = json1.transform(a, b, side)  # type: ignore[arg-type]
            a_first = json1.apply(json1.apply(document, a), b_after)
            b_first = json1.apply(json1.apply(document, b), a_after)
            assert same_json(a_first, b_first), fault["id"]
            for op in (a_after, b_after):
                json1.check(op)


@pytest.mark.parametrize(
    "op",
    [
        ["x", {"p": 0}, "y", {"d": 0}],
        ["x", {"p": 0}, "y", "z", {"d": 0, "es": ["a"]}],
        [["x", {"p": 0}, "b", {"d": 1}], ["y", {"p": 1}, "a", {"d": 0}]],
        [{"p": 0}, "x", {"d": 0}],
        ["x", {"r": True}, "y", {"i": 1}],
    ],
    ids=str,
)
def test_what_is_put_into_what_is_gone_is_refused_before_any_document_is_seen(op: Any) -> None:
    json1.check(op)
    for other in (
        ["z", {"i": 1}],
        ["x", "k", {"r": True}],
        [["x", {"p": 0}], ["z", {"d": 0}]],
        [{"r": True}],
    ):
        for side in ("left", "right"):
            with pytest.raises(InvalidOperation):
                json1.try_transform(op, other, side)
        with pytest.raises(InvalidOperation):
            json1.compose(op, other)
    with pytest.raises(InvalidOperation):
        json1.transform_position(["x", "y"], op)


def test_a_later_operation_that_needs_what_the_first_moved_away_is_refused() -> None:
    first = [["x", {"p": 0}], ["y", {"d": 0}]]
    with pytest.raises(InvalidOperation, match="leaves nothing at 'x'"):
        json1.compose(first, [["x", {"p": 0}], ["y", "k", {"d": 0}]])
