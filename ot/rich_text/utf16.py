"""Text counted in UTF-16 code units, as JavaScript counts, over strings that Python counts in code points.

Both counts are the same for a text without astral characters (those beyond U+FFFF, two units each). That a
text is ASCII is known without looking at it; any other is encoded to be counted, at about a nanosecond
a character. Nothing is remembered between calls.
"""

from __future__ import annotations


class PairCut(Exception):
    """A place between the two halves of one astral character."""


def units(text: str) -> int:
    """Return the length of a text in code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) >> 1


def taken(text: str, start: int, length: int) -> tuple[str, int]:
    """Return up to `length` code units of a text from code point `start` on, and how many they are.

    Raises PairCut where that ends inside an astral character. Cost: linear in `length`, not in the text.
    """
    piece = text[start : start + length]  # as many code points, which are at least as many units
    if piece.isascii():
        return piece, len(piece)
    encoded = piece.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * length:
        return piece, len(encoded) >> 1
    try:
        beyond = encoded[2 * length :].decode("utf-16-le")
    except UnicodeDecodeError:
        raise PairCut from None
    return piece[: -len(beyond)], length
