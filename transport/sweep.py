"""Looking after those who are in documents already: whether they may still be there, and be seen.

What they may do is asked for again and again, where somebody says who may do what; who may not be here any
more is sent away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from transport.actions import Action
from transport.attendance import Member
from transport.connection import Connection
from transport.deliveries import SendAway
from transport.gatekeeper import Gatekeeper
from transport.messages import Identity
from transport.rooms import Rooms
from transport.session import Session


@attrs.define(eq=False)
class Sweep:
    """Goes over the sessions of one process; `members` and `connections` are by their ids."""

    connections: Mapping[str, Connection]
    members: Mapping[str, Member]
    rooms: Rooms
    gatekeeper: Gatekeeper
    send_away: SendAway

    def ask_again(self, *, waiting: bool = True) -> None:
        """Ask what those who are there may do, where that is due, then look at them.

        One round after the other, unless something must not wait.
        """
        self.gatekeeper.ask_again(self._present(), self.look_after, waiting=waiting)

    def look_after(self) -> None:
        """Send away who may not be here any more, and have nobody see who may not be seen."""
        standing = self.gatekeeper.answers.standing
        for session, identity, client in self._followers():
            for doc in list(session.documents):
                follows = self.rooms.follows(session.id, doc)
                closed = self.gatekeeper.not_any_more(session, doc) if follows else None
                if closed is not None:
                    self.send_away(self.connections[session.id], closed)
                elif self.rooms.shows(client, doc) and not standing(identity, doc, "present"):
                    self.rooms.hide(self.members[session.id], doc)

    def _present(self) -> Iterator[tuple[Identity, str, Action]]:
        """Yield who is in which document, and that they show where."""
        for session, identity, client in self._followers():
            for doc in session.documents:
                yield identity, doc, "open"
                if self.rooms.shows(client, doc):
                    yield identity, doc, "present"

    def _followers(self) -> list[tuple[Session, Identity, str]]:
        followers = []
        for connection in self.connections.values():
            session = connection.session
            if session.documents and not session.ended:
                assert session.identity is not None and session.client is not None, "only who is live follows"
                followers.append((session, session.identity, session.client))
        return followers
