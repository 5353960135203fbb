"""Copies objects that change, and shares what does not: values are frozen here, so most of a state is shared.

`copy.deepcopy` knows nothing of that, and takes ten times as long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import attrs

Copied = TypeVar("Copied")

_PLANS: dict[type, Callable[[Any], Any]] = {}


def copied(value: Copied) -> Copied:
    """Return an object of which nothing changes with `value`; each object must be held at one place only."""
    kind = type(value)
    plan = _PLANS.get(kind)
    if plan is None:
        plan = _PLANS[kind] = _plan(kind)
    result: Copied = plan(value)
    return result


def share(kind: type) -> None:
    """Have objects of a class shared, which never change though they could."""
    _PLANS[kind] = _same


def go_into(kind: type) -> None:
    """Have values of a class copied, since they hold something that changes."""
    _PLANS[kind] = _part_by_part(kind)


def _same(value: Any) -> Any:
    return value


def _plan(kind: type) -> Callable[[Any], Any]:
    if kind in (list, deque, set):
        return lambda value: kind(map(copied, value))
    if kind is dict:
        return lambda value: {key: copied(one) for key, one in value.items()}
    if attrs.has(kind) and kind.__hash__ not in (None, object.__hash__):  # a value
        return _same
    if kind.__module__ == "builtins" or issubclass(kind, Enum):
        return _same
    return _part_by_part(kind)


def _part_by_part(kind: type) -> Callable[[Any], Any]:
    names = [name for one in kind.__mro__ for name in _slots(one)]

    def made_again(value: Any) -> Any:
        twin: Any = object.__new__(kind)
        for name in names:
            if hasattr(value, name):
                object.__setattr__(twin, name, copied(getattr(value, name)))
        for name, one in getattr(value, "__dict__", {}).items():
            twin.__dict__[name] = copied(one)
        return twin

    return made_again


def _slots(kind: type) -> list[str]:
    slots = kind.__dict__.get("__slots__", ())
    return [name for name in slots if name not in ("__weakref__", "__dict__")]
