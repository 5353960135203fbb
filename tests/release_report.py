"""Run what is too long for the test command, and write down what it showed: `make report`.

The report is one page of Markdown: the commit, the machine, and of each command how long it took, whether it
passed and what it printed, its seeds included. It is written anew after each command, so that a run
that is cut short leaves what it has shown. `python -m tests.release_report torture fuzz` runs those alone.
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
from typing import Final

import attrs
import click

from ot import __version__
from tests.suites import ROOT, Command, python, shown

REPORT: Final = ROOT / "docs" / "release-report.md"
ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@attrs.frozen
class Step:
    """One command, and what it is there for."""

    name: str
    what: str
    command: Command


@attrs.frozen
class Shown:
    """What a step has shown."""

    step: Step
    seconds: float
    passed: bool
    output: str


STEPS: Final = (
    Step("torture", "a real server, killed, starved, crowded and attacked", python("tests.torture")),
    Step(
        "power-cuts",
        "a thousand power cuts under the SQLite store, with its own settings",
        python("pytest", "-q", "--power-cut-runs", "200", "tests/storage/test_sqlite_power_cut.py"),
    ),
    Step(
        "wild-peers",
        "a thousand seeds of peers that say anything",
        python("pytest", "-q", "--wild-seeds", "1000", "-n", "2", "tests/transport/test_wild_peers.py"),
    ),
    Step("simulation", "simulated worlds", python("transport.simulation", "--seeds", "0-9999")),
    Step("differential", "types beside the npm packages", python("tests.differential")),
    Step("pairs", "random pairs of operations, in both orders", python("tests.pairs")),
    Step("autobahn", "Autobahn's cases", ("make", "--no-print-directory", "autobahn")),
    Step("fuzz", "inputs that reach new lines", ("make", "--no-print-directory", "fuzz")),
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([step.name for step in STEPS]))
@click.option("--output", type=click.Path(path_type=Path), default=REPORT, help="Where the report goes.")
def main(names: Sequence[str], output: Path) -> None:
    """Run all of it, or what is named, and write the report."""
    sys.exit(0 if reported([step for step in STEPS if not names or step.name in names], output) else 1)


def reported(steps: Sequence[Step], output: Path) -> bool:
    """Run steps one after the other, and tell whether all passed."""
    found: list[Shown] = []
    for step in steps:
        print(f"=== {step.name}: {shown(step.command)}", flush=True)
        found.append(run(step))
        print("passed" if found[-1].passed else "FAILED", flush=True)
        output.write_text(page(found))
    return all(one.passed for one in found)


def run(step: Step) -> Shown:
    """Run one step to its end."""
    began = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Shown(step, time.monotonic() - began, done.returncode == 0, plain(done.stdout))


def plain(output: str) -> str:
    """Return what a command has printed as it stands at the end: no colours, nothing written over."""
    lines = (ESCAPES.sub("", line).split("\r")[-1].rstrip() for line in output.split("\n"))
    return "\n".join(line for line in lines if line)


def page(found: Sequence[Shown]) -> str:
    """Return the report."""
    today = datetime.datetime.now(datetime.UTC).date()
    rows = "\n".join(
        f"| [{one.step.name}](#{one.step.name}) | {one.step.what} | {one.seconds / 60:.1f} | "
        f"{'passed' if one.passed else '**failed**'} |"
        for one in found
    )
    details = "\n".join(
        f"## {one.step.name}\n\n    {shown(one.step.command)}\n\n```text\n{one.output}\n```\n"
        for one in found
    )
    return (
        f"# Release report\n\nVersion {__version__}, commit {commit()}, {today}; {machine()}. "
        "Written by `make report`.\n\n"
        f"| command | what | minutes | verdict |\n| --- | --- | --- | --- |\n{rows}\n\n{details}"
    )


def commit() -> str:
    """Return the commit, and whether something was changed since."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return described.stdout.strip()


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    main()
