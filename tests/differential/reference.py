"""The npm packages in a Node process of their own, which answers batches of cases."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import attrs

from ot import ABSENT, Json

FOLDER: Final = Path(__file__).parent / "node"
INSTALLED: Final = FOLDER / "node_modules" / "ot-json1"
DEADLINE: Final = 2.0  # seconds for one case, which takes well under a millisecond


class NotInstalled(Exception):
    """The packages are not there."""

    def __str__(self) -> str:
        return f"no packages in {FOLDER}: `make differential` installs them"


@attrs.frozen
class Failed:
    """What takes the place of a value that could not be had."""

    reason: str


class Reference:
    """The packages, from entering the context to leaving it."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline

    def __enter__(self) -> Self:
        if not INSTALLED.is_dir():
            raise NotInstalled
        command = ["node", "reference.mjs", str(round(self._deadline * 1000))]
        self._process = subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def answers(self, doc_type: str, cases: Sequence[dict[str, Json]]) -> list[dict[str, Any] | None]:
        """Return what the packages make of each case, field by field; None where they never end."""
        assert self._process.stdin is not None and self._process.stdout is not None, "both are pipes"
        self._process.stdin.write(json.dumps({"type": doc_type, "cases": list(cases)}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the Node process of the references ended with {self._process.wait()}")
        return [None if "hangs" in answer else _decoded(answer) for answer in json.loads(line)]


def _decoded(answer: dict[str, dict[str, Json]]) -> dict[str, Any]:
    return {
        field: Failed(found["e"]) if "e" in found else found.get("v", ABSENT)
        for field, found in answer.items()
    }
