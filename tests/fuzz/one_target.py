"""`python -m tests.fuzz.one_target text ...`: let libFuzzer loose on one target; its own options follow.

It never returns: libFuzzer ends the process, with an exit code other than 0 where a target raised.
"""

from __future__ import annotations

import sys
from random import Random

import atheris  # type: ignore[import-untyped]  # not installed where types are checked

with atheris.instrument_imports(include=["ot", "transport"]):
    from tests.fuzz.mutation import changed, made
    from tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> None:
    """Fuzz the target that is named first."""
    program, name, *options = arguments
    target = TARGETS[name]

    def mutated(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        way = random.random()
        found = None if way < 0.25 else made(target, random) if way < 0.35 else changed(target, data, random)
        if found is None or len(found) > max_size:
            found = atheris.Mutate(data, max_size)
        return bytes(found)

    atheris.Setup([program, *options], target.run, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
