"""Operational transformation: document types, the revision log, a client's document state.

import ot
text = ot.get_type("text")
text.apply("hello", [5, "!"])                      # "hello!"
text.transform([5, "!"], [{"d": 5}], "left")       # ["!"]
"""

from ot.canonical_json import canonical_json
from ot.document_type import ABSENT, Absent, DocumentType, Json, Operation, Side, Snapshot
from ot.entry import Entry, Outcome, first_tag, next_tag, state_hash, submission_digest
from ot.errors import (
    FutureRevision,
    InvalidOperation,
    OTError,
    RefusedSubmission,
    SeqGap,
    SeqReused,
    UnknownType,
)
from ot.registry import get_type, register_type

__all__ = [
    "ABSENT",
    "Absent",
    "DocumentType",
    "Entry",
    "FutureRevision",
    "InvalidOperation",
    "Json",
    "OTError",
    "Operation",
    "Outcome",
    "RefusedSubmission",
    "SeqGap",
    "SeqReused",
    "Side",
    "Snapshot",
    "UnknownType",
    "canonical_json",
    "first_tag",
    "get_type",
    "next_tag",
    "register_type",
    "state_hash",
    "submission_digest",
]
