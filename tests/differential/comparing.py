"""Where a Python type and its package disagree on a case, and where the package is wrong by itself.

Documents and operations have to be equal, with two exceptions: json1's slots may be numbered in any way and
what `r` holds means nothing, but in an inverse; and compositions of json1 and json0 may be written in
several ways, so that only what they do is compared.

A package is wrong by itself where its two orders do not end alike, where its composition or inverse does
not lead where it should, or where it never ends. What follows from such a result is not compared.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from ot import DocumentType, Json, Operation
from ot.testing import same_json
from tests.differential.cases import Case, Results
from tests.differential.reference import Failed

DOCUMENTS: Final = ("after_a", "after_b", "after_c")
LAWS: Final = (
    (("a_left", "b_right"), "merged", "merged_b_first"),
    (("a_right", "b_left"), "swapped", "swapped_b_first"),
    (("a_c",), "composed", "after_c"),
    (("inv_a",), "restored", "doc"),
)
"""Operations, and two documents that they make equal."""

COMPOSED_FREELY: Final = ("json1", "json0")


@attrs.frozen
class Disagreement:
    """A field of a case that the two sides have otherwise."""

    case: Case
    field: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        return f"{self.case.code()}\n# {self.field}: {self.ours!r}\n# the package has {self.theirs!r}"


@attrs.frozen
class Comparison:
    """What comparing one case showed."""

    disagreements: list[Disagreement]
    faults: list[str]
    """What the package does wrong by itself."""
    meets: bool
    """Whether the two operations change each other."""


def compared(doc_type: DocumentType, case: Case, ours: Results, theirs: Results | None) -> Comparison:
    """Compare what the two sides made of a case; `theirs` is None where the package never ends."""
    meets = not all(
        same_json(ours[f"{op}_{side}"], getattr(case, op)) for op in "ab" for side in ("left", "right")
    )
    if theirs is None:
        return Comparison([], ["never ends"], meets)
    theirs = theirs | {"doc": case.document}
    differing = [field for field in DOCUMENTS if not _same(ours[field], theirs[field])]
    faults = []
    for ops, one, two in LAWS:
        if not differing and not _same(theirs[one], theirs[two]):
            faults.append(f"{' and '.join(ops)} do not lead to one document")
            continue
        differing += [op for op in ops if not _same_operation(doc_type, op, ours[op], theirs[op])]
        differing += [field for field in (one, two) if not _same(ours[field], theirs[field])]
        differing += _led_elsewhere(one, two, ours, theirs)
    if not _same(ours["positions"], theirs["positions"]):
        differing.append("positions")
    found = [
        Disagreement(case, field, ours[_bare(field)], theirs[field]) for field in dict.fromkeys(differing)
    ]
    return Comparison(found, faults, meets)


def _led_elsewhere(one: str, two: str, ours: Results, theirs: Results) -> list[str]:
    """Return the documents that our operations lead to otherwise where the package applies them."""
    asked = [field for field in (one, two) if f"ours_{field}" in theirs]
    return [f"ours_{field}" for field in asked if not _same(ours[field], theirs[f"ours_{field}"])]


def _bare(field: str) -> str:
    return field.removeprefix("ours_")


def _same(value: Any, other: Any) -> bool:
    """Tell whether two results are equal, neither being a failure."""
    return not isinstance(value, Failed) and not isinstance(other, Failed) and same_json(value, other)


def _same_operation(doc_type: DocumentType, field: str, ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Failed) or isinstance(theirs, Failed):
        return False
    if field == "a_c" and doc_type.name in COMPOSED_FREELY:
        return True
    if doc_type.name == "json1":
        ours, theirs = doc_type.normalize(ours), doc_type.normalize(theirs)
        if not field.startswith("inv"):
            ours, theirs = _without_removed(ours), _without_removed(theirs)
    return same_json(ours, theirs)


def _without_removed(op: Operation) -> Json:
    """Return an operation of json1 with `true` for whatever `r` holds."""
    if isinstance(op, dict):
        return op | {"r": True} if "r" in op else op
    return [_without_removed(part) for part in op] if isinstance(op, list) else op
