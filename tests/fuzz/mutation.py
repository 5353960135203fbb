"""Changes to the JSON of an input that leave it JSON, so that most of what is tried gets past the parser."""

from __future__ import annotations

from random import Random
from typing import Any, Final, TypeAlias

import msgpack  # type: ignore[import-untyped]  # ships no types
import orjson

from ot import ABSENT
from tests.fuzz.targets import Target
from tests.random_operations import SOURCES

Place: TypeAlias = tuple[Any, Any]
"""A list or an object, and an index or a key of it."""

EXACT: Final = 2**53 - 1
SCALARS: Final = (
    None, True, False, 0, 1, -1, 2, 3, 64, 65535, 65536, EXACT, -EXACT, EXACT + 1, 1.5, -0.0, 1e16, 1e300,
    5e-324, "", "a", "ab", "1", "\n", "\x00", "é", "e\u0301", "😀", "a😀b", "\uffff", "__proto__", "toString",
)  # fmt: skip
DEEP: Final = 70  # levels: more than a message may have


def changed(target: Target, data: bytes, random: Random) -> bytes | None:
    """Return an input with one to four changes; None where it cannot be read."""
    try:
        held = [orjson.loads(data) if target.written == "json" else msgpack.unpackb(data)]
    except (ValueError, msgpack.UnpackException):
        return None
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        _change(held, target, random)
    return _written(target, held[0])


def made(target: Target, random: Random) -> bytes | None:
    """Return a new input of two operations that fit; None for a target of messages."""
    if target.doc_type is None:
        return None
    source = SOURCES[target.doc_type.name]
    document = source.document(random)
    ops = [source.operation(random, document)[0] for _ in range(2)]
    return _written(target, [[] if document is ABSENT else [document], *ops])


def _written(target: Target, value: Any) -> bytes | None:
    try:
        if target.written == "json":
            return orjson.dumps(value)
        packed: bytes = msgpack.packb(value)
    except (TypeError, ValueError, OverflowError):  # halves of characters, huge numbers, nested without end
        return None
    return packed


def _change(held: Any, target: Target, random: Random) -> None:
    """Change one place in a value, anywhere."""
    places = _places(held)
    within, key = random.choice(places)
    match random.randrange(8):
        case 0 | 1:
            within[key] = _small(target, random)
        case 2:
            other, other_key = random.choice(places)
            within[key] = _copied(other[other_key])
        case 3:
            other, other_key = random.choice(places)
            mine, theirs = _copied(within[key]), _copied(other[other_key])
            within[key], other[other_key] = theirs, mine
        case 4 if within is not held:
            del within[key]
        case 5:
            within[key] = _nudged(within[key], random)
        case 6:
            within[key] = _wrapped(within[key], target, random)
        case _:
            _grow(within[key], target, random)


def _places(held: Any) -> list[Place]:
    """Return every place in a value, from the outside in."""
    places: list[Place] = []
    waiting = [held]
    while waiting:
        within = waiting.pop()
        keys = range(len(within)) if isinstance(within, list) else list(within)
        for key in keys:
            places.append((within, key))
            if isinstance(within[key], list | dict):
                waiting.append(within[key])
    return places


def _small(target: Target, random: Random) -> Any:
    kind = random.randrange(7)
    if kind == 6 and target.strange:
        return _copied(random.choice(target.strange))
    if kind == 0:
        return random.choice(target.words)
    if kind == 1:
        return {random.choice(target.words): random.choice(SCALARS)}
    if kind == 2:
        return random.choice(([], {}, [[]], [{}]))
    return random.choice(SCALARS)


def _nudged(value: Any, random: Random) -> Any:
    """Return a value a little off."""
    if isinstance(value, str):
        at = random.randrange(len(value) + 1)
        put = random.choice(("", "", "a", "\n", "😀", "\u0301", value))
        return value[:at] + put + value[at + random.randrange(2) :]
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return random.choice((value + 1, value - 1, -value, value * 2, float(value), value + 0.5))
    if isinstance(value, list):
        return value[::-1] if random.random() < 0.5 else value + value[-1:]
    return value


def _wrapped(value: Any, target: Target, random: Random) -> Any:
    kind = random.randrange(8)
    if kind == 0:
        for _ in range(random.randrange(DEEP)):
            value = [value]
        return value
    return {random.choice(target.words): value} if kind < 4 else [value]


def _grow(value: Any, target: Target, random: Random) -> None:
    """Put another member into a list or an object."""
    if isinstance(value, list):
        value.insert(random.randrange(len(value) + 1), _small(target, random))
    elif isinstance(value, dict):
        key = random.choice((*target.words, "k", "", "__proto__"))
        if value and random.random() < 0.5:
            value[key] = value.pop(random.choice(list(value)))
        else:
            value[key] = _small(target, random)


def _copied(value: Any) -> Any:
    """Return a value of its own: else a list could be put into itself."""
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return value
