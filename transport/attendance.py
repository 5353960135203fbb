"""Who follows a document, and where they say they are.

A presence is kept as its author gave it, at the revision it was given for; it is moved to the newest one
only when somebody comes in who has no entries to move it by. Author and identity are the session's, never
what a message says.
"""

from __future__ import annotations

import attrs

from ot import Json, RevisionLog, moved, unplaced
from transport.effects import RoomEffect, Share
from transport.identity_rates import Rates
from transport.messages import Identity, Presence, PresenceChanged


@attrs.frozen
class Member:
    """A session that asks for something, as the room knows it."""

    session: str
    client: str
    identity: Identity
    rates: Rates | None = attrs.field(default=None, eq=False, repr=False)
    """What its identity may do in a time; None: as much as it likes."""

    def may_make_one(self, now: float) -> bool:
        """Count a document to its identity, if it may make one more now."""
        return self.rates is None or self.rates.creations.take(now) == 0


@attrs.define
class Attendance:
    """The sessions that follow one document."""

    doc: str
    members: dict[str, Member] = attrs.field(factory=dict)
    presences: dict[str, Presence] = attrs.field(factory=dict)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Who is told what lands."""
        return tuple(self.members)

    def join(self, member: Member) -> None:
        """Let a session follow."""
        self.members[member.session] = member

    def leave(self, session: str, revision: int) -> list[RoomEffect]:
        """Let a session go, and its presence with it."""
        member = self.members.pop(session, None)
        if member is None or member.client not in self.presences:
            return []
        return self.show(member, revision, None)

    def clear(self) -> tuple[str, ...]:
        """Let everybody go; return who was here."""
        sessions = self.sessions
        self.members.clear()
        self.presences.clear()
        return sessions

    def show(self, member: Member, revision: int, state: Json) -> list[RoomEffect]:
        """Tell the others where somebody is; None: gone."""
        if state is None:
            self.presences.pop(member.client, None)
        else:
            self.presences[member.client] = Presence(member.client, member.identity, revision, state)
        others = tuple(key for key, other in self.members.items() if other.client != member.client)
        if not others:
            return []
        return [Share(others, PresenceChanged(self.doc, member.client, member.identity, revision, state))]

    def others(self, client: str, log: RevisionLog) -> tuple[Presence, ...]:
        """Return where the others are, in positions of the newest revision.

        A presence from before the window of the log can't be moved: who it is stays, without positions,
        until they move.
        """
        for author, presence in self.presences.items():
            if presence.revision < log.horizon:
                state = unplaced(presence.state)
            else:
                since = log.entries[presence.revision - log.horizon :]
                state = moved(log.doc_type, presence.state, author, since)
            self.presences[author] = attrs.evolve(presence, revision=log.revision, state=state)
        return tuple(presence for author, presence in self.presences.items() if author != client)
