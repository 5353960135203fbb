"""What a SQLite store reads and writes, one function for each question; each runs inside a transaction.

Operations and snapshots are JSON text, so that `sqlite3 FILE` shows them, until entries are so old that
they are packed (`sqlite_segments`). They are read as bytes: text
that is no UTF-8 is then one more kind of JSON that does not parse.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs
import orjson

from ot import ABSENT, Entry, Json, Operation, Outcome, Snapshot
from storage import sqlite_segments as segments
from storage.events import event_log
from storage.sqlite_errors import Contradiction
from storage.store import (
    Append,
    Appended,
    AppendResult,
    Conflict,
    DocumentHead,
    StoredDocument,
    StoredSnapshot,
    first_seqs,
)
from storage.thinning import superfluous

log = event_log("storage")


@attrs.frozen
class _Head:
    """A document's own row: where it is now."""

    id: int
    doc: str
    doc_type: str
    epoch: str
    revision: int
    tag: str


def secret(connection: sqlite3.Connection) -> bytes:
    (value,) = connection.execute("SELECT secret FROM meta").fetchone()
    return bytes(value)


def documents(connection: sqlite3.Connection) -> list[DocumentHead]:
    # SQLite compares the bytes of UTF-8, whose order is that of code points, as Python's is.
    rows = connection.execute("SELECT doc, doc_type, epoch, revision FROM documents ORDER BY doc")
    return [DocumentHead(*row) for row in rows]


def delete(connection: sqlite3.Connection, doc: str) -> bool:
    head = _head(connection, doc)
    if head is None:
        return False
    # What is deleted may have to be gone, and not only free to be written over.
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    for table in ("entries", "segments", "outcomes", "snapshots"):
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (head.id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (head.id,))
    connection.execute("PRAGMA secure_delete = OFF").fetchall()
    return True


def create(
    connection: sqlite3.Connection, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str
) -> StoredDocument:
    there = load(connection, doc)
    if there is not None:
        return there
    made = connection.execute(
        "INSERT INTO documents (doc, doc_type, epoch, revision, tag) VALUES (?, ?, ?, 0, ?) RETURNING id",
        (doc, doc_type, epoch, tag),
    ).fetchall()
    _write_snapshot(connection, made[0][0], StoredSnapshot(revision=0, tag=tag, snapshot=snapshot))
    return StoredDocument(doc=doc, doc_type=doc_type, epoch=epoch, revision=0, tag=tag, snapshot=snapshot)


def load(connection: sqlite3.Connection, doc: str) -> StoredDocument | None:
    head = _head(connection, doc)
    if head is None:
        return None
    newest = _readable_snapshot(connection, head, head.revision)
    return StoredDocument(
        doc=doc,
        doc_type=head.doc_type,
        epoch=head.epoch,
        revision=newest.revision,
        tag=newest.tag,
        snapshot=newest.snapshot,
        entries=tuple(_entries(connection, head, newest.revision, head.revision)),
    )


def append(connection: sqlite3.Connection, step: Append) -> AppendResult:
    head = _head(connection, step.doc)
    if head is None:
        return Conflict(revision=0, epoch="")
    if not _takes(connection, head, step):
        return Conflict(revision=head.revision, epoch=head.epoch)
    if not step.entries and not step.outcomes:
        return Appended(revision=head.revision)
    landed = {entry.revision: _json(entry.op) for entry in step.entries}
    connection.executemany(
        "INSERT INTO entries (document, revision, client, seq, op, tag) VALUES (?, ?, ?, ?, ?, ?)",
        [(head.id, e.revision, e.client, e.seq, landed[e.revision], e.tag) for e in step.entries],
    )
    if step.entries:
        last = step.entries[-1]
        connection.execute(
            "UPDATE documents SET revision = ?, tag = ? WHERE id = ?", (last.revision, last.tag, head.id)
        )
    connection.executemany(
        "INSERT INTO outcomes (document, client, seq, digest, revision, op, code, message)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (document, client) DO UPDATE SET"
        " seq = excluded.seq, digest = excluded.digest, revision = excluded.revision,"
        " op = excluded.op, code = excluded.code, message = excluded.message",
        [
            (head.id, o.client, o.seq, o.digest, o.revision, _landed_json(o, landed), o.code, o.message)
            for o in {outcome.client: outcome for outcome in step.outcomes}.values()
        ],
    )
    return Appended(revision=head.revision + len(step.entries))


def entries(connection: sqlite3.Connection, doc: str, after: int, until: int | None) -> list[Entry]:
    head = _head(connection, doc)
    if head is None:
        return []
    end = head.revision if until is None else min(until, head.revision)
    return _entries(connection, head, max(after, 0), end)


def outcomes(connection: sqlite3.Connection, doc: str, clients: Sequence[str]) -> dict[str, Outcome]:
    head = _head(connection, doc)
    if head is None:
        return {}
    found = ((client, _outcome(connection, head, client)) for client in clients)
    return {client: outcome for client, outcome in found if outcome is not None}


def save_snapshot(connection: sqlite3.Connection, doc: str, epoch: str, snapshot: StoredSnapshot) -> bool:
    head = _head(connection, doc)
    if head is None or head.epoch != epoch or _tag_at(connection, head, snapshot.revision) != snapshot.tag:
        return False
    _write_snapshot(connection, head.id, snapshot)
    connection.executemany(
        "DELETE FROM snapshots WHERE document = ? AND revision = ?",
        [(head.id, revision) for revision in superfluous(_snapshot_revisions(connection, head))],
    )
    return True


def pack(connection: sqlite3.Connection, doc: str) -> bool:
    head = _head(connection, doc)
    return head is not None and segments.pack(connection, head.id, doc, head.revision)


def snapshot_before(connection: sqlite3.Connection, doc: str, revision: int) -> StoredSnapshot | None:
    head = _head(connection, doc)
    if head is None or revision < 0:
        return None
    return _readable_snapshot(connection, head, revision)


def _head(connection: sqlite3.Connection, doc: str) -> _Head | None:
    row = connection.execute(
        "SELECT id, doc, doc_type, epoch, revision, tag FROM documents WHERE doc = ?", (doc,)
    ).fetchone()
    return None if row is None else _Head(*row)


def _takes(connection: sqlite3.Connection, head: _Head, step: Append) -> bool:
    if (step.epoch, step.expected_revision) != (head.epoch, head.revision):
        return False
    return all(
        seq == _last_seq(connection, head, client) + 1 for client, seq in first_seqs(step.outcomes).items()
    )


def _last_seq(connection: sqlite3.Connection, head: _Head, client: str) -> int:
    row = connection.execute(
        "SELECT seq FROM outcomes WHERE document = ? AND client = ?", (head.id, client)
    ).fetchone()
    return 0 if row is None else int(row[0])


def _outcome(connection: sqlite3.Connection, head: _Head, client: str) -> Outcome | None:
    row = connection.execute(
        "SELECT client, seq, digest, revision, CAST(op AS BLOB), code, message FROM outcomes"
        " WHERE document = ? AND client = ?",
        (head.id, client),
    ).fetchone()
    if row is None:
        return None
    outcome = Outcome(*row)
    if outcome.revision is None:
        return outcome
    return attrs.evolve(outcome, op=_parsed(outcome.op, f"the outcome of client {client} in {head.doc!r}"))


def _entries(connection: sqlite3.Connection, head: _Head, after: int, until: int) -> list[Entry]:
    """Read a run that has to be there whole: `until` is not above the head."""
    run = segments.entries(connection, head.id, head.doc, after, until)
    rows = connection.execute(
        "SELECT revision, client, seq, CAST(op AS BLOB), tag FROM entries"
        " WHERE document = ? AND revision > ? AND revision <= ? ORDER BY revision",
        (head.id, after, until),
    )
    run += [_entry(head, *row) for row in rows]
    for expected, entry in enumerate(run, after + 1):
        if entry.revision != expected:
            raise Contradiction(f"entry {expected} of {head.doc!r} is missing")
    if len(run) < until - after:
        raise Contradiction(f"entry {after + len(run) + 1} of {head.doc!r} is missing")
    return run


def _entry(head: _Head, revision: int, client: str, seq: int, op: bytes, tag: str) -> Entry:
    parsed: Operation = _parsed(op, f"entry {revision} of {head.doc!r}")
    return Entry(revision=revision, client=client, seq=seq, op=parsed, tag=tag)


def _tag_at(connection: sqlite3.Connection, head: _Head, revision: int) -> str | None:
    """Return the chain tag of a revision, None where the log has not reached it."""
    if revision == head.revision:
        return head.tag
    table = "snapshots" if revision == 0 else "entries"  # no entry leads to revision 0
    row = connection.execute(
        f"SELECT tag FROM {table} WHERE document = ? AND revision = ?", (head.id, revision)
    ).fetchone()
    if row is not None:
        return str(row[0])
    return next(
        (e.tag for e in segments.entries(connection, head.id, head.doc, revision - 1, revision)), None
    )


def _snapshot_revisions(connection: sqlite3.Connection, head: _Head) -> list[int]:
    """Return the revisions of a document's snapshots, newest first."""
    rows = connection.execute(
        "SELECT revision FROM snapshots WHERE document = ? ORDER BY revision DESC", (head.id,)
    )
    return [revision for (revision,) in rows]


def _readable_snapshot(connection: sqlite3.Connection, head: _Head, revision: int) -> StoredSnapshot:
    """Return the newest snapshot at or below `revision` that can be read: any will do, and a longer tail."""
    kept = [candidate for candidate in _snapshot_revisions(connection, head) if candidate <= revision]
    for candidate in kept:
        tag, text = connection.execute(
            "SELECT tag, CAST(snapshot AS BLOB) FROM snapshots WHERE document = ? AND revision = ?",
            (head.id, candidate),
        ).fetchone()
        try:
            snapshot = ABSENT if text is None else orjson.loads(text)
        except orjson.JSONDecodeError as error:
            log.error("snapshot_unreadable", doc=head.doc, revision=candidate, error=str(error))
            continue
        return StoredSnapshot(revision=candidate, tag=tag, snapshot=snapshot)
    raise Contradiction(f"none of the {len(kept)} snapshots of {head.doc!r} up to {revision} can be read")


def _write_snapshot(connection: sqlite3.Connection, document: int, snapshot: StoredSnapshot) -> None:
    text = None if snapshot.snapshot is ABSENT else _json(snapshot.snapshot)
    connection.execute(
        "INSERT OR REPLACE INTO snapshots (document, revision, tag, snapshot) VALUES (?, ?, ?, ?)",
        (document, snapshot.revision, snapshot.tag, text),
    )


def _landed_json(outcome: Outcome, landed: dict[int, str]) -> str | None:
    return None if outcome.revision is None else landed[outcome.revision]


def _json(value: Json) -> str:
    return orjson.dumps(value).decode()


def _parsed(text: bytes, what: str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Contradiction(f"{what} cannot be read ({error})") from error
