"""What the requests of one turn come to: what is answered at once, and what only with the step.

Opens come first, and see the log as the last turn has left it. What uses up a `seq` is answered only when
the store has it: every submission, and an open that gives one up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

import attrs

from ot import (
    CatchUp,
    Entry,
    Held,
    Landed,
    RefusedSubmission,
    Rejected,
    Repeated,
    Restarted,
    RevisionLog,
)
from ot.composition import STEP_COST
from transport.answers import held_by, opened, rejection, repetition
from transport.asked import Asked, refused
from transport.attendance import Attendance, Member
from transport.effects import Log, RoomEffect, Tell
from transport.messages import Open, Submit

FORBIDDEN: Final = "you may read this document, but not change it"


@attrs.define
class Decisions:
    """Those of one turn, in a step of the log that has begun."""

    log: RevisionLog
    here: Attendance
    told: int
    older: Sequence[Entry]
    """Entries from before the log's window."""
    openings: list[RoomEffect] = attrs.field(factory=list, init=False)
    """Answers to opens that use up a `seq`: not to leave the room before the store has the step, and then
    before what it has landed, which leads on from where they begin."""
    answers: list[RoomEffect] = attrs.field(factory=list, init=False)
    """To submissions: not to leave the room before the store has the step."""
    waiting: list[Asked] = attrs.field(factory=list, init=False)
    """Whose answers both are."""

    def take(self, turn: Sequence[Asked]) -> list[RoomEffect]:
        """Decide all; return what is answered at once."""
        at_once: list[RoomEffect] = []
        for asked in turn:
            if isinstance(asked.message, Open):
                at_once += self._opened(asked, asked.message)
            else:
                self.waiting.append(asked)
        for asked in self.waiting:
            if isinstance(asked.message, Submit):
                self.answers += self._submitted(asked, asked.message)
        return at_once

    def _opened(self, asked: Asked, opening: Open) -> list[RoomEffect]:
        log, member = self.log, asked.member
        if opening.doc_type is not None and opening.doc_type != log.doc_type.name:
            text = f"{opening.doc!r} is {log.doc_type.name!r}, not {opening.doc_type!r}"
            return refused(asked, "wrong-doc-type", text, self.here, self.told)
        held = held_by(opening, asked.allowed)
        if held is None:
            caught_up: CatchUp = Restarted("new", superseded=log.void(member.client, opening.inflight))
        else:
            caught_up = log.catch_up(member.client, held, self.older)
        said: list[RoomEffect] = []
        if isinstance(caught_up, Restarted) and held is not None:
            said.append(self._restarted(member, held, caught_up.reason))
        presences = self.here.others(member.client, log)
        answer = Tell(
            member.session, opened(opening, member.client, log, caught_up, presences, asked.allowed)
        )
        self.here.join(member)
        if caught_up.superseded is None:
            return [*said, answer]
        self.openings += [Tell(member.session, rejection(opening.doc, caught_up.superseded)), answer]
        self.waiting.append(asked)
        return said

    def _restarted(self, member: Member, held: Held, reason: str) -> Log:
        level = "error" if reason == "diverged" else "warning"
        facts = {"doc": self.here.doc, "client": member.client, "reason": reason}
        return Log(level, "client_restarted", {**facts, "revision": held.revision, "log": self.log.revision})

    def _submitted(self, asked: Asked, message: Submit) -> list[RoomEffect]:
        log, member, doc = self.log, asked.member, message.doc
        base, seq, op = message.revision, message.seq, message.op
        try:
            if "edit" in asked.allowed:
                decision = log.submit(base, member.client, seq, op, asked.own, asked.trial)
            else:
                decision = log.refuse(base, member.client, seq, op, "forbidden", FORBIDDEN)
        except RefusedSubmission as error:
            return refused(asked, error.code, str(error), self.here, self.told)
        match decision:
            case Landed():
                return []
            case Rejected(outcome):
                facts = {"doc": doc, "client": member.client, "session": member.session}
                why = {"seq": outcome.seq, "code": outcome.code, "revision": base}
                rejected = Log("info", "submission_rejected", {**facts, **why})
                return [rejected, Tell(member.session, rejection(doc, outcome))]
            case Repeated(outcome):
                return [Tell(member.session, repetition(doc, outcome))]
        assert_never(decision)


def composes(turn: Sequence[Asked], log: RevisionLog, older: Sequence[Entry]) -> bool:
    """Do a part of the composing that the opens of a turn need; tell whether there may be more."""
    cost = 0
    for asked in turn:
        held = held_by(asked.message, asked.allowed) if isinstance(asked.message, Open) else None
        running = None if held is None else log.composition_for(asked.member.client, held, older)
        while running is not None and not running.done:
            if cost >= STEP_COST:
                return True
            cost += running.step()
    return False


def tries(turn: Sequence[Asked], log: RevisionLog) -> bool:
    """Try a step of the submission of a turn, if that is a long one; tell whether there may be more."""
    if not turn or not turn[0].long or "edit" not in turn[0].allowed:
        return False
    (asked,) = turn
    message = asked.message
    assert isinstance(message, Submit), "nothing else is long"
    if asked.trial is not None and asked.trial.tag == log.tag:
        return asked.trial.step()
    asked.trial = log.trial(message.revision, asked.member.client, message.seq, message.op, asked.own)
    return asked.trial is not None
