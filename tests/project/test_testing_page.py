"""The page on testing a type names every law that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ot.testing import laws, text_documents, text_operations, text_runs
from ot.text import Text

PAGE: Final = Path(__file__).parent.parent.parent / "docs" / "testing.md"
CLAIM: Final = "transform_over_a_composition_equals_one_by_one"


def test_the_table_of_laws_is_complete() -> None:
    tests = laws(Text(), text_documents(), text_operations, runs=text_runs, claims=[CLAIM])
    known = {name.removeprefix("test_") for name in dir(tests) if name.startswith("test_")}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)) == known
