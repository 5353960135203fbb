"""One connection, from its first message to its last.

    greeting --hello--> live --End--> ended

A session decodes, counts and lets through; it decides nothing about documents. Of each document it knows
only whether an `open` is outstanding or answered. `now` comes in with every event. An event that does
not belong changes nothing but is answered, and after `End` nothing is taken in any more.
"""

from __future__ import annotations

import random
from typing import Final, Literal, TypeAlias, assert_never

import attrs
import orjson

from transport.bad_message import BadMessage
from transport.codec import Codec, Frame
from transport.effects import Ask, End, Greeted, Send, SessionEffect
from transport.identities import BadResume, Identities
from transport.limits import Limits
from transport.messages import (
    Close,
    Closed,
    Error,
    Hello,
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
"""Messages of any kind that a connection may send, as a multiple of its submissions: beyond that it is
no client that listens, and is ended."""

MOST_OPENINGS: Final = 8
"""Opens of one connection that are worked on at a time; each answer may be a whole document."""

MOST_READINGS: Final = 2
"""Requests for the past that are worked on at a time; each may replay thousands of entries."""

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
    client: str | None = None
    ended: bool = False
    documents: dict[str, Follows] = attrs.field(factory=dict)
    heard_at: float = attrs.field(init=False)
    _openings: int = 0
    """Documents whose open has no answer yet."""
    _readings: int = 0
    """Requests for the past that have no answer yet."""
    _early_bytes: int = 0
    _early_messages: int = 0
    _messages: TokenBucket = attrs.field(init=False)
    _submissions: TokenBucket = attrs.field(init=False)
    _presences: TokenBucket = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        limits = self.limits
        self.heard_at = self.connected_at
        rate, burst = limits.submissions_per_second, limits.submission_burst
        self._submissions = TokenBucket(rate, burst)
        self._presences = TokenBucket(limits.presences_per_second, 2 * limits.presences_per_second)
        self._messages = TokenBucket(MESSAGES_PER_SUBMISSION * rate, MESSAGES_PER_SUBMISSION * burst)

    def __repr__(self) -> str:
        state = "ended" if self.ended else "greeting" if self.client is None else f"client {self.client}"
        return f"<Session {self.id} {state}, {len(self.documents)} documents>"

    def received(self, frame: Frame, now: float) -> list[SessionEffect]:
        """Take in one frame."""
        if self.ended:
            return []
        self.heard_at = now
        excess = self._excess(frame, now)
        if excess is not None:
            return [excess]
        try:
            message = self.codec.decode_client(frame)
        except BadMessage as error:
            return [self._end(error.code, str(error))] if error.fatal else [Send(error.error())]
        if self.client is None:
            if isinstance(message, Hello):
                return self._greeted(message)
            return [self._end("expected-hello", "the first message of a connection is `hello`")]
        match message:
            case Hello():
                return [self._end("already-greeted", "this connection has said `hello` already")]
            case Renew():
                return [Send(Renewed())]
            case Open():
                return self._opening(message)
            case Submit():
                return self._submitted(message, now)
            case SetPresence():
                return self._presence(message, now)
            case Close():
                followed = self._let_go(message.doc)
                return [Ask(message)] if followed else [self._not_open(message.doc)]
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
        excess = self._excess(b"", now)
        return [] if excess is None else [excess]

    @property
    def owed(self) -> bool:
        """Whether so much that was asked for is still being worked on that nothing more is read."""
        return self._openings >= MOST_OPENINGS or self._readings >= MOST_READINGS

    def opened(self, doc: str) -> None:
        """Note that the room has answered an open: submissions may come."""
        if self._let_go(doc) is not None:
            self.documents[doc] = "open"

    def read(self) -> None:
        """Note that a request for the past has been answered."""
        self._readings -= 1

    def closed(self, doc: str) -> None:
        """Note that the room has ended, or refused, the subscription."""
        self._let_go(doc)

    def _let_go(self, doc: str) -> Follows | None:
        followed = self.documents.pop(doc, None)
        if followed == "opening":
            self._openings -= 1
        return followed

    def tick(self, now: float) -> list[SessionEffect]:
        """End what has been silent for too long."""
        if self.ended:
            return []
        if self.client is None and now - self.connected_at > self.limits.hello_seconds:
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

    def _greeted(self, hello: Hello) -> list[SessionEffect]:
        try:
            credentials = self.identities.greet(hello, self.rng)
        except BadResume as error:
            return [self._end("bad-resume", str(error))]
        self.client = credentials.client
        welcome = Welcome(
            client=credentials.client,
            identity=credentials.identity,
            resume=credentials.resume,
            heartbeat=self.limits.heartbeat_seconds,
            limits=self.limits.sent(),
        )
        return [Greeted(credentials.client, credentials.identity), Send(welcome)]

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

    def _submitted(self, message: Submit, now: float) -> list[SessionEffect]:
        if self.documents.get(message.doc) != "open":
            return [self._not_open(message.doc, seq=message.seq)]
        wait = self._submissions.take(now)
        if wait > 0:
            text = f"more than {self.limits.submissions_per_second} submissions a second"
            error = Error("rate-limited", text, False, message.doc, message.seq, retry_after=wait)
            return [Send(error)]
        return [Ask(message)]

    def _presence(self, message: SetPresence, now: float) -> list[SessionEffect]:
        if self.documents.get(message.doc) != "open":
            return [self._not_open(message.doc)]
        wait = self._presences.take(now)
        if wait > 0:
            text = f"more than {self.limits.presences_per_second} presences a second"
            return [Send(Error("rate-limited", text, False, message.doc, retry_after=wait))]
        size = len(orjson.dumps(message.state))
        if size > PRESENCE_BYTES:
            text = f"state: a presence of {size} bytes; the limit is {PRESENCE_BYTES}"
            return [Send(Error("bad-message", text, fatal=False, doc=message.doc))]
        return [Ask(message)]

    def _not_open(self, doc: str, *, seq: int | None = None, request: int | None = None) -> Send:
        text = f"{doc!r} is not open on this connection; open it first"
        return Send(Error("not-open", text, fatal=False, doc=doc, seq=seq, request=request))
