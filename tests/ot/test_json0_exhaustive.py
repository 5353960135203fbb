"""Every pair of json0 operations on small documents: both orders end alike.

Operations have up to two components, so that what one component becomes meets the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from ot.json0 import Json0
from ot.testing import every_json0_operation, every_pair, same_json
from ot.testing.json0_changes import Palette

LEAST_PAIRS: Final = 100_000

json0: Final = Json0()

LISTS: Final = Palette(keys=("x",), values=("v",), texts=(), amounts=())
OBJECTS: Final = Palette(keys=("x", "y"), values=(1, {"x": 0}), texts=(), amounts=(1,))
STRINGS: Final = Palette(keys=(), values=(), texts=("z",), amounts=())

SCOPES: Final = [
    (["p"], LISTS, 2),
    (["p", "q"], LISTS, 2),
    (["p", "q", "r", "s"], LISTS, 1),
    ([["p"], "q"], LISTS, 1),
    ({"x": 1}, OBJECTS, 2),
    ({"x": {"x": 1}}, OBJECTS, 1),
    ("ab", STRINGS, 2),
    ("😀a", STRINGS, 1),
]


def test_every_pair_ends_alike_in_both_orders(show: Callable[[str], None]) -> None:
    started = time.process_time()
    found = [
        every_pair(json0, [document], partial(every_json0_operation, palette=palette, components=components))
        for document, palette, components in SCOPES
    ]
    seconds = time.process_time() - started
    tried, met = (sum(counts) for counts in zip(*((pairs.tried, pairs.met) for pairs in found), strict=True))
    show(
        f"{tried:,} pairs of json0 operations in {seconds:.0f} s of CPU time, {met / tried:.0%} of them meet"
    )
    assert [fault for pairs in found for fault in pairs.faults] == []
    assert tried >= LEAST_PAIRS


@pytest.mark.parametrize(("document", "palette"), [(["p", "q"], LISTS), ({"x": 1}, OBJECTS), ("ab", STRINGS)])
def test_every_composition_and_its_inverse_lead_there_and_back(document: Any, palette: Palette) -> None:
    for a in every_json0_operation(document, palette, 2):
        json0.check(a.op)
        assert same_json(json0.apply(document, a.op), a.after), a.op
        composed = json0.compose(a.op[:1], a.op[1:])
        assert same_json(json0.apply(document, composed), a.after), a.op
        for op in (a.op, composed):
            assert same_json(json0.apply(a.after, json0.invert(op, document)), document), op
