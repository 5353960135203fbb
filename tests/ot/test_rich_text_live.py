"""A rich text that changes in place is, after every operation, the document that it would be."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ot.rich_text.live_rich_text
from ot import InvalidOperation, Landed, Rejected, RevisionLog
from ot.bounds import UNBOUNDED
from ot.growth import document_growth, growth_beyond_own_bytes
from ot.live_document import live_document
from ot.rich_text import RichText
from ot.rich_text.live_rich_text import LiveRichText
from ot.testing import Made, rich_text_documents, rich_text_operations
from ot.testing.rich_text import BOLD, cells_of, document_of

rich_text: Final = RichText(embeds={"cell": RichText()})

CELLS: Final = rich_text_documents(2).map(lambda document: {"cell": document})

HALVES: Final[list[dict[str, Any]]] = [{"insert": "abcde😀fgh"}, {"insert": "ij", "attributes": BOLD}]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ot.rich_text.live_rich_text, "BLOCK", 4)
    monkeypatch.setattr(ot.rich_text.live_rich_text, "COMPONENT", 1)
    monkeypatch.setattr(ot.rich_text.live_rich_text, "BLOCKS", 20)


def live(document: Any) -> LiveRichText:
    """Return a document that changes in place, by the way that the log takes."""
    made = live_document(rich_text, document)
    assert isinstance(made, LiveRichText)
    return made


def keystrokes(document: Any) -> st.SearchStrategy[Made]:
    """Return a strategy of one insert, delete or format of a few characters, at the end, too."""
    size = len(cells_of(document))
    return st.builds(
        _keystroke,
        st.just(document),
        st.integers(0, size),
        st.integers(0, 5),
        st.sampled_from(["", "x", "😀", "x😀y" * 3]),
        st.sampled_from([None, BOLD, {"n": 1}]),
    )


def _keystroke(document: Any, place: int, size: int, text: str, format_: dict[str, Any] | None) -> Made:
    cells = cells_of(document)
    before, gone, behind = document_of(cells[:place]), cells[place : place + size], cells[place + size :]
    inserted = document_of(cells_of([{"insert": text}])) if text else []
    op: list[Any] = [{"retain": _units(before)}] if before and (gone or text) else []
    op += inserted
    kept = [cell._replace(attributes=cell.attributes | format_) for cell in gone] if format_ else []
    if gone:
        length = _units(document_of(gone))
        op.append({"retain": length, "attributes": format_} if format_ else {"delete": length})
    after = document_of([*cells[:place], *cells_of(inserted), *kept, *behind])
    return Made(op, after, ())


def _units(document: Any) -> int:
    return sum(
        len(one["insert"].encode("utf-16-le")) // 2 if type(one["insert"]) is str else 1 for one in document
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[Made]]:
    document = after = draw(rich_text_documents(60, embeds=CELLS))
    run: list[Made] = []
    for _ in range(draw(st.integers(1, 12))):
        edits = {"cell": rich_text_operations}
        several = rich_text_operations(after, edits=edits)
        run.append(draw(st.one_of(keystrokes(after), keystrokes(after), several)))
        after = run[-1].after
    return document, run


@given(history=histories())
def test_after_every_operation_it_is_the_document(history: tuple[Any, list[Made]]) -> None:
    document, run = history
    asked, seldom = live(document), live(document)
    for made in run:
        asked.apply(made.op)
        seldom.apply(made.op)
        assert asked.snapshot() == made.after
        asked._check()
    assert seldom.snapshot() == run[-1].after, "asked only at the end"


@given(history=histories())
def test_it_grows_as_the_type_says(history: tuple[Any, list[Made]]) -> None:
    document, run = history
    changed = live(document)
    for made in run:
        by_type = growth_beyond_own_bytes(rich_text, made.op, document, UNBOUNDED)
        assert document_growth(rich_text, made.op, changed, UNBOUNDED) == by_type
        changed.apply(made.op)
        document = made.after


@given(history=histories(), data=st.data())
def test_a_copy_goes_its_own_way(history: tuple[Any, list[Made]], data: st.DataObject) -> None:
    document, run = history
    changed = live(document)
    at = data.draw(st.integers(0, len(run) - 1))
    for made in run[:at]:
        changed.apply(made.op)
    copy = changed.copy()
    for made in run[at:]:
        changed.apply(made.op)
    assert changed.snapshot() == run[-1].after
    assert copy.snapshot() == (run[at - 1].after if at else document)
    for made in run[at:]:
        copy.apply(made.op)
    assert copy.snapshot() == run[-1].after


@pytest.mark.parametrize(
    "op",
    [
        [{"retain": 13}, {"insert": "x"}],
        [{"retain": 13}],
        [{"retain": 10}, {"delete": 3}],
        [{"delete": 13}],
        [{"retain": 6}, {"insert": "x"}],
        [{"retain": 4}, {"delete": 2}],
        [{"insert": "x"}, {"retain": 6}, {"insert": "x"}],
        [{"insert": "x"}, {"retain": 12}, {"delete": 1}],
        [{"retain": 2}, {"retain": 4, "attributes": {"bold": True}}],
        [{"retain": 2}, {"retain": {"cell": []}}],
        [{"retain": 0}, {"insert": "x"}],
        [{"retain": -1}, {"insert": "x"}],
        [{"retain": 5}, {"delete": -2}],
        [{"delete": True}],
        [{"insert": "x", "delete": 1}],
        [{"insert": 5}],
        [{"retain": 11}, {"insert": ""}],
        [{}],
        [None],
        [{"retain": 1.0}, {"insert": "x"}],
        {"delete": 1},
        {},
        "",
        None,
    ],
)
def test_what_does_not_fit_is_refused_as_by_the_type_and_changes_nothing(op: Any) -> None:
    changed = live(HALVES)
    with pytest.raises(InvalidOperation) as refused:
        changed.apply(op)
    with pytest.raises(InvalidOperation) as by_type:
        rich_text.apply(HALVES, op)
    assert str(refused.value) == str(by_type.value)
    assert changed.snapshot() == HALVES
    changed.apply([{"retain": 5}, {"insert": "x"}])
    assert changed.snapshot() == [{"insert": "abcdex😀fgh"}, HALVES[1]]


def test_blocks_do_not_grow_in_number_without_bound() -> None:
    changed = live([])
    for _ in range(20):
        for place in range(100):
            changed.apply([{"retain": 2 * place}, {"insert": "😀"}][place == 0 :])
        for place in range(99, -1, -1):
            changed.apply([{"retain": 2 * place}, {"delete": 2}][place == 0 :])
            assert len(changed._blocks) <= 2 * 20
    assert changed.snapshot() == []


@pytest.mark.parametrize("far", [0, 60])
def test_an_operation_makes_anew_only_the_blocks_that_it_touches(far: int) -> None:
    changed = live([{"insert": "abcdefghij" * 10}])
    before = list(changed._blocks)
    changed.apply([{"retain": 20}, {"insert": "x"}, *([{"retain": far}, {"delete": 2}] if far else [])])
    kept = sum(any(block is one for one in before) for block in changed._blocks)
    assert len(before) > 10
    assert kept >= len(before) - (4 if far else 1)


def test_a_step_that_is_rolled_back_is_taken_out_of_the_document_again() -> None:
    document = [{"insert": "0123456789" * 5}]
    log = RevisionLog(rich_text, "epoch", document)
    log.begin()
    assert isinstance(log.submit(0, "ada", 1, [{"retain": 25}, {"insert": "x"}, {"delete": 7}]), Landed)
    assert isinstance(log.submit(1, "ada", 2, [{"retain": 60}, {"insert": "x"}]), Rejected)
    log.rollback()
    log._check()
    assert log.snapshot == document
