"""Whether the server still costs what it did: exit code 1 where it has become much slower.

    python -m benchmarks.regression

What is compared is the ceiling's processor time for an operation, as a share of the server's, both measured
in this run: that hardly depends on the machine, or on what else runs on it. The middle of some pairs counts.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Mapping
from typing import Final

import click

from benchmarks import rooms

RECORDED: Final[Mapping[str, float]] = {"50 typists": 0.30, "200 typists": 0.25}
"""Of the memory store, on two cores that did nothing else."""

LOST: Final = 1 / 3
"""Below the recorded share, as a part of it, from which it is a failure: runs differ by a tenth."""

PAIRS: Final = 3


def share(name: str) -> float:
    """Return the ceiling's cost of an operation, as a share of the server's, under the load of that name."""
    work = rooms.LOADS[name]
    shares: list[float] = []
    for _ in range(PAIRS):
        ceiling, ours = (asyncio.run(rooms.measured(server, work)).cost for server in rooms.SERVERS[:2])
        if ceiling is None or ours is None:
            raise click.ClickException("this system does not tell the processor time of another process")
        shares.append(ceiling / ours)
    return statistics.median(shares)


@click.command()
def main() -> None:
    """Compare with what was recorded."""
    lost = False
    for name, recorded in RECORDED.items():
        found, least = share(name), recorded * (1 - LOST)
        lost = lost or found < least
        verdict = "too little" if found < least else "enough"
        click.echo(f"{name}: {found:.2f} of the ceiling, {verdict}; recorded {recorded}, least {least:.2f}")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
