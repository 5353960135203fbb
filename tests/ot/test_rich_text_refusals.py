"""What the `rich-text` type refuses, and that its messages say what is wrong and where."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from ot import InvalidOperation
from ot.rich_text import RichText
from tests.ot.vectors import decoded, invalid_cases, reference_faults

rich_text: Final = RichText()

OPERATION_ALONE: Final = ("malformed", "non-canonical", "unrepresentable")
"""Classes of invalid operations that `check` sees without a document."""

ACCEPTED: Final = "delete before insert"  # peers send it; see the test of that name
INVALID: Final = [case for case in invalid_cases("rich-text") if case["name"] != ACCEPTED]


def check_and_apply(doc: Any, op: Any, *, check_suffices: bool) -> None:
    """Do what the log does with an operation from outside."""
    rich_text.check(op)
    assert not check_suffices, "check alone has to see it"
    rich_text.apply(doc, op)


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case["name"].replace(" ", "-"))
def test_every_invalid_operation_is_refused_within_a_second(case: dict[str, Any]) -> None:
    doc, op = decoded(case["doc"]), decoded(case["op"])
    started = time.process_time()
    with pytest.raises(InvalidOperation) as refusal:
        check_and_apply(doc, op, check_suffices=case["class"] in OPERATION_ALONE)
    message = str(refusal.value)
    assert time.process_time() - started < 1
    assert refusal.value.reason in message
    assert len(message) < 250
    if isinstance(op, list) and isinstance(doc, list):
        faulty = doc if case["name"].startswith("document has") else op
        assert refusal.value.index is not None
        assert f"component {refusal.value.index} (" in message
        assert refusal.value.component is faulty[refusal.value.index]
    message.encode()  # it goes out on the wire, so it must not hold the lone surrogate it speaks of


def test_all_but_one_of_the_invalid_operations_are_refused() -> None:
    assert len(INVALID) == len(invalid_cases("rich-text")) - 1 == 78


def test_a_delete_before_an_insert_is_accepted_and_normalised() -> None:
    op = [{"delete": 1}, {"insert": "x"}]
    rich_text.check(op)
    assert rich_text.normalize(op) == [{"insert": "x"}, {"delete": 1}]
    assert rich_text.apply([{"insert": "abc"}], op) == [{"insert": "xbc"}]
    assert rich_text.compose(op, [{"retain": 1}, {"insert": "y"}]) == [{"insert": "xy"}, {"delete": 1}]


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (None, "a rich-text operation is a list of components, not null"),
        (
            [5],
            "component 0 (5): a component is an object with insert, retain or delete, not a number",
        ),
        ([{}], "component 0 ({}): a component has one of insert, retain and delete; this one has none"),
        (
            [{"retain": 1, "delete": 1}],
            "component 0 ({'retain': 1, 'delete': 1}): a component has one of insert, retain and delete; "
            "this one has retain and delete",
        ),
        (
            [{"insert": "x", "toString": 1}],
            "component 0 ({'insert': 'x', 'toString': 1}): a component has no 'toString', only insert, "
            "retain or delete, and attributes",
        ),
        ([{"insert": 1}], "component 0 ({'insert': 1}): an insert is a string or an object, not a number"),
        ([{"insert": ""}], "component 0 ({'insert': ''}): an insert is not empty"),
        ([{"retain": 0}], "component 0 ({'retain': 0}): a retain is at least 1 code unit"),
        (
            [{"delete": True}],
            "component 0 ({'delete': True}): a delete is a whole number of code units, not a boolean",
        ),
        (
            [{"retain": 1.0}],
            "component 0 ({'retain': 1.0}): a retain is a whole number of code units, not the fraction 1.0",
        ),
        (
            [{"delete": 1, "attributes": {"bold": True}}],
            "component 0 ({'delete': 1, 'attributes': {'bold': True}}): a delete has no attributes",
        ),
        (
            [{"insert": "x"}, {"insert": "y"}],
            "component 1 ({'insert': 'y'}): two inserts in a row with equal attributes have to be joined "
            "to one",
        ),
        (
            [{"insert": "x"}, {"retain": 3}],
            "component 1 ({'retain': 3}): a retain at the end says nothing and has to be left out",
        ),
        (
            [{"retain": 1, "attributes": {"a": {"b": [1e999]}}}],
            "component 0 ({'retain': 1, 'attributes': {'a': {'b': [inf]}}}): an attribute has inf, which is "
            "no JSON number",
        ),
        (
            [{"insert": {"x": "a\ud83d"}}],
            "component 0 ({'insert': {'x': 'a\\ud83d'}}): the insert has a lone surrogate at 1, which is no "
            "character",
        ),
        (
            [{"insert": {"x": 2**53}}],
            "component 0 ({'insert': {'x': 9007199254740992}}): the insert has a number beyond "
            "9007199254740991",
        ),
        (
            [{"insert": {1: "x"}}],
            "component 0 ({'insert': {1: 'x'}}): the insert has a key that is no Unicode text: 1",
        ),
        (
            [{"insert": {"x": (1,)}}],
            "component 0 ({'insert': {'x': (1,)}}): the insert has a Python tuple, which is no JSON",
        ),
        (
            [{"retain": {"note": 1, "cell": 2}}],
            "component 0 ({'retain': {'note': 1, 'cell': 2}}): a retain that edits an embed names it with "
            "one key; this one has 2",
        ),
        (
            [{"retain": {"note": 1}}],
            "component 0 ({'retain': {'note': 1}}): edits an embed 'note', which is not registered; "
            "registered: none",
        ),
    ],
)
def test_check_says_what_is_wrong_and_where(op: Any, message: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        rich_text.check(op)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("doc", "op", "message"),
    [
        (
            [{"insert": "ab"}, {"insert": {"hr": 1}}],
            [{"insert": "x"}, {"retain": 3}, {"delete": 2}],
            "component 2 ({'delete': 2}): takes code units 3 to 5, but the document has 3",
        ),
        (
            [{"insert": "a😀"}],
            [{"retain": 1}, {"delete": 1}],
            "component 1 ({'delete': 1}): ends inside a surrogate pair, at code unit 2",
        ),
        (
            [{"insert": "a", "attributes": {"bold": True}}, {"insert": "b😀c"}],
            [{"retain": 3, "attributes": {"bold": None}}],
            "component 0 ({'retain': 3, 'attributes': {'bold': None}}): ends inside a surrogate pair, at "
            "code unit 3",
        ),
        (
            [{"insert": "😀"}],
            [{"retain": 1}, {"insert": "x"}],
            "component 0 ({'retain': 1}): ends inside a surrogate pair, at code unit 1",
        ),
        ("abc", [], "a rich-text document is a list of inserts, not a string"),
        (
            [{"insert": "a"}, {"retain": 1}],
            [],
            "component 1 ({'retain': 1}): a rich-text document has nothing but inserts",
        ),
        (
            [{"insert": "abc"}],
            [{"retain": True}],
            "component 0 ({'retain': True}): a retain is a whole number of code units, not a boolean",
        ),
        (
            [{"insert": "abc"}],
            [{"delete": 0}],
            "component 0 ({'delete': 0}): a delete is at least 1 code unit",
        ),
        ([{"insert": "abc"}], [{"insert": ""}], "component 0 ({'insert': ''}): an insert is not empty"),
        (
            [{"insert": "abc"}],
            [{"insert": "x", "attributes": "bold"}],
            "component 0 ({'insert': 'x', 'attributes': 'bold'}): attributes are an object, not a string",
        ),
    ],
)
def test_apply_and_invert_say_what_does_not_fit_and_where(doc: Any, op: Any, message: str) -> None:
    calls: list[Callable[[], Any]] = [lambda: rich_text.apply(doc, op), lambda: rich_text.invert(op, doc)]
    for call in calls:
        with pytest.raises(InvalidOperation) as refusal:
            call()
        assert str(refusal.value) == message


def test_compose_refuses_to_cut_a_character_that_the_first_operation_inserts() -> None:
    for later in ([{"retain": 2}, {"insert": "x"}], [{"delete": 2}]):
        with pytest.raises(InvalidOperation) as refusal:
            rich_text.compose([{"insert": "a😀b"}], later)
        assert refusal.value.component is later[0]
        assert refusal.value.reason == "ends inside a surrogate pair of an insert"


def test_what_the_reference_gets_wrong_is_refused() -> None:
    faults = reference_faults("rich-text")
    assert [fault["engine"] for fault in faults] == ["must reject the op"] * 2
    for fault in faults:
        for refusing in (rich_text.check, lambda op, doc=fault["doc"]: rich_text.apply(doc, op)):
            with pytest.raises(InvalidOperation):
                refusing(fault["a"])


@pytest.mark.parametrize(
    ("op", "normal"),
    [
        ([], []),
        ([{"retain": 0}, {"insert": ""}, {"delete": 0}, {"retain": 4}], []),
        ([{"insert": "a"}, {"retain": 0}, {"insert": "b", "attributes": {}}], [{"insert": "ab"}]),
        ([{"insert": "a", "attributes": {"bold": None}}, {"insert": "b"}], [{"insert": "ab"}]),
        ([{"retain": 1}, {"retain": 2}, {"delete": 1}], [{"retain": 3}, {"delete": 1}]),
        (
            [{"delete": 1}, {"insert": "a"}, {"delete": 1}, {"insert": "b"}],
            [{"insert": "ab"}, {"delete": 2}],
        ),
        (
            [{"retain": 1, "attributes": {"b": True}}, {"retain": 1, "attributes": {"b": 1}}],
            [{"retain": 1, "attributes": {"b": True}}, {"retain": 1, "attributes": {"b": 1}}],
        ),
        ([{"insert": {"hr": 1}}, {"insert": {"hr": 1}}], [{"insert": {"hr": 1}}, {"insert": {"hr": 1}}]),
        ([{"retain": 2, "attributes": {"bold": None}}], [{"retain": 2, "attributes": {"bold": None}}]),
    ],
)
def test_normalize_joins_neighbours_and_leaves_out_what_is_empty(op: Any, normal: Any) -> None:
    assert rich_text.normalize(op) == normal


@pytest.mark.parametrize(
    "op",
    [
        None,
        [None],
        [{}],
        [{"retain": -1}],
        [{"retain": 0, "insert": ""}],
        [{"insert": "x", "attributes": None}],
    ],
)
def test_normalize_refuses_what_is_no_component(op: Any) -> None:
    with pytest.raises(InvalidOperation):
        rich_text.normalize(op)


@pytest.mark.parametrize("position", [-1, True, 1.0, "1", None, [1]])
def test_what_is_no_position_is_refused(position: Any) -> None:
    with pytest.raises(InvalidOperation, match="a position in a rich text is a whole number from 0 on"):
        rich_text.transform_position(position, [{"insert": "x"}])


def test_a_new_document_is_one_newline_of_its_own() -> None:
    first, second = rich_text.create(), rich_text.create()
    assert first == second == [{"insert": "\n"}]
    assert first is not second
    assert first[0] is not second[0]


def test_a_document_is_a_list_of_inserts_in_normal_form() -> None:
    document = [{"insert": "a\x00😀"}, {"insert": {"__proto__": {"toString": 1}}}]
    assert rich_text.create(document) == document
    assert rich_text.create([]) == []
    for data in ("a", [{"insert": "a"}, {"insert": "b"}], [{"retain": 1}], [{"insert": "\ud83d"}], [None]):
        with pytest.raises(InvalidOperation):
            rich_text.create(data)


def test_a_side_is_left_or_right() -> None:
    with pytest.raises(ValueError, match='a side is "left" or "right", not \'middle\''):
        rich_text.transform([{"insert": "x"}], [], "middle")  # type: ignore[arg-type]  # what is tested
