"""Cases: what both sides are asked, and what the Python types make of it.

A case is a document, two operations made on it at once, and a third made after the first. Fresh ones are
random. Others are derived from the results of a fresh one, so that each side goes on with what the other
made: with operations that were transformed, composed and inverted.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from ot import ABSENT, DocumentType, Json, Operation, Side, Snapshot
from ot.testing.planted_json import Letters, nodes, plain, planted
from tests.differential.reference import Failed
from tests.random_operations import Source

Results: TypeAlias = dict[str, Any]
"""By the name of the field: a document, an operation, a list of positions, or `Failed`."""

APPLIED_BY_THE_OTHER: Final = {
    "merged_b_first": ("after_b", "a_left"),
    "merged": ("after_a", "b_right"),
    "swapped_b_first": ("after_b", "a_right"),
    "swapped": ("after_a", "b_left"),
    "composed": ("doc", "a_c"),
    "restored": ("after_a", "inv_a"),
}
"""Documents, with the document and the operation that they come from: what one side made, both apply."""

MOST_POSITIONS: Final = 8  # asked of one case


@attrs.frozen
class Case:
    """What both sides are asked."""

    document: Snapshot
    a: Operation
    b: Operation
    c: Operation
    positions: tuple[tuple[Json, str, Side], ...]
    """A position in the document before an operation, the operation's name, and the side."""

    def code(self) -> str:
        """Return the case as code to paste."""
        lines = [f"{name} = {getattr(self, name)!r}" for name in ("document", "a", "b", "c")]
        return "\n".join(lines).replace("ot.ABSENT", "ABSENT")

    def question(self, ours: Results) -> dict[str, Json]:
        """Return what the reference is asked: the case, and what of ours it is to apply."""
        question = {"a": self.a, "b": self.b, "c": self.c, "positions": self.positions}
        question["ours"] = {
            name: [before, ours[op]]
            for name, (before, op) in APPLIED_BY_THE_OTHER.items()
            if not isinstance(ours[op], Failed)
        }
        return question if self.document is ABSENT else question | {"doc": self.document}


def fresh(doc_type: str, source: Source, random: Random) -> Case:
    """Return a random case."""
    document = source.document(random)
    (a, after_a), (b, _) = source.operation(random, document), source.operation(random, document)
    c, _ = source.operation(random, after_a)
    return Case(document, a, b, c, positions_of(doc_type, document, a, b, random))


def positions_of(
    doc_type: str, document: Snapshot, a: Operation, b: Operation, random: Random
) -> tuple[tuple[Json, str, Side], ...]:
    """Return some positions that the packages of a type can move."""
    possible = [
        (place, name) for name, op in (("a", a), ("b", b)) for place in places(doc_type, document, op)
    ]
    sides: tuple[Side, ...] = ("left", "right") if doc_type in ("rich-text", "json0") else ("left",)
    chosen = random.sample(possible, min(MOST_POSITIONS, len(possible)))
    return tuple((place, name, random.choice(sides)) for place, name in chosen)


def places(doc_type: str, document: Snapshot, op: Operation) -> list[Json]:
    """Return the positions in a document that a package can move over an operation.

    ot-json0 moves offsets in a document that is a string, while nothing but the string is edited.
    """
    if doc_type == "text":
        return list(range(len(document) + 1))
    if doc_type == "rich-text":
        return list(range(sum(_length(component["insert"]) for component in document) + 1))
    if doc_type == "json0":
        edits = all(component.keys() & {"si", "sd", "t"} for component in op)
        return (
            list(range(len(document.encode("utf-16-le")) // 2 + 1)) if type(document) is str and edits else []
        )
    return [] if document is ABSENT else list(_paths(document))


def _paths(document: Json) -> list[list[Json]]:
    paths: list[list[Json]] = []
    for path, node in nodes(planted(document)):
        paths.append(list(path))
        if isinstance(node.held, Letters):
            paths += [[*path, offset] for offset in range(len(plain(node)) + 1)]
    return paths


def _length(insert: Json) -> int:
    return len(insert.encode("utf-16-le")) // 2 if isinstance(insert, str) else 1


def results(doc_type: DocumentType, case: Case) -> Results:
    """Return what a Python type makes of a case, field by field; `Failed` where it raises."""
    found: Results = {"doc": case.document}
    ops = {"a": case.a, "b": case.b, "c": case.c}

    def have(field: str, make: Callable[..., Any], *needed: str) -> None:
        arguments = [found.get(name, ops.get(name)) for name in needed]
        broken = [one for one in arguments if isinstance(one, Failed)]
        try:
            found[field] = broken[0] if broken else make(*arguments)
        except Exception as error:  # whatever a type raises here is what it made of the case
            found[field] = Failed(f"{type(error).__name__}: {error}")

    have("after_a", doc_type.apply, "doc", "a")
    have("after_b", doc_type.apply, "doc", "b")
    have("after_c", doc_type.apply, "after_a", "c")
    for op, other in (("a", "b"), ("b", "a")):
        have(f"{op}_left", lambda one, two: doc_type.transform(one, two, "left"), op, other)
        have(f"{op}_right", lambda one, two: doc_type.transform(one, two, "right"), op, other)
    have("a_c", doc_type.compose, "a", "c")
    have("inv_a", doc_type.invert, "a", "doc")
    have("inv_c", doc_type.invert, "c", "after_a")
    have("inv_a_left", doc_type.invert, "a_left", "after_b")
    for field, (before, op) in APPLIED_BY_THE_OTHER.items():
        have(field, doc_type.apply, before, op)
    have(
        "positions",
        lambda: [doc_type.transform_position(at, ops[op], side) for at, op, side in case.positions],
    )
    return found


def derived(case: Case, ours: Results, theirs: Results, kind: int) -> Case | None:
    """Return a case that goes on with what the two sides made of one; None where they made nothing."""
    document, a, b, c = (
        (ours["after_a"], case.c, theirs["b_right"], theirs["inv_c"]),
        (ours["after_b"], ours["a_left"], theirs["a_right"], ours["inv_a_left"]),
        (case.document, theirs["a_c"], case.b, theirs["inv_a_c"]),
    )[kind % 3]
    if any(isinstance(one, Failed) for one in (document, a, b, c)):
        return None
    return Case(document, a, b, c, ())
