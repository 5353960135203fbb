"""The tables of a SQLite store, how they are recognised, and how older ones are brought up to date.

The version of the schema is SQLite's `user_version`; `application_id` tells the file from every other
program's. `MIGRATIONS[n]` lifts version n to n + 1, and a new file is at 0: it is made by running them
all, so that every store of one version has one and the same schema, however it came to it.

Uniqueness is the schema's own doing, beside the comparison that `append` makes: `(document, revision)`
is a primary key, no row is as old as what is packed, and an outcome's `seq` only ever rises.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import Final, TypeAlias

from storage.errors import NewerSchema, StoreUnusable
from storage.events import event_log

log = event_log("storage")

Statements: TypeAlias = tuple[str, ...]

APPLICATION_ID: Final = 0x43505431  # "CPT1"

_FIRST: Final[Statements] = (
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        doc TEXT NOT NULL UNIQUE,
        doc_type TEXT NOT NULL,
        epoch TEXT NOT NULL,
        revision INTEGER NOT NULL CHECK (revision >= 0),
        tag TEXT NOT NULL
    ) STRICT""",
    # Names are up to 200 characters: rows carry the number of the document instead.
    """CREATE TABLE entries (
        document INTEGER NOT NULL REFERENCES documents (id),
        revision INTEGER NOT NULL CHECK (revision > 0),
        client TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        op TEXT NOT NULL,
        tag TEXT NOT NULL,
        PRIMARY KEY (document, revision)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE (ABORT, 'an entry has landed once and for all'); END""",
    # `op` is NULL only where nothing landed: an operation that is JSON's null is the text 'null'.
    """CREATE TABLE outcomes (
        document INTEGER NOT NULL REFERENCES documents (id),
        client TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        digest TEXT,
        revision INTEGER,
        op TEXT,
        code TEXT,
        message TEXT NOT NULL,
        PRIMARY KEY (document, client),
        CHECK ((revision IS NULL) = (op IS NULL) AND (revision IS NULL) <> (code IS NULL))
    ) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER outcomes_only_rise BEFORE UPDATE ON outcomes WHEN NEW.seq <= OLD.seq
    BEGIN SELECT RAISE (ABORT, 'a sequence number is used up once'); END""",
    # With a rowid, unlike the others: snapshots are large, and a key of two numbers is found without
    # reading through them. NULL is the document that is absent.
    """CREATE TABLE snapshots (
        document INTEGER NOT NULL REFERENCES documents (id),
        revision INTEGER NOT NULL CHECK (revision >= 0),
        tag TEXT NOT NULL,
        snapshot TEXT,
        UNIQUE (document, revision)
    ) STRICT""",
    """CREATE TABLE meta (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        secret BLOB NOT NULL CHECK (length(secret) = 32),
        starts INTEGER NOT NULL
    ) STRICT""",
)

_SEGMENTS: Final[Statements] = (
    """CREATE TABLE segments (
        document INTEGER NOT NULL REFERENCES documents (id),
        first INTEGER NOT NULL CHECK (first > 0),
        last INTEGER NOT NULL CHECK (last >= first),
        before TEXT NOT NULL,
        tag TEXT NOT NULL,
        entries BLOB NOT NULL,
        UNIQUE (document, last)
    ) STRICT""",
    """CREATE TRIGGER segments_never_change BEFORE UPDATE ON segments
    BEGIN SELECT RAISE (ABORT, 'an entry has landed once and for all'); END""",
    """CREATE TRIGGER entries_land_once BEFORE INSERT ON entries
    WHEN EXISTS (SELECT 1 FROM segments WHERE document = NEW.document AND last >= NEW.revision)
    BEGIN SELECT RAISE (ABORT, 'an entry of that revision is packed'); END""",
)

MIGRATIONS: tuple[Statements, ...] = (_FIRST, _SEGMENTS)


def identify(connection: sqlite3.Connection, location: str) -> int:
    """Return the schema version of an open file, 0 for an empty one; write nothing.

    Raises StoreUnusable for another program's database, NewerSchema for one of a later version.
    """
    # One statement, so one state: another process may be making the store at this moment.
    application, version, tables = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if application != APPLICATION_ID and (application, version, tables) != (0, 0, 0):
        raise StoreUnusable(location, "it is the database of another program; choose another path")
    if version > len(MIGRATIONS):
        raise NewerSchema(location, version, len(MIGRATIONS))
    return int(version)


def bring_up_to_date(connection: sqlite3.Connection, location: str) -> None:
    """Run the migrations that are missing, all in one transaction, and count the start.

    The count is there for its commit. What a killed process has written may be in the kernel's memory
    only, and is read back from there as if it had landed: this commit syncs the file, so that no
    answer about an earlier submission is given before the disk has it.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again, under the lock: another process may have migrated in between.
        found = identify(connection, location)
        if found < len(MIGRATIONS):
            _migrate(connection, found)
        connection.execute("INSERT OR IGNORE INTO meta VALUES (1, ?, 0)", (secrets.token_bytes(32),))
        connection.execute("UPDATE meta SET starts = starts + 1")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if 0 < found < len(MIGRATIONS):
        log.info("store_migrated", store=location, found=found, now=len(MIGRATIONS))


def _migrate(connection: sqlite3.Connection, found: int) -> None:
    for statements in MIGRATIONS[found:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
