"""The codes of protocol version 1: what each means, and what a client does about it.

Three kinds. A *rejection* is decided by a room in its turn and uses up the `seq`. An *error* uses up
nothing. A *fatal* error ends the connection with its close code: 40xx do not come back, 41xx come back
after `retry_after`, 42xx come back at once. `closed` ends one subscription, not the connection.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import attrs

Kind: TypeAlias = Literal["reject", "error", "closed", "fatal"]


@attrs.frozen
class Code:
    """One word of the protocol."""

    word: str
    kind: Kind
    meaning: str
    client: str
    """What a client does about it."""
    close: int | None = None
    """The WebSocket close code that follows, of a fatal one."""


CODES: Final[tuple[Code, ...]] = (
    Code("invalid-operation", "reject", "the operation is malformed, not in normal form, or does not fit the document", "take the operation back and hand it to the application"),
    Code("forbidden", "reject", "this identity may not change the document", "take the operation back; show the document as read-only"),
    Code("too-large", "reject", "the operation, or the document with it, is over a limit", "take the operation back and hand it to the application"),
    Code("superseded", "reject", "too many entries, or none kept, lie between the operation's base and now", "put the operation back under the buffer and send it anew at the present revision under the next `seq`"),
    Code("not-allowed", "error", "this identity may not show presence, or read history, here", "do not ask again"),
    Code("bad-token", "error", "a `renew` whose token does not hold, or is somebody else's", "get another token and renew again; the session lasts until the old one ends"),
    Code("seq-gap", "error", "a submission before this one never arrived", "open the document again"),
    Code("seq-reused", "error", "this `seq` stands for another operation already", "open the document again and go on from its `seq` + 1"),
    Code("future-revision", "error", "the base revision is above the log's newest", "open the document again"),
    Code("negative-revision", "error", "a revision below zero", "a bug in the client: report it"),
    Code("not-open", "error", "the document is not open on this connection", "open it first"),
    Code("already-open", "error", "an `open` of this document is outstanding", "wait for its answer"),
    Code("rate-limited", "error", "more messages a second than `welcome` allows", "wait `retry_after` seconds, then send the same again"),
    Code("unavailable", "error", "the store cannot answer now", "wait `retry_after` seconds, then open the document again"),
    Code("revision-gone", "error", "that revision is not kept any more, or was never reached", "ask for another revision"),
    Code("unknown-type", "error", "a message type that this version does not know", "a newer client: fall back, or report it"),
    Code("bad-message", "error", "a field is missing, too many, of the wrong type or out of bounds; the text has its path", "a bug in the client: report it"),
    Code("bad-document-name", "error", "a document's name is empty, over 200 characters, has control characters, or `.` or `..` as a part", "choose another name"),
    Code("too-many-documents", "closed", "more documents open on one connection than `welcome` allows", "close some"),
    Code("closed-early", "closed", "the client closed the document before its `open` was answered", "nothing: it is the answer to that `open`"),
    Code("no-such-document", "closed", "no document of that name, and no `doc_type` to make one with", "open it with `doc_type` to make it"),
    Code("wrong-doc-type", "closed", "the document has another type", "open it without `doc_type`, or another document"),
    Code("unknown-doc-type", "closed", "the server has no such document type", "choose one that it has"),
    Code("bad-create", "closed", "the type refuses the initial data", "open it with other data"),
    Code("access-denied", "closed", "this identity may not open the document, or there is none and it may not make one", "sign in as somebody who may"),
    Code("document-unavailable", "closed", "the store cannot load the document now, or this identity makes documents faster than it may", "open it again after a while, with backoff"),
    Code("document-broken", "closed", "what is stored of the document cannot be read", "tell the operator; nothing was overwritten"),
    Code("not-json", "fatal", "a text frame that is no JSON (or a binary one that is no MessagePack), is nested too deep, or holds what JSON cannot", "a bug in the client: report it", 4000),
    Code("wrong-frame", "fatal", "a text frame where the subprotocol wants binary, or the other way round", "a bug in the client: report it", 4000),
    Code("expected-hello", "fatal", "another message before `hello`", "a bug in the client: report it", 4000),
    Code("already-greeted", "fatal", "a second `hello`", "a bug in the client: report it", 4000),
    Code("unauthorized", "fatal", "no token, or one that does not hold", "get a token, then connect again", 4001),
    Code("bad-resume", "fatal", "the secret does not belong to the client id", "connect as a new client; hand what is pending to the application", 4002),
    Code("replaced", "fatal", "another connection has taken up this client id", "stop: another tab or process goes on", 4003),
    Code("message-too-large", "fatal", "a message over the limit of `welcome`", "hand the operation back to the application, then connect again", 4004),
    Code("hello-timeout", "fatal", "no `hello` in time", "connect again with backoff", 4100),
    Code("draining", "fatal", "the server is going away", "connect again after `retry_after` seconds, with jitter", 4101),
    Code("overloaded", "fatal", "too many messages before `hello`, or far too many after it", "connect again with backoff", 4102),
    Code("internal-error", "fatal", "a bug in the server, logged there", "connect again with backoff", 4103),
    Code("too-slow", "fatal", "this connection reads so slowly that its outbox is full", "connect again at once and catch up", 4200),
    Code("heartbeat-timeout", "fatal", "nothing was heard for too long", "connect again at once", 4201),
    Code("expired", "fatal", "the token has ended", "get a fresh token, then connect again at once", 4202),
)  # fmt: skip

CODE_OF: Final[dict[str, Code]] = {code.word: code for code in CODES}

ComesBack: TypeAlias = Literal["never", "later", "now"]

COMES_BACK: Final[dict[int, ComesBack]] = {40: "never", 41: "later", 42: "now"}
"""What a client does after a close code, by the code's hundreds."""

RETRY_AFTER: Final = 1.0
"""Seconds after which to try again when the store can't answer."""
