"""Every pair of text operations on documents up to length 3, over a small alphabet.

What two operations make together is worked out place by place, without the type. Deletes come in both
forms; one author inserts one character at a place, the other two, so that no insert is taken for another.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import attrs

from ot.testing import Made, every_pair, every_text_operation
from ot.text import Text
from tests.ot.plain_text import Places, merged, places

LETTERS: Final = "ab😀"
LONGEST: Final = 3
LEAST_PAIRS: Final = 1_000_000

text: Final = Text()


def documents(longest: int) -> Iterator[str]:
    """Yield every document up to a length, but of one and the same read backwards only one."""
    for length in range(longest + 1):
        for letters in itertools.product(LETTERS, repeat=length):
            if letters <= letters[::-1]:
                yield "".join(letters)


@attrs.frozen
class Placed(Made):
    """An operation with what it does at every place: read once, not for every pair."""

    placed: Places = attrs.field(kw_only=True)


def operations(document: str, inserted: str) -> Iterator[Placed]:
    for one in every_text_operation(document, [inserted]):
        yield Placed(one.op, one.after, placed=places(one.op, len(document)))


def together(document: str, left: Made, right: Made) -> str:
    assert isinstance(left, Placed) and isinstance(right, Placed), "both were made here"
    return merged(document, left.placed, right.placed)


def test_every_pair_ends_in_the_merged_document(show: Callable[[str], None]) -> None:
    started = time.process_time()
    ours, theirs = partial(operations, inserted="x"), partial(operations, inserted="yz")
    pairs = every_pair(text, documents(LONGEST), ours, theirs, merged=together)
    show(f"text: {pairs}, in {time.process_time() - started:.0f} s of CPU time")
    assert pairs.faults == ()
    assert pairs.tried >= LEAST_PAIRS


def test_every_composition_does_what_its_parts_do() -> None:
    pairs = 0
    for document in ("", "a", "ab"):
        for a in every_text_operation(document, ["x"]):
            for later in every_text_operation(a.after, ["y"]):
                composed = text.compose(a.op, later.op)
                assert text.apply(document, composed) == later.after, (document, a.op, later.op)
                text.check(composed)
                pairs += 1
    assert pairs > 16_000
