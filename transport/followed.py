"""One document that an application wants, as far as the connection is concerned.

    no answer due --opening--> an answer due --opened--> no answer due

The document itself is a `DocumentState`, from the first answer on. What is kept beside it: whether an open
has its answer, when it is to be opened again, what may go out and when, and where people are in it.
"""

from __future__ import annotations

from typing import Final

import attrs

from ot import (
    ABSENT,
    Absent,
    Changed,
    DocumentState,
    DocumentType,
    Effect,
    Json,
    Operation,
    OperationSize,
    Outcome,
    Replaced,
    document_bytes,
    get_type,
    moved_by,
    operation_size,
    unplaced,
)
from transport.client_errors import DocumentTooLarge
from transport.messages import (
    Error,
    Identity,
    Open,
    Opened,
    Presence,
    PresenceChanged,
    SentLimits,
    SetPresence,
    Submit,
)
from transport.token_bucket import TokenBucket

ACK_SECONDS: Final = 15.0
"""How long a submission may stay unanswered on a live connection before the document is opened again."""

REOPEN_SECONDS: Final = 1.0
"""Wait before a document is opened again that the server could not load."""

SHOWN_LATER: Final = frozenset({"rate-limited", "unavailable", "future-revision"})
"""Answers to a presence that is to be told again: not now, or not yet."""


@attrs.define
class Followed:
    """What a connection knows of one document."""

    doc: str
    doc_type: str | None
    create: Json | Absent
    state: DocumentState | None = None
    told: bool = False
    """Whether the application knows that it is there."""
    identities: dict[str, Identity] = attrs.field(factory=dict)
    access: str = "write"
    """What the server lets one do: "write" or "read"."""
    presence: Json | Absent = ABSENT
    """What is still to be told of oneself; ABSENT: nothing."""
    shown: Json = None
    """What the others have been told."""
    answers_due: int = 0
    """Opens without an answer. More than one only where it was closed and opened again in between."""
    reopen_at: float | None = None
    sent_at: float | None = None
    """When the inflight submission went out on this connection."""
    hold_until: float = 0.0
    """The server wants no submission before."""
    show_at: float = 0.0
    """Nor a presence before this."""

    # Opening.

    def opening(self, unknown: int | None) -> Open:
        """Begin to open, and return the message.

        `unknown` is the `seq` of a submission to it whose fate is not known, where it is not held here.
        """
        self.answers_due, self.reopen_at, self.sent_at = 1, None, None
        if self.state is None:
            return Open(self.doc, self.doc_type, self.create, inflight=unknown)
        at = self.state.opening()
        return Open(
            self.doc,
            self.doc_type,
            self.create,
            epoch=at.epoch,
            revision=at.revision,
            tag=at.tag,
            inflight=at.inflight,
            diverged=at.diverged,
        )

    def opened(self, message: Opened, client: str, limits: SentLimits | None) -> list[Effect]:
        """Take in the answer to an open; return what it does to the document."""
        changes = self._led_on(message, client)
        assert self.state is not None, "an answer makes the document"
        if limits is not None:
            half = OperationSize(limits.operation_components // 2, limits.operation_bytes // 2)
            self.state.part_limit = half
        self.access = message.access
        self.identities = {p.client: p.identity for p in message.presences}
        self.state.presences.replaced([(p.client, p.revision, p.state) for p in message.presences])
        return changes

    def _led_on(self, message: Opened, client: str) -> list[Effect]:
        state, fate = self.state, _outcome(message, self.state)
        if state is None:
            self.state = DocumentState.opened(
                get_type(message.doc_type),
                client,
                epoch=message.epoch,
                revision=message.revision,
                tag=message.tag,
                seq=message.seq,
                snapshot=message.snapshot,
            )
            return []
        if message.resumed:
            return state.resumed(
                revision=message.revision,
                tag=message.tag,
                seq=message.seq,
                entries=message.entries or (),
                fate=fate,
            )
        return state.restarted(
            epoch=message.epoch,
            revision=message.revision,
            tag=message.tag,
            seq=message.seq,
            snapshot=message.snapshot,
            fate=fate,
        )

    def lost(self) -> None:
        """Note that the server does not tell this client of the document any more."""
        self.show_again()
        if self.state is not None:
            self.state.lost()

    def cut_off(self) -> None:
        """Note that the connection is gone: whatever was asked on it stays without an answer."""
        self.answers_due, self.sent_at, self.reopen_at = 0, None, None
        self.lost()

    def overdue(self, now: float) -> bool:
        """Tell whether it is to be opened again."""
        if self.sent_at is not None and now - self.sent_at >= ACK_SECONDS:
            return True
        return self.reopen_at is not None and self.reopen_at <= now

    # Editing.

    def require_fitting(self, op: Operation, state: DocumentState, limits: SentLimits) -> None:
        """Raise DocumentTooLarge where an edit goes out in parts, and the server would refuse the last.

        Smaller ones are the server's to judge: they are refused as one, and measuring takes a walk over
        the whole document.
        """
        if operation_size(op).within(state.part_limit):
            return
        size = document_bytes(state.doc_type.apply(state.snapshot, op))
        if size > max(limits.document_bytes, document_bytes(state.snapshot)):
            raise DocumentTooLarge(self.doc, size, limits.document_bytes)

    def submission_due(self, state: DocumentState, rate: TokenBucket, now: float) -> Submit | None:
        """Return the submission that goes out now, if there is one."""
        if state.inflight is None:
            self.sent_at = None
        if now < self.hold_until or not state.has_to_send:
            return None
        wait = rate.take(now)
        if wait > 0:
            self.hold_until = now + wait
            return None
        submission = state.to_send()
        assert submission is not None, "there was something to send"
        self.sent_at = now
        return Submit(self.doc, submission.base, submission.seq, submission.op)

    def not_taken(self, error: Error, now: float) -> None:
        """Take in that the server has not taken something: it goes out again, or the document is opened."""
        assert self.state is not None, "only what is open is sent for"
        wait = error.retry_after if error.retry_after is not None else REOPEN_SECONDS
        if error.seq is None:
            if error.code in SHOWN_LATER:
                self.show_at = now + wait
                if self.presence is ABSENT:
                    self.presence = self.shown
        elif error.code == "rate-limited":
            self.hold_until = now + wait
            self.state.not_taken(error.seq)
        elif not self.answers_due and self.reopen_at is None:
            # An error that is older than the open which is out says nothing: its answer says what is next.
            self.reopen_at = now + (wait if error.code == "unavailable" else 0.0)

    # Presence.

    def presence_due(self, state: DocumentState, rate: TokenBucket, now: float) -> SetPresence | None:
        """Return what the others are to be told now, if there is something: once nothing is pending."""
        if self.presence is ABSENT or not state.synchronized or state.subscription != "open":
            return None
        if now < self.show_at:
            return None
        if rate.take(now) > 0:
            return None
        message = SetPresence(self.doc, state.revision, self.presence)
        self.shown, self.presence = self.presence, ABSENT
        return message

    def show_again(self) -> None:
        """Note that nobody sees this client's presence any more: it is still to be told, or told anew."""
        if self.presence is ABSENT and self.shown is not None:
            self.presence = self.shown
        self.shown = None

    def move_presence(self, change: Changed | Replaced) -> None:
        """Keep one's own positions those of the document on the screen, however late they are told."""
        assert self.state is not None, "only what is open changes"
        doc_type = self.state.doc_type
        self.shown = _placed(doc_type, self.shown, change)
        if self.presence is not ABSENT:
            self.presence = _placed(doc_type, self.presence, change)

    def heard(self, message: PresenceChanged) -> None:
        """Take in where somebody else is."""
        if self.state is None:
            return
        self.identities[message.client] = message.identity
        if message.state is None:
            self.identities.pop(message.client)
        self.state.presences.heard(message.client, message.revision, message.state)

    def people(self) -> dict[str, Presence]:
        """Return who else is there, with positions as they are on this screen."""
        if self.state is None:
            return {}
        shown = self.state.presences.shown(self.state.pending_ops)
        return {
            client: Presence(client, self.identities[client], self.state.revision, state)
            for client, state in shown.items()
            if client in self.identities
        }


def _placed(doc_type: DocumentType, presence: Json, change: Changed | Replaced) -> Json:
    match change:
        case Changed(op, author):
            return moved_by(doc_type, presence, (op,), "right" if author == "local" else "left")
        case Replaced():
            return unplaced(presence)


def _outcome(message: Opened, state: DocumentState | None) -> Outcome | None:
    """Return the fate of what was inflight, as the core has it."""
    if message.fate is None or state is None or state.inflight is None:
        return None
    fate, seq = message.fate, state.inflight.submission.seq
    return Outcome(state.client, seq, None, fate.landed, fate.op, fate.rejected, fate.message or "")
