"""Count which branches of the core its tests take: `make branches`.

Under coverage.py run the tests that say what they expect of the types, of the log and of a client's state,
with the draws of Hypothesis fixed: the same tree gives the same count. What tries all pairs, or laws on
random ones, is left out. It takes long, and is there to find wrong results and not to reach lines.

Whether a test passes is for the test command to say: to count makes code slow, and some bound their time.

All of `HELD` has to be taken. Of the other parts it is told how much is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage

ROOT: Final = Path(__file__).parent.parent
KEPT: Final = ROOT / "build" / "branches"
"""Where the processes leave what they have counted."""

PROCESSES: Final = 2

PARTS: Final = {
    "text": ("ot/text/*",),
    "rich-text": ("ot/rich_text/*",),
    "log": (
        *("ot/log.py", "ot/trial.py", "ot/entry.py", "ot/entry_window.py", "ot/window_sizes.py"),
        *("ot/decision.py", "ot/catch_up.py", "ot/bridges.py"),
    ),
    "client": ("ot/document_state.py", "ot/buffer.py", "ot/submission.py", "ot/undo.py"),
    "json0": ("ot/json0/*",),
    "json1": ("ot/json1/*",),
}
HELD: Final = ("text", "rich-text", "log")

SLOW: Final = ("exhaustive", "laws", "meeting", "convergence", "compiled")
"""What the names of the files end with that are left out."""


def main() -> int:
    """Run the tests, print what each part of the core has, and return 1 where a held one lacks something."""
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    files = sorted(str(path.relative_to(ROOT)) for path in chosen())
    running = [started(files[number::PROCESSES], number) for number in range(PROCESSES)]
    ended = [process.wait() for process in running]
    if not set(ended) <= {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        return 1
    counted = Coverage(data_file=str(KEPT / "all"), branch=True)
    counted.combine([str(KEPT / str(number)) for number in range(PROCESSES)], keep=True)
    shares = {name: reported(counted, name) for name in PARTS}
    for name, share in shares.items():
        print(f"{name:10} {share:6.2f} %{'  to be held at 100' if name in HELD else ''}")
    return 1 if any(shares[name] < 100 for name in HELD) else 0


def chosen() -> list[Path]:
    """Return the files of tests that are run."""
    core = [path for path in (ROOT / "tests/ot").glob("test_*.py") if not path.stem.endswith(SLOW)]
    return [
        *core,
        *(ROOT / "tests/transport").glob("test_room*.py"),
        ROOT / "tests/transport/test_client_state.py",
    ]


def started(files: list[str], number: int) -> subprocess.Popen[bytes]:
    """Start the tests of some files, their branches counted."""
    counting = ("coverage", "run", "--branch", "--source=ot", f"--data-file={KEPT / str(number)}")
    tests = ("-m", "pytest", "-q", "--tb=no", "--hypothesis-seed=0", "-p", "no:cacheprovider", *files)
    return subprocess.Popen([sys.executable, "-m", *counting, *tests], cwd=ROOT)


def reported(counted: Coverage, name: str) -> float:
    """Print the lines and branches of a part that nothing has taken; return the percentage that is taken."""
    print(f"\n{name}", flush=True)
    return counted.report(include=list(PARTS[name]), show_missing=True, skip_covered=True)


if __name__ == "__main__":
    sys.exit(main())
