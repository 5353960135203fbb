"""The inputs that are kept: a file of text for each target, one input a line as Python writes bytes.

Not a file for each, as libFuzzer has them: these can be read, reviewed and searched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "corpus"


def kept(target: str) -> list[bytes]:
    """Return the inputs of a target."""
    lines = _path(target).read_text(encoding="ascii").splitlines()
    return [ast.literal_eval(line) for line in lines]


def keep(target: str, inputs: Iterable[bytes]) -> None:
    """Replace the inputs of a target: the shortest first."""
    ordered = sorted(set(inputs), key=lambda data: (len(data), data))
    _path(target).write_text("".join(f"{data!r}\n" for data in ordered), encoding="ascii")


def _path(target: str) -> Path:
    return FOLDER / f"{target}.txt"
