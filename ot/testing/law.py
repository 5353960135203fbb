"""What a law is, and how it says that it is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from ot.document_type import DocumentType, Json, Operation, Side
from ot.testing.json_equality import same_json
from ot.testing.scenario import Scenario

Law: TypeAlias = Callable[[DocumentType, Any], None]
"""Raises, whatever it may be, where a type does not keep it on a `Scenario` (or on `Runs`)."""

BOTH_SIDES: Final[tuple[Side, ...]] = ("left", "right")


class LawBroken(AssertionError):
    """A type, log or client that does not keep what it promises.

    The text is the story; `code` shows the same again when it is run.
    """

    def __init__(self, story: str, code: str = "") -> None:
        super().__init__(story)
        self.code = code


class Differs(LawBroken):
    """A value is none of those that it may be."""

    def __init__(self, what: str, value: Json, expected: Sequence[Json]) -> None:
        super().__init__(f"{what} is {value!r}, not {' or '.join(map(repr, expected))}")
        self.value, self.expected = value, list(expected)


def expect(what: str, value: Json, *expected: Json) -> None:
    """Raise Differs unless a JSON value equals one of those expected."""
    if not any(same_json(value, one) for one in expected):
        raise Differs(what, value, expected)


def results(doc_type: DocumentType, scenario: Scenario) -> list[tuple[str, Operation]]:
    """Return the operations that the type's functions make of a scenario, with what they are."""
    a, b, a_next, b_next = scenario.a.op, scenario.b.op, scenario.a_next.op, scenario.b_next.op
    document, last = scenario.document, scenario.a_next.after
    return [
        ("normalize(a)", doc_type.normalize(a)),
        ("transform(a, b, 'left')", doc_type.transform(a, b, "left")),
        ("transform(a, b, 'right')", doc_type.transform(a, b, "right")),
        ("carry(a, [b, b_next], 'left')", doc_type.carry(a, [b, b_next], "left")),
        ("compose(a, a_next)", doc_type.compose(a, a_next)),
        ("invert(a, document)", doc_type.invert(a, document)),
        ("diff(document, after_a_next)", doc_type.diff(document, last)),
        *((f"part {index} of a", part) for index, part in enumerate(doc_type.split(a, 2))),
    ]
