"""Faults that people have really made in systems like this one, planted one at a time.

Each is a change to the real code, by name. A simulation that lets one of them live does not test what it says
that it tests.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, TypeAlias

import attrs
import pytest

from ot import DocumentState, HandedBack, Landed, Resumed, RevisionLog
from ot.catch_up import Past
from ot.document_type import Operation
from ot.submission import Inflight, Submission
from ot.trial import Trial
from storage import MemoryStore
from storage.memory import _Document
from storage.store import first_seqs
from transport import access_answers
from transport.access_answers import Answers
from transport.actions import ACTIONS
from transport.attendance import Attendance
from transport.client_state import ClientState
from transport.deciding import Decisions
from transport.effects import Commit, Share, Tell
from transport.followed import Followed
from transport.gatekeeper import Gatekeeper
from transport.hub import Hub
from transport.identities import Identities
from transport.messages import Identity, Operations, Submit
from transport.outbox import Outbox
from transport.room import Room
from transport.rooms import Rooms
from transport.session import Session
from transport.upkeep import Upkeep

Patch: TypeAlias = pytest.MonkeyPatch
Plant: TypeAlias = Callable[[Patch], None]

MUTANTS: Final[dict[str, Plant]] = {}


def mutant(plant: Plant) -> Plant:
    """Add a fault to the list."""
    MUTANTS[plant.__name__] = plant
    return plant


def replace(patch: Patch, owner: type, name: str, change: Callable[..., Any]) -> None:
    """Put a function in the place of a method; it gets the method as its first argument."""
    original = getattr(owner, name)

    @wraps(original)
    def changed(*args: Any, **kwargs: Any) -> Any:
        return change(original, *args, **kwargs)

    patch.setattr(owner, name, changed)


# The server: what is told, and when.


@mutant
def acknowledge_before_the_append(patch: Patch) -> None:
    def decide(original: Any, self: Room, now: float) -> Any:
        effects = original(self, now)
        if effects and isinstance(effects[-1], Commit) and self.log is not None:
            entries = effects[-1].step.entries
            if entries and self.here.members:
                told = Operations(self.doc, entries, self.log.tag)
                return [*effects[:-1], Share(self.here.sessions, told), effects[-1]]
        return effects

    replace(patch, Room, "_decide", decide)


@mutant
def tell_what_landed_before_the_answer_that_it_leads_on_from(patch: Patch) -> None:
    def committed(original: Any, self: Room, result: Any, now: float) -> Any:
        return sorted(original(self, result, now), key=lambda effect: not isinstance(effect, Share))

    replace(patch, Room, "committed", committed)


@mutant
def reject_before_the_append(patch: Patch) -> None:
    def decide(original: Any, self: Room, now: float) -> Any:
        effects = original(self, now)
        if effects and isinstance(effects[-1], Commit):
            return [*self._answers, *effects]
        return effects

    replace(patch, Room, "_decide", decide)


@mutant
def forget_the_seqs_on_restart(patch: Patch) -> None:
    forget_what_was_decided(patch)
    patch.setattr(_Document, "last_seq", lambda self, client: _AnySeq())


class _AnySeq(int):
    """Equal to whatever `seq` is asked for."""

    def __add__(self, other: object) -> _AnySeq:
        return self

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


def forget_what_was_decided(patch: Patch) -> None:
    async def outcomes(self: MemoryStore, doc: str, clients: object) -> dict[str, Any]:
        return {}

    patch.setattr(MemoryStore, "outcomes", outcomes)


@mutant
def leave_rejections_outside_the_compare(patch: Patch) -> None:
    def takes(original: Any, self: _Document, step: Any) -> bool:
        landed = tuple(outcome for outcome in step.outcomes if outcome.revision is not None)
        return bool(original(self, attrs.evolve(step, outcomes=landed)))

    replace(patch, _Document, "takes", takes)


@mutant
def append_at_any_revision(patch: Patch) -> None:
    """Check, then append: two nodes that race both win."""
    replace(
        patch,
        _Document,
        "takes",
        lambda original, self, step: (
            original(self, attrs.evolve(step, expected_revision=self.revision))
            if not step.entries
            else all(self.last_seq(client) + 1 == seq for client, seq in first_seqs(step.outcomes).items())
        ),
    )


@mutant
def answer_a_repetition_with_the_newest_revision(patch: Patch) -> None:
    def submit(original: Any, self: RevisionLog, *submission: Any) -> Any:
        decided = original(self, *submission)
        outcome = getattr(decided, "outcome", None)
        if isinstance(decided, Landed) or outcome is None or outcome.revision is None:
            return decided
        return attrs.evolve(decided, outcome=attrs.evolve(outcome, revision=self.revision + 1))

    replace(patch, RevisionLog, "submit", submit)


@mutant
def take_a_base_revision_from_the_future_for_the_newest(patch: Patch) -> None:
    def ask(original: Any, self: Room, member: Any, message: Any, now: float) -> Any:
        if isinstance(message, Submit) and self.log is not None:
            message = attrs.evolve(message, revision=min(message.revision, self.log.revision))
        return original(self, member, message, now)

    replace(patch, Room, "ask", ask)


@mutant
def carry_a_submission_as_the_right_one(patch: Patch) -> None:
    def carried(original: Any, self: Trial, behind: int) -> Iterator[None]:
        self.landed = self._doc_type.carry(self.op, self._window.ops_since(self.base), "right")
        yield

    replace(patch, Trial, "_carried", carried)


@mutant
def resume_off_by_one(patch: Patch) -> None:
    def between(original: Any, self: Past, start: int, end: int) -> Any:
        return original(self, start, end)[1:] if end - start > 1 else original(self, start, end)

    replace(patch, Past, "between", between)


@mutant
def compose_what_an_inflight_operation_has_to_be_carried_over(patch: Patch) -> None:
    def catch_up(original: Any, self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        caught_up = original(self, client, held, older)
        if isinstance(caught_up, Resumed) and held.inflight is not None and len(caught_up.entries) > 1:
            return attrs.evolve(caught_up, entries=self._past(older).bridge(held.revision, self.revision))
        return caught_up

    replace(patch, RevisionLog, "catch_up", catch_up)


@mutant
def let_a_late_open_use_up_a_seq(patch: Patch) -> None:
    def catch_up(original: Any, self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        caught_up = original(self, client, held, older)
        last = self.outcomes.get(client)
        if held.inflight is not None and last is not None and held.inflight <= last.seq:
            superseded = self.give_up(client, last.seq + 1)
            return attrs.evolve(caught_up, superseded=superseded)
        return caught_up

    replace(patch, RevisionLog, "catch_up", catch_up)


@mutant
def an_epoch_without_chain_tags(patch: Patch) -> None:
    def differs(original: Any, self: Past, held: Any) -> str | None:
        reason: str | None = original(self, held)
        return None if reason == "tag" else reason

    replace(patch, Past, "differs", differs)


@mutant
def let_land_late_what_its_client_has_given_up(patch: Patch) -> None:
    replace(patch, RevisionLog, "void", lambda original, self, client, seq: None)


@mutant
def answer_an_open_from_the_memory_of_this_node(patch: Patch) -> None:
    def fetched(original: Any, self: Room, outcomes: Any, clients: Any, *rest: Any) -> Any:
        known = {} if self.log is None else self.log.outcomes
        return original(self, {**outcomes, **{c: known[c] for c in clients if c in known}}, clients, *rest)

    replace(patch, Room, "fetched", fetched)


@mutant
def answer_an_open_twice(patch: Patch) -> None:
    def opened(original: Any, self: Decisions, *args: Any) -> Any:
        effects = original(self, *args)
        return [*effects, *(one for one in effects if isinstance(one, Tell))]

    replace(patch, Decisions, "_opened", opened)


@mutant
def save_the_snapshot_of_another_revision(patch: Patch) -> None:
    before: dict[int, Any] = {}

    def last_snapshot(original: Any, self: Upkeep, log: RevisionLog) -> Any:
        saved = original(self, log)
        late = [
            attrs.evolve(one, snapshot=attrs.evolve(one.snapshot, snapshot=before[id(log)]))
            for one in saved
            if id(log) in before
        ]
        return late or saved

    def snapshot_due(original: Any, self: Upkeep, log: RevisionLog) -> Any:
        due = original(self, log)
        before[id(log)] = log.snapshot
        return due

    replace(patch, Upkeep, "last_snapshot", last_snapshot)
    replace(patch, Upkeep, "snapshot_due", snapshot_due)


@mutant
def lead_nobody_on_after_the_log_was_read_again(patch: Patch) -> None:
    def taken_up(original: Any, self: Room, log: RevisionLog) -> Any:
        self.told = log.revision
        return []

    replace(patch, Room, "_taken_up", taken_up)


@mutant
def keep_the_outcomes_of_a_step_that_was_rolled_back(patch: Patch) -> None:
    def rollback(original: Any, self: RevisionLog) -> None:
        decided = dict(self.outcomes)
        original(self)
        self.outcomes.update(decided)

    def gather(original: Any, self: Room, now: float) -> Any:
        if self._races:  # else all of them would be read again, and nobody could tell
            self._known |= {asked.member.client for asked in self._turn}
        return original(self, now)

    replace(patch, RevisionLog, "rollback", rollback)
    replace(patch, Room, "_gather", gather)


@mutant
def give_one_client_id_to_everybody(patch: Patch) -> None:
    def greet(original: Any, self: Identities, hello: Any, *rest: Any) -> Any:
        credentials = original(self, attrs.evolve(hello, client=None, resume=None), *rest)
        return attrs.evolve(credentials, client="0" * 32)

    replace(patch, Identities, "greet", greet)


@mutant
def let_a_late_hello_end_the_newer_connection(patch: Patch) -> None:
    def greeted(original: Any, self: Hub, connection: Any, *rest: Any) -> Any:
        connection.session.connected_at = self._now() + 1e9
        return original(self, connection, *rest)

    replace(patch, Hub, "_greeted", greeted)


@mutant
def leave_the_presence_of_who_is_gone(patch: Patch) -> None:
    def leave(original: Any, self: Attendance, session: str, revision: int) -> Any:
        self.members.pop(session, None)
        return []

    replace(patch, Attendance, "leave", leave)


@mutant
def forget_presences_from_before_the_window(patch: Patch) -> None:
    def others(original: Any, self: Attendance, client: str, log: RevisionLog) -> Any:
        self.presences = {
            author: presence
            for author, presence in self.presences.items()
            if presence.revision >= log.horizon
        }
        return original(self, client, log)

    replace(patch, Attendance, "others", others)


@mutant
def let_go_of_entries_and_say_nothing(patch: Patch) -> None:
    def put_operations(original: Any, self: Outbox, *args: Any) -> None:
        original(self, *args)

    replace(patch, Outbox, "put_operations", put_operations)


# The server: who may do what.


@mutant
def ask_for_permission_only_at_the_open(patch: Patch) -> None:
    def take(original: Any, self: Gatekeeper, connection: Any, message: Any) -> None:
        if isinstance(message, Submit):
            self._admit(connection, message, ACTIONS)
        else:
            original(self, connection, message)

    replace(patch, Gatekeeper, "take", take)


@mutant
def go_by_an_answer_for_ever(patch: Patch) -> None:
    for name in ("RENEWED", "FRESH", "LONGEST"):
        patch.setattr(access_answers, name, 1e9)


@mutant
def let_those_stay_who_may_not_open(patch: Patch) -> None:
    replace(patch, Gatekeeper, "not_any_more", lambda original, self, session, doc: None)


@mutant
def show_those_who_may_not_be_seen(patch: Patch) -> None:
    replace(patch, Rooms, "hide", lambda original, self, member, doc: None)


@mutant
def let_a_session_outlive_its_token(patch: Patch) -> None:
    replace(patch, Session, "_expired", lambda original, self, now: None)


@mutant
def end_tokens_by_the_wrong_clock(patch: Patch) -> None:
    def authenticated(original: Any, self: Session, identity: Any, expires: Any, now: float) -> Any:
        effects = original(self, identity, expires, now)
        self.expires_at = getattr(identity, "expires", None)
        return effects

    replace(patch, Session, "authenticated", authenticated)


@mutant
def let_in_who_has_no_token_that_holds(patch: Patch) -> None:
    def refused(original: Any, self: Session, reason: str) -> Any:
        return self.authenticated(Identity("client 0", "client 0"), None, self.heard_at)

    replace(patch, Session, "refused", refused)
    replace(patch, Session, "unanswered", lambda original, self: refused(None, self, ""))


@mutant
def send_away_who_renews_a_token(patch: Patch) -> None:
    """What this simulation has found: an identity that is renewed was one that nothing is known of."""
    replace(patch, Answers, "renewed", lambda original, self, before, after: None)


# The server: what is kept, and for how long.


@mutant
def forget_submissions_that_are_three_revisions_old(patch: Patch) -> None:
    def submit(original: Any, self: RevisionLog, base: int, client: str, seq: int, op: Operation) -> Any:
        last = self.outcomes.get(client)
        if last is not None and last.seq == seq and self.revision - (last.revision or 0) >= 3:
            self.outcomes[client] = attrs.evolve(last, seq=seq - 1)
        return original(self, base, client, seq, op)

    replace(patch, RevisionLog, "submit", submit)
    patch.setattr(_Document, "last_seq", lambda self, client: _AnySeq())


@mutant
def count_frames_in_the_outbox(patch: Patch) -> None:
    patch.setattr(Outbox, "full", property(lambda self: len(self._waiting) > self.closed_bytes))


@mutant
def give_up_an_append_whose_asker_has_gone(patch: Patch) -> None:
    def disconnected(original: Any, self: Hub, connection: Any) -> None:
        original(self, connection)
        for task in list(self._tasks._running):
            if getattr(task.get_coro(), "__name__", "") == "_call_store":
                task.cancel()

    replace(patch, Hub, "disconnected", disconnected)


@mutant
def carry_over_what_is_in_memory_only(patch: Patch) -> None:
    """Entries from before the window are not read, for whoever has been away for long."""
    replace(patch, RevisionLog, "missing_for", lambda original, self, revision: None)


# The client.


@mutant
def fold_what_others_type(patch: Patch) -> None:
    """One of two languages puts strings into a normal form."""

    def took(original: Any, self: DocumentState, entry: Any) -> Any:
        folded = json.loads(unicodedata.normalize("NFC", json.dumps(entry.op, ensure_ascii=False)))
        return original(self, attrs.evolve(entry, op=folded))

    replace(patch, DocumentState, "_took", took)


@mutant
def send_what_was_under_way_anew_after_a_cut(patch: Patch) -> None:
    def opening(original: Any, self: DocumentState) -> Any:
        if self.inflight is not None:
            self.buffer, self.inflight = (self.inflight.op, *self.buffer), None
        return original(self)

    replace(patch, DocumentState, "opening", opening)


@mutant
def join_later_edits_to_what_is_under_way(patch: Patch) -> None:
    """The neighbour's worst: one `seq`, two contents."""

    def lost(original: Any, self: DocumentState) -> Any:
        if self.inflight is not None and self.buffer and self.doc_type.joins:
            first = self.inflight.submission
            op = self.doc_type.compose(self.inflight.op, self.buffer[0])
            self.inflight = Inflight(Submission(first.seq, self.revision, op), op)
            self.buffer = self.buffer[1:]
        return original(self)

    replace(patch, DocumentState, "lost", lost)


@mutant
def send_the_carried_form_with_the_first_base(patch: Patch) -> None:
    def to_send(original: Any, self: DocumentState) -> Any:
        submission = original(self)
        if submission is None or self.inflight is None:
            return submission
        return attrs.evolve(submission, op=self.inflight.op)

    replace(patch, DocumentState, "to_send", to_send)


@mutant
def take_in_entries_between_open_and_opened(patch: Patch) -> None:
    def received(original: Any, self: DocumentState, entries: Any, tag: str) -> Any:
        was = self.subscription
        self.subscription = "open"
        effects = original(self, entries, tag)
        self.subscription = was
        return effects

    replace(patch, DocumentState, "received", received)


@mutant
def take_entries_in_over_a_gap(patch: Patch) -> None:
    replace(patch, DocumentState, "_leads_on", lambda original, self, entries: True)


@mutant
def match_answers_by_client_and_not_by_seq(patch: Patch) -> None:
    """Entries alone could be: a `seq` that its client has given up is used up before the next one leaves."""

    def took(original: Any, self: DocumentState, entry: Any) -> Any:
        if entry.client == self.client and entry.span == 1 and self.inflight is not None:
            return original(self, attrs.evolve(entry, seq=self.inflight.submission.seq))
        return original(self, entry)

    def rejected(original: Any, self: DocumentState, seq: int, *why: Any) -> Any:
        awaited = seq if self.inflight is None else self.inflight.submission.seq
        return original(self, awaited, *why)

    replace(patch, DocumentState, "_took", took)
    replace(patch, DocumentState, "rejected", rejected)


@mutant
def drop_the_buffer_on_a_reject(patch: Patch) -> None:
    def taken_back(original: Any, self: DocumentState) -> Any:
        assert self.inflight is not None
        self.inflight, self.buffer = None, ()
        return 0, self._shown(self.doc_type.diff(self.snapshot, self.base), self.base)

    replace(patch, DocumentState, "_taken_back", taken_back)


@mutant
def hand_back_only_what_was_rejected(patch: Patch) -> None:
    def handed_back(original: Any, self: DocumentState, code: str, message: str) -> Any:
        assert self.inflight is not None
        ops = (self.inflight.op,)
        self.buffer = ()
        _, effects = self._taken_back()
        return [HandedBack(code, message, ops), *effects]

    replace(patch, DocumentState, "_handed_back", handed_back)


@mutant
def carry_the_buffer_before_what_is_under_way(patch: Patch) -> None:
    """The dOPT puzzle: each pending operation carried over the foreign one as it came."""

    def crossed_by(original: Any, self: DocumentState, theirs: Operation) -> Any:
        if self.inflight is None or not self.buffer:
            return original(self, theirs)
        transform = self.doc_type.transform
        first, inflight = theirs, self.inflight.op
        carried = tuple(transform(op, first, "left") for op in self.buffer)
        for op in (inflight, *self.buffer):
            theirs = transform(theirs, op, "right")
        self.inflight = attrs.evolve(self.inflight, op=transform(inflight, first, "left"))
        self.buffer = carried
        return self._shown(theirs, self.doc_type.apply(self.snapshot, theirs))

    replace(patch, DocumentState, "_crossed_by", crossed_by)


@mutant
def begin_every_document_at_seq_zero(patch: Patch) -> None:
    opened = DocumentState.opened.__func__  # type: ignore[attr-defined]

    def anew(cls: Any, /, *args: Any, seq: int, **kwargs: Any) -> Any:
        return opened(cls, *args, seq=0, **kwargs)

    patch.setattr(DocumentState, "opened", classmethod(anew))


@mutant
def forget_what_was_under_way_in_a_document_that_was_closed(patch: Patch) -> None:
    def unfollow(original: Any, self: ClientState, doc: str) -> Any:
        effects = original(self, doc)
        self.unknown.clear()
        return effects

    replace(patch, ClientState, "unfollow", unfollow)


@mutant
def show_oneself_to_nobody_after_a_cut(patch: Patch) -> None:
    patch.setattr(Followed, "show_again", lambda self: None)
