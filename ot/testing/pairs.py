"""Every pair of concurrent operations of a small scope, tried both ways round.

What random pairs leave out by luck, small scopes leave out by nothing: most faults of transforms show on a
document of two or three characters, if only every pair is tried. A pair that does not meet proves little, so
those that do are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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

    Both orders have to end in one document: the one that `merged` works out, if it is given. Where `theirs`
    is left out it is `ours`, and of a pair and its mirror image one is tried, and both are counted. Two
    operations meet where `transform` changes one of them.
    """
    tried, met, faults = 0, 0, list[str]()
    for document in documents:
        for a, b, count in _paired(list(ours(document)), theirs and list(theirs(document))):
            meets, fault = _tried(doc_type, document, a, b, merged)
            tried += count
            met += count * meets
            if fault is not None and len(faults) < MOST_FAULTS:
                faults.append(f"on {document!r}, {fault}")
    return Pairs(tried, met, tuple(faults))


def _paired(ours: Sequence[Made], theirs: Sequence[Made] | None) -> Iterator[tuple[Made, Made, int]]:
    """Yield what is to be tried, and for how many pairs it stands."""
    if theirs is not None:
        yield from ((a, b, 1) for a in ours for b in theirs)
        return
    for number, a in enumerate(ours):
        yield a, a, 1
        yield from ((a, b, 2) for b in ours[:number])


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
