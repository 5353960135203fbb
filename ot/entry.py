"""One line of the log, and what became of a client's last submission.

A document's log is a chain: every entry has a tag, 64 bits of SHA-256 over the tag before it and the
entry itself, so that `(epoch, revision, tag)` names one history and no other. A backup that was
restored and written on has the old epoch and plausible revisions, but other tags.
"""

from __future__ import annotations

import hashlib
from typing import Final

from ot.canonical_json import canonical_json, quoted
from ot.document_type import Operation
from ot.values import value

TAG_BYTES: Final = 8


@value
class Entry:
    """An operation as it landed, at its revision.

    `span` above 1 marks a composition of that many entries, ending at `revision`; its `client` and
    `seq` are those of the last one. `hash` is now and then that of the snapshot before the entry.
    `tag` is the chain tag after the entry; on the wire the message has it, not each entry.
    """

    revision: int
    client: str
    seq: int
    op: Operation
    span: int = 1
    hash: str | None = None
    tag: str | None = None


@value
class Outcome:
    """What became of the last submission of `client` to a document.

    Landed: `revision` and `op` are those of its entry. Rejected: `code` and `message` say why.
    `digest` names the submission itself; None where it was given up before it ever arrived.
    """

    client: str
    seq: int
    digest: str | None
    revision: int | None = None
    op: Operation = None
    code: str | None = None
    message: str = ""


def first_tag(epoch: str) -> str:
    """Return the tag of revision 0."""
    return hashlib.sha256(epoch.encode()).hexdigest()[: 2 * TAG_BYTES]


def next_tag(tag: str, client: str, seq: int, op: Operation) -> str:
    """Return the tag after an entry that follows `tag`."""
    return tag_after(tag, client, seq, canonical_json(op))


def tag_after(tag: str, client: str, seq: int, text: str) -> str:
    """Return the tag after an entry that follows `tag`; `text` is its operation, as canonical JSON."""
    content = f"{tag}[{quoted(client)},{seq},{text}]"
    return hashlib.sha256(content.encode()).hexdigest()[: 2 * TAG_BYTES]


def state_hash(snapshot: Operation) -> str:
    """Return SHA-256 over the canonical JSON of a snapshot, as both ends of a connection compute it."""
    return hashlib.sha256(canonical_json(snapshot).encode()).hexdigest()
