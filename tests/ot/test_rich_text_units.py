"""Lengths are UTF-16 code units, whatever the text is made of, and long operations stay cheap."""

from __future__ import annotations

import random
import time
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot import InvalidOperation, utf16
from ot.rich_text import RichText
from ot.testing import laws, rich_text_operations
from ot.testing.rich_text import BOLD, Cell, document_of
from ot.utf16 import PairCut, taken, units

rich_text: Final = RichText()

TEXTS: Final = st.text(st.sampled_from("aé\u0301ж\uffff😀\U0010ffff"), max_size=12)

ASTRAL_CELLS: Final = st.sampled_from(
    [Cell("😀", {}), Cell("😀", BOLD), Cell("\U0010ffff", {}), Cell("a", {})]
)

TestAstral = laws(
    rich_text, st.lists(ASTRAL_CELLS, max_size=6).map(document_of), rich_text_operations, examples=50
)


def in_units(text: str) -> list[str]:
    """Return a text as a peer in JavaScript indexes it."""
    return [half for char in text for half in ([char, ""] if ord(char) > 0xFFFF else [char])]


@given(text=TEXTS, start=st.integers(0, 12), length=st.integers(0, 30), long=st.sampled_from((0, 1_000)))
def test_what_is_taken_is_what_javascript_would_take(text: str, start: int, length: int, long: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utf16, "LONG", long)
        assert_taken(text, start, length)


def assert_taken(text: str, start: int, length: int) -> None:
    rest = in_units(text[start:])
    assert units(text) == len(in_units(text))
    if length < len(rest) and rest[length] == "":
        with pytest.raises(PairCut):
            taken(text, start, length)
    else:
        assert taken(text, start, length) == ("".join(rest[:length]), min(length, len(rest)))


@given(text=TEXTS, place=st.integers(0, 24), size=st.integers(1, 4))
def test_every_place_inside_a_pair_is_refused_and_no_other(text: str, place: int, size: int) -> None:
    there = in_units(text)
    retain: list[dict[str, Any]] = [{"retain": place}] if place else []
    op = [*retain, {"delete": size}]
    ends = [at for at in (place, place + size) if at < len(there)]
    if place + size <= len(there) and all(there[at] != "" for at in ends):
        left = "".join(there[:place] + there[place + size :])
        assert rich_text.apply([{"insert": text}] if text else [], op) == ([{"insert": left}] if left else [])
    else:
        with pytest.raises(InvalidOperation, match=r"surrogate pair|the document has"):
            rich_text.apply([{"insert": text}] if text else [], op)


def alternating(components: int, text: str) -> list[dict[str, Any]]:
    """Return an operation of as many components: keep as much as the text, then insert something short."""
    return [
        one for _ in range(components // 2) for one in ({"retain": len(in_units(text))}, {"insert": "xy"})
    ]


@pytest.mark.parametrize("text", ["abcdefghijklmnopqrst", "abcdefghi😀jklmnopqr"])
def test_the_largest_operations_take_no_time_to_speak_of(text: str) -> None:
    long = [{"insert": text * 10_000}]
    many = alternating(20_000, text)
    pieces = [{"insert": text, "attributes": {"n": n}} for n in range(10_000)]
    expected = "".join(text + "xy" for _ in range(10_000))
    started = time.process_time()
    assert rich_text.compose(long, many) == rich_text.apply(long, many) == [{"insert": expected}]
    assert len(rich_text.transform(many, [{"insert": "z"}, *many], "left")) == 20_000
    assert len(rich_text.compose(pieces, many)) == 20_000
    assert len(rich_text.split(rich_text.compose(long, many), 1000)) == -(-len(expected) // 1000)
    assert rich_text.invert(many, long)[-1] == {"delete": 2}
    assert time.process_time() - started < 3


def test_a_difference_keeps_what_both_have() -> None:
    before = [{"insert": "one two 😀"}, {"insert": {"hr": 1}}, {"insert": "three\n"}]
    after = [{"insert": "one 😀", "attributes": BOLD}, {"insert": {"hr": 1}}, {"insert": "three!\n"}]
    assert rich_text.diff(before, after) == [
        {"retain": 4, "attributes": BOLD},
        {"delete": 4},
        {"retain": 2, "attributes": BOLD},
        {"retain": 6},
        {"insert": "!"},
    ]


def test_embeds_that_differ_are_replaced_and_others_formatted() -> None:
    before = [{"insert": {"image": 1}}, {"insert": {"image": 1}}]
    after = [{"insert": {"image": True}}, {"insert": {"image": 1.0}, "attributes": BOLD}]
    difference = rich_text.diff(before, after)
    assert difference == [
        {"insert": {"image": True}},
        {"delete": 1},
        {"retain": 1, "attributes": BOLD},
    ]


def test_more_different_embeds_than_there_are_stand_ins_are_told_apart() -> None:
    rng = random.Random(7)
    before = [{"insert": {"n": n}} for n in range(5000)]
    after = [{"insert": {"n": n + 2048 if rng.random() < 0.01 else n}} for n in range(5000)]
    difference = rich_text.diff(before, after)
    assert rich_text.apply(before, difference) == after
    assert sum("insert" in component for component in difference) < 100
