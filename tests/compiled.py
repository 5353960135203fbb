"""Run tests on a compiled core, instead of on its source.

    python -m tests.compiled build/compiled tests/ot -k laws

Tests marked `plain` are left out: they replace what compiled code calls without asking.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent


def command(folder: str, arguments: Sequence[str]) -> list[str]:
    """Return what runs pytest on the core that is compiled in a folder."""
    chosen = ("--compiled", "-m", "not plain", "-o", f"pythonpath={ROOT / folder} {ROOT}")
    return [sys.executable, "-m", "pytest", "-q", "--no-skips", *chosen, *arguments]


if __name__ == "__main__":
    os.execv(sys.executable, command(sys.argv[1], sys.argv[2:]))
