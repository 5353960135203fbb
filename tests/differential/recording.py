"""Add random lines to the shared vectors, with what the npm packages make of them as expected results.

`python -m tests.differential.recording text --seed 1 --count 5000` wrote the last lines of `text`. Cases
are taken in which the operations meet, each once: fresh ones, and ones derived from their results. A line is
written where the package agrees with itself; what the Python type makes of a case is used to derive from
it, and never written down.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import click

import ot
from ot import Side
from ot.testing import same_json
from tests.differential.cases import Case, Results, derived, fresh, results
from tests.differential.comparing import LAWS
from tests.differential.reference import Failed, Reference
from tests.ot.vectors import FOLDER, cases
from tests.random_operations import ALONE

BATCH: Final = 500  # cases that go through the pipe at once
RECORDED: Final = (
    *("after_a", "after_b", "after_c", "a_left", "a_right", "b_left", "b_right"),
    *("merged", "swapped", "a_c", "inv_a"),
)
RENAMED: Final = {"swapped": "merged_swap"}
SIDES: Final[dict[str, dict[Side, bool | None]]] = {
    "text": {"left": None, "right": None},
    "rich-text": {"left": True, "right": False},
}
"""How the lines of a type write the side of a position."""


@click.command()
@click.argument("name", type=click.Choice(sorted(SIDES)))
@click.option("--seed", type=int, required=True, help="What the random cases come from.")
@click.option("--count", type=click.IntRange(1), required=True, help="Lines to add.")
def main(name: str, seed: int, count: int) -> None:
    """Add lines to the vectors of a type."""
    lines = cases(name)
    with Reference() as reference:
        made = recorded(name, Random(f"{seed} {name}"), reference)
        lines += [{"id": len(lines) + number, **next(made)} for number in range(count)]
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (FOLDER / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def recorded(name: str, random: Random, reference: Reference) -> Iterator[dict[str, Any]]:
    """Yield line after line, each different from all before."""
    seen = set[str]()
    while True:
        asked = [fresh(name, ALONE[name], random) for _ in range(BATCH)]
        following = []
        for number, (case, ours, theirs) in enumerate(_answered(name, asked, reference)):
            yield from _line(name, case, theirs, seen)
            following.append(derived(case, ours, theirs, number))
        for case, _, theirs in _answered(name, [case for case in following if case], reference):
            yield from _line(name, case, theirs, seen)


def _answered(name: str, asked: list[Case], reference: Reference) -> Iterator[tuple[Case, Results, Results]]:
    """Yield the cases on which the package agrees with itself, and what both sides make of them."""
    all_ours = [results(ot.get_type(name), case) for case in asked]
    questions = [case.question(ours) for case, ours in zip(asked, all_ours, strict=True)]
    all_theirs = reference.answers(name, questions)
    for case, ours, theirs in zip(asked, all_ours, all_theirs, strict=True):
        if theirs is None or any(isinstance(value, Failed) for value in theirs.values()):
            continue
        known = theirs | {"doc": case.document}
        if all(same_json(known[one], known[two]) for _, one, two in LAWS):
            yield case, ours, theirs


def _line(name: str, case: Case, theirs: Results, seen: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the line of a case, if its operations meet and it is none that there is already."""
    asked = {"doc": case.document, "a": case.a, "b": case.b, "c": case.c}
    key = json.dumps(asked, sort_keys=True)
    meets = not all(same_json(theirs[f"{op}_{side}"], asked[op]) for op in "ab" for side in ("left", "right"))
    if not meets or key in seen:
        return
    seen.add(key)
    moved = zip(case.positions, theirs["positions"], strict=True)
    yield asked | {
        **{RENAMED.get(field, field): theirs[field] for field in RECORDED},
        "cursors": [[place, op, SIDES[name][side], after] for (place, op, side), after in moved],
    }


if __name__ == "__main__":
    main()
