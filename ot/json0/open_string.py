"""A string that components of text0 change one after the other, in place.

It is kept as UTF-16 in chunks: a component copies the chunk that it falls into and not the whole string, so
that thousands of them cost little more than one. Those that reach over several chunks make one of them.
"""

from __future__ import annotations

from typing import Final

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.utf16 import decoded, is_inside_pair, units_of

CHUNK: Final = 2**15
"""Bytes of a chunk: to copy as many costs as much as to walk past a hundred."""

EXCERPT: Final = 30  # code units of a document that a message shows


class OpenString:
    """A string that is being changed. What refuses a component leaves it of no use."""

    __slots__ = ("_chunks",)

    def __init__(self, text: str) -> None:
        """Raise InvalidOperation where the text has a lone surrogate."""
        self._chunks = _in_chunks(units_of(text))

    def text(self) -> str:
        """Return the string as it is now. Cost: its length."""
        return decoded(b"".join(self._chunks))

    def apply(self, component: dict[str, Json], index: int) -> None:
        """Apply a well-formed component; raise InvalidOperation, with its index, where it does not fit."""
        if "i" in component:
            self._insert(component, index)
        else:
            self._delete(component, index)

    def _insert(self, component: dict[str, Json], index: int) -> None:
        start = 2 * component["p"]
        chunk, local = self._place(start)
        units = self._chunks[chunk]
        if local > len(units):
            reason = f"inserts at {component['p']}, but the string has {self._length() // 2} code units"
            raise InvalidOperation(reason, component=component, index=index)
        if is_inside_pair(units, local // 2):
            reason = f"inserts at {component['p']}, which splits a surrogate pair"
            raise InvalidOperation(reason, component=component, index=index)
        self._put(chunk, units[:local] + units_of(component["i"]) + units[local:])

    def _delete(self, component: dict[str, Json], index: int) -> None:
        gone = units_of(component["d"])
        chunk, local = self._place(2 * component["p"])
        units = self._from(chunk, local + len(gone))
        end = local + len(gone)
        if not units.startswith(gone, local):
            there = units[local:end][: 2 * EXCERPT].decode("utf-16-le", "replace")
            reason = f"deletes another text at {component['p']} than the string has there: {there!a}"
            raise InvalidOperation(reason, component=component, index=index)
        self._put(chunk, units[:local] + units[end:])

    def _place(self, offset: int) -> tuple[int, int]:
        """Return the chunk that an offset in bytes falls into, and where in it; the end is in the last."""
        for chunk, units in enumerate(self._chunks):
            if offset < len(units):
                return chunk, offset
            offset -= len(units)
        last = len(self._chunks) - 1
        return last, offset + len(self._chunks[last])

    def _from(self, chunk: int, length: int) -> bytes:
        """Return a chunk that reaches as far as `length`, where the string does: those behind join it."""
        chunks = self._chunks
        last, there = chunk + 1, len(chunks[chunk])
        while there < length and last < len(chunks):
            there += len(chunks[last])
            last += 1
        if last > chunk + 1:
            chunks[chunk:last] = [b"".join(chunks[chunk:last])]
        return chunks[chunk]

    def _put(self, chunk: int, units: bytes) -> None:
        """Put units in place of a chunk: no chunk where there are none, several where there are many."""
        if not units and len(self._chunks) > 1:
            del self._chunks[chunk]
        elif len(units) > 2 * CHUNK:
            self._chunks[chunk : chunk + 1] = _in_chunks(units)
        else:
            self._chunks[chunk] = units

    def _length(self) -> int:
        return sum(map(len, self._chunks))


def _in_chunks(units: bytes) -> list[bytes]:
    """Return units in chunks, one at least; a chunk may begin inside a surrogate pair."""
    return [units[start : start + CHUNK] for start in range(0, len(units), CHUNK)] or [b""]
