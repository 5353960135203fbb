"""Whether a frame holds more values than it may, told before any of them is made.

A byte on the wire can become a list of 56 bytes and a microsecond of work. A frame of 1 MiB made of
nothing but empty lists took 0.25 s to decode and check, as MessagePack 0.7 s (measured), and everybody
else waited. So the values of a frame are counted first: its scalars, lists and objects, and the keys of
MessagePack's maps.

A frame with fewer bytes than values allowed can't hold too many, and those are nearly all.
"""

from __future__ import annotations

import re
from typing import Final

from transport.msgpack_claims import skip

_STRING: Final = re.compile(r'"(?:[^"\\]+|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string of JSON, or what begins as one and never ends: possessive and open-ended, so that no frame makes
the search start over and over."""


def json_holds_more(text: str, most: int) -> bool:
    """Tell whether a JSON text holds more than `most` values, whether or not it is JSON otherwise."""
    if len(text) <= most or _marks(text) <= most:
        return False
    return _marks(_STRING.sub("0", text)) > most  # a long string may be full of commas


def _marks(text: str) -> int:
    """Return the values of a text, and one more for each empty list or object: these stand before each."""
    return 1 + sum(map(text.count, ",[{"))


def msgpack_holds_more(frame: bytes, most: int) -> bool:
    """Tell whether a MessagePack frame holds, or claims to hold, more than `most` values."""
    if len(frame) <= most:
        return False
    position, seen, expected = 0, 0, 1
    while expected and position < len(frame) and seen + expected <= most:
        position, members = skip(frame, position)
        seen, expected = seen + 1, expected - 1 + members
    return seen + expected > most
