"""Messages to test with: one of each written by hand with its wire form, and any of them at random."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from hypothesis import strategies as st

from ot import Entry
from transport.fields import Field, fields_of
from transport.messages import (
    CLIENT_MESSAGES,
    SERVER_MESSAGES,
    Ack,
    Close,
    Closed,
    Error,
    Fate,
    Goodbye,
    Hello,
    HistoryRead,
    Identity,
    Lagging,
    Open,
    Opened,
    Operations,
    Ping,
    Pong,
    Presence,
    PresenceChanged,
    ReadHistory,
    ReadSnapshot,
    Reject,
    Renew,
    Renewed,
    SentLimits,
    SetPresence,
    SnapshotRead,
    Submit,
    Welcome,
)

EXACT: Final = 2**53 - 1

ADA: Final = Identity("u1", "Ada")
WIRE_ADA: Final = {"id": "u1", "name": "Ada"}

FROM_CLIENT: Final[list[tuple[Any, dict[str, Any]]]] = [
    (Hello(), {"type": "hello"}),
    (
        Hello("t", "c1", "secret"),
        {"type": "hello", "token": "t", "client": "c1", "resume": "secret"},
    ),
    (Renew("t"), {"type": "renew", "token": "t"}),
    (Open("notes"), {"type": "open", "doc": "notes"}),
    (
        Open("notes", doc_type="json1", create=None),
        {"type": "open", "doc": "notes", "doc_type": "json1", "create": None},
    ),
    (
        Open("n", epoch="e", revision=0, tag="00", inflight=3, diverged="ff", rewind=0),
        {
            "type": "open",
            "doc": "n",
            "epoch": "e",
            "revision": 0,
            "tag": "00",
            "inflight": 3,
            "diverged": "ff",
            "rewind": 0,
        },
    ),
    (
        Submit("notes", 0, 1, [5, "x"]),
        {"type": "submit", "doc": "notes", "revision": 0, "seq": 1, "op": [5, "x"]},
    ),
    (Submit("n", 7, 2, None), {"type": "submit", "doc": "n", "revision": 7, "seq": 2, "op": None}),
    (SetPresence("n", 7, None), {"type": "presence", "doc": "n", "revision": 7, "state": None}),
    (Close("n"), {"type": "close", "doc": "n"}),
    (
        ReadHistory(4, "n", 10, after=0),
        {"type": "history", "request": 4, "doc": "n", "limit": 10, "after": 0},
    ),
    (
        ReadHistory(0, "n", 1000, before=8),
        {"type": "history", "request": 0, "doc": "n", "limit": 1000, "before": 8},
    ),
    (ReadSnapshot(5, "n", 3), {"type": "snapshot", "request": 5, "doc": "n", "revision": 3}),
    (Ping(), {"type": "ping"}),
    (Ping(0), {"type": "ping", "nonce": 0}),
]

ENTRY: Final = Entry(3, "c1", 2, ["a"])
WIRE_ENTRY: Final = {"revision": 3, "client": "c1", "seq": 2, "op": ["a"]}
COMPOSED: Final = Entry(9, "c2", 1, [{"d": 1}], span=4, hash="ab")
WIRE_COMPOSED: Final = {"revision": 9, "client": "c2", "seq": 1, "op": [{"d": 1}], "span": 4, "hash": "ab"}

FROM_SERVER: Final[list[tuple[Any, dict[str, Any]]]] = [
    (
        Welcome("c1", ADA, "secret", 20.0, SentLimits(1, 2, 3, 4, 5, 6, 7, 8, 9)),
        {
            "type": "welcome",
            "client": "c1",
            "identity": WIRE_ADA,
            "resume": "secret",
            "heartbeat": 20.0,
            "limits": {
                "message_bytes": 1,
                "operation_bytes": 2,
                "operation_components": 3,
                "json_depth": 4,
                "document_bytes": 5,
                "documents": 6,
                "submissions_per_second": 7,
                "submission_burst": 8,
                "presences_per_second": 9,
            },
        },
    ),
    (Renewed(60.5), {"type": "renewed", "expires": 60.5}),
    (
        Opened("n", "text", "e", 2, "t", False, 0, (Presence("c2", ADA, 2, 5),), "read", snapshot=""),
        {
            "type": "opened",
            "doc": "n",
            "doc_type": "text",
            "epoch": "e",
            "revision": 2,
            "tag": "t",
            "resumed": False,
            "seq": 0,
            "presences": [{"client": "c2", "identity": WIRE_ADA, "revision": 2, "state": 5}],
            "access": "read",
            "snapshot": "",
        },
    ),
    (
        Opened(
            "n", "text", "e", 9, "t", True, 2, (), "write", entries=(ENTRY, COMPOSED), fate=Fate(3, ["a"])
        ),
        {
            "type": "opened",
            "doc": "n",
            "doc_type": "text",
            "epoch": "e",
            "revision": 9,
            "tag": "t",
            "resumed": True,
            "seq": 2,
            "presences": [],
            "access": "write",
            "entries": [WIRE_ENTRY, WIRE_COMPOSED],
            "fate": {"landed": 3, "op": ["a"]},
        },
    ),
    (
        Operations("n", (ENTRY,), "t"),
        {"type": "operations", "doc": "n", "entries": [WIRE_ENTRY], "tag": "t"},
    ),
    (Ack("n", 2, 3, None), {"type": "ack", "doc": "n", "seq": 2, "revision": 3, "op": None}),
    (
        Reject("n", 2, "forbidden", "no"),
        {"type": "reject", "doc": "n", "seq": 2, "code": "forbidden", "message": "no"},
    ),
    (
        PresenceChanged("n", "c2", ADA, 4, {"cursor": 1}),
        {
            "type": "presence",
            "doc": "n",
            "client": "c2",
            "identity": WIRE_ADA,
            "revision": 4,
            "state": {"cursor": 1},
        },
    ),
    (Lagging("n", 4), {"type": "lagging", "doc": "n", "revision": 4}),
    (
        Closed("n", "access-denied", "no"),
        {"type": "closed", "doc": "n", "code": "access-denied", "message": "no"},
    ),
    (
        HistoryRead(4, "n", (COMPOSED,), False),
        {"type": "history", "request": 4, "doc": "n", "entries": [WIRE_COMPOSED], "more": False},
    ),
    (
        SnapshotRead(4, "n", "json1", 0),
        {"type": "snapshot", "request": 4, "doc": "n", "doc_type": "json1", "revision": 0},
    ),
    (
        Error("not-open", "open it first", False, doc="n", seq=1),
        {
            "type": "error",
            "code": "not-open",
            "message": "open it first",
            "fatal": False,
            "doc": "n",
            "seq": 1,
        },
    ),
    (Goodbye("draining", 1.5), {"type": "goodbye", "reason": "draining", "retry_after": 1.5}),
    (Pong(7), {"type": "pong", "nonce": 7}),
]

whole_numbers = st.integers(-EXACT, EXACT)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | whole_numbers
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
document_names = (
    st.lists(
        st.text(
            st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="/"), max_size=9
        ).map(lambda part: unicodedata.normalize("NFC", part)),
        min_size=1,
        max_size=3,
    )
    .filter(lambda parts: all(part not in ("", ".", "..") for part in parts))
    .map("/".join)
)


def _values(field: Field) -> st.SearchStrategy[Any]:
    about = field.about
    match field.kind:
        case "string" if field.name == "doc" and about.most:
            return document_names
        case "string" if about.one_of:
            return st.sampled_from(about.one_of)
        case "string":
            return st.text(min_size=about.least or 0, max_size=min(about.most or 30, 30))
        case "integer":
            return st.integers(about.least or 0, EXACT if about.most is None else about.most)
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "json":
            return json_values
        case "object":
            assert field.of is not None
            return instances(field.of)
        case "list":
            assert field.of is not None
            return st.lists(instances(field.of), max_size=3).map(tuple)


def instances(cls: type) -> st.SearchStrategy[Any]:
    """Return a strategy for objects of a message class or part, each field within its bounds."""
    fields = fields_of(cls)
    required = {field.name: _values(field) for field in fields if not field.optional}
    optional = {field.name: _values(field) for field in fields if field.optional}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda given: cls(**_repaired(cls, given)),
    )


def _repaired(cls: type, given: dict[str, Any]) -> dict[str, Any]:
    """Make fields given at random keep the rules between them."""
    if cls is Open:
        if not {"epoch", "revision", "tag"} <= given.keys():
            for name in ("epoch", "revision", "tag", "diverged"):
                given.pop(name, None)
        if "doc_type" not in given:
            given.pop("create", None)
    if cls is ReadHistory:
        if "after" in given:
            given.pop("before", None)
        else:
            given.setdefault("before", 1)
    return given


client_messages = st.sampled_from(CLIENT_MESSAGES).flatmap(instances)
server_messages = st.sampled_from(SERVER_MESSAGES).flatmap(instances)
