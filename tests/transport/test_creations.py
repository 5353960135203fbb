"""Nobody makes documents without end: each identity has a rate, however many connections it has."""

from __future__ import annotations

import attrs

from tests.transport.access_policy import Policy
from tests.transport.played_room import ADA, BOB, PlayedRoom
from tests.transport.served import Served, bare
from transport.attendance import Member
from transport.identity_rates import IdentityRates
from transport.limits import Limits
from transport.messages import Closed, Opened

RATES = Limits(creations_per_identity=2, documents=3)
"""Two documents a second, after three at once."""


def opened_by(who: Member, now: float, *, room: PlayedRoom | None = None) -> str:
    """Have somebody open a document, a new one if no room is given; return what the answer is."""
    room = room or PlayedRoom()
    room.now = now
    room.open(who, doc_type="text")
    room.settle()
    (answer,) = (message for session, message in room.heard if session == who.session)
    return answer.code if isinstance(answer, Closed) else "opened"


def test_an_identity_makes_documents_no_faster_than_it_may_whichever_connection_asks() -> None:
    rates = IdentityRates(RATES)
    here = attrs.evolve(ADA, rates=rates.come("ada"))
    there = attrs.evolve(ADA, session="s-there", client="there", rates=rates.come("ada"))
    other = attrs.evolve(BOB, rates=rates.come("bob"))
    answers = [opened_by(who, 1.0) for who in (here, there, here, there, here, other)]
    assert answers == ["opened"] * 3 + ["document-unavailable"] * 2 + ["opened"]
    assert [opened_by(who, 1.5) for who in (there, here)] == ["opened", "document-unavailable"]


def test_a_document_that_is_there_is_opened_whatever_its_reader_has_made() -> None:
    room = PlayedRoom()
    room.open(BOB, doc_type="text")
    room.settle()
    spent = attrs.evolve(ADA, rates=IdentityRates(RATES).come("ada"))
    assert spent.rates is not None
    spent.rates.creations.take(1.0, 100)
    assert opened_by(spent, 1.0, room=room) == "opened"


def test_who_may_not_make_it_now_does_not_keep_another_from_making_it() -> None:
    rates = IdentityRates(RATES)
    spent, other = (attrs.evolve(who, rates=rates.come(who.client)) for who in (ADA, BOB))
    assert spent.rates is not None
    spent.rates.creations.take(0.0, 100)
    room = PlayedRoom()
    room.open(spent, doc_type="text")
    room.open(other, doc_type="text")
    room.settle()
    assert [type(message) for _, message in room.heard] == [Closed, Opened]


async def test_all_connections_of_an_identity_share_its_rates() -> None:
    policy = Policy()
    async with (
        Served(authenticate=policy.authenticate, authorize=policy.authorize) as served,
        bare(served, greeted=False) as one,
        bare(served, greeted=False) as two,
        bare(served, greeted=False) as other,
    ):
        for socket, token in ((one, "token-ada"), (two, "token-ada/2"), (other, "token-bob")):
            await socket.hello(token=token)
        rates = {member.client: member.rates for member in served.hub._members.values()}
        mine, also_mine, theirs = (rates[socket.welcome["client"]] for socket in (one, two, other))
        assert mine is also_mine and mine is not theirs
        assert mine is not None and mine.sessions == 2
