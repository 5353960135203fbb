"""Strings as a JavaScript peer counts them: in UTF-16 code units, two for a character beyond U+FFFF."""

from __future__ import annotations

from ot.errors import InvalidOperation

ENCODING = "utf-16-le"


def units_of(text: str) -> bytes:
    """Return a string in UTF-16, two bytes a unit; raise InvalidOperation where it is no Unicode text."""
    try:
        return text.encode(ENCODING)
    except UnicodeEncodeError as error:
        raise InvalidOperation(f"a lone surrogate at {error.start}, which is no character") from None


def unit_count(text: str) -> int:
    """Return how many UTF-16 code units a string has."""
    return len(text) if text.isascii() else len(units_of(text)) // 2


def unit_slice(text: str, start: int, end: int | None = None) -> str:
    """Return the part of a string between two offsets in code units.

    Raises InvalidOperation where one of them stands between the halves of a surrogate pair.
    """
    if text.isascii():
        return text[start:end]
    return decoded(units_of(text)[2 * start : None if end is None else 2 * end])


def decoded(units: bytes) -> str:
    """Return UTF-16 as a string; raise InvalidOperation where a surrogate stands alone."""
    try:
        return units.decode(ENCODING)
    except UnicodeDecodeError:
        raise InvalidOperation("splits a surrogate pair, which is one character") from None


def is_inside_pair(units: bytes, offset: int) -> bool:
    """Tell whether an offset stands between the halves of a surrogate pair."""
    return 0xDC <= units[2 * offset + 1] <= 0xDF if 2 * offset < len(units) else False
