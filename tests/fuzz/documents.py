"""What the functions of a type make of any document and any two operations.

An input is JSON: `[[document], op, other]`, or `[[], op, other]` for a new document without data. It is
looked at as a server does it, which knows nothing of its clients:

- every function gives a value or raises InvalidOperation, and changes no argument;
- what `check` lets in has a normal form that it lets in too;
- an operation that `check` lets in but that does not fit its document is carried over those that landed, too;
- those that do fit keep the laws: both orders end alike, composed and one by one alike, and what is undone is
  as before.

What does not fit is told apart only by `apply`, as in the log.
"""

from __future__ import annotations

import contextlib
from typing import Any, Final

import orjson

import ot
from ot import DocumentType, InvalidOperation, Operation, Snapshot
from ot.carry_cost import carry_cost
from ot.growth import growth_beyond_own_bytes
from ot.live_document import LiveDocument, live_document
from ot.presence import moved_by
from ot.testing import same_json
from tests.fuzz.promises import (
    Landed,
    both_orders_end_alike,
    comes_in_parts,
    differ_by_an_operation,
    is_carried,
    is_exact,
    is_undone,
)
from transport.json_values import is_plain
from transport.limits import Limits

NO_NORMAL_FORM: Final = ("json0",)  # its `normalize` joins neighbours once, as peers do
MOST: Final = 100_000  # bytes that an operation may add, of which `growth` is asked


def document_and_operations(doc_type: DocumentType, data: bytes) -> None:
    """Look at what a type makes of an input."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    depth = Limits().json_depth
    match raw:
        case [list() as document, op, other] if len(document) < 2 and is_plain(raw, depth):
            _look(doc_type, document, op, other)
            assert same_json(orjson.loads(data), raw), "an argument was changed"


def _look(doc_type: DocumentType, document: list[Any], op: Operation, other: Operation) -> None:
    ours, theirs = _checked(doc_type, op), _checked(doc_type, other)
    try:
        snapshot = doc_type.create(*document)
    except InvalidOperation:
        return
    one = _landed(doc_type, snapshot, op) if ours else None
    two = _landed(doc_type, snapshot, other) if theirs else None
    exact = is_exact([document, op, other])
    if one is not None and exact:
        is_undone(doc_type, snapshot, one)
        comes_in_parts(doc_type, snapshot, one)
        differ_by_an_operation(doc_type, snapshot, one.after)
    if two is not None:
        moved_by(doc_type, {"cursor": op, "anchor": document}, [other], "left")
        if ours:  # whether or not it fits: a log knows only after it was carried
            is_carried(doc_type, op, two)
    if one is not None and two is not None:
        both_orders_end_alike(doc_type, snapshot, one, two, exact=exact)


def _checked(doc_type: DocumentType, op: Operation) -> bool:
    """Tell whether `check` lets an operation in."""
    carry_cost(doc_type, op)
    try:
        doc_type.check(op)
    except InvalidOperation as error:
        str(error)
        with contextlib.suppress(InvalidOperation):
            doc_type.normalize(op)
        return False
    try:
        normal = doc_type.normalize(op)
    except InvalidOperation:  # it fits no document at all, which shows when its neighbours are joined
        return True
    doc_type.check(normal)
    if doc_type.name not in NO_NORMAL_FORM:
        assert same_json(doc_type.normalize(normal), normal), f"normalized again, {normal!r} is another"
    return True


def _landed(doc_type: DocumentType, snapshot: Snapshot, op: Operation) -> Landed | None:
    """Return an operation and the document after it; None where it does not fit."""
    live = live_document(doc_type, snapshot)
    growth = growth_beyond_own_bytes(doc_type, op, snapshot, MOST)
    try:
        after = doc_type.apply(snapshot, op)
    except InvalidOperation as error:
        str(error)
        _does_not_fit(live, snapshot, op)
        return None
    assert same_json(doc_type.apply(snapshot, doc_type.normalize(op)), after), (
        "normalized it does another thing"
    )
    live.apply(op)
    assert same_json(live.snapshot(), after), "a document that changes in place ends otherwise"
    if growth <= MOST:
        most = _bytes(snapshot) + _bytes(op) + growth
        assert _bytes(after) <= most, f"{_bytes(after)} bytes, and growth said at most {most}"
    return Landed(op, after)


def _does_not_fit(live: LiveDocument, snapshot: Snapshot, op: Operation) -> None:
    try:
        live.apply(op)
    except InvalidOperation:
        assert same_json(live.snapshot(), snapshot), "refused, and changed"
    else:
        raise AssertionError("a document that changes in place takes what does not fit")


def _bytes(value: Any) -> int:
    return 0 if value is ot.ABSENT else len(ot.canonical_json(value).encode())
