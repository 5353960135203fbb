"""A text that changes in place is, after every operation, the string that it would be."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ot.text.live_text
from ot import InvalidOperation, Landed, Rejected, RevisionLog
from ot.live_document import ReplacedDocument, live_document
from ot.testing import Made, text_documents, text_operations
from ot.text import Text
from ot.text.live_text import LiveText
from tests.ot.vectors import cases

text: Final = Text()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ot.text.live_text, "CHUNK", 3)
    monkeypatch.setattr(ot.text.live_text, "CHUNKS", 40)


def keystrokes(document: str) -> st.SearchStrategy[Made]:
    """Return a strategy of a splice somewhere, its delete counted or said."""
    places = st.integers(0, len(document))
    return st.builds(
        _splice, st.just(document), places, st.integers(0, 9), st.text("xyz😀", max_size=8), st.booleans()
    )


def _splice(document: str, place: int, gone: int, inserted: str, said: bool) -> Made:
    lost = document[place : place + gone]
    op: list[Any] = [place] if place and (lost or inserted) else []
    op += [inserted] if inserted else []
    op += [{"d": lost if said else len(lost)}] if lost else []
    return Made(op, document[:place] + inserted + document[place + len(lost) :], ())


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[Made]]:
    document = after = draw(text_documents(max_size=40))
    run: list[Made] = []
    for _ in range(draw(st.integers(1, 15))):
        run.append(draw(st.one_of(keystrokes(after), keystrokes(after), text_operations(after))))
        after = run[-1].after
    return document, run


@given(history=histories())
def test_after_every_operation_it_is_the_string(history: tuple[str, list[Made]]) -> None:
    document, run = history
    live, seldom = LiveText(document), LiveText(document)
    for made in run:
        live.apply(made.op)
        seldom.apply(made.op)
        assert live.snapshot() == made.after
        assert len(live) == len(made.after)
    assert seldom.snapshot() == run[-1].after, "asked only at the end"


@given(history=histories(), data=st.data())
def test_a_copy_goes_its_own_way(history: tuple[str, list[Made]], data: st.DataObject) -> None:
    document, run = history
    live = LiveText(document)
    at = data.draw(st.integers(0, len(run) - 1))
    for made in run[:at]:
        live.apply(made.op)
    copy = live.copy()
    for made in run[at:]:
        live.apply(made.op)
    assert live.snapshot() == run[-1].after
    assert copy.snapshot() == (run[at - 1].after if at else document)
    for made in run[at:]:
        copy.apply(made.op)
    assert copy.snapshot() == run[-1].after


def test_every_vector_is_applied() -> None:
    for case in cases("text"):
        live = LiveText(case["doc"])
        live.apply(case["a"])
        live.apply(case["c"])
        assert live.snapshot() == case["after_c"]


@pytest.mark.parametrize(
    "op",
    [
        [11, "x"],
        [9, {"d": 2}],
        [{"d": 11}],
        [{"d": "ax"}],
        [4, {"d": "fe"}],
        [1, "x", 10],
        [1, {"d": 3}, "x", {"d": 7}],
        [0, "x"],
        [-1, "x"],
        [{"d": 0}],
        [{"d": -1}],
        [{"d": True}],
        [{"d": 1, "x": 1}],
        [{}],
        [None],
        [1.0, "x"],
        {"d": 1},
        "x",
        None,
    ],
)
def test_what_does_not_fit_is_refused_as_by_the_type_and_changes_nothing(op: Any) -> None:
    live = LiveText("abcdefghij")
    with pytest.raises(InvalidOperation) as refused:
        live.apply(op)
    with pytest.raises(InvalidOperation) as by_type:
        text.apply("abcdefghij", op)
    assert str(refused.value) == str(by_type.value)
    assert live.snapshot() == "abcdefghij"
    live.apply([5, "x"])
    assert live.snapshot() == "abcdexfghij"


def test_chunks_do_not_grow_in_number_without_bound() -> None:
    live = LiveText("")
    for _ in range(50):
        for place in range(200):
            live.apply([place, "x"] if place else ["x"])
        for place in range(199, -1, -1):
            live.apply([place, {"d": 1}] if place else [{"d": 1}])
    assert live.snapshot() == ""
    assert len(live._chunks) == 1


def test_a_type_without_one_is_kept_as_a_snapshot() -> None:
    class Plain:
        def apply(self, snapshot: str, op: str) -> str:
            return snapshot + op

    plain: Any = Plain()
    document = live_document(plain, "a")
    assert isinstance(document, ReplacedDocument)
    copy = document.copy()
    document.apply("b")
    assert (document.snapshot(), copy.snapshot()) == ("ab", "a")
    assert isinstance(live_document(text, "a"), LiveText)


def test_a_step_that_is_rolled_back_is_taken_out_of_the_text_again() -> None:
    log = RevisionLog(text, "epoch", "0123456789" * 5)
    log.begin()
    assert isinstance(log.submit(0, "ada", 1, [25, "x", {"d": 7}]), Landed)
    assert isinstance(log.submit(1, "ada", 2, [60, "x"]), Rejected)
    log.rollback()
    log._check()
    assert log.snapshot == "0123456789" * 5
