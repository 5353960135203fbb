"""Presence: the author is the session, and whoever comes late sees everybody where they are now."""

from __future__ import annotations

from ot import Json, RevisionLog, get_type
from transport.attendance import Attendance, Member
from transport.effects import RoomEffect, Share
from transport.messages import Identity, Presence, PresenceChanged

ADA = Member("s1", "ada", Identity("u1", "Ada"))
BOB = Member("s2", "bob", Identity("u2", "Bob"))
CYD = Member("s3", "cyd", Identity("u3", "Cyd"))


def attended(*members: Member) -> Attendance:
    here = Attendance("notes")
    for member in members:
        here.join(member)
    return here


def log_of(text: str) -> RevisionLog:
    return RevisionLog(get_type("text"), "e", text)


def cursor(effects: list[RoomEffect]) -> tuple[tuple[str, ...], str, Json]:
    (effect,) = effects
    assert isinstance(effect, Share) and isinstance(effect.message, PresenceChanged)
    return effect.sessions, effect.message.client, effect.message.state


def test_everybody_but_the_author_hears_and_the_author_is_the_session() -> None:
    here = attended(ADA, BOB, CYD)
    said = here.show(ADA, 4, {"cursor": 1, "client": "bob"})
    assert said == [
        Share(("s2", "s3"), PresenceChanged("notes", "ada", ADA.identity, 4, {"cursor": 1, "client": "bob"}))
    ]


def test_a_second_session_of_the_author_hears_nothing() -> None:
    here = attended(ADA, Member("s9", "ada", ADA.identity))
    assert here.show(ADA, 0, {"cursor": 0}) == []


def test_the_presence_of_whoever_goes_goes() -> None:
    here = attended(ADA, BOB)
    here.show(ADA, 0, {"cursor": 1})
    assert cursor(here.leave("s1", 3)) == (("s2",), "ada", None)
    assert here.others("bob", log_of("abc")) == ()


def test_whoever_was_never_shown_goes_without_a_word() -> None:
    here = attended(ADA, BOB)
    assert here.leave("s1", 0) == []
    assert here.leave("s1", 0) == []


def test_null_takes_a_presence_away() -> None:
    here = attended(ADA, BOB)
    here.show(ADA, 0, {"cursor": 1})
    assert cursor(here.show(ADA, 0, None)) == (("s2",), "ada", None)
    assert here.others("bob", log_of("abc")) == ()


def test_late_comers_get_positions_moved_to_the_newest_revision() -> None:
    here, log = attended(ADA, BOB), log_of("abc")
    here.show(ADA, 0, {"cursor": 1, "anchor": 2, "colour": "red"})
    here.show(BOB, 0, {"cursor": 0})
    log.submit(0, "bob", 1, ["xx"])  # in front of Ada, where Bob's own cursor was
    assert here.others("cyd", log) == (
        Presence("ada", ADA.identity, 1, {"cursor": 3, "anchor": 4, "colour": "red"}),
        Presence("bob", BOB.identity, 1, {"cursor": 2}),
    )


def test_a_cursor_goes_in_front_of_what_others_insert_there_and_behind_ones_own() -> None:
    here, log = attended(ADA, BOB), log_of("abc")
    here.show(ADA, 0, {"cursor": 1})
    here.show(BOB, 0, {"cursor": 1})
    log.submit(0, "bob", 1, [1, "x"])
    states = {presence.client: presence.state for presence in here.others("cyd", log)}
    assert states == {"ada": {"cursor": 1}, "bob": {"cursor": 2}}


def test_a_presence_from_before_the_window_stays_without_its_positions() -> None:
    here, log = attended(ADA, BOB), log_of("abc")
    here.show(ADA, 0, {"cursor": 1, "colour": "red"})
    log.submit(0, "bob", 1, ["x"])
    log.submit(1, "bob", 2, ["y"])
    log.forget(1)
    assert here.others("bob", log) == (Presence("ada", ADA.identity, 2, {"colour": "red"}),)


def test_clearing_lets_everybody_go_and_says_who_was_here() -> None:
    here = attended(ADA, BOB)
    here.show(ADA, 0, {"cursor": 1})
    assert here.clear() == ("s1", "s2")
    assert here.sessions == ()
    assert here.others("x", log_of("")) == ()
