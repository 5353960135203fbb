"""One connection, from its first message to its last.

    greeting --hello--> (asking who that is) --> live --End--> ended

In brackets: where the application has to be asked. What comes meanwhile waits, within the bounds of what
may come before `hello`.

A session decodes, counts and lets through; it decides nothing about documents. Of each document it knows
only whether an `open` is outstanding or answered. `now` comes in with every event. An event that does
not belong changes nothing but is answered, and after `End` nothing is taken in any more.
"""

from __future__ import annotations

import random
from typing import Final, Literal, TypeAlias, assert_never

import attrs
import orjson

from ot.operation_size import component_count
from transport.bad_message import BadMessage
from transport.codec import Codec, Frame
from transport.effects import Ask, AskWho, Became, End, Greeted, Send, SessionEffect
from transport.identities import BadResume, Identities
from transport.identity_rates import Rates
from transport.limits import Limits
from transport.messages import (
    Close,
    Closed,
    Error,
    Hello,
    Identity,
    Open,
    Ping,
    Pong,
    ReadHistory,
    ReadSnapshot,
    Renew,
    Renewed,
    SetPresence,
    Submit,
    Welcome,
)
from transport.token_bucket import TokenBucket

PRESENCE_BYTES: Final = 4_096
"""Of a presence's state: a cursor, a name and a colour take 200; each goes to everybody in the room."""

MESSAGES_PER_SUBMISSION: Final = 4
"""Messages of any kind that a connection may send, as a multiple of its submissions, and one more at
once for each document that it may open, for a client that comes back opens them all: beyond that it
is no client that listens, and is ended."""

SHORT_FRAME: Final = 512
"""Bytes of a frame up to which its operation is one submission: what people type is not counted through."""

COMPONENTS: Final = 50
"""Components of an operation that count as one submission more. To decide one takes up to 10 microseconds:
all that one connection may submit is a tenth of a second of work each second."""

MOST_OPENINGS: Final = 8
"""Opens of one connection that are worked on at a time; each answer may be a whole document."""

MOST_READINGS: Final = 2
"""Requests for the past that are worked on at a time; each may replay thousands of entries."""

MOST_UNDECIDED: Final = 64
"""Messages that wait to hear whether they are allowed: typing goes on while one answer takes its time."""

RENEWALS_PER_SECOND: Final = 1.0
RENEWALS_AT_ONCE: Final = 5
"""Each may cost the application a question to its database; a client renews once in minutes."""

CANNOT_SAY: Final = "the server met an error of its own; it has been logged"
"""What a peer is told of a bug: never more."""

Follows: TypeAlias = Literal["opening", "open"]


@attrs.define
class Session:
    """The server's side of one connection."""

    id: str
    codec: Codec
    limits: Limits
    identities: Identities
    rng: random.Random
    connected_at: float
    asks: bool = False
    """Whether it is asked who somebody is; otherwise everybody is a guest."""
    client: str | None = None
    identity: Identity | None = None
    expires_at: float | None = None
    """When the identity ends, on the clock of `now`."""
    together: Rates | None = None
    """What all sessions of this identity may do together."""
    undecided: int = 0
    """Messages that wait to hear whether they are allowed."""
    ended: bool = False
    documents: dict[str, Follows] = attrs.field(factory=dict)
    heard_at: float = attrs.field(init=False)
    _openings: int = 0
    """Documents whose open has no answer yet."""
    _closed_early: dict[str, int] = attrs.field(factory=dict)
    """Opens, by document, that were closed before their answer, which is still to come: it is not that of
    an open which has come since."""
    _readings: int = 0
    """Requests for the past that have no answer yet."""
    _early_bytes: int = 0
    _early_messages: int = 0
    _hello: Hello | None = None
    _held: tuple[Frame, ...] = attrs.field(default=(), repr=False)
    """What came while it was asked who this is."""
    _renewing: bool = False
    _messages: TokenBucket = attrs.field(init=False)
    _submissions: TokenBucket = attrs.field(init=False)
    # Made for the first of each: most connections never have one.
    _renewals: TokenBucket | None = None
    _presences: TokenBucket | None = None

    def __attrs_post_init__(self) -> None:
        limits = self.limits
        self.heard_at = self.connected_at
        rate, burst = limits.submissions_per_second, limits.submission_burst
        self._submissions = TokenBucket(rate, burst)
        messages = MESSAGES_PER_SUBMISSION
        self._messages = TokenBucket(messages * rate, messages * burst + limits.documents)

    def __repr__(self) -> str:
        state = "ended" if self.ended else "greeting" if self.client is None else f"client {self.client}"
        return f"<Session {self.id} {state}, {len(self.documents)} documents>"

    def received(self, frame: Frame, now: float) -> list[SessionEffect]:
        """Take in one frame."""
        if self.ended:
            return []
        self.heard_at = now
        excess = self._excess(frame, now) or self._expired(now)
        if excess is not None:
            return [excess]
        if self.client is None and self._asking:
            self._held += (frame,)
            return []
        return self._said(frame, now)

    def _said(self, frame: Frame, now: float) -> list[SessionEffect]:
        try:
            message = self.codec.decode_client(frame)
        except BadMessage as error:
            return [self._end(error.code, str(error))] if error.fatal else [Send(error.error())]
        if self.client is None:
            if isinstance(message, Hello):
                return self._introduced(message, now)
            return [self._end("expected-hello", "the first message of a connection is `hello`")]
        match message:
            case Submit():  # first, since nearly all are
                return self._submitted(message, now, len(frame))
            case Hello():
                return [self._end("already-greeted", "this connection has said `hello` already")]
            case Renew():
                return self._renewed(message, now)
            case Open():
                return self._opening(message)
            case SetPresence():
                return self._presence(message, now)
            case Close():
                return self._closing(message)
            case ReadHistory() | ReadSnapshot():
                if message.doc not in self.documents:
                    return [self._not_open(message.doc, request=message.request)]
                self._readings += 1
                return [Ask(message)]
            case Ping():
                return [Send(Pong(message.nonce))]
        assert_never(message)

    def pinged(self, now: float) -> list[SessionEffect]:
        """Take in a ping or a pong of the WebSocket itself: it shows life, and counts as a message."""
        if self.ended:
            return []
        self.heard_at = now
        excess = self._excess(b"", now) or self._expired(now)
        return [] if excess is None else [excess]

    @property
    def owed(self) -> bool:
        """Whether so much that was asked for is still being worked on that nothing more is read."""
        much = self._openings >= MOST_OPENINGS or self._readings >= MOST_READINGS
        return much or self._asking or self.undecided >= MOST_UNDECIDED

    @property
    def _asking(self) -> bool:
        """Whether it is not known yet who has said `hello`."""
        return self._hello is not None and self.client is None

    def opened(self, doc: str) -> None:
        """Note that the room has answered an open: submissions may come."""
        if not self._answers_closed_one(doc) and self._let_go(doc) is not None:
            self.documents[doc] = "open"

    def read(self) -> None:
        """Note that a request for the past has been answered."""
        self._readings -= 1

    def closed(self, doc: str) -> None:
        """Note that the room has ended, or refused, the subscription."""
        if not self._answers_closed_one(doc):
            self._let_go(doc)

    def owes_closed_one(self, doc: str) -> bool:
        """Tell whether the next answer to an open is for one that was closed before it."""
        return doc in self._closed_early

    def _answers_closed_one(self, doc: str) -> bool:
        count = self._closed_early.pop(doc, 0)
        if count > 1:
            self._closed_early[doc] = count - 1
        return count > 0

    def _let_go(self, doc: str) -> Follows | None:
        followed = self.documents.pop(doc, None)
        if followed == "opening":
            self._openings -= 1
        return followed

    def tick(self, now: float) -> list[SessionEffect]:
        """End what has been silent for too long."""
        if self.ended:
            return []
        expired = self._expired(now)
        if expired is not None:
            return [expired]
        if self.client is None and not self._asking and now - self.connected_at > self.limits.hello_seconds:
            return [self._end("hello-timeout", f"no `hello` in {self.limits.hello_seconds:g} seconds")]
        if self.owed:
            self.heard_at = now  # what it says waits for us
        if now - self.heard_at > self.limits.dead_seconds:
            silence = f"nothing was heard for {self.limits.dead_seconds:g} seconds"
            return [self._end("heartbeat-timeout", silence)]
        return []

    def end(self, code: str, message: str, retry_after: float | None = None) -> list[SessionEffect]:
        """End the session from outside: replaced, too slow, draining."""
        return [] if self.ended else [self._end(code, message, retry_after)]

    def _end(self, code: str, message: str, retry_after: float | None = None) -> End:
        self.ended = True
        return End(code, message, retry_after)

    def _excess(self, frame: Frame, now: float) -> End | None:
        """Return the end of a session that sends too much, before anything is decoded."""
        size = len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode())
        if size > self.limits.message_bytes:
            return self._end(
                "message-too-large", f"a message of {size} bytes; the limit is {self.limits.message_bytes}"
            )
        if self.client is None:
            self._early_bytes += size
            self._early_messages += 1
            too_large = self._early_bytes > self.limits.greeting_bytes
            if too_large or self._early_messages > self.limits.greeting_messages:
                return self._end("overloaded", "too much was sent before `hello`")
        if self._messages.take(now) > 0:
            return self._end("overloaded", "far too many messages", retry_after=1.0)
        return None

    # Who it is.

    def authenticated(self, identity: Identity, expires: float | None, now: float) -> list[SessionEffect]:
        """Take in who is behind the token of `hello`, or of `renew`; `expires` in seconds from now.

        What came meanwhile is taken in after that.
        """
        if self.ended:
            return []
        if expires is not None and expires <= 0:
            return self.refused("the token has expired")
        if self.client is not None:
            return self._became(identity, expires, now)
        assert self._hello is not None, f"{self!r}: nobody had to be asked for"
        effects = self._greeted(self._hello, identity, expires, now)
        held, self._held = self._held, ()
        for frame in held:
            if not self.ended:
                effects += self._said(frame, now)
        return effects

    def refused(self, reason: str) -> list[SessionEffect]:
        """Take in that a token does not hold: without one there is no session, a renewal changes nothing."""
        if self.ended:
            return []
        if self.client is None:
            return [self._end("unauthorized", reason)]
        self._renewing = False
        return [Send(Error("bad-token", reason, fatal=False))]

    def unanswered(self) -> list[SessionEffect]:
        """Take in that nobody can say now who is behind a token."""
        if self.ended:
            return []
        if self.client is None:
            return [self._end("internal-error", CANNOT_SAY, 1.0)]
        self._renewing = False
        return [Send(Error("unavailable", CANNOT_SAY, fatal=False, retry_after=1.0))]

    def _introduced(self, hello: Hello, now: float) -> list[SessionEffect]:
        self._hello = hello
        if self.asks:
            return [AskWho(hello.token)]
        return self._greeted(hello, None, None, now)

    def _greeted(
        self, hello: Hello, identity: Identity | None, expires: float | None, now: float
    ) -> list[SessionEffect]:
        try:
            credentials = self.identities.greet(hello, self.rng, identity)
        except BadResume as error:
            return [self._end("bad-resume", str(error))]
        self.client, self.identity, self._hello = credentials.client, credentials.identity, None
        self.expires_at = None if expires is None else now + expires
        welcome = Welcome(
            client=credentials.client,
            identity=_shown(credentials.identity),
            resume=credentials.resume,
            heartbeat=self.limits.heartbeat_seconds,
            limits=self.limits.sent(),
            expires=expires,
        )
        return [Greeted(credentials.client, credentials.identity), Send(welcome)]

    def _renewed(self, renew: Renew, now: float) -> list[SessionEffect]:
        if not self.asks:
            return [Send(Renewed())]
        self._renewals = self._renewals or TokenBucket(RENEWALS_PER_SECOND, RENEWALS_AT_ONCE)
        wait = 1.0 if self._renewing else self._renewals.take(now)
        if wait > 0:
            return [Send(Error("rate-limited", "one renewal at a time", fatal=False, retry_after=wait))]
        self._renewing = True
        return [AskWho(renew.token)]

    def _became(self, identity: Identity, expires: float | None, now: float) -> list[SessionEffect]:
        assert self.identity is not None, "a live session is somebody's"
        if identity.id != self.identity.id:
            return self.refused("the token is somebody else's: connect again with it")
        self._renewing, self.identity = False, identity
        self.expires_at = None if expires is None else now + expires
        return [Became(identity), Send(Renewed(expires))]

    def _expired(self, now: float) -> End | None:
        if self.expires_at is None or now < self.expires_at:
            return None
        return self._end("expired", "the token has ended; connect again with another")

    # What it asks.

    def _opening(self, message: Open) -> list[SessionEffect]:
        if self.documents.get(message.doc) == "opening":
            text = f"an open of {message.doc!r} is outstanding"
            return [Send(Error("already-open", text, fatal=False, doc=message.doc))]
        if message.doc not in self.documents and len(self.documents) >= self.limits.documents:
            text = f"{self.limits.documents} documents are open on this connection"
            return [Send(Closed(message.doc, "too-many-documents", text))]
        self.documents[message.doc] = "opening"
        self._openings += 1
        return [Ask(message)]

    def _closing(self, message: Close) -> list[SessionEffect]:
        followed = self._let_go(message.doc)
        if followed is None:
            return [self._not_open(message.doc)]
        if followed == "opening":
            self._closed_early[message.doc] = self._closed_early.get(message.doc, 0) + 1
        return [Ask(message)]

    def _submitted(self, message: Submit, now: float, size: int) -> list[SessionEffect]:
        if self.documents.get(message.doc) != "open":
            return [self._not_open(message.doc, seq=message.seq)]
        count = 1 if size <= SHORT_FRAME else 1 + component_count(message.op) // COMPONENTS
        wait = self._submissions.take(now, count)
        if self.together is not None:
            wait = wait or self.together.submissions.take(now, count)
        if wait > 0:
            text = f"more than {self.limits.submissions_per_second} submissions a second, or too many in all"
            error = Error("rate-limited", text, False, message.doc, message.seq, retry_after=wait)
            return [Send(error)]
        return [Ask(message)]

    def _presence(self, message: SetPresence, now: float) -> list[SessionEffect]:
        if self.documents.get(message.doc) != "open":
            return [self._not_open(message.doc)]
        if self._presences is None:
            rate = self.limits.presences_per_second
            self._presences = TokenBucket(rate, 2 * rate)
        wait = self._presences.take(now)
        if self.together is not None:
            wait = wait or self.together.presences.take(now)
        if wait > 0:
            text = f"more than {self.limits.presences_per_second} presences a second, or too many in all"
            return [Send(Error("rate-limited", text, False, message.doc, retry_after=wait))]
        size = len(orjson.dumps(message.state))
        if size > PRESENCE_BYTES:
            text = f"state: a presence of {size} bytes; the limit is {PRESENCE_BYTES}"
            return [Send(Error("bad-message", text, fatal=False, doc=message.doc))]
        return [Ask(message)]

    def _not_open(self, doc: str, *, seq: int | None = None, request: int | None = None) -> Send:
        text = f"{doc!r} is not open on this connection; open it first"
        return Send(Error("not-open", text, fatal=False, doc=doc, seq=seq, request=request))


def _shown(identity: Identity) -> Identity:
    """Return what others may see of an identity: it may hold more, for whoever decides what it may do."""
    return Identity(identity.id, identity.name)
