"""`python -m tests.fuzz`: a line for each target, and exit code 1 where one raised, hung or ate memory.

What libFuzzer finds on the way stays in `.fuzz/`, from where the next run goes on, and so do its log and the
input that failed. `python -m tests.fuzz.minimise` takes the best of it into the corpus of the repository.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import attrs
import click

from tests.fuzz.inputs import kept
from tests.fuzz.targets import TARGETS

FOUND: Final = Path(".fuzz")
LONGEST: Final = 600  # bytes of an input: beyond, more of the same
STUCK: Final = 30  # seconds for one input, most of which take under a millisecond
MEMORY: Final = 1500  # MiB for the process


@attrs.frozen
class Outcome:
    """What fuzzing one target showed."""

    passed: bool
    seconds: float
    runs: int
    reached: int
    """Edges and comparisons of the code, as libFuzzer counts them."""
    inputs: int


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TARGETS)))
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True, help="For each target.")
@click.option("--seed", type=click.IntRange(1), help="What libFuzzer draws from; printed, random by default.")
def main(names: tuple[str, ...], seconds: int, seed: int | None) -> None:
    """Fuzz every target, or those named."""
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed: it has wheels for Linux on x86-64 only")
    seed = 1 + secrets.randbelow(2**31) if seed is None else seed
    print(f"seed {seed}")
    failed = 0
    for name in names or TARGETS:
        outcome = fuzzed(name, seconds, seed)
        failed += not outcome.passed
        print(
            f"{name:10} {'passed' if outcome.passed else 'FAILED'} {outcome.seconds:6.1f} s  "
            f"{outcome.runs:,} inputs tried, {outcome.inputs} of use, {outcome.reached} places reached",
            flush=True,
        )
        if not outcome.passed:
            print(told(name))
    print(f"fuzz: {len(names or TARGETS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def fuzzed(name: str, seconds: int, seed: int) -> Outcome:
    """Fuzz one target in a process of its own, from what is known on."""
    folder = found_by(name)
    folder.mkdir(parents=True, exist_ok=True)
    for data in kept(name):
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    options = {
        "seed": seed,
        "max_total_time": seconds,
        "max_len": LONGEST,
        "timeout": STUCK,
        "rss_limit_mb": MEMORY,
        "artifact_prefix": f"{FOUND}/{name}-",
        "print_final_stats": 1,
    }
    command = [sys.executable, "-m", "tests.fuzz.one_target", name, str(folder)]
    command += [f"-{option}={value}" for option, value in options.items()]
    started = time.monotonic()
    with _log(name).open("wb") as log:
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    return _outcome(name, done.returncode == 0, time.monotonic() - started)


def found_by(name: str) -> Path:
    """Return the folder with all inputs that reached something new, one a file."""
    return FOUND / name


def _log(name: str) -> Path:
    return FOUND / f"{name}.log"


def _outcome(name: str, passed: bool, seconds: float) -> Outcome:
    log = _log(name).read_text(errors="replace")
    runs = re.findall(r"^stat::number_of_executed_units: +(\d+)", log, re.MULTILINE)
    reached = re.findall(r"\bcov: (\d+)", log)
    inputs = sum(1 for _ in found_by(name).iterdir())
    return Outcome(passed, seconds, int(runs[-1]) if runs else 0, int(reached[-1]) if reached else 0, inputs)


def told(name: str) -> str:
    """Return what libFuzzer said of a failure, and the input as a line for the corpus."""
    log = _log(name).read_text(errors="replace")
    start = log.find("=== Uncaught Python exception")
    said = log[start : log.find("\n==", start)] if start >= 0 else "\n".join(log.splitlines()[-30:])
    saved = re.findall(r"Test unit written to (\S+)", log)
    if not saved:
        return said
    return f"{said}\n{saved[-1]}, as tests/fuzz/corpus/{name}.txt has it:\n{Path(saved[-1]).read_bytes()!r}"


if __name__ == "__main__":
    main()
