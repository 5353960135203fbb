"""What can be wrong with the file of a SQLite store, asked in SQL; each finding is one line.

Pages that contradict each other are only half of it. A log file of another moment beside a copied
database is replayed over the copy by SQLite, page by page: the pages may fit, and the rows not.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from storage.errors import StoreCorrupt
from storage.events import event_log
from storage.sqlite_errors import Contradiction
from storage.sqlite_segments import packed

log = event_log("storage")

CHECKED_WHOLE: Final = 64 * 2**20
"""Bytes up to which a file is read through at start: some tenths of a second where the kernel has it, and
more than that would be felt. Of a larger one only the heads of documents are looked at."""

START_SECONDS: Final = 2.0
"""What the check at start may take; it ends then, and the server goes on."""

STEPS: Final = 10_000
"""Steps of SQLite's machine, some microseconds each at most, between two looks at the clock."""

MOST: Final = 20
"""Findings of one kind that are told."""

HEADS: Final = """
    SELECT 'document ' || doc || ' is at revision ' || revision || ', but its log does not end there'
    FROM documents AS head
    WHERE tag IS NOT CASE revision
        WHEN 0 THEN (SELECT tag FROM snapshots WHERE document = head.id AND revision = 0)
        ELSE (SELECT tag FROM entries WHERE document = head.id AND revision = head.revision)
    END OR EXISTS (SELECT 1 FROM entries WHERE document = head.id AND revision > head.revision)"""

GAPS: Final = """
    SELECT 'document ' || doc || ' is at revision ' || revision || ', but has ' || ifnull(there, 0)
        || ' entries'
    FROM documents LEFT JOIN (
        SELECT document, sum(size) AS there FROM (
            SELECT document, count(*) AS size FROM entries GROUP BY document
            UNION ALL SELECT document, last - first + 1 FROM segments
        ) GROUP BY document
    ) ON document = id
    WHERE revision <> ifnull(there, 0)"""

ORPHANS: Final = """
    SELECT DISTINCT 'a row of ' || "table" || ' belongs to no document' FROM pragma_foreign_key_check"""

OUTCOMES: Final = """
    SELECT 'the outcome of ' || outcomes.client || ' in document ' || doc || ' is not the entry that landed'
    FROM outcomes JOIN documents ON documents.id = outcomes.document
        LEFT JOIN entries ON entries.document = outcomes.document AND entries.revision = outcomes.revision
    WHERE outcomes.revision > ifnull((SELECT max(last) FROM segments WHERE document = documents.id), 0)
        AND (entries.client, entries.seq, entries.op)
        IS NOT (outcomes.client, outcomes.seq, outcomes.op)"""

SEGMENTS: Final = """
    SELECT 'entries ' || first || ' to ' || last || ' of document ' || doc
        || ', packed, do not follow those before'
    FROM (
        SELECT document, first, last, before, lag(last, 1, 0) OVER one AS earlier, lag(segments.tag) OVER one
            AS due FROM segments WINDOW one AS (PARTITION BY document ORDER BY last)
    ) JOIN documents ON id = document
    WHERE first <> earlier + 1 OR before IS NOT
        ifnull(due, (SELECT tag FROM snapshots WHERE document = id AND revision = 0))"""

OVERLAPS: Final = """
    SELECT DISTINCT 'document ' || doc || ' has entries both as rows and packed'
    FROM segments JOIN documents ON id = segments.document
    WHERE EXISTS (SELECT 1 FROM entries WHERE entries.document = id AND revision BETWEEN first AND last)"""

NO_SEGMENTS: Final = """
    WITH segments (document, first, last, before, tag) AS (SELECT 0, 0, 0, '', '' WHERE 0)"""
"""Before a question to a file of the version that had none."""

SNAPSHOTS: Final = """
    SELECT 'the snapshot of document ' || doc || ' at revision ' || snapshots.revision || ' cannot be read'
    FROM snapshots JOIN documents ON documents.id = document
    WHERE snapshot IS NOT NULL AND NOT json_valid(snapshot)"""


def check_at_start(connection: sqlite3.Connection, path: Path, location: str) -> None:
    """Raise StoreCorrupt where the file is damaged, as far as that shows in START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        whole = os.path.getsize(path) <= CHECKED_WHOLE
        finding = next(_findings_at_start(connection, whole=whole), None)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        log.info("store_check_cut_short", store=location, seconds=START_SECONDS)
        return
    finally:
        connection.set_progress_handler(None, 0)
    if finding is not None:
        raise StoreCorrupt(location, finding)


def findings(connection: sqlite3.Connection) -> list[str]:
    """Return what is wrong, reading the whole file: pages first, and rows where the pages are right."""
    broken = list(broken_pages(connection))
    if broken:
        return broken
    questions = (HEADS, GAPS, ORPHANS, OUTCOMES, SNAPSHOTS, SEGMENTS, OVERLAPS)
    found = [finding for question in questions for finding in _found(connection, question)]
    return found + list(islice(_unpacked(connection), MOST))


def _unpacked(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong in packed entries, and with outcomes that landed there."""
    if not _has(connection, "segments"):
        return
    for document, doc in connection.execute("SELECT id, doc FROM documents"):
        for segment in packed(connection, document, doc):
            try:
                entries = {entry.revision: entry for entry in segment.entries()}
            except Contradiction as error:
                yield str(error)
                continue
            landed = connection.execute(
                "SELECT revision, client, seq, op FROM outcomes"
                " WHERE document = ? AND revision BETWEEN ? AND ?",
                (document, segment.first, segment.last),
            )
            for revision, client, seq, op in landed:
                entry = entries[revision]
                if (entry.client, entry.seq, orjson.dumps(entry.op).decode()) != (client, seq, op):
                    yield f"the outcome of {client} in document {doc} is not the entry that landed"


def _findings_at_start(connection: sqlite3.Connection, *, whole: bool) -> Iterator[str]:
    if whole:
        yield from broken_pages(connection)
    if not _has(connection, "documents"):
        return  # a new file
    yield from _found(connection, HEADS)
    if whole:
        yield from _found(connection, GAPS)


def broken_pages(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what SQLite finds wrong with pages and indexes."""
    for (text,) in connection.execute(f"PRAGMA integrity_check({MOST})"):
        if text != "ok":
            yield " ".join(text.split())  # SQLite writes several lines


def _found(connection: sqlite3.Connection, question: str) -> Iterator[str]:
    asked = question if _has(connection, "segments") else NO_SEGMENTS + question
    for (finding,) in connection.execute(f"{asked} LIMIT {MOST}"):
        yield finding


def _has(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None
