"""Every pair of json0 operations on small documents: both orders end alike, and as the reference has it.

Operations have up to two components, so that what one component becomes meets the next. A pair meets where
one of the two is not the same after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from ot.json0 import Json0
from ot.testing import Made, every_json0_operation, same_json
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


def disagreement(a: Made, b: Made) -> tuple[bool, str | None]:
    """Return whether a pair meets, and what is wrong with it, if anything."""
    a_left, a_right = (json0.transform(a.op, b.op, side) for side in ("left", "right"))
    b_left, b_right = (json0.transform(b.op, a.op, side) for side in ("left", "right"))
    meet = not (same_json(a_left, a.op) and same_json(b_right, b.op) and same_json(a_right, a.op))
    for ours, theirs in ((a_left, b_right), (a_right, b_left)):
        a_first, b_first = json0.apply(a.after, theirs), json0.apply(b.after, ours)
        if not same_json(a_first, b_first):
            return meet, f"a = {a.op}, b = {b.op}: {a_first} and {b_first}"
    return meet, None


def test_every_pair_ends_alike_in_both_orders(show: Callable[[str], None]) -> None:
    started = time.perf_counter()
    pairs, meeting, faults = 0, 0, []
    for document, palette, components in SCOPES:
        operations = list(every_json0_operation(document, palette, components))
        for a in operations:
            for b in operations:
                meet, fault = disagreement(a, b)
                pairs += 1
                meeting += meet
                faults += [f"document = {document}, {fault}"] if fault else []
    seconds = time.perf_counter() - started
    show(f"{pairs:,} pairs of json0 operations in {seconds:.0f} s, {meeting / pairs:.0%} of them meet")
    assert faults[:5] == []
    assert pairs >= LEAST_PAIRS


@pytest.mark.parametrize(("document", "palette"), [(["p", "q"], LISTS), ({"x": 1}, OBJECTS), ("ab", STRINGS)])
def test_every_composition_and_its_inverse_lead_there_and_back(document: Any, palette: Palette) -> None:
    for a in every_json0_operation(document, palette, 2):
        json0.check(a.op)
        assert same_json(json0.apply(document, a.op), a.after), a.op
        composed = json0.compose(a.op[:1], a.op[1:])
        assert same_json(json0.apply(document, composed), a.after), a.op
        for op in (a.op, composed):
            assert same_json(json0.apply(a.after, json0.invert(op, document)), document), op
