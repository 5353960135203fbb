"""What a MessagePack frame claims to hold, before anything is made room for.

An array's header says how many members follow, and a decoder makes room for them at once. A frame of
1 MiB can nest a thousand arrays that each claim a million members: 8 GB asked for, and a quarter of a
second spent (measured) before the frame turns out to be too short. Real members take a byte each, so
more claims than bytes are a lie.
"""

from __future__ import annotations

from typing import Final

_WIDE_ARRAYS: Final = (b"\xdc", b"\xdd")
_HARMLESS: Final = 16
"""Wide array headers that a frame may have unread: they ask for 16 times the frame's length at most.

Counted as bytes, wherever they stand, which takes 0.1 ms a MiB; few frames of people have more.
"""

_LENGTH_BYTES: Final = {
    0xC4: 1, 0xC5: 2, 0xC6: 4,  # byte strings
    0xC7: 1, 0xC8: 2, 0xC9: 4,  # extensions, whose type is a byte more
    0xD9: 1, 0xDA: 2, 0xDB: 4,  # strings
}  # fmt: skip
_FIXED_BYTES: Final = {
    0xCA: 4, 0xCB: 8,  # floats
    0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,  # integers
    0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17,  # extensions of a fixed length
}  # fmt: skip
_MEMBERS_BYTES: Final = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""Of arrays and maps: the bytes of the count, and the values that each member has."""


def claims_too_much(frame: bytes) -> bool:
    """Tell whether the arrays and maps of a frame claim more members than the frame has bytes left.

    A frame that is broken in another way is left to the decoder.
    """
    if sum(map(frame.count, _WIDE_ARRAYS)) <= _HARMLESS:
        return False
    position, expected = 0, 1
    while expected and position < len(frame):
        position, members = skip(frame, position)
        expected += members - 1
        if expected > len(frame) - position:
            return True
    return False


def skip(frame: bytes, position: int) -> tuple[int, int]:
    """Return where the next value begins, and how many of the next ones belong to this one."""
    kind = frame[position]
    position += 1
    if kind <= 0x7F or kind >= 0xE0 or 0xC0 <= kind <= 0xC3:
        return position, 0
    if kind <= 0x8F:
        return position, 2 * (kind & 0x0F)
    if kind <= 0x9F:
        return position, kind & 0x0F
    if kind <= 0xBF:
        return position + (kind & 0x1F), 0
    if kind in _FIXED_BYTES:
        return position + _FIXED_BYTES[kind], 0
    if kind in _LENGTH_BYTES:
        width = _LENGTH_BYTES[kind]
        extension = 1 if 0xC7 <= kind <= 0xC9 else 0
        length = int.from_bytes(frame[position : position + width], "big")
        return position + width + extension + length, 0
    width, values = _MEMBERS_BYTES[kind]
    return position + width, values * int.from_bytes(frame[position : position + width], "big")
