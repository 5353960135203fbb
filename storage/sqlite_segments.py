"""Old entries, packed: a run of a document's log in one row, compressed; they stay single entries.

    segments: [1 .. 250] [251 .. 500]      entries: 501, 502, ... newest

A keystroke takes some 70 bytes as a row, and 4 in a segment. The chain tags, which nothing makes smaller,
are left out: they follow from the one before the segment, and the last that follows has to be the one that
was kept. So no damage is read as another past.

A segment is JSON, deflated: the names of clients, and of each entry whose it is, by how much its `seq` is
above that client's one before (from 0), and the operation.

    [["ann", "bob"], [0, 0, 1, 0], [17, 1, 3, 1], [["a"], [1, "b"], ["x"], [3, "c"]]]
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, TypeAlias

import attrs
import orjson

from ot import Entry
from ot.entry import next_tag
from storage.events import event_log
from storage.sqlite_errors import Contradiction

log = event_log("storage")

KEPT: Final = 2_000
"""Newest entries that are not packed: whoever comes back from a short while ago reads them. At least one, by
which a document's head is checked."""

ENTRIES: Final = 250
"""Of a segment. More are hardly smaller, and who needs one of them reads them all: a millisecond."""

BYTES: Final = 256 * 1024
"""Of operations, after which a segment is full before it has as many."""

Row: TypeAlias = tuple[int, str, int, bytes, str]
"""Revision, client, seq, operation as JSON, tag."""


@attrs.frozen
class Segment:
    """The entries from `first` to `last`; `before` and `tag` are the chain tags before and after them."""

    doc: str
    first: int
    last: int
    before: str
    tag: str
    packed: bytes = attrs.field(repr=False)

    def entries(self) -> list[Entry]:
        """Return the entries, each with its tag; raise Contradiction where they are not what was packed."""
        try:
            found = self._unpacked()
        except (zlib.error, ValueError, TypeError, IndexError) as error:
            raise Contradiction(f"{self._name()} cannot be read ({error})") from error
        if len(found) != self.last - self.first + 1 or found[-1].tag != self.tag:
            raise Contradiction(f"{self._name()} are of another history")
        return found

    def _unpacked(self) -> list[Entry]:
        clients, whose, steps, ops = orjson.loads(zlib.decompress(self.packed))
        seqs, tag, found = [0] * len(clients), self.before, list[Entry]()
        for revision, (who, step, op) in enumerate(zip(whose, steps, ops, strict=True), self.first):
            seqs[who] += step
            tag = next_tag(tag, clients[who], seqs[who], op)
            found.append(Entry(revision, clients[who], seqs[who], op, tag=tag))
        return found

    def _name(self) -> str:
        return f"entries {self.first} to {self.last} of {self.doc!r}, packed,"


def packed(connection: sqlite3.Connection, document: int, doc: str) -> Iterator[Segment]:
    """Yield all segments of a document, in order."""
    return _ending_after(connection, document, doc, 0)


def entries(connection: sqlite3.Connection, document: int, doc: str, after: int, until: int) -> list[Entry]:
    """Return the packed ones of the entries with `after < revision <= until`, in order."""
    overlapping = takewhile(
        lambda segment: segment.first <= until, _ending_after(connection, document, doc, after)
    )
    return [
        entry for segment in overlapping for entry in segment.entries() if after < entry.revision <= until
    ]


def _ending_after(connection: sqlite3.Connection, document: int, doc: str, after: int) -> Iterator[Segment]:
    rows = connection.execute(
        "SELECT first, last, before, tag, entries FROM segments"
        " WHERE document = ? AND last > ? ORDER BY last",
        (document, after),
    )
    return (Segment(doc, *row) for row in rows)


def pack(connection: sqlite3.Connection, document: int, doc: str, newest: int) -> bool:
    """Pack the oldest entries that are rows, if there are enough of them to be a segment; tell whether.

    What would not be read back as it is stays as it is, for a check to find.
    """
    end, before = _end(connection, document)
    run = _full(
        connection.execute(
            "SELECT revision, client, seq, CAST(op AS BLOB), tag FROM entries"
            " WHERE document = ? AND revision > ? AND revision <= ? ORDER BY revision LIMIT ?",
            (document, end, newest - KEPT, ENTRIES),
        )
    )
    if not run:
        return False
    segment = Segment(doc, run[0][0], run[-1][0], before, run[-1][4], _deflated(run))
    reason = _unlike(segment, run)
    if reason is not None:
        log.error("entries_not_packed", doc=doc, first=run[0][0], reason=reason)
        return False
    connection.execute(
        "INSERT INTO segments (document, first, last, before, tag, entries) VALUES (?, ?, ?, ?, ?, ?)",
        (document, segment.first, segment.last, segment.before, segment.tag, segment.packed),
    )
    connection.execute("DELETE FROM entries WHERE document = ? AND revision <= ?", (document, segment.last))
    return True


def _unlike(segment: Segment, run: Sequence[Row]) -> str | None:
    """Say in what a segment is not read back as the rows that it was made of; None where it is."""
    try:
        read = segment.entries()
    except Contradiction as error:
        return str(error)
    expected = [(revision, client, seq, tag) for revision, client, seq, _, tag in run]
    if [(entry.revision, entry.client, entry.seq, entry.tag) for entry in read] != expected:
        return "it is not read back as it was"
    return None


def _end(connection: sqlite3.Connection, document: int) -> tuple[int, str]:
    """Return the last revision that is packed, and the tag there."""
    row = connection.execute(
        "SELECT last, tag FROM segments WHERE document = ?"
        " UNION ALL SELECT 0, tag FROM snapshots WHERE document = ? AND revision = 0"
        " ORDER BY last DESC LIMIT 1",
        (document, document),
    ).fetchone()
    return (0, "") if row is None else (row[0], row[1])


def _full(rows: Iterable[Row]) -> list[Row]:
    """Return the first of the rows, as many as a segment has; none where they are too few."""
    run, size = list[Row](), 0
    for row in rows:
        run.append(row)
        size += len(row[3])
        if len(run) == ENTRIES or size >= BYTES:
            return run
    return []


def _deflated(run: Iterable[Row]) -> bytes:
    last: dict[str, int] = {}
    number: dict[str, int] = {}
    whose, steps, ops = list[int](), list[int](), list[bytes]()
    for _, client, seq, op, _ in run:
        whose.append(number.setdefault(client, len(number)))
        steps.append(seq - last.get(client, 0))
        last[client] = seq
        ops.append(op)
    columns = [orjson.dumps(list(number)), orjson.dumps(whose), orjson.dumps(steps), b"[%b]" % b",".join(ops)]
    return zlib.compress(b"[%b]" % b",".join(columns))
