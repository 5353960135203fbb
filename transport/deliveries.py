"""What rooms say, on its way to the connections of sessions.

What many are to hear is encoded and framed once a codec, and the same bytes are queued everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import attrs

from storage.events import event_log
from transport.connection import Connection
from transport.effects import Share, Tell
from transport.framing import framed
from transport.gatekeeper import Gatekeeper
from transport.messages import (
    Closed,
    Error,
    Lagging,
    Opened,
    Operations,
    PresenceChanged,
    ServerMessage,
)
from transport.metrics import Metrics

log = event_log()

SendAway: TypeAlias = Callable[[Connection, Closed], None]
"""Ends a session's subscription, and tells it so."""


@attrs.define(eq=False)
class Deliveries:
    """Brings messages to `connections`, which are by the id of their session."""

    connections: Mapping[str, Connection]
    metrics: Metrics
    gatekeeper: Gatekeeper
    send_away: SendAway
    failed: Callable[[Connection], None]
    """Ends the session to which the message that is being delivered could not be."""

    def deliver(self, said: Tell | Share) -> None:
        """Bring a message to those whom it is for, as far as they are still there."""
        if isinstance(said, Tell):
            self.tell(said)
        else:
            self._share(said)

    def tell(self, tell: Tell) -> None:
        """Bring a message to one session; an answer to an open only if it may still be there."""
        connection, message = self.connections.get(tell.session), tell.message
        if connection is None or connection.session.ended:
            return  # after a fatal error nothing more is said
        if isinstance(message, Opened):
            self._opened(connection, message)
            return
        if isinstance(message, Closed):
            session, doc = connection.session, message.doc
            if self.gatekeeper.holds_open(session, doc) and not session.owes_closed_one(doc):
                return  # the open that waits was sent after all this, and its own answer says what is next
            session.closed(doc)
        elif isinstance(message, Error):
            self.metrics.errors.labels(message.code).inc()
        connection.send(message)

    def _opened(self, connection: Connection, message: Opened) -> None:
        session, doc = connection.session, message.doc
        sent_away = self.gatekeeper.not_any_more(session, doc)
        if sent_away is not None:
            self.send_away(connection, sent_away)
            return
        session.opened(doc)
        connection.outbox.put_opened(doc, connection.frame(message))
        connection.wake()
        facts = {"client": session.client, "doc": doc, "revision": message.revision}
        log.info("document_opened", session=session.id, **facts, resumed=message.resumed)

    def _share(self, share: Share) -> None:
        message, frames = share.message, dict[str, bytes]()
        entries_of = message.doc if isinstance(message, Operations) else None
        codec, frame = None, b""
        for session in share.sessions:
            connection = self.connections.get(session)
            if connection is None:
                continue
            if connection.session.codec is not codec:  # seldom: most members have one and the same
                codec = connection.session.codec
                frame = frames.get(codec.subprotocol, b"") or framed(
                    codec.encode(message), binary=codec.binary
                )
                frames[codec.subprotocol] = frame
            try:
                if entries_of is None or not connection.wrote(entries_of, frame):
                    self._queue(connection, message, frame)
            except Exception:  # the others still have to hear of it
                self.failed(connection)

    def _queue(self, connection: Connection, message: ServerMessage, frame: bytes) -> None:
        outbox = connection.outbox
        match message:
            case Operations():
                first = message.entries[0]
                behind = outbox.put_operations(message.doc, first.revision - first.span + 1, frame)
                if behind is not None:
                    self._lags(connection, message.doc, behind)
            case PresenceChanged():
                outbox.put_presence(message.doc, message.client, frame)
            case _:
                outbox.put(frame)
        connection.wake()

    def _lags(self, connection: Connection, doc: str, behind: int) -> None:
        session = connection.session
        self.metrics.lagging.inc()
        log.info("session_lagging", session=session.id, client=session.client, doc=doc, revision=behind)
        connection.send(Lagging(doc, behind))
