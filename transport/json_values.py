"""Which values both codecs, Python and JavaScript understand alike.

JSON's values, with whole numbers as exact as a double keeps them and nesting bounded. orjson already
refuses NaN, infinities, halves of surrogate pairs and what is no UTF-8; MessagePack brings them all,
and byte strings, timestamps and keys that are no strings as well.
"""

from __future__ import annotations

import json
import math
from itertools import chain
from typing import Final

from ot import Json
from transport.bad_message import BadMessage
from transport.messages import LARGEST_INTEGER

LONGEST_KEY_SHOWN: Final = 60  # characters of a peer's text that go into our errors and logs

_SURELY_FRACTIONAL: Final = 2.0**63
"""orjson reads whole numbers beyond 64 bits as floats: from here on a float may have been one."""

_KINDS: Final[set[type]] = {str, int, float, bool, type(None), list, dict}


def is_plain(value: Json, depth: int) -> bool:
    """Tell whether a value, nested at most `depth` levels, is surely as it should be.

    Never overflows the stack: it goes no deeper than `depth`.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    if kind is list:
        return depth > 0 and all(is_plain(inner, depth - 1) for inner in value)
    if kind is dict:
        return depth > 0 and all(
            type(key) is str and is_plain(inner, depth - 1) for key, inner in value.items()
        )
    return bool(kind is float and abs(value) < _SURELY_FRACTIONAL)


def is_plain_level_by_level(value: Json, depth: int) -> bool:
    """Tell the same as `is_plain`, for values of many members: all of one level at once.

    A million members take 0.1 s, not 0.2 to 0.4; a message of a keystroke takes three times as long.
    """
    level = [value]
    for _ in range(depth + 1):
        kinds = set(map(type, level))
        if not kinds <= _KINDS or not _numbers_are_plain(level, kinds):
            return False
        dicts = [inner for inner in level if type(inner) is dict] if dict in kinds else []
        if not set(map(type, chain.from_iterable(dicts))) <= {str}:
            return False
        lists = [inner for inner in level if type(inner) is list] if list in kinds else []
        level = [*chain.from_iterable(lists), *chain.from_iterable(map(dict.values, dicts))]
        if not dicts and not lists:
            return True
    return False


def _numbers_are_plain(level: list[Json], kinds: set[type]) -> bool:
    if int in kinds:
        whole = [value for value in level if type(value) is int]
        if min(whole) < -LARGEST_INTEGER or max(whole) > LARGEST_INTEGER:
            return False
    return float not in kinds or all(
        abs(value) < _SURELY_FRACTIONAL for value in level if type(value) is float
    )


def check_value(value: Json, depth: int) -> None:
    """Raise BadMessage with the path to the first thing in a value that is not as it should be.

    The path is put together on the way back up, so that finding nothing costs no path.
    """
    try:
        _check(value, depth)
    except _Found as found:
        path = "".join(reversed(found.steps)).removeprefix(".")
        raise BadMessage(found.code, path, found.reason) from None


class _Found(Exception):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.steps: list[str] = []


def _check(value: Json, depth: int) -> None:
    match value:
        case str() | None | True | False:
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise _Found("bad-message", f"whole numbers go up to {LARGEST_INTEGER} either way")
        case float():
            if not math.isfinite(value):
                raise _Found("not-json", f"JSON has no {value}")
        case list() | dict():
            if depth == 0:
                raise _Found("not-json", "nested too deep")
            _check_members(value, depth - 1)
        case _:
            raise _Found("not-json", f"JSON has no {type(value).__name__}")


def _check_members(value: list[Json] | dict[str, Json], depth: int) -> None:
    key: int | str = 0
    try:
        for key, inner in enumerate(value) if isinstance(value, list) else value.items():
            if type(value) is dict and type(key) is not str:
                raise _Found("not-json", f"JSON has no key that is {type(key).__name__}")
            _check(inner, depth)
    except _Found as found:
        found.steps.append(step(key))
        raise


def step(key: int | str) -> str:
    """Return the part of a path that leads to a member of a list or an object."""
    if not isinstance(key, str):
        return f"[{key!r}]"
    if key.isidentifier() and len(key) <= LONGEST_KEY_SHOWN:
        return f".{key}"
    return f"[{json.dumps(key[:LONGEST_KEY_SHOWN])}]"
