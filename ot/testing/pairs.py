"""Every pair of concurrent operations of a small scope, tried both ways round.

What random pairs leave out by luck, small scopes leave out by nothing: most faults of transforms show on a
document of two or three characters, if only every pair is tried. A pair that does not meet proves little, so
those that do are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import attrs

from ot.document_type import DocumentType, Snapshot
from ot.testing.json_equality import same_json
from ot.testing.made import Made

Merged: TypeAlias = Callable[[Snapshot, Made, Made], Snapshot]
"""From a document and two operations on it to what they make of it together; the first one is left."""

MOST_FAULTS: Final = 20  # kept as text: whoever has so many needs no more to begin with


@attrs.frozen
class Pairs:
    """How many pairs were tried, in how many the operations met, and what was wrong."""

    tried: int = 0
    met: int = 0
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        share = self.met / self.tried if self.tried else 0.0
        return f"{self.tried:,} pairs, in {share:.0%} of which one operation changes the other"


def every_pair(
    doc_type: DocumentType,
    documents: Iterable[Snapshot],
    ours: Callable[[Snapshot], Iterable[Made]],
    theirs: Callable[[Snapshot], Iterable[Made]] | None = None,
    *,
    merged: Merged | None = None,
) -> Pairs:
    """Try every operation of `ours` with every one of `theirs` on each document, either as the left one.

    Both orders have to end in one document: the one that `merged` works out, if it is given. `theirs` is
    `ours` where it is left out. Two operations meet where `transform` changes one of them.
    """
    tried, met, faults = 0, 0, list[str]()
    for document in documents:
        others = list((theirs or ours)(document))
        for a in ours(document):
            for b in others:
                meets, fault = _tried(doc_type, document, a, b, merged)
                met += meets
                if fault is not None and len(faults) < MOST_FAULTS:
                    faults.append(f"on {document!r}, {fault}")
            tried += len(others)
    return Pairs(tried, met, tuple(faults))


def _tried(
    doc_type: DocumentType, document: Snapshot, a: Made, b: Made, merged: Merged | None
) -> tuple[bool, str | None]:
    """Return whether two operations meet, and what is wrong with them if anything."""
    a_left, b_right = doc_type.transform(a.op, b.op, "left"), doc_type.transform(b.op, a.op, "right")
    a_right, b_left = doc_type.transform(a.op, b.op, "right"), doc_type.transform(b.op, a.op, "left")
    fault = _disagreement(
        doc_type.apply(a.after, b_right),
        doc_type.apply(b.after, a_left),
        None if merged is None else (merged(document, a, b),),
    )
    if fault is not None:
        return True, f"{a.op!r} (left) and {b.op!r} (right): {fault}"
    fault = _disagreement(
        doc_type.apply(a.after, b_left),
        doc_type.apply(b.after, a_right),
        None if merged is None else (merged(document, b, a),),
    )
    if fault is not None:
        return True, f"{b.op!r} (left) and {a.op!r} (right): {fault}"
    return not a_left == a_right == a.op or not b_left == b_right == b.op, None


def _disagreement(a_first: Snapshot, b_first: Snapshot, expected: tuple[Snapshot] | None) -> str | None:
    if not same_json(a_first, b_first):
        return f"the first one first gives {a_first!r}, the other way round {b_first!r}"
    if expected is not None and not same_json(a_first, expected[0]):
        return f"both ways give {a_first!r}, not {expected[0]!r}"
    return None
