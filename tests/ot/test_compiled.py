"""The compiled core is compiled, and an installation without a compiler is plain Python."""

from __future__ import annotations

import sys

import ot
from hatch_build import DERIVED_FROM, MODULES
from ot import DocumentType
from ot.text import Text


def is_compiled(path: str) -> bool:
    """Tell whether a module, named by its path, was loaded from something else than its source."""
    module = sys.modules[path.removesuffix(".py").replace("/", ".")]
    return not str(module.__file__).endswith(".py")


def test_all_is_compiled_that_is_meant_to_be_or_nothing() -> None:
    assert [path for path in MODULES if is_compiled(path) != ot.COMPILED] == []


def test_the_types_that_may_be_derived_from_are_among_it() -> None:
    assert set(DERIVED_FROM) <= set(MODULES)


def test_a_type_derived_from_one_of_ours_has_its_own_way_and_ours() -> None:
    class Shouting(Text):
        name = "shouting"  # type: ignore[misc]  # final for those who read it, not for who derives

        def create(self, data: ot.Json = None) -> str:
            return str(super().create(data)).upper()

    doc_type: DocumentType = Shouting()
    assert doc_type.name == "shouting"
    assert doc_type.apply(doc_type.create("a"), [1, "b"]) == "Ab"
