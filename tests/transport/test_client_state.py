"""The client without I/O, where messages cross on the wire."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ot import ABSENT, Entry
from transport.client_effects import (
    ClientEffect,
    DocumentOpened,
    DocumentRefused,
    Drop,
    Retry,
    Stopped,
    Transmit,
)
from transport.client_state import ClientState
from transport.limits import Limits
from transport.messages import (
    ClientMessage,
    Closed,
    Error,
    Hello,
    Identity,
    Lagging,
    Open,
    Opened,
    Operations,
    Ping,
    Reject,
    SetPresence,
    Submit,
    Welcome,
)


def sent(effects: list[ClientEffect]) -> list[ClientMessage]:
    return [effect.message for effect in effects if isinstance(effect, Transmit)]


def welcome() -> Welcome:
    return Welcome("ada", Identity("u", "Ada"), "secret", 20.0, Limits().sent())


def opened(doc: str = "notes", **changed: Any) -> Opened:
    fresh: dict[str, Any] = {"snapshot": "", "resumed": False, "seq": 0, "revision": 0, "tag": "t0"}
    return Opened(doc, doc_type="text", epoch="e", presences=(), access="write", **(fresh | changed))


def online() -> ClientState:
    client = ClientState(random.Random(1))
    client.connected(0.0)
    client.received(welcome(), 0.0)
    return client


def following() -> ClientState:
    client = online()
    assert sent(client.follow("notes", "text", ABSENT)) == [Open("notes", "text")]
    assert client.received(opened(), 0.0) == [DocumentOpened("notes")]
    return client


def test_the_first_message_takes_up_who_one_was() -> None:
    client = ClientState(random.Random(1))
    assert sent(client.connected(0.0)) == [Hello()]
    client.received(welcome(), 0.0)
    client.lost(1.0)
    assert sent(client.connected(2.0)) == [Hello(client="ada", resume="secret")]


def test_what_was_inflight_is_sent_again_as_it_was_and_only_after_the_answer() -> None:
    client = following()
    (first,) = sent(client.edit("notes", ["x"], None, 0.0))
    client.edit("notes", [1, "y"], None, 0.0)
    client.lost(1.0)
    client.connected(2.0)
    (asked,) = sent(client.received(welcome(), 2.0))
    assert asked == Open("notes", "text", epoch="e", revision=0, tag="t0", inflight=1)
    assert sent(client.tick(2.5)) == []
    again = sent(client.received(opened(resumed=True, snapshot=ABSENT, entries=()), 3.0))
    assert again == [first] == [Submit("notes", 0, 1, ["x"])]


def test_a_closed_that_crosses_an_open_leads_to_another_open_and_the_late_answer_is_let_pass() -> None:
    client = following()
    (asked,) = sent(client.received(Lagging("notes", 0), 0.0))
    assert isinstance(asked, Open)
    client.received(Closed("notes", "document-unavailable", ""), 1.0)
    assert client.received(opened(), 1.1) == []
    assert sent(client.tick(1.1)) == []
    assert [type(message) for message in sent(client.tick(4.0))] == [Open]
    client.received(opened(), 4.1)
    assert [type(message) for message in sent(client.edit("notes", ["x"], None, 4.1))] == [Submit]


def test_an_error_that_crosses_an_open_asks_for_no_second_one() -> None:
    client = following()
    client.edit("notes", ["x"], None, 0.0)
    assert [type(m) for m in sent(client.received(Lagging("notes", 0), 0.0))] == [Open]
    client.received(Error("unavailable", "", False, "notes", 1, retry_after=1.0), 0.5)
    assert sent(client.tick(30.0)) == [Ping()]
    again = sent(client.received(opened(resumed=True, snapshot=ABSENT, entries=()), 30.0))
    assert again == [Submit("notes", 0, 1, ["x"])]
    assert sent(client.tick(31.0)) == []


def test_a_submission_that_nobody_answers_is_asked_after() -> None:
    client = following()
    client.edit("notes", ["x"], None, 0.0)
    client.received(Closed("other", "document-unavailable", ""), 14.0)
    assert not any(isinstance(m, Open) for m in sent(client.tick(14.9)))
    assert [m.inflight for m in sent(client.tick(15.0)) if isinstance(m, Open)] == [1]


def test_a_store_that_cannot_answer_is_asked_again_after_the_time_it_said() -> None:
    client = following()
    client.edit("notes", ["x"], None, 0.0)
    client.received(Error("unavailable", "", False, "notes", 1, retry_after=3.0), 1.0)
    assert sent(client.tick(3.9)) == []
    assert [m.inflight for m in sent(client.tick(4.0)) if isinstance(m, Open)] == [1]


def test_a_rate_limited_submission_goes_out_again_as_it_was_after_the_time_it_said() -> None:
    client = following()
    (first,) = sent(client.edit("notes", ["x"], None, 0.0))
    client.received(Error("rate-limited", "", False, "notes", 1, retry_after=2.0), 1.0)
    client.edit("notes", ["y"], None, 2.0)
    assert sent(client.tick(2.9)) == []
    assert client.deadline(2.0) == 3.0
    assert sent(client.tick(3.0)) == [first]


@pytest.mark.parametrize("code", ["rate-limited", "unavailable", "future-revision"])
def test_a_presence_that_was_not_taken_is_told_again_after_the_time_it_said(code: str) -> None:
    client = following()
    shown = SetPresence("notes", 0, {"cursor": 0})
    assert sent(client.show("notes", {"cursor": 0}, 0.0)) == [shown]
    client.received(Error(code, "", False, "notes", retry_after=2.0), 1.0)
    assert sent(client.tick(2.9)) == []
    assert client.deadline(2.9) == 3.0
    assert sent(client.tick(3.0)) == [shown]
    assert sent(client.tick(4.0)) == []


def test_a_presence_that_was_not_taken_gives_way_to_a_later_one() -> None:
    client = following()
    client.show("notes", {"cursor": 0}, 0.0)
    client.show("notes", {"cursor": 1}, 0.0)
    client.received(Error("unavailable", "", False, "notes", retry_after=2.0), 1.0)
    assert sent(client.tick(3.0)) == [SetPresence("notes", 0, {"cursor": 1})]


def reopened(client: ClientState, now: float) -> list[ClientMessage]:
    """Come back on a new connection; return what is sent once the document is open again."""
    client.connected(now)
    client.received(welcome(), now)
    return sent(client.received(opened(resumed=True, snapshot=ABSENT, entries=()), now))


@pytest.mark.parametrize("failures", [1, 3])
def test_what_others_saw_of_one_is_told_again_however_often_connecting_failed(failures: int) -> None:
    client = following()
    shown = SetPresence("notes", 0, {"cursor": 0})
    assert sent(client.show("notes", {"cursor": 0}, 0.0)) == [shown]
    for _ in range(failures):
        client.lost(1.0)
    assert reopened(client, 2.0) == [shown]


def test_what_was_to_be_shown_while_offline_is_told_and_not_what_was_before() -> None:
    client = following()
    client.show("notes", {"cursor": 0}, 0.0)
    client.lost(1.0)
    client.show("notes", {"cursor": 1}, 1.0)
    client.lost(2.0)
    assert reopened(client, 3.0) == [SetPresence("notes", 0, {"cursor": 1})]


def test_who_showed_nothing_tells_nothing_on_coming_back() -> None:
    client = following()
    client.lost(1.0)
    assert reopened(client, 2.0) == []


def test_what_others_saw_is_told_again_after_the_server_ended_the_subscription() -> None:
    client = following()
    client.show("notes", {"cursor": 0}, 0.0)
    client.received(Closed("notes", "document-unavailable", ""), 1.0)
    assert [type(message) for message in sent(client.tick(4.0))] == [Open]
    assert sent(client.received(opened(resumed=True, snapshot=ABSENT), 4.0)) == [
        SetPresence("notes", 0, {"cursor": 0})
    ]


def test_a_document_that_is_closed_and_opened_at_once_takes_the_second_answer() -> None:
    client = online()
    client.follow("notes", "text", ABSENT)
    client.unfollow("notes")
    assert [type(m) for m in sent(client.follow("notes", "text", ABSENT))] == [Open]
    assert client.received(Closed("notes", "closed-early", ""), 0.0) == []
    assert client.received(opened(snapshot="there"), 0.0) == [DocumentOpened("notes")]


def test_a_refused_document_is_said_once_and_forgotten() -> None:
    client = online()
    client.follow("notes", None, ABSENT)
    refused = client.received(Closed("notes", "no-such-document", "none"), 0.0)
    assert refused == [DocumentRefused("notes", "no-such-document", "none")]
    assert client.documents == {}


def test_the_close_code_says_whether_to_come_back_and_when() -> None:
    def after(code: str, retry_after: float | None = None) -> ClientEffect:
        client = online()
        client.received(Error(code, "", True, retry_after=retry_after), 1.0)
        (effect,) = client.lost(2.0)
        return effect

    assert after("replaced") == Stopped("replaced", "")
    assert after("bad-resume") == Stopped("bad-resume", "")
    assert after("too-slow") == Retry(0.0)
    later = after("draining", 5.0)
    assert isinstance(later, Retry) and 5.0 <= later.seconds <= 5.5


def test_a_code_that_says_at_once_again_and_again_is_not_followed_at_once() -> None:
    client = online()
    waits = []
    for now in (1.0, 2.0, 3.0):
        client.received(Error("too-slow", "", True), now)
        (effect,) = client.lost(now)
        assert isinstance(effect, Retry)
        waits.append(effect.seconds)
        client.connected(now)
        client.received(welcome(), now)
    assert waits[0] == 0.0
    assert all(wait > 0.0 for wait in waits[1:])


def test_a_silent_server_is_given_up_and_a_live_one_is_pinged() -> None:
    client = online()
    assert sent(client.tick(20.0)) == [Ping()]
    assert client.tick(44.9) == [Transmit(Ping())]
    assert client.tick(45.0) == [Drop("nothing was heard for too long")]


def test_a_server_that_does_not_greet_is_given_up() -> None:
    client = ClientState(random.Random(1))
    client.connected(0.0)
    assert client.tick(19.9) == []
    assert client.tick(20.0) == [Drop("no welcome")]


def test_a_first_open_that_was_no_message_refuses_the_document() -> None:
    client = online()
    client.follow("a/../b", "text", ABSENT)
    error = Error("bad-document-name", "no '..'", fatal=False, doc="a/../b")
    assert client.received(error, 0.0) == [DocumentRefused("a/../b", "bad-document-name", "no '..'")]
    assert client.documents == {}


def typed(client: ClientState, op: list[Any], revision: int, author: str = "grace") -> list[ClientEffect]:
    entry = Entry(revision, author, revision, op, tag=f"t{revision}")
    return client.received(Operations("notes", (entry,), f"t{revision}"), 0.0)


def test_a_presence_told_late_is_where_its_author_is_by_then() -> None:
    client = following()
    typed(client, ["hello"], 1)
    client.edit("notes", [5, "!"], None, 0.0)
    assert sent(client.show("notes", {"cursor": 6, "colour": "red"}, 0.0)) == []
    typed(client, [">> "], 2)
    entry = Entry(3, "ada", 1, [8, "!"], tag="t3")
    (told,) = sent(client.received(Operations("notes", (entry,), "t3"), 0.0))
    assert told == SetPresence("notes", 3, {"cursor": 9, "colour": "red"})


def test_a_presence_told_again_after_a_cut_is_where_its_author_is_by_then() -> None:
    client = following()
    typed(client, ["hello"], 1)
    assert sent(client.show("notes", {"cursor": 5, "anchor": 1}, 0.0))
    client.lost(1.0)
    client.edit("notes", ["* "], None, 1.0)
    client.connected(2.0)
    client.received(welcome(), 2.0)
    theirs = Entry(2, "grace", 2, [{"d": 1}], tag="t2")
    client.received(opened(resumed=True, entries=(theirs,), revision=2, tag="t2"), 2.0)
    mine = Entry(3, "ada", 1, ["* "], tag="t3")
    (told,) = sent(client.received(Operations("notes", (mine,), "t3"), 2.0))
    assert told == SetPresence("notes", 3, {"cursor": 6, "anchor": 2})


def test_a_presence_of_a_document_opened_anew_keeps_no_positions() -> None:
    client = following()
    assert sent(client.show("notes", {"cursor": 0, "colour": "red"}, 0.0))
    client.lost(1.0)
    client.connected(2.0)
    client.received(welcome(), 2.0)
    (told,) = sent(client.received(opened(snapshot="another", revision=7, tag="t7"), 2.0))
    assert told == SetPresence("notes", 7, {"colour": "red"})


def test_an_error_about_what_was_sent_before_a_document_was_opened_again_refuses_nothing() -> None:
    client = following()
    client.edit("notes", ["x"], None, 0.0)
    client.unfollow("notes")
    client.follow("notes", "text", ABSENT)
    assert client.received(Error("not-open", "", False, doc="notes", seq=1), 0.0) == []
    assert client.received(Error("unavailable", "", False, doc="notes", seq=1), 0.0) == []
    assert client.received(opened(), 0.0) == [DocumentOpened("notes")]


@pytest.mark.parametrize("taken_away", [False, True])
def test_a_document_closed_with_something_under_way_is_opened_again_with_its_fate_unknown(
    taken_away: bool,
) -> None:
    client = following()
    assert [type(m) for m in sent(client.edit("notes", ["x"], None, 0.0))] == [Submit]
    if taken_away:
        client.received(Closed("notes", "access-denied", ""), 0.0)
    else:
        client.unfollow("notes")
    assert sent(client.follow("notes", "text", ABSENT)) == [Open("notes", "text", inflight=1)]
    client.received(Reject("notes", 1, "superseded", ""), 0.0)
    client.received(opened(seq=1), 0.0)
    (submit,) = sent(client.edit("notes", ["y"], None, 0.0))
    assert isinstance(submit, Submit) and submit.seq == 2
