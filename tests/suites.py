"""Run the suites one after the other, and say what each cost and which failed.

All of them run even if one fails: a red suite must not hide another. `python -m tests.suites lint types`
runs those alone. A folder of tests that belongs to no suite is a failure too: nobody would notice it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import attrs

ROOT: Final = Path(__file__).parent.parent
BUDGET: Final = 20 * 60  # seconds for everything on two cores: more, and people stop running it

Command: TypeAlias = tuple[str, ...]


@attrs.frozen
class Suite:
    """Commands that pass or fail together."""

    name: str
    commands: tuple[Command, ...]
    folders: tuple[str, ...] = ()
    """The folders of tests/ that it runs."""
    directory: Path = ROOT


@attrs.frozen
class Result:
    """What running a suite showed."""

    suite: Suite
    seconds: float
    failed: tuple[Command, ...]


def python(*arguments: str) -> Command:
    """Return the command that runs a module with this very Python."""
    return (sys.executable, "-m", *arguments)


def pytest_suite(name: str, *folders: str, processes: int = 0) -> Suite:
    """Return the suite that runs pytest over folders of tests/, where a skipped test is a failure."""
    paths = (f"tests/{folder}" for folder in folders)
    spread = ("-n", str(processes), "--dist", "worksteal") if processes else ()
    return Suite(name, (python("pytest", "-q", "--no-skips", *spread, *paths),), folders)


COMPILED_TESTS: Final = tuple(
    f"tests/ot/test_{name}.py"
    for name in (
        "compiled",
        "json1_vectors",
        "rich_text_live",
        "rich_text_vectors",
        "text_live",
        "text_vectors",
    )
)
"""What of the core's tests runs on every change on the compiled core, too; `make test-compiled` runs all."""

SUITES: Final = (
    Suite("lint", (python("ruff", "check", "."), python("ruff", "format", "--check", "."))),
    Suite("types", (python("mypy"),)),
    pytest_suite("core", "ot", "fuzz", processes=2),
    Suite(
        "compiled",
        (
            ("make", "--no-print-directory", "build/checked/.built"),
            python("tests.compiled", "build/checked", "-n", "2", "--dist", "worksteal", *COMPILED_TESTS),
        ),
    ),
    Suite(
        "differential",
        (
            python("pytest", "-q", "--no-skips", "tests/differential"),
            python("tests.differential", "--count", "1000"),
            python("tests.pairs", "--type", "text", "--count", "200000"),
        ),
        ("differential",),
    ),
    pytest_suite("stores", "storage"),
    pytest_suite("protocol", "transport", "server", processes=2),
    Suite(
        "web",
        (("npm", "run", "typecheck"), ("npm", "run", "lint"), ("npm", "run", "test")),
        directory=ROOT / "web",
    ),
    Suite("torture", (python("tests.torture", "--short"),), ("torture",)),
    Suite(
        "simulation",
        (
            python("pytest", "-q", "--no-skips", "-n", "2", "--dist", "worksteal", "tests/simulation"),
            python("transport.simulation", "--seeds", "0-299"),
        ),
        ("simulation",),
    ),
    pytest_suite("replay", "replay", processes=2),
    pytest_suite("benchmarks", "benchmarks", processes=2),
    Suite("speed", (python("benchmarks.regression"),)),
    pytest_suite("project", "project", processes=2),
    Suite("docs", (("make", "--no-print-directory", "docs"),)),
    pytest_suite("browser", "browser", processes=2),
)


def main(names: Sequence[str]) -> int:
    """Run the suites named, all if none is, and return the exit code."""
    unknown = sorted(set(names) - {suite.name for suite in SUITES})
    if unknown:
        print(f"no suite {', '.join(unknown)}; there are {', '.join(suite.name for suite in SUITES)}")
        return 2
    results = [run(suite) for suite in SUITES if not names or suite.name in names]
    orphans = folders_without_suite()
    report(results, orphans)
    return 1 if orphans or any(result.failed for result in results) else 0


def run(suite: Suite) -> Result:
    """Run each command of a suite, whether or not the one before passed."""
    started = time.monotonic()
    failed = []
    for command in suite.commands:
        print(f"\n=== {suite.name}: {shown(command)}", flush=True)
        if subprocess.run(command, cwd=suite.directory, check=False).returncode != 0:
            failed.append(command)
    return Result(suite, time.monotonic() - started, tuple(failed))


def folders_without_suite() -> list[str]:
    """Return the folders of tests/ that hold tests and that no suite runs."""
    held = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    return sorted(held - {folder for suite in SUITES for folder in suite.folders})


def report(results: Sequence[Result], orphans: Sequence[str]) -> None:
    """Print what each suite cost, then every failure, then one line with the count."""
    total = sum(result.seconds for result in results)
    print("\nsuite          seconds   share")
    for result in results:
        share = result.seconds / total if total else 0.0
        mark = "failed" if result.failed else "passed"
        print(f"{result.suite.name:12} {result.seconds:9.1f} {share:7.0%}  {mark}")
    print(f"{'all':12} {total:9.1f}   of {BUDGET} allowed on two cores")
    for result in results:
        for command in result.failed:
            print(f"FAILED {result.suite.name}: {shown(command)}")
    for folder in orphans:
        print(f"FAILED tests/{folder} belongs to no suite of tests/suites.py")
    failures = sum(1 for result in results if result.failed) + len(orphans)
    print(f"suites: {len(results) + len(orphans) - failures} passed, {failures} failed")


def shown(command: Command) -> str:
    """Return a command as one would type it."""
    return " ".join("python" if word == sys.executable else word for word in command)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
