"""Operational transformation: document types, the revision log, a client's document state.

import ot
text = ot.get_type("text")
text.apply("hello", [5, "!"])                      # "hello!"
text.transform([5, "!"], [{"d": 5}], "left")       # ["!"]
"""

from types import FunctionType
from typing import Final

from ot.bounded_document import document_bytes
from ot.bounds import Bounds
from ot.canonical_json import canonical_json
from ot.catch_up import CatchUp, Held, Restarted, Resumed
from ot.decision import Decision, Landed, Rejected, Repeated
from ot.document_effects import Acknowledged, Changed, Effect, HandedBack, OpenAgain, Repaired, Replaced
from ot.document_state import DocumentState
from ot.document_type import ABSENT, Absent, DocumentType, Json, Operation, Side, Snapshot
from ot.entry import Entry, Outcome, first_tag, next_tag, state_hash
from ot.errors import (
    FutureRevision,
    InvalidOperation,
    OTError,
    RefusedSubmission,
    SeqGap,
    SeqReused,
    UnknownType,
)
from ot.json0 import Json0
from ot.json1 import Json1
from ot.log import RevisionLog
from ot.operation_size import OperationSize, component_count, operation_size
from ot.presence import moved, moved_by, unplaced
from ot.registry import get_type, register_type
from ot.rich_text import EmbedType, RichText
from ot.submission import Inflight, Pending, Position, Submission
from ot.text import Text
from ot.text.transforming import transformed

__all__ = [
    "ABSENT",
    "COMPILED",
    "Absent",
    "Acknowledged",
    "Bounds",
    "CatchUp",
    "Changed",
    "Decision",
    "DocumentState",
    "DocumentType",
    "Effect",
    "EmbedType",
    "Entry",
    "FutureRevision",
    "HandedBack",
    "Held",
    "Inflight",
    "InvalidOperation",
    "Json",
    "Json0",
    "Json1",
    "Landed",
    "OTError",
    "OpenAgain",
    "Operation",
    "OperationSize",
    "Outcome",
    "Pending",
    "Position",
    "RefusedSubmission",
    "Rejected",
    "Repaired",
    "Repeated",
    "Replaced",
    "Restarted",
    "Resumed",
    "RevisionLog",
    "RichText",
    "SeqGap",
    "SeqReused",
    "Side",
    "Snapshot",
    "Submission",
    "UnknownType",
    "canonical_json",
    "component_count",
    "document_bytes",
    "first_tag",
    "get_type",
    "moved",
    "moved_by",
    "next_tag",
    "operation_size",
    "register_type",
    "state_hash",
    "unplaced",
]

__version__ = "0.1.0"

COMPILED: Final = not isinstance(transformed, FunctionType)
"""Whether the core was compiled when it was installed; otherwise plain Python runs, which does the same."""

register_type(Text())
register_type(RichText())
register_type(Json0())
register_type(Json1())
