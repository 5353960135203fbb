"""Text counted in UTF-16 code units, as JavaScript counts, over strings that Python counts in code points.

Both counts are the same for a text without astral characters (those beyond U+FFFF, two units each). That a
text is ASCII is known without looking at it; any other is encoded to be counted, at about a nanosecond
a character. Nothing is remembered between calls.
"""

from __future__ import annotations

from typing import Final

from ot.errors import InvalidOperation

ENCODING = "utf-16-le"

LONG: Final = 1_000
"""Code units from which on a text is taken by halves: 20 steps that cost less than to encode too much."""


class PairCut(Exception):
    """A place between the two halves of one astral character."""


def units(text: str) -> int:
    """Return the length of a text in code units."""
    return len(text) if text.isascii() else len(text.encode(ENCODING, "surrogatepass")) >> 1


def taken(text: str, start: int, length: int) -> tuple[str, int]:
    """Return up to `length` code units of a text from code point `start` on, and how many they are.

    Raises PairCut where that ends inside an astral character. Cost: linear in `length`, not in the text.
    """
    piece = text[start : start + length]  # as many code points, which are at least as many units
    if piece.isascii():
        return piece, len(piece)
    if length > LONG:
        return _taken_by_halves(text, start, length)
    encoded = piece.encode(ENCODING, "surrogatepass")
    if len(encoded) <= 2 * length:
        return piece, len(encoded) >> 1
    try:
        beyond = encoded[2 * length :].decode(ENCODING)
    except UnicodeDecodeError:
        raise PairCut from None
    return piece[: -len(beyond)], length


def _taken_by_halves(text: str, start: int, length: int) -> tuple[str, int]:
    """Do as `taken` does, for a long piece: half as many code points as there is room for always fit.

    So no more is encoded than what is taken, and nothing is decoded.
    """
    end, room = start, length
    while room and end < len(text):
        half = text[end : end + (room + 1) // 2]
        room -= units(half)
        end += len(half)
        if room < 0:
            raise PairCut
    return text[start:end], length - room


def units_of(text: str) -> bytes:
    """Return a string in UTF-16, two bytes a unit; raise InvalidOperation where it is no Unicode text."""
    try:
        return text.encode(ENCODING)
    except UnicodeEncodeError as error:
        raise InvalidOperation(f"a lone surrogate at {error.start}, which is no character") from None


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
