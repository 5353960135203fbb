"""Random pairs of operations of each type: both orders have to end in one document, with either as left.

Of `text` that document is worked out place by place, too, by a type that is too simple to be wrong.

`python -m tests.pairs` needs no other engine. It uses all cores, and says how many pairs really meet: one of
the two operations is not the same after the other. A pair that does not meet proves little.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Final

import attrs
import click

import ot
from ot import DocumentType, Operation, Snapshot
from ot.testing import same_json
from tests.ot import plain_text
from tests.random_operations import SOURCES

COUNTS: Final = {"text": 10_000_000, "rich-text": 2_000_000, "json1": 1_000_000, "json0": 1_000_000}
SHARE: Final = 10_000  # pairs that one task makes, from a seed of its own
REPORTED: Final = 100_000  # pairs after which it is said what was seen so far
MOST_SHOWN: Final = 5


def text_merged(document: Snapshot, left: Operation, right: Operation) -> Snapshot:
    """Return what two operations make of a text together."""
    ours, theirs = (plain_text.places(op, len(document)) for op in (left, right))
    return plain_text.merged(document, ours, theirs)


MERGED: Final = {"text": text_merged}


@attrs.frozen
class Pair:
    """Two operations made on one document, and the document after each."""

    document: Snapshot
    a: Operation
    after_a: Snapshot
    b: Operation
    after_b: Snapshot


@attrs.frozen
class Found:
    """What some pairs showed."""

    pairs: int = 0
    meeting: int = 0
    failures: tuple[str, ...] = ()

    def __add__(self, more: Found) -> Found:
        return Found(self.pairs + more.pairs, self.meeting + more.meeting, self.failures + more.failures)

    def __str__(self) -> str:
        share = self.meeting / self.pairs
        return f"{self.pairs:,} pairs, {share:.1%} meet, {len(self.failures)} failures"


@click.command()
@click.option("--count", type=click.IntRange(1), help="Pairs of each type; millions by default.")
@click.option("--seed", type=int, help="What the pairs come from; printed, and random by default.")
@click.option("--type", "names", multiple=True, type=click.Choice(sorted(SOURCES)), help="All by default.")
def main(count: int | None, seed: int | None, names: tuple[str, ...]) -> None:
    """Look for a pair of operations whose two orders do not end alike."""
    seed = secrets.randbelow(2**32) if seed is None else seed
    print(f"seed {seed}, {os.cpu_count()} cores")
    failed = False
    with ProcessPoolExecutor() as pool:
        for name in names or COUNTS:
            started = time.monotonic()
            found = Found()
            for more in pool.map(_of_share, _shares(name, seed, count or COUNTS[name])):
                found += more
                if found.pairs % REPORTED == 0:
                    print(f"  {found}", flush=True)
            failed |= bool(found.failures)
            print(f"{name}: {found} in {time.monotonic() - started:.0f} s", flush=True)
            for failure in sorted(found.failures, key=len)[:MOST_SHOWN]:
                print(f"\n{failure}")
    sys.exit(1 if failed else 0)


def _shares(name: str, seed: int, count: int) -> Iterator[tuple[str, str, int]]:
    for start in range(0, count, SHARE):
        yield name, f"{seed} {name} {start}", min(SHARE, count - start)


def _of_share(share: tuple[str, str, int]) -> Found:
    name, seed, count = share
    return looked_at(ot.get_type(name), Random(seed), count)


def looked_at(doc_type: DocumentType, random: Random, count: int) -> Found:
    """Make so many pairs and take each both ways round."""
    meeting, failures = 0, []
    for _ in range(count):
        pair = _pair(doc_type.name, random)
        meets, failure = _both_ways(doc_type, pair)
        meeting += meets
        failures += [failure] if failure is not None else []
    return Found(count, meeting, tuple(failures))


def _pair(name: str, random: Random) -> Pair:
    source = SOURCES[name]
    document = source.document(random)
    return Pair(document, *source.operation(random, document), *source.operation(random, document))


def _both_ways(doc_type: DocumentType, pair: Pair) -> tuple[bool, str | None]:
    """Return whether a pair meets, and what is wrong with it as code to paste, if anything."""
    code = f"document = {pair.document!r}\na = {pair.a!r}\nb = {pair.b!r}".replace("ot.ABSENT", "ABSENT")
    try:
        a_left, a_right = (doc_type.transform(pair.a, pair.b, side) for side in ("left", "right"))
        b_left, b_right = (doc_type.transform(pair.b, pair.a, side) for side in ("left", "right"))
        ends = [
            (doc_type.apply(pair.after_a, theirs), doc_type.apply(pair.after_b, ours))
            for ours, theirs in ((a_left, b_right), (a_right, b_left))
        ]
    except Exception as error:  # whatever a type raises here is a failure of the pair
        return True, f"{code}\n# {type(error).__name__}: {error}"
    meets = not all(same_json(one, pair.a) for one in (a_left, a_right)) or not all(
        same_json(one, pair.b) for one in (b_left, b_right)
    )
    merged = MERGED.get(doc_type.name)
    for side, (a_first, b_first) in zip(("left", "right"), ends, strict=True):
        if not same_json(a_first, b_first):
            return meets, f"{code}\n# a is {side}: {a_first!r} and {b_first!r}"
        left, right = (pair.a, pair.b) if side == "left" else (pair.b, pair.a)
        if merged is not None and a_first != (expected := merged(pair.document, left, right)):
            return meets, f"{code}\n# a is {side}: {a_first!r} and not {expected!r}"
    return meets, None


if __name__ == "__main__":
    main()
