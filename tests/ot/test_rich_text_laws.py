"""The laws of the `rich-text` type, with and without edits inside embeds, and the laws that it lacks."""

from __future__ import annotations

from typing import Final

from ot.rich_text import RichText
from ot.testing import laws, rich_text_documents, rich_text_operations, text_documents, text_operations
from ot.text import Text

rich_text: Final = RichText()
nested: Final = RichText(embeds={"note": Text(), "cell": rich_text})

EMBEDS: Final = text_documents(3).map(lambda text: {"note": text}) | rich_text_documents(2).map(
    lambda document: {"cell": document}
)
EDITS: Final = {"note": text_operations, "cell": rich_text_operations}

TestRichText = laws(rich_text, rich_text_documents(), rich_text_operations, examples=300)
TestNested = laws(
    nested,
    rich_text_documents(4, embeds=EMBEDS),
    lambda document: rich_text_operations(document, edits=EDITS),
    examples=100,
)


def test_transform_over_a_composition_need_not_equal_one_by_one() -> None:
    a, b1, b2 = [{"retain": 1}, {"insert": "z"}], [{"delete": 1}], [{"insert": "b"}]
    one_by_one = rich_text.transform(rich_text.transform(a, b1, "right"), b2, "right")
    assert rich_text.compose(b1, b2) == [{"insert": "b"}, {"delete": 1}]
    assert one_by_one == [{"insert": "z"}]
    assert rich_text.transform(a, rich_text.compose(b1, b2), "right") == a


def test_two_runs_typed_at_one_place_in_turns_need_not_stay_whole() -> None:
    landed = [{"insert": "a"}]  # Ada's first key; Bob's first and her second are made without the other's
    bob = rich_text.transform([{"insert": "b"}], landed, "left")
    document = rich_text.apply(rich_text.apply([], landed), bob)
    ada = rich_text.transform([{"retain": 1}, {"insert": "A"}], bob, "left")
    assert rich_text.apply(document, ada) == [{"insert": "abA"}]
