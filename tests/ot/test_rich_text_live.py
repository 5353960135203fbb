"""A rich text that changes in place is, after every operation, the document that it would be."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ot.rich_text.live_rich_text
from ot import InvalidOperation, Landed, Rejected, RevisionLog
from ot.bounds import UNBOUNDED
from ot.growth import document_growth, growth_beyond_own_bytes
from ot.live_document import live_document
from ot.rich_text import RichText
from ot.rich_text.live_rich_text import LiveRichText
from ot.testing import Made, rich_text_documents, rich_text_operations
from ot.testing.rich_text import BOLD, Cell, cells_of, document_of, width

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


@attrs.frozen
class Splice:
    """What is done to some cells of a document: they are formatted, or else replaced by a text."""

    start: int
    size: int
    text: str
    attributes: dict[str, Any] | None

    def operation(self, cells: list[Cell]) -> list[Any]:
        """Return it as components of an operation on these cells."""
        inserted: list[Any] = [{"insert": self.text}] if self.text else []
        length = _units(cells)
        if not length:
            return inserted
        if self.attributes is None:
            return [*inserted, {"delete": length}]
        return [*inserted, {"retain": length, "attributes": self.attributes}]

    def after(self, cells: list[Cell]) -> list[Cell]:
        """Return what is left of these cells, behind what is inserted."""
        inserted = [Cell(char, {}) for char in self.text]
        if self.attributes is None:
            return inserted
        return [*inserted, *(cell._replace(attributes=cell.attributes | self.attributes) for cell in cells)]


SPLICES: Final = st.builds(
    Splice,
    st.integers(0, 60),
    st.integers(0, 5),
    st.sampled_from(["", "x", "😀", "x😀y" * 5]),
    st.sampled_from([None, BOLD, {"n": 1}]),
)


def spliced(document: Any, splices: list[Splice]) -> Made:
    """Return one operation that does some splices, which may be far apart, those that do not overlap."""
    cells = cells_of(document)
    op, after, place = list[Any](), list[Cell](), 0
    for splice in sorted(splices, key=lambda one: one.start):
        if not place <= splice.start <= len(cells):
            continue
        kept = cells[place : splice.start]
        touched = cells[splice.start : splice.start + splice.size]
        done = splice.operation(touched)
        if done:
            op += [*([{"retain": _units(kept)}] if kept else []), *done]
            after += kept + splice.after(touched)
            place = splice.start + len(touched)
    return Made(rich_text.normalize(op), document_of([*after, *cells[place:]]), ())


def _units(cells: list[Cell]) -> int:
    return sum(width(cell.content) for cell in cells)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[Made]]:
    document = after = document_of(cells_of(draw(rich_text_documents(8, embeds=CELLS))) * 8)
    run: list[Made] = []
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 2)):
            run.append(spliced(after, draw(st.lists(SPLICES, min_size=1, max_size=3))))
        else:
            run.append(draw(rich_text_operations(after, edits={"cell": rich_text_operations})))
        after = run[-1].after
    return document, run


@settings(max_examples=50)
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


@settings(max_examples=50)
@given(history=histories())
def test_it_grows_as_the_type_says(history: tuple[Any, list[Made]]) -> None:
    document, run = history
    changed = live(document)
    for made in run:
        by_type = growth_beyond_own_bytes(rich_text, made.op, document, UNBOUNDED)
        assert document_growth(rich_text, made.op, changed, UNBOUNDED) == by_type
        changed.apply(made.op)
        document = made.after


@settings(max_examples=50)
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
    for _ in range(3):
        for place in range(400):
            changed.apply([{"retain": 2 * place}, {"insert": "😀"}][place == 0 :])
            assert len(changed._blocks) <= 2 * 20
        for place in range(399, -1, -1):
            changed.apply([{"retain": 2 * place}, {"delete": 2}][place == 0 :])
            assert len(changed._blocks) <= 2 * 20
        assert len(changed._blocks) <= 2
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


def test_growth_is_added_up_no_further_than_asked() -> None:
    text = live([{"insert": "abcdefghijklmnopqrstuvwxyz"}])
    formats = [{"retain": 1, "attributes": BOLD}, {"retain": 20}, {"retain": 1, "attributes": BOLD}]
    assert 0 < text.growth(formats, 0) < text.growth(formats, UNBOUNDED)
