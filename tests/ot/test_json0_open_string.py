"""Strings that components of json0 change in place: like the plain way, and without copying all of it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ot import InvalidOperation
from ot.json0 import Json0, open_string
from ot.json0.open_string import OpenString

TEXTS: Final = st.text("ab😀é", max_size=12)
json0: Final = Json0()


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three code units: their ends fall between and into characters."""
    monkeypatch.setattr(open_string, "CHUNK", 6)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """Return a string and components, of which a few do not fit."""
    document = draw(TEXTS)
    text = document
    components: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        offset = units(text[:start])
        if draw(st.booleans()):
            inserted = draw(TEXTS.filter(bool))
            components.append({"p": offset, "i": inserted})
            text = text[:start] + inserted + text[start:]
        elif start < len(text):
            gone = text[start : draw(st.integers(start + 1, len(text)))]
            components.append({"p": offset, "d": gone})
            text = text[:start] + text[start + len(gone) :]
        if draw(st.integers(0, 9)) == 9:
            kind = draw(st.sampled_from("id"))
            components.append({"p": draw(st.integers(0, 2 * len(text) + 1)), kind: draw(TEXTS.filter(bool))})
    return document, components


def units(text: str) -> int:
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def plainly_applied(text: str, components: list[dict[str, Any]]) -> str | int:
    """Return the text after components, or the index of the one that does not fit."""
    halves = text.encode("utf-16-le")
    for index, component in enumerate(components):
        start = 2 * component["p"]
        gone, put = (component.get(kind, "").encode("utf-16-le") for kind in "di")
        before, there, behind = halves[:start], halves[start : start + len(gone)], halves[start + len(gone) :]
        if len(before) < start or there != gone:
            return index
        halves = before + put + behind
        try:
            before.decode("utf-16-le")
        except UnicodeDecodeError:
            return index
    return halves.decode("utf-16-le")


def applied(document: Any, op: list[dict[str, Any]]) -> Any:
    try:
        return json0.apply(document, op)
    except InvalidOperation as refusal:
        return refusal.index


@settings(deadline=None, max_examples=500)
@given(edits())
def test_strings_edited_in_place_are_those_edited_plainly(case: tuple[str, list[dict[str, Any]]]) -> None:
    document, components = case
    expected = plainly_applied(document, components)
    bare = [{"p": [one["p"]], f"s{kind}": one[kind]} for one in components for kind in one if kind != "p"]
    assert applied(document, bare) == expected
    within = applied(document, [{"p": [], "t": "text0", "o": components}])
    assert within == (expected if isinstance(expected, str) else 0)


@settings(deadline=None, max_examples=100)
@given(edits())
def test_a_string_that_is_open_can_be_moved_deleted_and_asked_for(
    case: tuple[str, list[dict[str, Any]]],
) -> None:
    document, components = case
    expected = plainly_applied(document, components)
    if isinstance(expected, int):
        return
    typed = [
        {"p": ["a", 0, "t", one["p"]], f"s{kind}": one[kind]}
        for one in components
        for kind in one
        if kind != "p"
    ]
    before = {"a": [{"t": document}, 1]}
    assert json0.apply(before, typed) == {"a": [{"t": expected}, 1]}
    assert json0.apply(before, [*typed, {"p": ["a", 0], "lm": 1}]) == {"a": [1, {"t": expected}]}
    assert json0.apply(before, [*typed, {"p": ["a", 0], "ld": {"t": expected}}]) == {"a": [1]}
    assert json0.apply(before, [*typed, {"p": ["a"], "od": [{"t": expected}, 1]}]) == {}
    assert json0.apply(before, [*typed, {"p": ["a", 0, "t"], "od": expected}]) == {"a": [{}, 1]}
    with pytest.raises(InvalidOperation, match="there is a string"):
        json0.apply(before, [*typed, {"p": ["a", 0, "t"], "na": 1}])
    assert before == {"a": [{"t": document}, 1]}


def test_a_component_copies_one_chunk_and_shares_the_others() -> None:
    string = OpenString("abc" * 100)
    for place in range(0, 300, 7):
        before = list(string._chunks)
        string.apply({"p": place, "i": "x"}, 0)
        string.apply({"p": place, "d": "x"}, 0)
        kept = {id(chunk) for chunk in before} & {id(chunk) for chunk in string._chunks}
        assert len(kept) == len(before) - 1 == 99
