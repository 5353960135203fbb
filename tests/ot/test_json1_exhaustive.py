"""Every pair of json1 operations of up to two changes on small documents, and every composition of two."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from ot import ABSENT
from ot.json1 import Json1
from ot.testing import every_json1_operation, every_pair, same_json
from ot.testing.json1 import Palette

LEAST_PAIRS: Final = 100_000

json1: Final = Json1()

SCOPES: Final[list[tuple[Any, Palette]]] = [
    (["p", "q", "r"], Palette(keys=(), values=("v",), texts=(), amounts=())),
    (["p", "q"], Palette(keys=(), values=("v",), texts=(), amounts=())),
    ([["p"], []], Palette(keys=(), values=(), texts=(), amounts=())),
    ({"x": {}, "y": {}}, Palette(keys=("x", "y"), values=(1,), texts=(), amounts=())),
    ({"x": {"y": {}}}, Palette(keys=("x", "y"), values=({},), texts=(), amounts=())),
    ({"x": ["p"], "y": {}}, Palette(keys=("x", "y"), values=(), texts=(), amounts=())),
    ({"x": "a", "y": 1}, Palette(keys=("x", "y"), values=("a",), texts=("z",), amounts=(1,))),
    (ABSENT, Palette(keys=("x",), values=({}, "a", []), texts=("z",), amounts=())),
]


def test_every_pair_ends_in_one_document_in_both_orders(show: Callable[[str], None]) -> None:
    started = time.process_time()
    found = [
        every_pair(json1, [document], partial(every_json1_operation, palette=palette, changes=2))
        for document, palette in SCOPES
    ]
    seconds = time.process_time() - started
    tried, met = (sum(counts) for counts in zip(*((pairs.tried, pairs.met) for pairs in found), strict=True))
    show(
        f"{tried:,} pairs of json1 operations in {seconds:.0f} s of CPU time, {met / tried:.0%} of them meet"
    )
    assert [fault for pairs in found for fault in pairs.faults] == []
    assert tried >= LEAST_PAIRS


@pytest.mark.parametrize(("document", "palette"), SCOPES[2:], ids=[str(scope[0]) for scope in SCOPES[2:]])
def test_every_operation_leads_there_and_its_inverse_back(document: Any, palette: Palette) -> None:
    for a in every_json1_operation(document, palette, 2):
        json1.check(a.op)
        assert same_json(json1.apply(document, a.op), a.after), a.op
        assert same_json(json1.apply(a.after, json1.invert(a.op, document)), document), a.op
        for move in a.moves:
            moved = json1.transform_position(move.position, a.op, move.side)
            assert moved == move.expected, (a.op, move)


@pytest.mark.parametrize(("document", "palette"), SCOPES[2:], ids=[str(scope[0]) for scope in SCOPES[2:]])
def test_every_composition_does_what_its_parts_do(document: Any, palette: Palette) -> None:
    for a in every_json1_operation(document, palette, 1):
        for later in every_json1_operation(a.after, palette, 1):
            composed = json1.compose(a.op, later.op)
            json1.check(composed)
            assert same_json(json1.apply(document, composed), later.after), (a.op, later.op)
            inverse = json1.invert(composed, document)
            assert same_json(json1.apply(later.after, inverse), document), (a.op, later.op)
