"""A session while it is asked who somebody is, and at the end of a token; the clock is the test's."""

from __future__ import annotations

import random
from typing import Final

import pytest

from tests.transport.test_session import CLOSE, HISTORY, OPEN, PRESENCE, SNAPSHOT, SUBMIT, say, told
from transport import ExpiringIdentity
from transport.codec import JSON
from transport.effects import Ask, AskWho, Became, Greeted, Send, SessionEffect
from transport.identities import Identities
from transport.identity_rates import IdentityRates
from transport.limits import Limits
from transport.messages import (
    ClientMessage,
    Error,
    Hello,
    Identity,
    Ping,
    Renew,
    Renewed,
    Submit,
    Welcome,
)
from transport.session import MOST_UNDECIDED, RENEWALS_AT_ONCE, Session

ADA: Final = Identity("ada", "Ada")
BOB: Final = Identity("bob", "Bob")


def session(limits: Limits | None = None) -> Session:
    identities = Identities(b"k" * 32)
    return Session("s1", JSON, limits or Limits(), identities, random.Random(1), 0.0, asks=True)


def asking(limits: Limits | None = None) -> Session:
    made = session(limits)
    assert say(made, Hello("secret")) == [AskWho("secret")]
    return made


def live(expires: float | None = None, limits: Limits | None = None) -> Session:
    made = asking(limits)
    made.authenticated(ADA, expires, 0.0)
    return made


def opened(expires: float | None = None, limits: Limits | None = None) -> Session:
    made = live(expires, limits)
    say(made, OPEN)
    made.opened("notes")
    return made


def welcome(effects: list[SessionEffect]) -> Welcome:
    (found,) = [one.message for one in effects if isinstance(one, Send) and isinstance(one.message, Welcome)]
    return found


# While it is asked.


def test_nothing_is_taken_in_until_it_is_known_who_that_is_and_then_in_order() -> None:
    made = asking()
    assert [say(made, message) for message in (OPEN, Ping(1), Ping(2))] == [[], [], []]
    assert made.documents == {}
    greeted, sent, asked, *pongs = made.authenticated(ADA, None, 1.0)
    assert isinstance(greeted, Greeted) and isinstance(sent, Send) and asked == Ask(OPEN)
    assert [told([pong]) for pong in pongs] == ["pong", "pong"]


def test_what_comes_meanwhile_is_bounded_like_what_comes_before_hello() -> None:
    made = asking(Limits(greeting_messages=3))
    assert [told(say(made, Ping())) for _ in range(3)] == ["", "", "end overloaded"]
    assert made.authenticated(ADA, None, 1.0) == []


def test_it_is_not_read_from_meanwhile() -> None:
    made = asking()
    assert made.owed
    made.authenticated(ADA, None, 1.0)
    assert not made.owed


def test_a_second_hello_while_the_first_is_looked_at_ends_the_connection() -> None:
    made = asking()
    assert say(made, Hello("another")) == []
    assert told(made.authenticated(ADA, None, 1.0)) == "greeted, welcome, end already-greeted"


def test_the_deadline_for_hello_is_not_that_of_the_application() -> None:
    made = asking(Limits(hello_seconds=10.0))
    assert made.tick(11.0) == []


def test_who_is_refused_or_cannot_be_looked_up_has_no_session() -> None:
    refused, unanswered = asking(), asking()
    assert told(refused.refused("no token")) == "end unauthorized"
    assert told(unanswered.unanswered()) == "end internal-error"
    assert refused.client is None and unanswered.client is None


def test_others_see_no_more_of_an_identity_than_id_and_name() -> None:
    made = asking()
    effects = made.authenticated(ExpiringIdentity("ada", "Ada", expires=5.0), 5.0, 0.0)
    assert welcome(effects).identity == ADA
    assert type(welcome(effects).identity) is Identity


def test_messages_that_wait_for_permission_are_few_before_nothing_more_is_read() -> None:
    made = live()
    made.undecided = MOST_UNDECIDED - 1
    assert not made.owed
    made.undecided += 1
    assert made.owed


# The end of a token.


@pytest.mark.parametrize(
    "message", [OPEN, SUBMIT, PRESENCE, CLOSE, HISTORY, SNAPSHOT, Ping(), Renew("new")], ids=repr
)
def test_nothing_is_taken_in_from_the_moment_a_token_ends(message: ClientMessage) -> None:
    before, after = opened(expires=60.0), opened(expires=60.0)
    assert told(say(before, message, now=59.9)) != "end expired"
    assert told(say(after, message, now=60.0)) == "end expired"
    assert after.ended


def test_a_silent_session_ends_at_the_first_look_after_its_token() -> None:
    made = opened(expires=40.0)
    assert made.tick(39.9) == []
    assert told(made.tick(40.0)) == "end expired"


def test_a_ping_of_the_websocket_does_not_outlive_a_token_either() -> None:
    assert told(opened(expires=40.0).pinged(40.0)) == "end expired"


def test_welcome_and_renewed_say_when_the_token_ends() -> None:
    made = asking()
    assert welcome(made.authenticated(ADA, 60.0, 0.0)).expires == 60.0
    assert say(made, Renew("new"), now=50.0) == [AskWho("new")]
    assert made.authenticated(ADA, 90.0, 50.0) == [Became(ADA), Send(Renewed(90.0))]
    assert made.tick(80.0) == []
    say(made, Ping(), now=130.0)
    assert told(made.tick(140.0)) == "end expired"


def test_a_token_that_has_ended_already_is_no_token() -> None:
    assert told(asking().authenticated(ADA, 0.0, 1.0)) == "end unauthorized"
    made = live(expires=60.0)
    say(made, Renew("old"))
    assert told(made.authenticated(ADA, -1.0, 1.0)) == "bad-token"
    assert told(made.tick(60.0)) == "end expired"


def test_a_renewal_that_is_still_looked_at_does_not_keep_a_session_beyond_its_end() -> None:
    made = live(expires=60.0)
    say(made, Renew("new"), now=59.0)
    assert told(made.tick(60.0)) == "end expired"
    assert made.authenticated(ADA, 600.0, 61.0) == []


def test_a_renewal_of_somebody_else_is_refused_and_the_session_stays_who_it_was() -> None:
    made = live(expires=60.0)
    say(made, Renew("bobs"))
    assert told(made.authenticated(BOB, 600.0, 1.0)) == "bad-token"
    assert made.identity == ADA
    assert told(made.tick(60.0)) == "end expired"


def test_after_a_renewal_that_failed_another_is_taken() -> None:
    made = live(expires=60.0)
    say(made, Renew("bad"))
    assert told(made.refused("no")) == "bad-token"
    assert say(made, Renew("good")) == [AskWho("good")]
    assert told(made.unanswered()) == "unavailable"
    assert say(made, Renew("good")) == [AskWho("good")]


def test_renewals_come_one_at_a_time_and_not_too_many() -> None:
    made = live()
    assert told(say(made, Renew("t"))) != told(say(made, Renew("t"))) == "rate-limited"
    made.refused("no")
    answers = []
    for _ in range(RENEWALS_AT_ONCE):
        answers.append(told(say(made, Renew("t"))))
        made.refused("no")
    assert answers == [""] * (RENEWALS_AT_ONCE - 1) + ["rate-limited"]


# One person, many connections.


def test_the_connections_of_one_person_have_one_rate_together() -> None:
    limits = Limits(submissions_per_identity=2, presences_per_identity=1)
    rates = IdentityRates(limits)
    here, there, other = opened(limits=limits), opened(limits=limits), opened(limits=limits)
    for one, identity in ((here, "ada"), (there, "ada"), (other, "bob")):
        one.together = rates.come(identity)
    answers = [
        told(say(one, Submit("notes", 0, seq, ["x"]), now=1.0))
        for one, seq in ((here, 1), (there, 1), (here, 2), (there, 2), (here, 3), (other, 1))
    ]
    assert answers == ["ask"] * 4 + ["rate-limited", "ask"]
    assert [told(say(one, PRESENCE, now=1.0)) for one in (here, there, here, other)] == [
        "ask",
        "ask",
        "rate-limited",
        "ask",
    ]


def test_an_operation_of_many_components_counts_as_many_submissions() -> None:
    limits = Limits(submissions_per_identity=20, submissions_per_second=20, submission_burst=100)
    made = opened(limits=limits)
    made.together = IdentityRates(limits).come("ada")
    long = [part for _ in range(500) for part in (1, "x")]  # 1,000 components: 21 submissions
    assert told(say(made, Submit("notes", 0, 1, long), now=1.0)) == "ask"
    assert told(say(made, Submit("notes", 0, 2, long), now=1.0)) == "ask"  # one was left; 2 are owed
    (refused,) = say(made, Submit("notes", 0, 3, ["x"]), now=1.0)
    assert isinstance(refused, Send) and isinstance(refused.message, Error)
    assert (refused.message.code, refused.message.retry_after) == ("rate-limited", 3 / 20)
    assert told(say(made, Submit("notes", 0, 3, ["x" * 10_000]), now=1.2)) == "ask"


def test_who_comes_back_finds_the_rates_as_they_were_left() -> None:
    rates = IdentityRates(Limits(submissions_per_identity=10))
    held = rates.come("ada")
    held.submissions.take(0.0, 20)
    rates.gone(held)
    rates.forget(1.0)
    assert rates.come("ada") is held


def test_rates_that_are_whole_again_are_let_go_of_with_the_last_session() -> None:
    rates = IdentityRates(Limits(submissions_per_identity=10))
    held = rates.come("ada")
    assert rates.come("ada") is held
    held.submissions.take(0.0, 20)
    for now, sessions_left in ((0.0, 1), (60.0, 0)):
        rates.gone(held)
        rates.forget(now)
        assert len(rates) == sessions_left


# Whose client id.


def test_a_client_id_is_taken_up_only_by_the_identity_that_it_was_made_for() -> None:
    mine = asking()
    given = welcome(mine.authenticated(ADA, None, 0.0))
    for identity, answer in ((ADA, "greeted, welcome"), (BOB, "end bad-resume")):
        again = session()
        say(again, Hello("t", given.client, given.resume))
        assert told(again.authenticated(identity, None, 0.0)) == answer


def test_what_a_guest_began_is_nobody_elses_and_the_other_way_round() -> None:
    identities = Identities(b"k" * 32)
    guest = identities.greet(Hello(), random.Random(1))
    person = identities.greet(Hello(), random.Random(2), ADA)
    as_person, as_guest = session(), session()
    say(as_person, Hello("t", guest.client, guest.resume))
    assert told(as_person.authenticated(ADA, None, 0.0)) == "end bad-resume"
    as_guest.asks = False
    assert told(say(as_guest, Hello(None, person.client, person.resume))) == "end bad-resume"


def test_no_token_and_no_secret_shows_where_messages_are_printed() -> None:
    printed = repr([Hello("secret", "c", "secret"), Renew("secret"), AskWho("secret"), asking()])
    assert "secret" not in printed
