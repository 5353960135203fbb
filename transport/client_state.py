"""The client of the protocol, without I/O: one connection after another, and the documents on them.

    connecting --connected--> greeting --welcome--> online
        ^                        |                    |
        +------- waiting <-------+------ lost --------+          stopped: never again

Events come in with `now`, effects go out. The same code runs under aiohttp and under a simulation. Each
document is a `Followed`; this module opens it again whenever that is due and whenever a connection begins,
and lets go out what it has to send.

Invariants: of a document that is followed at most one open has no answer (`answers_due`); answers to opens of
documents that were closed since are counted in `_orphans`, and come before any other.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, Literal, TypeAlias, assert_never

import attrs

from ot import (
    Absent,
    Changed,
    DocumentState,
    Effect,
    HandedBack,
    Json,
    OpenAgain,
    Operation,
    Replaced,
)
from transport.backoff import Backoff
from transport.client_effects import (
    Answered,
    ClientEffect,
    DocumentChanged,
    DocumentOpened,
    DocumentRefused,
    Drop,
    Retry,
    Stopped,
    Transmit,
)
from transport.codes import CODE_OF
from transport.followed import REOPEN_SECONDS, Followed
from transport.messages import (
    Ack,
    Close,
    Closed,
    Error,
    Goodbye,
    Hello,
    HistoryRead,
    Identity,
    Lagging,
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
    ServerMessage,
    SnapshotRead,
    Welcome,
)
from transport.token_bucket import TokenBucket

SILENT_HEARTBEATS: Final = 2.25
"""Heartbeats without a sign of life after which a connection counts as dead."""

GREETING_SECONDS: Final = 20.0
"""How long a server may take over `welcome`."""

NO_OPEN: Final = ("bad-message", "bad-document-name")
"""Codes by which a server says that an `open` was no message, so that no answer to it will come."""

RENEW_BEFORE: Final = 60.0
"""Seconds before its end that a token is renewed; one that lasts for less than twice that, after half."""

RENEW_AGAIN: Final = 5.0
"""Seconds until a renewal is tried again that failed."""

NO_RENEWAL: Final = ("bad-token", "rate-limited", "unavailable")
"""Codes by which a server says, naming no document, that it has not taken a `renew`."""

Phase: TypeAlias = Literal["connecting", "greeting", "online", "waiting", "stopped"]


@attrs.define
class ClientState:
    """One client, over all its connections."""

    rng: random.Random
    token: str | None = attrs.field(default=None, repr=False)
    client: str | None = None
    resume: str | None = attrs.field(default=None, repr=False)
    identity: Identity | None = None
    limits: SentLimits | None = None
    phase: Phase = "connecting"
    documents: dict[str, Followed] = attrs.field(factory=dict)
    unknown: dict[str, int] = attrs.field(factory=dict)
    """Submissions to documents that were closed before their fate was known: the next open says so, since one
    that landed late would be taken for what is sent then."""
    backoff: Backoff = attrs.field(factory=Backoff)
    _heartbeat: float = 20.0
    _since: float = 0.0
    """When the present phase began."""
    _heard_at: float = 0.0
    _pinged_at: float = 0.0
    _renew_at: float | None = None
    """When a fresh token is due; None: the present one does not end, or another has been sent."""
    _retry_after: float | None = None
    _fatal: Error | None = None
    _requests: int = 0
    _submissions: TokenBucket | None = None
    _presences: TokenBucket | None = None
    _orphans: dict[str, int] = attrs.field(factory=dict)
    """Answers still due to opens of documents that were closed since."""

    def __repr__(self) -> str:
        return f"<ClientState {self.client} {self.phase}, {len(self.documents)} documents>"

    # The connection.

    def connected(self, now: float) -> list[ClientEffect]:
        """Begin a connection."""
        assert self.phase in ("connecting", "waiting"), f"{self!r} has a connection"
        self._enter("greeting", now)
        self._heard_at = now
        self._retry_after = self._fatal = self._renew_at = None
        return [Transmit(Hello(self.token, self.client, self.resume))]

    def lost(self, now: float) -> list[ClientEffect]:
        """Take in that the connection is gone, or could not be made."""
        if self.phase == "stopped":
            return []
        if self.phase == "online":
            self.backoff.lasted(now - self._since)
        for followed in self.documents.values():
            followed.cut_off()
        self._orphans.clear()
        close = None if self._fatal is None else CODE_OF[self._fatal.code].close
        if self._fatal is not None and close is not None and close < 4100:
            self._enter("stopped", now)
            return [Stopped(self._fatal.code, self._fatal.message)]
        self._enter("waiting", now)
        if close is not None and close >= 4200 and self.backoff.failures == 0:
            self.backoff.failures = 1
            return [Retry(0.0)]
        return [Retry(self.backoff.wait(self.rng, at_least=self._retry_after or 0.0))]

    def refused(self, now: float) -> None:
        """Take in that there will be no connection: the server does not want this client."""
        self._enter("stopped", now)

    def received(self, message: ServerMessage, now: float) -> list[ClientEffect]:
        """Take in a message of the server."""
        self._heard_at = now
        match message:
            case Welcome():
                return self._welcomed(message, now)
            case Opened():
                return self._opened(message, now)
            case Operations():
                return self._document(message.doc, now, lambda s: s.received(message.entries, message.tag))
            case Ack():
                return self._document(message.doc, now, lambda s: s.acknowledged(message.seq))
            case Reject():
                code, text = message.code, message.message
                if code == "forbidden" and message.doc in self.documents:
                    self.documents[message.doc].access = "read"
                return self._document(message.doc, now, lambda s: s.rejected(message.seq, code, text))
            case Lagging():
                return self._document(message.doc, now, lambda s: s.lagging())
            case PresenceChanged():
                if message.doc in self.documents:
                    self.documents[message.doc].heard(message)
                return []
            case Closed():
                return self._closed(message, now)
            case HistoryRead() | SnapshotRead():
                return [Answered(message, message.request)]
            case Error():
                return self._error(message, now)
            case Goodbye():
                self._retry_after = message.retry_after
                return []
            case Renewed():
                self._lasts(message.expires, now)
                return []
            case Pong():
                return []
        assert_never(message)

    def tick(self, now: float) -> list[ClientEffect]:
        """Do what is due: pings, deadlines, documents to open again, submissions that had to wait."""
        if self.phase == "greeting" and now - self._since >= GREETING_SECONDS:
            return [Drop("no welcome")]
        if self.phase != "online":
            return []
        if now - self._heard_at >= SILENT_HEARTBEATS * self._heartbeat:
            return [Drop("nothing was heard for too long")]
        effects: list[ClientEffect] = []
        if now - max(self._pinged_at, self._since) >= self._heartbeat:
            self._pinged_at = now
            effects.append(Transmit(Ping()))
        for followed in self.documents.values():
            effects += self._due(followed, now)
        return effects

    def deadline(self, now: float) -> float:
        """Return when `tick` is to be called next."""
        due = [now + 1.0]
        for followed in self.documents.values():
            if followed.reopen_at is not None:
                due.append(followed.reopen_at)
            due += [at for at in (followed.hold_until, followed.show_at) if at > now]
        return max(min(due), now + 0.001)

    def renewal_due(self, now: float) -> bool:
        """Tell whether it is time to get a fresh token, and hand it to `renew`."""
        return self.phase == "online" and self._renew_at is not None and now >= self._renew_at

    def renew(self, token: str) -> list[ClientEffect]:
        """Go on with another token: on this connection, and on those to come."""
        self.token, self._renew_at = token, None
        return [Transmit(Renew(token))] if self.phase == "online" else []

    def not_renewed(self, now: float) -> None:
        """Take in that there is no fresh token now: one is due again after a while."""
        self._renew_at = now + RENEW_AGAIN

    def _lasts(self, expires: float | None, now: float) -> None:
        self._renew_at = None if expires is None else now + expires - min(RENEW_BEFORE, expires / 2)

    def _enter(self, phase: Phase, now: float) -> None:
        self.phase, self._since = phase, now

    def _welcomed(self, message: Welcome, now: float) -> list[ClientEffect]:
        self.client, self.resume, self.identity = message.client, message.resume, message.identity
        self.limits, self._heartbeat = message.limits, message.heartbeat
        limits = message.limits
        self._submissions = TokenBucket(limits.submissions_per_second, limits.submission_burst)
        self._presences = TokenBucket(limits.presences_per_second, limits.presences_per_second)
        self._lasts(message.expires, now)
        self._enter("online", now)
        effects: list[ClientEffect] = []
        for followed in self.documents.values():
            effects += self._open(followed)
        return effects

    def _error(self, message: Error, now: float) -> list[ClientEffect]:
        if message.fatal:
            self._fatal = message
            if message.retry_after is not None:
                self._retry_after = message.retry_after
            return []
        if message.request is not None:
            return [Answered(message, message.request)]
        if message.doc is None and message.code in NO_RENEWAL:
            self.not_renewed(now)
            return []
        followed = self.documents.get(message.doc or "")
        if followed is None:
            return []
        if followed.state is None:
            if message.code not in NO_OPEN:
                return []  # older: what was sent for the document before it was closed and opened again
            del self.documents[followed.doc]
            return [DocumentRefused(followed.doc, message.code, message.message)]
        followed.not_taken(message, now)
        return []

    # Documents.

    def follow(
        self, doc: str, doc_type: str | None, create: Json | Absent, kept: DocumentState | None = None
    ) -> list[ClientEffect]:
        """Begin to follow a document, or go on with what an earlier run of this client has kept of it."""
        assert doc not in self.documents, f"{doc!r} is followed already"
        followed = self.documents[doc] = Followed(doc, doc_type, create, kept)
        if kept is not None:
            self.unknown.pop(doc, None)  # it says itself what is under way
        return self._open(followed)

    def unfollow(self, doc: str) -> list[ClientEffect]:
        """Stop following a document; what it had not sent is gone with it."""
        followed = self.documents.pop(doc)
        self._lose_sight(followed)
        if self.phase != "online":
            return []
        self._orphans[doc] = self._orphans.get(doc, 0) + followed.answers_due
        return [Transmit(Close(doc))]

    def _lose_sight(self, followed: Followed) -> None:
        """Remember what was under way in a document that is not followed any more."""
        if followed.state is not None and followed.state.inflight is not None:
            self.unknown[followed.doc] = followed.state.inflight.submission.seq

    def edit(self, doc: str, op: Operation, group: object, now: float) -> list[ClientEffect]:
        """Apply one's own operation.

        Raises, with nothing changed, InvalidOperation if it does not fit, DocumentTooLarge where it is so
        large that it goes out in parts, and the server would refuse the last of them.
        """
        state = self._state(doc)
        state.doc_type.check(op)
        if self.limits is not None:
            self.documents[doc].require_fitting(op, state, self.limits)
        return self._taken(self.documents[doc], state.edit(op, group), now)

    def undo(self, doc: str, now: float) -> list[ClientEffect]:
        """Take back one's own latest edit."""
        return self._taken(self.documents[doc], self._state(doc).undo(), now)

    def redo(self, doc: str, now: float) -> list[ClientEffect]:
        """Do again what was taken back."""
        return self._taken(self.documents[doc], self._state(doc).redo(), now)

    def release(self, doc: str, count: int | None, now: float) -> list[ClientEffect]:
        """Let held submissions go out."""
        self._state(doc).release(count)
        return self._taken(self.documents[doc], [], now)

    def show(self, doc: str, state: Json, now: float) -> list[ClientEffect]:
        """Tell the others where one is, as soon as nothing is pending."""
        self.documents[doc].presence = state
        return self._due(self.documents[doc], now)

    def ask(self, doc: str, *, limit: int, after: int | None, before: int | None) -> tuple[int, ClientEffect]:
        """Ask for entries; the answer comes as Answered with the number returned."""
        self._requests += 1
        return self._requests, Transmit(ReadHistory(self._requests, doc, limit, after, before))

    def ask_snapshot(self, doc: str, revision: int) -> tuple[int, ClientEffect]:
        """Ask for the document as it was; the answer comes as Answered with the number returned."""
        self._requests += 1
        return self._requests, Transmit(ReadSnapshot(self._requests, doc, revision))

    @property
    def settled(self) -> bool:
        """Whether everything that was done here is in the log."""
        return all(f.state is None or f.state.synchronized for f in self.documents.values())

    def _state(self, doc: str) -> DocumentState:
        state = self.documents[doc].state
        assert state is not None, f"{doc!r} is opened before it is edited"
        return state

    def _open(self, followed: Followed) -> list[ClientEffect]:
        if self.phase != "online" or followed.answers_due:
            return []
        return [Transmit(followed.opening(self.unknown.get(followed.doc)))]

    def _opened(self, message: Opened, now: float) -> list[ClientEffect]:
        if not self._awaited(message.doc):
            return []  # a `closed` that crossed the open was taken for its answer: it is opened again
        followed = self._answered(message.doc)
        if followed is None:
            return []
        effects: list[ClientEffect] = [] if followed.told else [DocumentOpened(message.doc)]
        followed.told = True
        if followed.state is None:
            self.unknown.pop(message.doc, None)
        changes = followed.opened(message, self.client or "", self.limits)
        return effects + self._taken(followed, changes, now)

    def _closed(self, message: Closed, now: float) -> list[ClientEffect]:
        followed = self._answered(message.doc)
        if followed is None:
            return []
        followed.lost()
        if message.code in ("document-unavailable", "closed-early"):
            followed.reopen_at = now + REOPEN_SECONDS * (1 + self.rng.random())
            return []
        del self.documents[message.doc]
        self._lose_sight(followed)
        effects: list[ClientEffect] = [DocumentRefused(message.doc, message.code, message.message)]
        if followed.state is not None and followed.state.pending_ops:
            handed_back = HandedBack(message.code, message.message, followed.state.pending_ops)
            effects.insert(0, DocumentChanged(message.doc, handed_back))
        return effects

    def _awaited(self, doc: str) -> bool:
        """Tell whether an `open` of a document has no answer yet."""
        followed = self.documents.get(doc)
        return bool(self._orphans.get(doc, 0)) or (followed is not None and followed.answers_due > 0)

    def _answered(self, doc: str) -> Followed | None:
        """Return the document that an answer is for; None if it is for one that was closed since."""
        if self._orphans.get(doc, 0):
            self._orphans[doc] -= 1
            return None
        followed = self.documents.get(doc)
        if followed is not None:
            followed.answers_due = 0
        return followed

    def _document(
        self, doc: str, now: float, event: Callable[[DocumentState], list[Effect]]
    ) -> list[ClientEffect]:
        followed = self.documents.get(doc)
        if followed is None or followed.state is None or self._orphans.get(doc, 0):
            return []
        return self._taken(followed, event(followed.state), now)

    def _taken(self, followed: Followed, changes: list[Effect], now: float) -> list[ClientEffect]:
        """Pass on what an event did to a document, and do what follows from it."""
        effects: list[ClientEffect] = []
        for change in changes:
            if isinstance(change, OpenAgain):
                followed.reopen_at = now
            else:
                if isinstance(change, Changed | Replaced):
                    followed.move_presence(change)
                effects.append(DocumentChanged(followed.doc, change))
        return effects + self._due(followed, now)

    def _due(self, followed: Followed, now: float) -> list[ClientEffect]:
        state = followed.state
        if self.phase != "online" or (state is None and followed.reopen_at is None):
            return []
        if followed.overdue(now):
            if state is not None:
                state.lost()
            return self._open(followed)
        if state is None:
            return []
        assert self._submissions is not None and self._presences is not None, "a welcome has brought them"
        submission = followed.submission_due(state, self._submissions, now)
        presence = followed.presence_due(state, self._presences, now)
        return [Transmit(message) for message in (submission, presence) if message is not None]

    def people(self, doc: str) -> dict[str, Presence]:
        """Return who else is in a document, with positions as they are on this screen."""
        return self.documents[doc].people()
