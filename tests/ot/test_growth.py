"""What an operation adds to a document is bounded before it is applied: by its own bytes, and its growth."""

from __future__ import annotations

import time
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ot import (
    Bounds,
    DocumentType,
    InvalidOperation,
    Json,
    Json0,
    Json1,
    Landed,
    Operation,
    Rejected,
    RevisionLog,
    Snapshot,
    canonical_json,
    document_bytes,
    get_type,
)
from ot.bounds import UNBOUNDED
from ot.growth import growth_beyond_own_bytes
from ot.rich_text import RichText
from ot.testing import (
    json0_component_lists,
    json0_documents,
    json1_documents,
    json1_operations,
    rich_text_documents,
    rich_text_operations,
    text_documents,
    text_operations,
)
from ot.text import Text

MIB: Final = 1024 * 1024

NESTED: Final = RichText(embeds={"cell": RichText()})
CELLS: Final = rich_text_documents(3).map(lambda document: {"cell": document})

DRAWN: Final[dict[str, tuple[Any, Any, Any]]] = {
    "text": (Text(), text_documents(), text_operations),
    "rich-text": (RichText(), rich_text_documents(), rich_text_operations),
    "nested": (
        NESTED,
        rich_text_documents(4, embeds=CELLS),
        lambda document: rich_text_operations(document, edits={"cell": rich_text_operations}),
    ),
    "json1": (Json1(), json1_documents(), json1_operations),
    "json0": (Json0(), json0_documents(), json0_component_lists),
}


def bound(doc_type: DocumentType, op: Operation, snapshot: Snapshot) -> int:
    """Return what an operation adds at most."""
    own = len(canonical_json(op).encode())
    return own + growth_beyond_own_bytes(doc_type, op, snapshot, UNBOUNDED)


def assert_bounded(doc_type: DocumentType, op: Operation, snapshot: Snapshot, after: Snapshot) -> None:
    added = document_bytes(after) - document_bytes(snapshot)
    assert added <= bound(doc_type, op, snapshot), f"{op!r} adds {added} bytes to {snapshot!r}"


@pytest.mark.parametrize("name", DRAWN)
def test_no_operation_adds_more_than_its_own_bytes_and_its_growth(name: str) -> None:
    doc_type, documents, operations = DRAWN[name]

    @settings(deadline=None, max_examples=300)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        document = data.draw(documents)
        made = data.draw(operations(document))
        assert_bounded(doc_type, made.op, document, made.after)

    run()


NUMBERS: Final = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.sampled_from(
    [0, 1, 0.1, 0.2, 1e-7, 1e22, 2e-16, 2**53 - 1, -1e-7, 5e-324, 1e300, 123456.7]
)


@settings(max_examples=500)
@given(number=NUMBERS, amount=NUMBERS)
def test_no_sum_is_longer_than_its_terms_and_the_growth(number: float, amount: float) -> None:
    for doc_type, op in ((Json1(), [{"ena": amount}]), (Json0(), [{"p": [], "na": amount}])):
        assert_bounded(doc_type, op, number, doc_type.apply(number, op))


def runs(count: int, attributes: Json = None) -> Snapshot:
    """Return a document of so many runs of one character, every second one in bold."""
    return [{"insert": "x", **({"attributes": {"b": True}} if n % 2 else {})} for n in range(count)]


HUGE: Final[dict[str, tuple[Snapshot, Operation]]] = {
    "a format over many runs": (
        runs(100_000),
        [{"retain": 100_000, "attributes": {"a": "v" * 200_000}}],
    ),
    "many names over many runs": (
        runs(100_000),
        [{"retain": 100_000, "attributes": {f"n{n}": 1 for n in range(15_000)}}],
    ),
    "inserts into a run with large attributes": (
        [{"insert": "x" * 20_000, "attributes": {f"n{n}": "v" * 100_000 for n in range(20)}}],
        [{"retain": 1}, {"insert": "-"}] * 5_000,
    ),
    "formats within a run with large attributes": (
        [{"insert": "x" * 20_000, "attributes": {f"n{n}": "v" * 100_000 for n in range(20)}}],
        [{"retain": 1}, {"retain": 1, "attributes": {"b": True}}] * 5_000,
    ),
}


@pytest.mark.parametrize("kind", HUGE)
def test_what_would_become_gigabytes_is_refused_within_milliseconds(kind: str) -> None:
    document, op = HUGE[kind]
    log = RevisionLog(RichText(), "epoch", document, bounds=Bounds(document_bytes=8 * MIB))
    before = log.snapshot
    began = time.thread_time()
    decision = log.submit(0, "mallory", 1, op)
    taken = time.thread_time() - began
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "too-large"
    assert log.snapshot is before
    assert taken < 0.5, f"{taken:.3f} s of work"


def test_what_would_become_gigabytes_inside_a_value_is_refused_too() -> None:
    document, op = HUGE["a format over many runs"]
    log = RevisionLog(Json1(), "epoch", {"body": document}, bounds=Bounds(document_bytes=8 * MIB))
    decision = log.submit(0, "mallory", 1, ["body", {"et": "rich-text", "e": op}])
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "too-large"
    log = RevisionLog(Json0([RichText()]), "epoch", {"body": document}, bounds=Bounds(document_bytes=8 * MIB))
    decision = log.submit(0, "mallory", 1, [{"p": ["body"], "t": "rich-text", "o": op}])
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "too-large"


def test_a_document_that_changes_in_place_stops_adding_up_past_the_limit() -> None:
    live = RichText().live(runs(4_000))
    formats = [
        {"retain": 1, "attributes": {"a": 1}},
        {"retain": 3_000},
        {"retain": 1, "attributes": {"a": 1}},
    ]
    all_of_it, past = live.growth(formats, UNBOUNDED), live.growth(formats, 0)
    assert 0 < past < all_of_it


def test_to_clear_very_many_formats_takes_no_time_for_each_run() -> None:
    cleared = {f"n{n}": None for n in range(19_000)} | {"b": None}
    log = RevisionLog(RichText(), "epoch", runs(20_000))
    began = time.thread_time()
    assert isinstance(log.submit(0, "mallory", 1, [{"retain": 20_000, "attributes": cleared}]), Landed)
    assert time.thread_time() - began < 2.0, "a millisecond for each run would be 20 s"
    assert log.snapshot == [{"insert": "x" * 20_000}]


def test_to_clear_a_format_everywhere_is_no_growth() -> None:
    log = RevisionLog(
        RichText(), "epoch", runs(1_000), bounds=Bounds(document_bytes=document_bytes(runs(1_000)))
    )
    assert isinstance(log.submit(0, "ada", 1, [{"retain": 1_000, "attributes": {"b": None}}]), Landed)
    assert log.snapshot == [{"insert": "x" * 1_000}]


@pytest.mark.parametrize(
    "op",
    [
        [{"delete": 3}, {"insert": "x"}],
        [{"retain": 1}, {"retain": 2, "attributes": {"b": True}}, {"insert": "x"}],
        [{"retain": {"cell": [{"insert": "x"}]}}],
        [{"retain": 1}, {"retain": {"formula": {}}}],
    ],
)
def test_what_does_not_fit_is_left_for_apply_to_refuse(op: Operation) -> None:
    document = [{"insert": "a"}, {"insert": {"cell": [{"insert": "b"}]}}]
    assert growth_beyond_own_bytes(NESTED, op, document, UNBOUNDED) == 0
    with pytest.raises(InvalidOperation):
        NESTED.apply(document, op)


@pytest.mark.parametrize(
    ("name", "document", "op"),
    [
        ("rich-text", runs(50), [{"retain": 50, "attributes": {"color": "red"}}]),
        ("rich-text", [{"insert": "abc", "attributes": {"b": 1}}], [{"retain": 1}, {"insert": "x"}]),
        ("json1", 0.2, [{"ena": 0.1}]),
        ("json0", 0.2, [{"p": [], "na": 0.1}]),
    ],
)
def test_the_log_s_bound_holds_where_a_document_grows_by_more_than_the_operation(
    name: str, document: Snapshot, op: Operation
) -> None:
    doc_type: Any = get_type(name)
    here = RevisionLog(doc_type, "epoch", document)
    assert isinstance(here.submit(0, "ada", 1, op), Landed)
    here._check()
    elsewhere = RevisionLog(doc_type, "epoch", document)
    elsewhere.extend(here.entries)
    elsewhere._check()
