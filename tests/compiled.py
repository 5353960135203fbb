"""Run tests on the core that `make compiled` made, instead of on its source.

    python -m tests.compiled tests/ot -k laws

Tests marked `plain` are left out: they replace what compiled code calls without asking.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
COMPILED: Final = ROOT / "build" / "compiled"


def command(arguments: Sequence[str]) -> list[str]:
    """Return what runs pytest on the compiled core, spread over two processes."""
    chosen = ("--compiled", "-m", "not plain", "-o", f"pythonpath={COMPILED} {ROOT}")
    spread = ("-n", "2", "--dist", "worksteal")
    return [sys.executable, "-m", "pytest", "-q", "--no-skips", *chosen, *spread, *arguments]


if __name__ == "__main__":
    os.execv(sys.executable, command(sys.argv[1:]))
