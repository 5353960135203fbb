"""Run the npm packages beside the Python types, and end with 1 where they disagree."""

from __future__ import annotations

import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Final

import attrs
import click

import ot
from ot import DocumentType
from tests.differential.cases import Case, derived, fresh, results
from tests.differential.comparing import Comparison, Disagreement, compared
from tests.differential.reference import Reference
from tests.random_operations import ALONE

COUNT: Final = 100_000  # random cases of each type
BATCH: Final = 500  # cases that go through the pipe at once
ENOUGH: Final = 50  # disagreements, among which the smallest is looked for


@attrs.define
class Tally:
    """What was found of one type."""

    fresh: int = 0
    derived: int = 0
    meeting: int = 0
    faults: Counter[str] = attrs.field(factory=Counter)
    disagreements: list[Disagreement] = attrs.field(factory=list)

    def add(self, comparison: Comparison) -> None:
        """Count one case."""
        self.meeting += comparison.meets
        self.faults.update(comparison.faults)
        self.disagreements += comparison.disagreements


@click.command()
@click.option("--count", type=click.IntRange(1), default=COUNT, help="Random cases of each type.")
@click.option("--seed", type=int, help="What the random cases come from; printed, and random by default.")
@click.option("--type", "names", multiple=True, type=click.Choice(sorted(ALONE)), help="All by default.")
def main(count: int, seed: int | None, names: tuple[str, ...]) -> None:
    """Compare each document type with the npm package whose format it has."""
    seed = secrets.randbelow(2**32) if seed is None else seed
    print(f"seed {seed}, {count:,} random cases of each type and as many derived from their results")
    found = []
    with Reference() as reference:
        for name in names or ALONE:
            started = time.monotonic()
            tally = run(ot.get_type(name), Random(f"{seed} {name}"), count, reference)
            report(name, tally, time.monotonic() - started)
            found += tally.disagreements
    sys.exit(1 if found else 0)


def run(doc_type: DocumentType, random: Random, count: int, reference: Reference) -> Tally:
    """Compare so many random cases and what follows from them; stop early where enough disagree."""
    tally = Tally()
    while tally.fresh < count and len(tally.disagreements) < ENOUGH:
        size = min(BATCH, count - tally.fresh)
        cases = [fresh(doc_type.name, ALONE[doc_type.name], random) for _ in range(size)]
        further = list(_compare(doc_type, cases, reference, tally))
        tally.fresh += size
        tally.derived += len(further)
        for _ in _compare(doc_type, further, reference, tally):
            pass  # what is derived from the derived would only be longer
    return tally


def _compare(doc_type: DocumentType, cases: list[Case], reference: Reference, tally: Tally) -> Iterator[Case]:
    """Compare cases, and yield one derived from each on which both sides agree."""
    all_ours = [results(doc_type, case) for case in cases]
    questions = [case.question(ours) for case, ours in zip(cases, all_ours, strict=True)]
    all_theirs = reference.answers(doc_type.name, questions)
    for number, (case, ours, theirs) in enumerate(zip(cases, all_ours, all_theirs, strict=True)):
        comparison = compared(doc_type, case, ours, theirs)
        tally.add(comparison)
        if theirs is not None and not comparison.faults and not comparison.disagreements:
            following = derived(case, ours, theirs, number)
            if following is not None:
                yield following


def report(name: str, tally: Tally, seconds: float) -> None:
    """Print what was found of a type, and the smallest case that disagrees as code to paste."""
    cases = tally.fresh + tally.derived
    print(
        f"{name}: {tally.fresh:,} random cases and {tally.derived:,} derived in {seconds:.0f} s, "
        f"{tally.meeting / cases:.0%} meet, {len(tally.disagreements)} disagreements, "
        f"{tally.faults.total()} faults of the package"
    )
    for fault, times in sorted(tally.faults.items()):
        print(f"  {fault}: {times}")
    if tally.disagreements:
        smallest = min(tally.disagreements, key=lambda one: len(one.case.code()))
        print(f"the smallest disagreement, on {smallest.field}:\n\n{smallest}\n")


if __name__ == "__main__":
    main()
