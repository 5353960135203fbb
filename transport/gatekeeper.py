"""Between sessions and rooms: every message is let through only once it is known what its sender may do.

As long as the answers are known, a message goes through at once. Where `authorize` has to be asked, the
message waits, and with it whatever the same session says about the same document after it: order stays, and
others don't wait. Who follows a document is asked about again and again, and sent away when it is no more
allowed, or when nobody can say.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeAlias, assert_never

from storage.events import event_log
from transport.access_answers import Answers, Unanswered
from transport.actions import ACTIONS, DENIED, Action
from transport.codes import RETRY_AFTER
from transport.connection import Connection
from transport.messages import (
    Close,
    Closed,
    DocumentMessage,
    Error,
    Identity,
    Open,
    ReadHistory,
    ReadSnapshot,
    SetPresence,
    Submit,
)
from transport.session import Session
from transport.tasks import Tasks

log = event_log()

AT_ONCE: Final = 50
"""Questions to `authorize` about those who are there that are asked side by side."""

HISTORY: Final[frozenset[Action]] = frozenset(("open", "read-history"))

CANNOT_TELL: Final = "nobody can say now what you may do here"
NO_HISTORY: Final = "you may not read the past of this document"

Admit: TypeAlias = Callable[[Connection, DocumentMessage, frozenset[Action] | None], None]
"""Takes a message and what its sender may do; None: nobody can say now."""


def asked_for(message: DocumentMessage) -> frozenset[Action]:
    """Return the actions that decide over a message."""
    match message:
        case Open():  # also without `doc_type`: who could not make it is not told that there is none
            return ACTIONS - {"present"}
        case Submit():
            return frozenset(("open", "edit"))
        case SetPresence():
            return frozenset(("open", "present"))
        case ReadHistory() | ReadSnapshot():
            return HISTORY
        case Close():
            return frozenset()
        case _:
            assert_never(message)


def refusal(message: DocumentMessage, allowed: Collection[Action] | None) -> Closed | Error | None:
    """Return the answer to a message that goes no further; None where it does.

    A submission without `edit` does: it uses up its `seq`, which the document's room has to decide.
    """
    if isinstance(message, Close):
        return None
    request = message.request if isinstance(message, ReadHistory | ReadSnapshot) else None
    if allowed is None:
        if isinstance(message, Open):
            return Closed(message.doc, "document-unavailable", CANNOT_TELL)
        seq = message.seq if isinstance(message, Submit) else None
        return Error("unavailable", CANNOT_TELL, False, message.doc, seq, request, RETRY_AFTER)
    if request is not None and not set(allowed) >= HISTORY:
        return Error("not-allowed", NO_HISTORY, False, message.doc, None, request)
    if "open" not in allowed:
        return Closed(message.doc, "access-denied", DENIED)
    if isinstance(message, SetPresence) and "present" not in allowed:
        return Error("not-allowed", "you may not show where you are here", False, message.doc)
    return None


class Gatekeeper:
    """Holds messages until it is known what their senders may do, and looks after those who are in."""

    def __init__(self, answers: Answers, tasks: Tasks, admit: Admit) -> None:
        self.answers = answers
        self._tasks = tasks
        self._admit = admit
        self._waiting: dict[tuple[str, str], deque[DocumentMessage]] = {}
        self._rounds = 0

    def take(self, connection: Connection, message: DocumentMessage) -> None:
        """Let a message about a document through, now or when it is known what its sender may do."""
        session, doc = connection.session, message.doc
        assert session.identity is not None, "only a live session asks for anything"
        key = (session.id, doc)
        waiting = self._waiting.get(key)
        if waiting is None:
            allowed = self.answers.known(session.identity, doc, asked_for(message))
            if allowed is not None:
                self._admit(connection, message, allowed)
                return
            waiting = self._waiting[key] = deque()
            self._tasks.start(self._work_off(connection, doc, waiting))
        waiting.append(message)
        session.undecided += 1

    async def _work_off(self, connection: Connection, doc: str, waiting: deque[DocumentMessage]) -> None:
        session = connection.session
        while waiting and not session.ended:
            identity = session.identity
            allowed = await self._asked(identity, doc, asked_for(waiting[0]))
            if session.ended:
                break
            if session.identity != identity:
                continue  # renewed meanwhile: what was said of who they were lets nobody stay
            session.undecided -= 1
            self._admit(connection, waiting.popleft(), allowed)
            connection.wake()  # it may be read from again
        del self._waiting[(session.id, doc)]

    def holds_open(self, session: Session, doc: str) -> bool:
        """Tell whether an open waits here: its answer is still to come."""
        return any(isinstance(message, Open) for message in self._waiting.get((session.id, doc), ()))

    async def allowed(self, identity: Identity, doc: str, actions: Collection[Action]) -> bool:
        """Tell whether all of these are allowed now."""
        allowed = await self._asked(identity, doc, actions)
        return allowed is not None and allowed >= set(actions)

    async def _asked(
        self, identity: Identity | None, doc: str, actions: Collection[Action]
    ) -> frozenset[Action] | None:
        assert identity is not None, "only a live session asks for anything"
        known = self.answers.known(identity, doc, actions)
        if known is not None:
            return known
        try:
            return await self.answers.ask(identity, doc, actions)
        except Unanswered:
            return None

    # Those who are there.

    def not_any_more(self, session: Session, doc: str) -> Closed | None:
        """Return what a session is told that may not follow a document any more; None where it may."""
        if self.answers.everything or session.identity is None:
            return None
        match self.answers.standing(session.identity, doc, "open"):
            case True:
                return None
            case False:
                return Closed(doc, "access-denied", DENIED)
            case None:
                return Closed(doc, "document-unavailable", CANNOT_TELL)

    def ask_again(
        self,
        present: Iterable[tuple[Identity, str, Action]],
        then: Callable[[], None],
        *,
        waiting: bool = True,
    ) -> None:
        """Ask again what those who are in a document may do, where that is due; `then` look at them.

        One round after the other, unless something must not wait.
        """
        if self._rounds and waiting:
            return
        due: dict[tuple[Identity, str], set[Action]] = {}
        for identity, doc, action in present:
            if self.answers.due(identity, doc, action):
                due.setdefault((identity, doc), set()).add(action)
        if due:
            self._rounds += 1
            self._tasks.start(self._round(due, then))

    async def _round(self, due: dict[tuple[Identity, str], set[Action]], then: Callable[[], None]) -> None:
        questions = iter(due.items())

        async def ask() -> None:
            for (identity, doc), actions in questions:
                try:
                    await self.answers.ask(identity, doc, actions)
                except Unanswered:
                    continue  # who has no answer for too long is sent away

        try:
            await asyncio.gather(*(ask() for _ in range(min(AT_ONCE, len(due)))))
        finally:
            self._rounds -= 1
        then()
