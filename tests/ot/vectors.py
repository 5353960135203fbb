"""Reads the conformance vectors, and builds what their placeholders stand for."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "vectors"


def cases(doc_type: str) -> list[dict[str, Any]]:
    """Return the lines of a type: hand-picked ones first, then random ones."""
    with gzip.open(FOLDER / f"{doc_type}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def invalid_cases(doc_type: str) -> list[dict[str, Any]]:
    """Return the operations that a type has to refuse, their placeholders still in place."""
    return _of_type("invalid.jsonl", doc_type)


def reference_faults(doc_type: str) -> list[dict[str, Any]]:
    """Return the pairs on which the package that made the vectors is wrong itself."""
    return _of_type("reference-faults.jsonl", doc_type)


def decoded(value: Any) -> Any:
    """Return a value with what its placeholders stand for in their place.

    Nothing in here is deep but what a `nest` placeholder builds, and that is built by a loop.
    """
    match value:
        case {"$": "NaN" | "Infinity" | "-Infinity" as name}:
            return float(name)
        case {"$": "number", "text": text}:
            return int(text) if text.lstrip("-").isdigit() else float(text)
        case {"$": "repeat", "value": repeated, "times": times}:
            return decoded(repeated) * times
        case {"$": "concat", "parts": parts}:
            return [item for part in parts for item in decoded(part)]
        case {"$": "nest", "leaf": leaf, "wrap": wrap, "depth": depth}:
            return _nested(decoded(leaf), wrap, depth)
        case dict():
            return {key: decoded(member) for key, member in value.items()}
        case list():
            return [decoded(item) for item in value]
    return value


def _nested(leaf: Any, wrap: Any, depth: int) -> Any:
    for _ in range(depth):
        leaf = _filled(wrap, leaf)
    return leaf


def _filled(wrap: Any, value: Any) -> Any:
    if wrap == "$hole":
        return value
    if isinstance(wrap, list):
        return [_filled(item, value) for item in wrap]
    if isinstance(wrap, dict):
        return {key: _filled(member, value) for key, member in wrap.items()}
    return wrap


def _of_type(name: str, doc_type: str) -> list[dict[str, Any]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["type"] == doc_type]
