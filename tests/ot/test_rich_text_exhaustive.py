"""Every pair of rich-text operations on small documents of text, formatted text and embeds.

What two operations make together is worked out place by place, without the type. The left author inserts
other letters than the right one, so that no insert is taken for another; each may format, unformat or
delete everything, an embed too. All of it is one code unit wide: astral characters have tests of their own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from ot.rich_text import RichText
from ot.testing import Made, every_rich_text_operation
from ot.testing.rich_text import BOLD, Cell, document_of
from tests.ot.plain_rich_text import Places, merged, places

CELLS: Final = (Cell("a", {}), Cell("a", BOLD), Cell({"hr": 1}, {}))
FORMATS: Final = ({"bold": True}, {"bold": None, "color": "red"})
INSERTS: Final = tuple(
    [{"insert": letter}, {"insert": letter, "attributes": BOLD}] for letter in ("x", "y")
)  # the left author's, the right author's
LEAST_PAIRS: Final = 1_000_000

rich_text: Final = RichText()


def cases() -> Iterator[tuple[Sequence[Cell], int]]:
    """Yield documents, and how many different inserts each author has there: a million pairs in all."""
    for length in range(3):
        for cells in itertools.combinations_with_replacement(CELLS, length):
            yield cells, 2
    yield CELLS, 1


@attrs.frozen
class Operation:
    """An operation with what it does, and where: bit n stands for place n."""

    made: Made
    places: Places
    inserts: int
    changes: int
    beside_deletes: int
    """Places at either end of a cell that it deletes."""

    @classmethod
    def read(cls, made: Made, length: int) -> Operation:
        """Read an operation on a document of `length`."""
        done = places(made.op, length)
        deletes = bits(change is None for change in done.changes)
        return cls(made, done, bits(done.inserts), bits(done.changes), deletes | deletes << 1)

    def meets(self, other: Operation) -> bool:
        """Tell whether two operations do something at one place: others prove little."""
        same = (self.inserts & other.inserts) | (self.changes & other.changes)
        return bool(same | (self.inserts & other.beside_deletes) | (other.inserts & self.beside_deletes))


def bits(happens: Iterable[object]) -> int:
    """Return a number with the bit of each place set at which something happens: what is empty is nothing."""
    return sum(1 << place for place, what in enumerate(happens) if what is None or what)


def document_with(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Put a document together; here, where all attributes are true or a word, `==` compares them well."""
    document: list[dict[str, Any]] = []
    for content, attributes in cells:
        last = document[-1] if document else {}
        joins = type(content) is str is type(last.get("insert"))
        if joins and attributes == last.get("attributes", {}):
            last["insert"] += content
        else:
            document.append(
                {"insert": content, "attributes": attributes} if attributes else {"insert": content}
            )
    return document


def tried(cells: Sequence[Cell], choices: int) -> tuple[int, int, list[str]]:
    """Return how many pairs there are on a document, how many of them meet, and what is wrong."""
    document, faults, meeting = document_of(cells), list[str](), 0
    ours, theirs = (
        [
            Operation.read(made, len(cells))
            for made in every_rich_text_operation(document, inserts[:choices], FORMATS)
        ]
        for inserts in INSERTS
    )
    for left, right in itertools.product(ours, theirs):
        together = document_with(merged(cells, left.places, right.places))
        a, b = left.made, right.made
        a_first = rich_text.apply(a.after, rich_text.transform(b.op, a.op, "right"))
        b_first = rich_text.apply(b.after, rich_text.transform(a.op, b.op, "left"))
        if not a_first == b_first == together:
            faults.append(f"{document}, {a.op}, {b.op}: {a_first} and {b_first}, not {together}")
        meeting += left.meets(right)
    return len(ours) * len(theirs), meeting, faults


def test_every_pair_ends_in_the_merged_document(show: Callable[[str], None]) -> None:
    started = time.process_time()
    pairs, meeting, faults = zip(*itertools.starmap(tried, cases()), strict=True)
    seconds = time.process_time() - started
    share = sum(meeting) / sum(pairs)
    show(f"{sum(pairs):,} pairs of rich-text operations in {seconds:.0f} s of CPU time; {share:.0%} meet")
    assert [fault for found in faults for fault in found[:5]] == []
    assert sum(pairs) >= LEAST_PAIRS


def test_every_composition_does_what_its_parts_do() -> None:
    pairs = 0
    for cells in ((), CELLS[:1], CELLS[2:]):
        document = document_of(cells)
        for a in every_rich_text_operation(document, INSERTS[0], FORMATS):
            for later in every_rich_text_operation(a.after, INSERTS[1], FORMATS):
                composed = rich_text.compose(a.op, later.op)
                assert rich_text.apply(document, composed) == later.after, (document, a.op, later.op)
                rich_text.check(composed)
                pairs += 1
    assert pairs > 20_000
