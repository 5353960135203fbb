"""Running `python server.py` to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from tests.server_process import PATIENCE, ROOT


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command line; what it printed and its exit code are in the result."""
    return subprocess.run(
        [sys.executable, "server.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def complaint(result: subprocess.CompletedProcess[bytes]) -> str:
    """Return the one line on stderr of a command that failed, without its name."""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 1, result.stderr.decode()
    assert result.stdout == b""
    assert result.returncode in (1, 2)
    assert lines[0].startswith("counterpoint: "), lines
    return lines[0].removeprefix("counterpoint: ")
