"""Writes operations of json1 from what happens at which path, for generators: no code of the type is used."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, TypeAlias

from ot.document_type import Json, Operation
from ot.testing.planted_json import Path

Components: TypeAlias = Mapping[Path, Mapping[str, Any]]


def written(picked: Components, changed: Components) -> Operation:
    """Return an operation in normal form; slots may be any values.

    `picked` is what happens at paths before the operation, `changed` what happens at paths after it.
    """
    together = {path: {**picked.get(path, {}), **changed.get(path, {})} for path in {*picked, *changed}}
    if not together:
        return None
    op = _descent((), sorted(together, key=_order), together)
    slots: dict[Any, int] = {}
    _number(op, slots)
    return op


def _order(path: Path) -> list[tuple[bool, int, bytes]]:
    return [(False, key, b"") if isinstance(key, int) else (True, 0, _units(key)) for key in path]


def _units(key: str) -> bytes:
    return key.encode("utf-16-be")


def _descent(path: Path, paths: list[Path], components: Components) -> list[Json]:
    """Return what happens at and below a path, of which `paths` are those in order."""
    depth = len(path)
    parts: list[Json] = [dict(components[path])] if path in components else []
    below = [other for other in paths if len(other) > depth]
    branches = [
        [key, *_descent((*path, key), list(some), components)]
        for key, some in itertools.groupby(below, key=lambda other: other[depth])
    ]
    return parts + (branches[0] if len(branches) == 1 else branches)


def _number(descent: list[Json], slots: dict[Any, int]) -> None:
    for part in descent:
        if isinstance(part, list):
            _number(part, slots)
        elif isinstance(part, dict):
            for member in ("p", "d"):
                if member in part:
                    part[member] = slots.setdefault(part[member], len(slots))
