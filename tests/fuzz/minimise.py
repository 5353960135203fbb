"""`python -m tests.fuzz.minimise`: take the fewest and shortest inputs that reach all that was found.

From the corpus of the repository and what fuzzing has left in `.fuzz/`: the shortest first, each is kept if
it runs from one line of `ot` or `transport` to another as none before it did.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, Final, TypeAlias

import click

from tests.fuzz.__main__ import found_by
from tests.fuzz.inputs import keep, kept
from tests.fuzz.targets import TARGETS, Target

Step: TypeAlias = tuple[str, int, int]
"""A file, and two of its lines, one run after the other."""

ROOT: Final = Path(__file__).parent.parent.parent
FOLDERS: Final = tuple(f"{ROOT / folder}/" for folder in ("ot", "transport"))


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TARGETS)))
def main(names: tuple[str, ...]) -> None:
    """Renew the corpus of every target, or of those named."""
    for name in names or TARGETS:
        folder = found_by(name)
        found = [path.read_bytes() for path in folder.iterdir()] if folder.is_dir() else []
        inputs = set(kept(name)) | set(found)
        fewest = minimal(TARGETS[name], inputs)
        keep(name, fewest)
        print(f"{name:10} {len(fewest)} of {len(inputs)} inputs, {sum(map(len, fewest)):,} bytes", flush=True)


def minimal(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """Return inputs that together reach what all of them do."""
    seen: set[Step] = set()
    fewest = []
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        steps = steps_of(target, data)
        if not steps <= seen:
            seen |= steps
            fewest.append(data)
    return fewest


def steps_of(target: Target, data: bytes) -> set[Step]:
    """Return the steps of the code under test that an input leads to."""
    steps: set[Step] = set()

    def called(frame: FrameType, _event: str, _about: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(FOLDERS):
            return None
        last = 0

        def ran(frame: FrameType, event: str, _about: Any) -> Any:
            nonlocal last
            if event == "line":
                steps.add((file, last, frame.f_lineno))
                last = frame.f_lineno
            return ran

        return ran

    sys.settrace(called)
    try:
        target.run(data)
    finally:
        sys.settrace(None)
    return steps


if __name__ == "__main__":
    main()
