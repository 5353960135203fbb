"""What laws are tried on: a document with operations made on it at once, or runs typed at one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import attrs
from hypothesis import strategies as st

from ot.document_type import Json, Operation, Snapshot
from ot.testing.made import Made, Operations


class Subject(Protocol):
    """What a law is tried on, as far as a story is told of it."""

    def swapped(self) -> Subject:
        """Return the same with the authors swapped: a law is tried on both, since drawing costs most."""

    def values(self) -> Mapping[str, Json]:
        """Return its values by the names that story and code give them."""

    def tale(self) -> Sequence[tuple[tuple[str, ...], str]]:
        """Return sentences, each behind the names of the values without which it says nothing new."""


@attrs.frozen
class Scenario:
    """A document, two operations made on it at once, and what each author does next."""

    document: Snapshot
    a: Made
    b: Made
    a_next: Made
    """Made on `a.after`."""
    b_next: Made
    """Made on `b.after`."""

    def swapped(self) -> Scenario:
        """Return the scenario in which Ada does what Bob did."""
        return Scenario(self.document, self.b, self.a, self.b_next, self.a_next)

    def values(self) -> dict[str, Json]:
        """Return documents and operations by name."""
        made = {"a": self.a, "b": self.b, "a_next": self.a_next, "b_next": self.b_next}
        named: dict[str, Json] = {"document": self.document}
        for name, one in made.items():
            named |= {name: one.op, f"after_{name}": one.after}
        return named

    def tale(self) -> list[tuple[tuple[str, ...], str]]:
        """Tell who made what."""
        a, b, a_next, b_next = self.a, self.b, self.a_next, self.b_next
        return [
            (("document", "a", "b"), f"The document is {self.document!r}."),
            (("a", "after_a", "a_next"), f"Ada makes a = {a.op!r}, and should have {a.after!r}."),
            (("a_next", "after_a_next"), f"Then a_next = {a_next.op!r}, and should have {a_next.after!r}."),
            (("b", "after_b", "b_next"), f"Bob makes b = {b.op!r} meanwhile, and should have {b.after!r}."),
            (("b_next", "after_b_next"), f"Then b_next = {b_next.op!r}, and should have {b_next.after!r}."),
        ]


@attrs.frozen
class Runs:
    """Two runs that two authors type at one place of a document at once, key by key.

    `wholes` are the documents in which both are whole: one run in front of the other.
    """

    document: Snapshot
    first: tuple[Operation, ...]
    second: tuple[Operation, ...]
    wholes: tuple[Snapshot, ...]

    def swapped(self) -> Runs:
        """Return the runs with the authors swapped."""
        return Runs(self.document, self.second, self.first, self.wholes)

    def values(self) -> dict[str, Json]:
        """Return the document and every operation by name."""
        named: dict[str, Json] = {"document": self.document}
        named |= {f"a_{number}": op for number, op in enumerate(self.first, 1)}
        return named | {f"b_{number}": op for number, op in enumerate(self.second, 1)}

    def tale(self) -> list[tuple[tuple[str, ...], str]]:
        """Tell who typed what."""
        first, second = (", then ".join(map(repr, run)) for run in (self.first, self.second))
        return [
            (("document",), f"The document is {self.document!r}."),
            (("a_1",), f"Ada types {first}."),
            (("b_1",), f"Bob types {second} at the same place meanwhile."),
        ]


RunsOf: TypeAlias = Callable[[Snapshot], st.SearchStrategy[Runs]]
"""From a document to runs typed in it."""


@st.composite
def scenarios(draw: st.DrawFn, documents: st.SearchStrategy[Snapshot], operations: Operations) -> Scenario:
    """Return a strategy of scenarios."""
    document = draw(documents)
    a, b = draw(operations(document)), draw(operations(document))
    return Scenario(document, a, b, draw(operations(a.after)), draw(operations(b.after)))
