"""`python -m tests.torture`: a line for each scenario, and exit code 1 if a promise was broken."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Final

import click

from tests.torture.attacks import attacked_heavily
from tests.torture.clocks import clock_jumps
from tests.torture.coming_back import crowd_comes_back
from tests.torture.disks import disk_full, lock_held_by_another, read_only_database
from tests.torture.kills import (
    drained_under_load,
    killed_at_each_point,
    killed_while_eight_type,
    opened_after_a_kill,
    stopped_for_two_seconds,
)
from tests.torture.long_runs import soaked
from tests.torture.quiet_crowds import held_by_slow_readers, held_idle
from tests.torture.stage import FULL, LONG, SHORT, NotHere, Scale, Scenario, Stage

SCENARIOS: Final[dict[str, Scenario]] = {
    "kill-9": killed_while_eight_type,
    "kill-at": killed_at_each_point,
    "long-past": opened_after_a_kill,
    "sigstop": stopped_for_two_seconds,
    "sigterm": drained_under_load,
    "disk-full": disk_full,
    "read-only": read_only_database,
    "lock-held": lock_held_by_another,
    "clock": clock_jumps,
    "crowd": crowd_comes_back,
    "idle": held_idle,
    "slow": held_by_slow_readers,
    "hostile": attacked_heavily,
    "soak": soaked,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SCENARIOS)))
@click.option("--short", "scale", flag_value="short", help="Less of everything, as the test command runs it.")
@click.option("--long", "scale", flag_value="long", help="More of everything, for an hour or so.")
def main(names: tuple[str, ...], scale: str | None) -> None:
    """Torture a server, in every way or in those named."""
    much = {"short": SHORT, "long": LONG}.get(scale or "", FULL)
    failed = [name for name in names or SCENARIOS if not played(name, much)]
    print(f"torture: {len(names or SCENARIOS) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def played(name: str, scale: Scale) -> bool:
    """Run one scenario and print its line; tell whether nothing was broken."""
    began = time.monotonic()
    broken = None
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        Path(folder).chmod(0o755)
        try:
            verdict, seen = "passed", asyncio.run(_seen(SCENARIOS[name], Stage(Path(folder), scale)))
        except NotHere as reason:
            verdict, seen = "NOT RUN", str(reason)
        except Exception as error:  # whatever it is, the other scenarios still have to be played
            verdict, seen, broken = "FAILED", f"{type(error).__name__}: {error}", traceback.format_exc()
    print(f"{name:10} {verdict:8} {time.monotonic() - began:6.1f} s  {seen}", flush=True)
    if broken is not None:
        print(broken, flush=True)
    return broken is None


async def _seen(scenario: Scenario, stage: Stage) -> str:
    return await scenario(stage)


if __name__ == "__main__":
    main()
