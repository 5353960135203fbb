"""One document and the sessions that follow it.

A room works in turns. What sessions ask for waits until the turn; a turn reads from the store what it
needs, answers the opens from the log as the last turn left it, decides all submissions in order, and
hands the step to the store. Only when that has returned do acknowledgements and rejections go out, in one
shared message, and the next turn may begin. So nothing that a crash could take back ever leaves the room.

    idle --ask--> (loading) --> (fetching) --> [composing] --> deciding --> (committing) --> sharing --> idle

In brackets: waiting for the store, or letting other rooms have their turn. `told` is the revision up to
which every session has been told; it is what is shared, so that entries of another node, or of a commit
whose fate was unknown, go out too.

Every method is one event and returns effects; `now` and randomness come in.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias, assert_never

import attrs

from ot import Bounds, Entry, Outcome, RevisionLog, get_type
from storage import Append, Appended, AppendResult, Conflict, StoredDocument
from transport.actions import ACTIONS, Action
from transport.asked import Asked, affordable, refused
from transport.attendance import Attendance, Member
from transport.codes import RETRY_AFTER
from transport.creation import creation
from transport.deciding import Decisions, composes, tries
from transport.effects import Commit, Counted, Fetch, Load, Log, Pause, RoomEffect, Share, Tell
from transport.messages import Closed, Error, Lagging, Open, Opened, Operations, SetPresence, Submit
from transport.turn_reading import reading
from transport.upkeep import Upkeep

WINDOW: Final = 2_000
"""Entries kept in memory: older bases are superseded, older resumes read the store."""

KNOWN: Final = 1_000
"""Outcomes of clients that have gone, kept before they are let go of: they can be read again."""

RACES: Final = 20
"""Lost races for a revision before a turn is given up: each loss is another node's progress."""

IDLE: Final = 60.0
"""Seconds that an empty room stays in memory, for the reader who comes back."""

Phase: TypeAlias = Literal["idle", "loading", "fetching", "composing", "committing"]


@attrs.define
class Room:
    """The document `doc`, its log while somebody needs it, and whoever follows it."""

    doc: str
    bounds: Bounds
    rng: random.Random
    log: RevisionLog | None = None
    phase: Phase = "idle"
    here: Attendance = attrs.field(default=attrs.Factory(lambda self: Attendance(self.doc), takes_self=True))
    waiting: list[Asked] = attrs.field(factory=list)
    told: int = 0
    _turn: list[Asked] = attrs.field(factory=list)
    _openings: list[RoomEffect] = attrs.field(factory=list)
    _answers: list[RoomEffect] = attrs.field(factory=list)
    _epoch: str = ""
    _known: set[str] = attrs.field(factory=set)
    """Clients whose last outcome is in the log, or known not to exist."""
    _older: Sequence[Entry] = ()
    _hinted: bool = False
    """Whether the store may hold entries that this room has not read."""
    _step: Append | None = None
    """What the store has been given to keep."""
    _races: int = 0
    _upkeep: Upkeep = attrs.field(factory=Upkeep)
    _emptied: float = 0.0
    slow_until: float = 0.0
    """Until then it counts as one whose turns are long; kept by whoever gives them (`transport.turns`)."""

    def __repr__(self) -> str:
        here = len(self.here.members)
        return f"<Room {self.doc!r} {self.phase}, told {self.told}, {here} members, {self.log!r}>"

    # What sessions ask.

    def ask(
        self, member: Member, message: Open | Submit, now: float, allowed: frozenset[Action] = ACTIONS
    ) -> list[RoomEffect]:
        """Queue a message for the next turn."""
        self.waiting.append(Asked(member, message, now, allowed))
        return []

    def presence(self, member: Member, message: SetPresence) -> list[RoomEffect]:
        """Tell the others where somebody is; the author is whoever the session is.

        Nobody is shown who has been sent away while it was asked whether they may be.
        """
        if member.session not in self.here.members:
            return []
        if message.revision > self.told:
            text = f"revision {message.revision}, but the log is at {self.told}"
            return [Tell(member.session, Error("future-revision", text, fatal=False, doc=self.doc))]
        return self.here.show(member, message.revision, message.state)

    def hinted(self, revision: int) -> list[RoomEffect]:
        """Take in that another node says that it has reached `revision`: the next turn reads the store."""
        if self.here.members and (self.log is None or revision > self.log.revision):
            self._hinted = True
        return []

    def leave(self, session: str, now: float) -> list[RoomEffect]:
        """Let a session go: its presence ends, what it has submitted is still decided."""
        unanswered = [one for one in (*self._turn, *self.waiting) if one.opens_for(session)]
        self.waiting = [one for one in self.waiting if one not in unanswered]
        self._turn = [one for one in self._turn if one not in unanswered]
        self._openings = [one for one in self._openings if not _answers_open(one, session)]
        self._emptied = now
        effects = self.here.leave(session, self.told)
        for one in unanswered:
            effects += refused(one, "closed-early", "closed before it was opened", self.here, self.told)
        return effects

    def expel(self, session: str, code: str, message: str, now: float) -> list[RoomEffect]:
        """Send a session away that may not be here; what it still waits to have decided never will be.

        Told once, unless it neither was here nor waited to be.
        """
        asked = [one for one in (*self._turn, *self.waiting) if one.member.session == session]
        here = session in self.here.members or any(one.opens_for(session) for one in asked)
        self.waiting = [one for one in self.waiting if one not in asked]
        others: list[RoomEffect] = [one for one in self.leave(session, now) if not isinstance(one, Tell)]
        return [*others, Tell(session, Closed(self.doc, code, message))] if here else others

    def renamed(self, member: Member) -> None:
        """Take in that a member is called otherwise from now on."""
        if member.session in self.here.members:
            self.here.join(member)

    # Turns.

    @property
    def ready(self) -> bool:
        """Whether a turn could begin now and has something to do."""
        return self.phase == "idle" and (bool(self.waiting) or self._hinted)

    def turn(self, now: float) -> list[RoomEffect]:
        """Begin a turn with what waits."""
        if not self.ready:
            return []
        count = affordable(self.waiting, self.log)
        self._turn, self.waiting = self.waiting[:count], self.waiting[count:]
        self._races = 0
        if self.log is None:
            self.phase, self._hinted = "loading", False
            return [Load()]
        return self._gather(now)

    def loaded(self, stored: StoredDocument | None, now: float) -> list[RoomEffect]:
        """Take in the document, or that there is none."""
        assert self.phase == "loading", f"{self!r} was not loading"
        if stored is None:
            return self._create(now)
        log = RevisionLog(
            get_type(stored.doc_type), stored.epoch, stored.snapshot, stored.revision, stored.tag, self.bounds
        )
        log.extend(stored.entries)
        self._upkeep.saved = stored.revision
        effects = self._taken_up(log)
        self.log, self._epoch = log, log.epoch
        count = affordable(self._turn, log)
        self._turn, self.waiting = self._turn[:count], self._turn[count:] + self.waiting
        return effects + self._gather(now)

    def _taken_up(self, log: RevisionLog) -> list[RoomEffect]:
        """Lead the members on who were here before the log was read again."""
        told, self.told = self.told, log.revision
        if not self.here.members:
            return []
        if log.epoch != self._epoch or log.revision < told:
            return self._sent_away("the stored document is another one than before")
        if log.horizon <= told:
            self.told = told
            return []
        return [Share(self.here.sessions, Lagging(self.doc, told))]

    def _create(self, now: float) -> list[RoomEffect]:
        """Make the document for the first who says of which type it is to be."""
        create, refusals = creation(self._turn, self.doc, self.rng, now)
        for asked, _, _ in refusals:
            self._turn.remove(asked)
        effects = [effect for one in refusals for effect in refused(*one, self.here, self.told)]
        if create is not None:
            return [*effects, create]
        self.phase = "idle"
        return effects

    def _gather(self, now: float) -> list[RoomEffect]:
        """Read what the turn needs and the memory does not have; decide if that is nothing."""
        assert self.log is not None, "loaded before"
        behind = self._hinted or self._races > 0
        fetch = reading(self._turn, self.log, self._known, WINDOW, behind=behind)
        if fetch is None:
            return self._decide(now)
        self.phase, self._hinted = "fetching", False
        return [fetch]

    def fetched(
        self,
        outcomes: Mapping[str, Outcome],
        clients: Sequence[str],
        older: Sequence[Entry],
        newer: Sequence[Entry],
        now: float,
    ) -> list[RoomEffect]:
        """Take in what a turn had asked the store for."""
        assert self.phase == "fetching" and self.log is not None, f"{self!r} was not fetching"
        for client in clients:
            self.log.know(client, outcomes.get(client))
        self._known.update(clients)
        older = older or self._older
        landed = max((outcome.revision or 0 for outcome in outcomes.values()), default=0)
        if landed > self.log.revision + len(newer):  # on another node, since this one has read the log
            self._older = older
            return [Fetch((), None, self.log.revision)]
        if older and len(older) <= WINDOW:
            self.log.widen(older)
        self.log.extend(newer)
        self._decided_elsewhere(newer, self.log)
        self._older = older
        return self._decide(now)

    def _decided_elsewhere(self, newer: Sequence[Entry], log: RevisionLog) -> None:
        """Keep outcomes from lagging behind entries that another node landed after they were read.

        Who asks in this turn is told by what the entry says; of others the outcome is read again.
        """
        asking = {asked.member.client for asked in self._turn}
        for entry in newer:
            client, last = entry.client, log.outcomes.get(entry.client)
            if client not in asking:
                self._known.discard(client)
                log.know(client, None)
            elif last is None or last.seq < entry.seq:
                self._known.discard(client)
                log.know(client, Outcome(client, entry.seq, None, revision=entry.revision, op=entry.op))

    def go_on(self, now: float) -> list[RoomEffect]:
        """Go on with what was too long for one turn of the event loop."""
        assert self.phase == "composing", f"{self!r} was not composing"
        return self._decide(now)

    def _decide(self, now: float) -> list[RoomEffect]:
        assert self.log is not None, "loaded before"
        log = self.log
        if composes(self._turn, log, self._older) or tries(self._turn, log):
            self.phase = "composing"
            return [Pause()]
        effects = self._shared()
        log.begin()
        decisions = Decisions(log, self.here, self.told, self._older)
        effects += decisions.take(self._turn)
        self._turn, self._older = decisions.waiting, ()
        self._openings, self._answers = decisions.openings, decisions.answers
        entries, outcomes = log.step()
        if not outcomes:
            log.commit()
            return effects + self._finished()
        self.phase = "committing"
        self._step = Append(self.doc, log.epoch, log.revision - len(entries), entries, outcomes)
        effects.append(Commit(self._step))
        return effects

    def committed(self, result: AppendResult, now: float) -> list[RoomEffect]:
        """Take in what became of a step: only now may anybody hear of it."""
        assert self.phase == "committing" and self.log is not None, f"{self!r} was not committing"
        match result:
            case Appended():
                counted = self._counted(now)
                self.log.commit()
                effects = [self._with_presences(one, self.log) for one in self._openings]
                effects += self._shared()
                effects += self._finished()
                effects += self._upkeep.snapshot_due(self.log)
                effects.append(counted)
                return effects
            case Conflict():
                return self._again(result, now)
        assert_never(result)

    def _again(self, conflict: Conflict, now: float) -> list[RoomEffect]:
        """Decide anew: another node was first, or an append whose answer was lost has landed."""
        assert self.log is not None, "committing needs a log"
        self.log.rollback()
        self._openings, self._answers = [], []
        self._races += 1
        self._known -= {asked.member.client for asked in self._turn}
        if conflict.epoch != self.log.epoch or conflict.revision < self.log.revision:
            return self._torn_down("the stored document is another one than before")
        if self._races > RACES:
            return self._given_up("too many others write at once")
        return self._gather(now)

    def _counted(self, now: float) -> Counted:
        assert self._step is not None, "a step has been handed to the store"
        step, self._step = self._step, None
        landed = len(step.entries)
        rejected = [one.code for one in step.outcomes if one.code] if len(step.outcomes) > landed else ()
        waited = [now - one.at for one in self._turn if type(one.message) is Submit]
        return Counted(landed, tuple(rejected), tuple(waited))

    def _finished(self) -> list[RoomEffect]:
        answers, self._openings, self._answers, self._turn = self._answers, [], [], []
        self.phase = "idle"
        if self.log is not None:
            self.log.forget(WINDOW)
            if len(self._known) > KNOWN + 2 * len(self.here.members):
                self._forget_strangers(self.log)
        return answers

    def _with_presences(self, answer: RoomEffect, log: RevisionLog) -> RoomEffect:
        """Say in an answer that had to wait who is here by now: it has been told of some already."""
        if not isinstance(answer, Tell) or not isinstance(answer.message, Opened):
            return answer
        presences = self.here.others(self.here.members[answer.session].client, log)
        return Tell(answer.session, attrs.evolve(answer.message, presences=presences))

    def _forget_strangers(self, log: RevisionLog) -> None:
        present = {member.client for member in self.here.members.values()}
        for client in self._known - present:
            log.know(client, None)
        self._known &= present

    def failed(self, broken: bool, reason: str, now: float) -> list[RoomEffect]:
        """Take in that the store could not answer; the fate of a step under way is unknown.

        The log is let go of and read again by the next turn: what has landed is then seen, and a
        submission that comes again finds its outcome.
        """
        if self.phase == "committing":
            assert self.log is not None, "committing needs a log"
            self.log.rollback()
        effects = self._given_up(reason, "document-broken" if broken else "document-unavailable")
        self.log = None
        self._known.clear()
        return effects

    def _given_up(self, reason: str, closed: str = "document-unavailable") -> list[RoomEffect]:
        """Answer a turn that can't be finished: nothing is used up, everybody may try again."""
        turn, self._turn, self._older = self._turn, [], ()
        self._openings, self._answers = [], []
        self.phase = "idle"
        effects: list[RoomEffect] = [
            Log("warning", "turn_given_up", {"doc": self.doc, "reason": reason, "waiting": len(turn)})
        ]
        for asked in turn:
            if isinstance(asked.message, Open):
                effects += refused(asked, closed, reason, self.here, self.told)
            else:
                error = Error("unavailable", reason, False, self.doc, asked.message.seq, None, RETRY_AFTER)
                effects.append(Tell(asked.member.session, error))
        return effects

    def _torn_down(self, reason: str) -> list[RoomEffect]:
        """Send everybody away to open again: the past that they know is not the store's."""
        effects = self._given_up(reason) + self._sent_away(reason)
        self.log = None
        self._known.clear()
        return effects

    def _sent_away(self, reason: str) -> list[RoomEffect]:
        asked = [*self._turn, *self.waiting]
        opening = {one.member.session for one in asked if isinstance(one.message, Open)}
        closed = Closed(self.doc, "document-unavailable", reason)
        return [Tell(session, closed) for session in self.here.clear() if session not in opening]

    def abandon(self, reason: str) -> list[RoomEffect]:
        """Send everybody away after a bug, whatever state this is in; every open is answered by that."""
        asking = [one.member.session for one in (*self._turn, *self.waiting)]
        self._turn, self.waiting, self._openings, self._answers = [], [], [], []
        closed = Closed(self.doc, "document-unavailable", reason)
        return [Tell(session, closed) for session in dict.fromkeys([*self.here.clear(), *asking])]

    def _shared(self) -> list[RoomEffect]:
        """Share what is in the log and durable, and has not been told yet."""
        assert self.log is not None, "there is a log to share"
        if self.told == self.log.revision:
            return []
        entries = self.log.entries[max(self.told - self.log.horizon, 0) :]
        if not entries:
            return []
        self.told = self.log.revision
        if not self.here.members:
            return []
        state_before = self._upkeep.hash_before(entries[0].revision)
        if state_before is not None:
            entries[0] = attrs.evolve(entries[0], hash=state_before)
        return [Share(self.here.sessions, Operations(self.doc, tuple(entries), self.log.tag))]

    # Upkeep.

    def tick(self, now: float) -> list[RoomEffect]:
        """Do what has time, between turns: hash the state now and then."""
        if self.phase == "idle" and self.log is not None and self.here.members:
            self._upkeep.hash_now(self.log, now)
        return []

    def idle(self, now: float) -> bool:
        """Tell whether the room can leave memory."""
        quiet = self.phase == "idle" and not self.here.members and not self.waiting
        return quiet and (self.log is None or now - self._emptied >= IDLE)

    @property
    def busy(self) -> bool:
        """Whether something is still to be decided or written."""
        return self.phase != "idle" or bool(self.waiting)

    def farewell(self) -> list[RoomEffect]:
        """Keep a last snapshot, so that the next opening reads no tail at all."""
        return [] if self.log is None else [*self._upkeep.last_snapshot(self.log)]

    def _check(self) -> None:
        """Assert how the fields relate; simulations call it after every step."""
        if self.log is not None and self.phase == "idle":
            self.log._check()
            assert self.told == self.log.revision, f"{self!r}: told {self.told}"
        left = self._turn or self._openings or self._answers
        assert self.phase != "idle" or not left, f"{self!r}: a turn is left over"


def _answers_open(effect: RoomEffect, session: str) -> bool:
    return isinstance(effect, Tell) and effect.session == session and isinstance(effect.message, Opened)
