"""The laws of the `text` type, and the law that it lacks."""

from __future__ import annotations

import ot
from ot.testing import laws, text_documents, text_operations, text_runs
from ot.text import Text

TestText = laws(Text(), text_documents(), text_operations, runs=text_runs)

text = ot.get_type("text")


def test_transform_over_a_composition_need_not_equal_one_by_one() -> None:
    a, b1, b2 = [1, "z"], [{"d": 1}, "x"], ["b"]
    one_by_one = text.transform(text.transform(a, b1, "left"), b2, "left")
    assert text.compose(b1, b2) == ["b", {"d": 1}, "x"]
    assert one_by_one == ["z"]
    assert text.transform(a, text.compose(b1, b2), "left") == [1, "z"]
