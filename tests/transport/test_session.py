"""The session as a table: what each message does in each state, and what ends a connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest

from transport.codec import JSON, Codec
from transport.codes import CODE_OF
from transport.effects import Ask, End, Greeted, Send, SessionEffect
from transport.identities import Identities
from transport.limits import Limits
from transport.messages import (
    ClientMessage,
    Close,
    Closed,
    Error,
    Hello,
    Open,
    Ping,
    Pong,
    ReadHistory,
    ReadSnapshot,
    Renew,
    Renewed,
    SetPresence,
    Submit,
    Welcome,
)
from transport.session import PRESENCE_BYTES, Session

HELLO: Final = Hello()
OPEN: Final = Open("notes", doc_type="text")
SUBMIT: Final = Submit("notes", 0, 1, ["x"])
PRESENCE: Final = SetPresence("notes", 0, {"cursor": 0})
CLOSE: Final = Close("notes")
HISTORY: Final = ReadHistory(5, "notes", 10, after=0)
SNAPSHOT: Final = ReadSnapshot(6, "notes", 0)
EVERY_MESSAGE: Final = (
    HELLO,
    Renew("t"),
    OPEN,
    SUBMIT,
    PRESENCE,
    CLOSE,
    HISTORY,
    SNAPSHOT,
    Ping(7),
)


def session(limits: Limits | None = None, codec: Codec = JSON) -> Session:
    return Session("s1", codec, limits or Limits(), Identities(b"k" * 32), random.Random(1), 0.0)


def say(session: Session, message: ClientMessage, now: float = 0.0) -> list[SessionEffect]:
    payload = session.codec.encode(message)
    return session.received(payload if session.codec.binary else payload.decode(), now)


def greeting(limits: Limits | None = None) -> Session:
    return session(limits)


def live(limits: Limits | None = None) -> Session:
    made = session(limits)
    say(made, HELLO)
    return made


def opening(limits: Limits | None = None) -> Session:
    made = live(limits)
    assert say(made, OPEN) == [Ask(OPEN)]
    return made


def opened(limits: Limits | None = None) -> Session:
    made = opening(limits)
    made.opened("notes")
    return made


def ended(limits: Limits | None = None) -> Session:
    made = opened(limits)
    made.end("replaced", "")
    return made


def told(effects: list[SessionEffect]) -> str:
    """Write the effects in short: what is asked, sent as an error's code, or ended with."""
    words = []
    for effect in effects:
        match effect:
            case Ask():
                words.append("ask")
            case Greeted():
                words.append("greeted")
            case End(code):
                words.append(f"end {code}")
            case Send(Error(code=code)):
                words.append(code)
            case Send(message):
                words.append(type(message).__name__.lower())
    return ", ".join(words)


TABLE: Final[dict[type, tuple[str, str, str, str]]] = {
    #              greeting              live              opening         open
    Hello: ("greeted, welcome", "end already-greeted", "end already-greeted", "end already-greeted"),
    Renew: ("end expected-hello", "renewed", "renewed", "renewed"),
    Open: ("end expected-hello", "ask", "already-open", "ask"),
    Submit: ("end expected-hello", "not-open", "not-open", "ask"),
    SetPresence: ("end expected-hello", "not-open", "not-open", "ask"),
    Close: ("end expected-hello", "not-open", "ask", "ask"),
    ReadHistory: ("end expected-hello", "not-open", "ask", "ask"),
    ReadSnapshot: ("end expected-hello", "not-open", "ask", "ask"),
    Ping: ("end expected-hello", "pong", "pong", "pong"),
}


def test_the_answer_to_an_open_that_was_closed_is_not_that_of_the_next_one() -> None:
    made = opening()
    doc = next(iter(made.documents))
    say(made, Close(doc))
    say(made, Open(doc, "text"))
    made.closed(doc)  # the first: closed before it was opened
    assert made.documents == {doc: "opening"}
    made.opened(doc)
    assert made.documents == {doc: "open"}
    made.closed(doc)
    assert made.documents == {}


@pytest.mark.parametrize(
    ("column", "state"),
    list(enumerate([greeting, live, opening, opened])),
    ids=["greeting", "live", "opening", "open"],
)
@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: type(message).__name__)
def test_a_message_does_in_each_state_what_the_table_says(
    message: ClientMessage, column: int, state: Callable[[], Session]
) -> None:
    made = state()
    assert told(say(made, message)) == TABLE[type(message)][column]
    assert made.ended == TABLE[type(message)][column].startswith("end")


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: type(message).__name__)
def test_a_session_that_has_ended_takes_nothing_in(message: ClientMessage) -> None:
    made = ended()
    assert say(made, message) == []
    assert made.received("no JSON", 0.0) == []
    assert made.tick(1e9) == []
    assert made.end("draining", "") == []


def test_every_end_has_a_close_code() -> None:
    for row in TABLE.values():
        for cell in row:
            if cell.startswith("end "):
                assert CODE_OF[cell.removeprefix("end ")].close is not None


# Who one is.


def test_welcome_says_who_one_is_and_what_is_enforced() -> None:
    limits = Limits(documents=3, heartbeat_seconds=7.0)
    made = session(limits)
    greeted, sent = say(made, HELLO)
    assert isinstance(greeted, Greeted) and isinstance(sent, Send) and isinstance(sent.message, Welcome)
    assert (greeted.client, greeted.identity) == (sent.message.client, sent.message.identity)
    assert (sent.message.limits, sent.message.heartbeat) == (limits.sent(), 7.0)
    assert made.client == greeted.client


def test_a_wrong_secret_ends_the_connection_and_gives_no_other_identity() -> None:
    made = session()
    assert told(say(made, Hello(client="ada", resume="guessed"))) == "end bad-resume"
    assert made.client is None


# Deadlines.


def test_a_connection_without_hello_ends_after_its_deadline_and_not_before() -> None:
    made = session(Limits(hello_seconds=10.0))
    assert made.tick(10.0) == []
    assert told(made.tick(10.1)) == "end hello-timeout"


def test_a_silent_connection_ends_and_any_frame_counts_as_life() -> None:
    made = live(Limits(dead_seconds=45.0))
    say(made, Ping(), now=40.0)
    assert made.tick(85.0) == []
    made.received('{"type":"nonsense"}', 80.0)
    assert made.tick(125.0) == []
    assert told(made.tick(125.1)) == "end heartbeat-timeout"


# Too much.


def test_a_frame_over_the_limit_ends_the_connection_before_it_is_decoded() -> None:
    made = live(Limits(message_bytes=100))
    assert told(made.received("x" * 101, 0.0)) == "end message-too-large"


def test_the_size_of_a_frame_is_counted_in_bytes() -> None:
    made = live(Limits(message_bytes=100))
    assert told(made.received("ä" * 51, 0.0)) == "end message-too-large"


def test_before_hello_bytes_are_few_however_they_are_cut() -> None:
    made = session(Limits(greeting_bytes=100))
    frame = '{"type":"nonsense"}'
    answers = [told(made.received(frame, 0.0)) for _ in range(6)]
    assert answers == ["unknown-type"] * 5 + ["end overloaded"]


def test_before_hello_messages_are_few() -> None:
    made = session(Limits(greeting_messages=3))
    answers = [told(made.received('{"type":"x"}', 0.0)) for _ in range(4)]
    assert answers == ["unknown-type"] * 3 + ["end overloaded"]


def test_far_too_many_messages_end_the_connection_for_a_while() -> None:
    made = live(Limits(submissions_per_second=1, submission_burst=2, documents=3))
    answers = [say(made, Ping(), now=0.0) for _ in range(11)]  # 4 * 2 + 3 at once, the first was `hello`
    assert [told(answer) for answer in answers[:10]] == ["pong"] * 10
    assert answers[10] == [End("overloaded", "far too many messages", retry_after=1.0)]


def test_a_submission_over_the_rate_is_told_when_to_come_again_and_then_taken() -> None:
    made = opened(Limits(submissions_per_second=2, submission_burst=3))
    answers = [say(made, Submit("notes", 0, seq, ["x"]), now=1.0) for seq in range(1, 5)]
    assert [told(answer) for answer in answers] == ["ask", "ask", "ask", "rate-limited"]
    (refused,) = answers[-1]
    assert isinstance(refused, Send) and isinstance(refused.message, Error)
    error = refused.message
    assert (error.doc, error.seq, error.fatal, error.retry_after) == ("notes", 4, False, 0.5)
    assert told(say(made, Submit("notes", 0, 4, ["x"]), now=1.5)) == "ask"


def test_presences_have_a_rate_of_their_own() -> None:
    made = opened(Limits(presences_per_second=1))
    answers = [say(made, PRESENCE, now=1.0) for _ in range(3)]
    assert [told(answer) for answer in answers] == ["ask", "ask", "rate-limited"]
    (refused,) = answers[-1]
    assert isinstance(refused, Send) and isinstance(refused.message, Error)
    assert (refused.message.seq, refused.message.retry_after) == (None, 1.0)
    assert told(say(made, SUBMIT, now=1.0)) == "ask"


def test_a_presence_is_small() -> None:
    made = opened()
    fits = SetPresence("notes", 0, "x" * (PRESENCE_BYTES - 2))
    assert told(say(made, fits)) == "ask"
    assert told(say(made, SetPresence("notes", 0, "x" * (PRESENCE_BYTES - 1)))) == "bad-message"


def test_documents_beyond_the_limit_are_refused_and_the_others_stay() -> None:
    made = live(Limits(documents=2))
    assert [told(say(made, Open(doc))) for doc in "abc"] == ["ask", "ask", "closed"]
    (refused,) = say(made, Open("c"))
    assert isinstance(refused, Send) and isinstance(refused.message, Closed)
    assert (refused.message.doc, refused.message.code) == ("c", "too-many-documents")
    made.opened("a")
    assert told(say(made, Open("a"))) == "ask"  # again: it is one of the two
    assert told(say(made, Close("b"))) == "ask"
    assert told(say(made, Open("c"))) == "ask"


# Documents come and go.


def test_a_document_that_the_room_has_closed_is_not_open_any_more() -> None:
    made = opened()
    made.closed("notes")
    assert told(say(made, SUBMIT)) == "not-open"
    assert told(say(made, OPEN)) == "ask"


def test_an_answer_that_comes_after_close_opens_nothing() -> None:
    made = opening()
    say(made, CLOSE)
    made.opened("notes")
    assert told(say(made, SUBMIT)) == "not-open"


def test_what_is_not_open_is_named_with_what_was_asked() -> None:
    made = live()
    answers = [say(made, message) for message in (SUBMIT, PRESENCE, HISTORY, SNAPSHOT)]
    errors = [answer[0].message for answer in answers if isinstance(answer[0], Send)]
    named = [(e.doc, e.seq, e.request, e.fatal) for e in errors if isinstance(e, Error)]
    assert named == [
        ("notes", 1, None, False),
        ("notes", None, None, False),
        ("notes", None, 5, False),
        ("notes", None, 6, False),
    ]


# Bad messages.


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        ("{", "end not-json"),
        (b"\x80", "end wrong-frame"),
        ('{"type":"submitt"}', "unknown-type"),
        ('{"type":"ping","extra":1}', "bad-message"),
        ('{"type":"ping","nonce":"1"}', "bad-message"),
        ('{"type":"submit","doc":"notes","revision":-1,"seq":1,"op":[]}', "negative-revision"),
        ('{"type":"open","doc":".."}', "bad-document-name"),
    ],
)
def test_a_bad_message_is_answered_and_only_one_that_is_none_at_all_ends_the_connection(
    frame: str | bytes, answer: str
) -> None:
    made = opened()
    assert told(made.received(frame, 0.0)) == answer
    if not made.ended:
        assert told(say(made, SUBMIT)) == "ask"


def test_pong_brings_the_nonce_back_and_renew_is_answered() -> None:
    made = live()
    assert say(made, Ping(0)) == [Send(Pong(0))]
    assert say(made, Renew("t")) == [Send(Renewed())]
