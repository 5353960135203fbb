"""Canonical JSON (RFC 8785): one text for one value, on every machine and in every language.

Keys are sorted by UTF-16 code units, numbers are written as ECMAScript writes a double, strings with
the shortest escapes, nothing between the tokens. The bytes are the UTF-8 of the text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Final

from ot.document_type import ABSENT, Json

LARGEST_EXACT: Final = 2**53
"""From here on a double, and so a JavaScript peer, no longer tells every whole number apart."""

quoted: Final[Callable[[str], str]] = json.encoder.encode_basestring
"""The canonical text of a string."""


def _encoder() -> Callable[[Json], str]:
    """Return what writes a value down without a space.

    `JSONEncoder.encode` makes a new encoder for every value; where there is one in C it is made once
    (0.45 microseconds for a keystroke instead of 1.2).
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True
        ).encode
    encode = make(None, None, quoted, None, ":", ",", True, False, False)
    return lambda value: "".join(encode(value, 0))


_dumps: Final = _encoder()


def canonical_json(value: Json) -> str:
    """Return the canonical text of a JSON value.

    That of `ot.ABSENT`, a document that does not exist, is the empty text, which no value has.

    Raises ValueError for NaN and the infinities, TypeError for what is no JSON value. Depth is
    bounded by whoever let the value in.
    """
    if _is_plain(value):
        return _dumps(value)
    if value is ABSENT:
        return ""
    return _canonical(value)


def _is_plain(value: Json) -> bool:
    """Tell whether the C encoder already writes the canonical form: no floats, and keys that it sorts alike.

    It sorts by code points, which is the order of UTF-16 where all are of ASCII. True for nearly every
    operation: 4 times as fast as the walk below for those of text, 3 times for those of objects.
    """
    kind = type(value)
    if kind is str:
        return True
    if kind is int:
        return bool(-LARGEST_EXACT < value < LARGEST_EXACT)
    if kind is list:
        for inner in value:
            kind = type(inner)
            if kind is str or (kind is int and -LARGEST_EXACT < inner < LARGEST_EXACT):
                continue  # written out, since nearly all are one of the two
            if not _is_plain(inner):
                return False
        return True
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not (key.isascii() or len(value) == 1) or not _is_plain(inner):
                return False
        return True
    return value is None or value is True or value is False


def _canonical(value: Json) -> str:
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case str():
            return quoted(value)
        case int() if -LARGEST_EXACT < value < LARGEST_EXACT:
            return str(value)
        case int() | float():
            return _number(float(value))
        case list() | tuple():
            return "[" + ",".join(map(_canonical, value)) + "]"
        case dict():
            members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
            return "{" + ",".join(f"{quoted(k)}:{_canonical(v)}" for k, v in members) + "}"
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _number(value: float) -> str:
    """Write a double as ECMAScript's Number::toString does (ECMA-262, 6.1.6.1.20)."""
    if not math.isfinite(value):
        raise ValueError(f"not a JSON number: {value}")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    shortest = repr(abs(value))  # Python, too, writes the shortest digits that read back
    if "e" not in shortest:  # and, from 1e-4 up to 1e16, as ECMAScript does
        return sign + shortest.removesuffix(".0")
    mantissa, _, power = shortest.partition("e")
    exponent = int(power)
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + exponent - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = point - 1
    scientific = digits[0] + ("." + digits[1:] if count > 1 else "")
    return f"{sign}{scientific}e{'+' if exponent > 0 else '-'}{abs(exponent)}"
