"""Run what is too long for the test command, and write down what it showed: `make report`.

The report is one page of Markdown in `build/`: the commit, the machine, and of each command how long it took,
whether it passed and what it printed, its seeds included. It is written anew after each command, so that a
run that is cut short leaves what it has shown. There are two sizes: a release takes hours, and a small one
some minutes. `python -m tests.release_report --size small torture fuzz` runs those alone.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import attrs
import click

from ot import __version__
from tests.suites import ROOT, Command, python, shown

REPORT: Final = ROOT / "build" / "release-report.md"
ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


Size: TypeAlias = Literal["small", "release"]


@attrs.frozen
class Step:
    """What is run, and what it is there for."""

    name: str
    what: str
    small: Command
    release: Command

    def command(self, size: Size) -> Command:
        """Return the command of a size."""
        return self.small if size == "small" else self.release


@attrs.frozen
class Shown:
    """What a step has shown."""

    step: Step
    command: Command
    seconds: float
    passed: bool
    output: str


def make(target: str, setting: str = "") -> Command:
    """Return the command that makes a target, which sets up what only that needs."""
    return ("make", "--no-print-directory", target, *([setting] if setting else []))


def pytest(*arguments: str) -> Command:
    """Return the command that runs tests on both cores, and tells how many passed."""
    return python("pytest", "-q", "--no-skips", "-n", "2", *arguments)


POWER_CUTS: Final = "tests/storage/test_sqlite_power_cut.py"
WILD_PEERS: Final = "tests/transport/test_wild_peers.py"
REPEATED: Final = ("-k", "does_the_same_twice", "tests/simulation/test_simulation.py")
PLANTED: Final = python("pytest", "-q", "-s", "--no-skips", "tests/simulation/test_mutants.py")

STEPS: Final = (
    Step(
        "torture",
        "a real server, killed, starved, crowded and attacked",
        python("tests.torture", "--short"),
        python("tests.torture", "--long"),
    ),
    Step(
        "power-cuts",
        "power cuts under the SQLite store, with its own settings",
        pytest("--power-cut-runs", "20", POWER_CUTS),
        pytest("--power-cut-runs", "200", POWER_CUTS),
    ),
    Step(
        "wild-peers",
        "peers that say anything, from seed 0 on",
        pytest("--wild-seeds", "50", WILD_PEERS),
        pytest("--wild-seeds", "1000", WILD_PEERS),
    ),
    Step(
        "simulation",
        "simulated worlds",
        python("transport.simulation", "--seeds", "0-299"),
        python("transport.simulation", "--seeds", "0-9999"),
    ),
    Step(
        "repetition",
        "the same worlds twice, from seed 0 on",
        pytest("--repeated-seeds", "20", *REPEATED),
        pytest("--repeated-seeds", "500", *REPEATED),
    ),
    Step("planted-faults", "faults planted in the code, and the seeds that find them", PLANTED, PLANTED),
    Step(
        "states",
        "all that can happen in small worlds",
        make("states", "STATES=20000"),
        make("states"),
    ),
    Step(
        "differential",
        "types beside the npm packages",
        python("tests.differential", "--count", "2000"),
        python("tests.differential"),
    ),
    Step(
        "pairs",
        "random pairs of operations, in both orders",
        python("tests.pairs", "--count", "50000"),
        python("tests.pairs"),
    ),
    Step("autobahn", "Autobahn's cases", make("autobahn"), make("autobahn")),
    Step("fuzz", "inputs that reach new lines", make("fuzz", "SECONDS=5"), make("fuzz", "SECONDS=600")),
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([step.name for step in STEPS]))
@click.option("--size", type=click.Choice(["small", "release"]), default="release", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), default=REPORT, help="Where the report goes.")
def main(names: Sequence[str], size: Size, output: Path) -> None:
    """Run all of it, or what is named, and write the report."""
    steps = [step for step in STEPS if not names or step.name in names]
    sys.exit(0 if reported(steps, size, output) else 1)


def reported(steps: Sequence[Step], size: Size, output: Path) -> bool:
    """Run steps one after the other, and tell whether all passed; the report is of the commit at first."""
    head, found = heading(size), list[Shown]()
    for step in steps:
        print(f"=== {step.name}: {shown(step.command(size))}", flush=True)
        found.append(run(step, step.command(size)))
        print(f"{'passed' if found[-1].passed else 'FAILED'} in {found[-1].seconds:.0f} s", flush=True)
        output.parent.mkdir(exist_ok=True)
        output.write_text(page(head, found))
    return all(one.passed for one in found)


def run(step: Step, command: Command) -> Shown:
    """Run one command to its end."""
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Shown(step, command, time.monotonic() - began, done.returncode == 0, plain(done.stdout))


def plain(output: str) -> str:
    """Return what a command has printed as it stands at the end: no colours, nothing written over."""
    lines = (ESCAPES.sub("", line).split("\r")[-1].rstrip() for line in output.split("\n"))
    return "\n".join(line for line in lines if line)


def heading(size: Size) -> str:
    """Return what the report is of, and where and when it is made."""
    today = datetime.datetime.now(datetime.UTC).date()
    return (
        f"# Release report\n\nVersion {__version__}, commit {commit()}, {today}; {machine()}. "
        f"Written by `make report SIZE={size}`."
    )


def page(head: str, found: Sequence[Shown]) -> str:
    """Return the report."""
    rows = "\n".join(
        f"| [{one.step.name}](#{one.step.name}) | {one.step.what} | {one.seconds / 60:.1f} | "
        f"{'passed' if one.passed else '**failed**'} |"
        for one in found
    )
    details = "\n".join(
        f"## {one.step.name}\n\n    {shown(one.command)}\n\n```text\n{one.output}\n```\n" for one in found
    )
    return f"{head}\n\n| command | what | minutes | verdict |\n| --- | --- | --- | --- |\n{rows}\n\n{details}"


def commit() -> str:
    """Return the commit, and whether something was changed since."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return described.stdout.strip()


def machine() -> str:
    """Return what tells one machine from another, and how busy it is with other things."""
    busy = f"load {os.getloadavg()[2]:.1f} at the start"
    return (
        f"{os.cpu_count()} cores, {busy}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


if __name__ == "__main__":
    main()
