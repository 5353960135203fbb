"""Which names a document may have, and that the refusal says why."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.transport.wire_messages import document_names
from transport.document_name import BadDocumentName, check_document_name

ORDINARY = ["a", "notes", "-", "a/b/c", "a b", " ", "é", "日本/語", "…"]
CLOSE_TO_WRONG = [".a", "a.", "...", "a/.b", "x" * 200, "😀" * 200]


@pytest.mark.parametrize("name", [*ORDINARY, *CLOSE_TO_WRONG])
def test_a_name_people_choose_holds(name: str) -> None:
    check_document_name(name)


@given(name=document_names)
def test_any_printable_normalised_parts_make_a_name(name: str) -> None:
    check_document_name(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("x" * 201, "200 characters, not 201"),
        ("😀" * 201, "200 characters, not 201"),
        ("a\x00", "U+0000 stands at 1"),
        ("a\n", "U+000A"),
        ("\x1f", "U+001F"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("a\x9f", "U+009F"),
        ("a\u2028b", "U+2028"),
        ("\u2029", "U+2029"),
        ("a\ud800", "U+D800"),
        ("\udfff", "U+DFFF"),
        (".", "'.' or '..'"),
        ("..", "'.' or '..'"),
        ("a/..", "'.' or '..'"),
        ("../a", "'.' or '..'"),
        ("a/./b", "'.' or '..'"),
        ("/", "'/'"),
        ("/a", "'/'"),
        ("a/", "'/'"),
        ("a//b", "'/'"),
        ("e\u0301", "NFC"),
        ("\u212b", "NFC"),  # the Ångström sign, which is Å
    ],
)
def test_a_name_that_means_trouble_is_refused_with_the_reason(name: str, why: str) -> None:
    with pytest.raises(BadDocumentName, match=why.replace("+", r"\+").replace(".", r"\.")) as caught:
        check_document_name(name)
    assert caught.value.name == name
