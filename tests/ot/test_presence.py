"""Where the others are, on a screen that has another revision than theirs."""

from __future__ import annotations

from ot import Entry, get_type
from ot.presence import Presences

TEXT = get_type("text")
RED = {"cursor": 2, "colour": "red"}


def entry(revision: int, op: list[object], client: str = "bob") -> Entry:
    return Entry(revision, client, revision, op, tag=f"t{revision}")


def test_a_presence_moves_over_what_has_landed_since_it_was_said() -> None:
    presences = Presences(TEXT, 4)
    presences.landed(entry(5, ["xy"]))
    presences.landed(entry(6, [4, "z"]))
    presences.heard("ada", 4, RED)
    assert presences.states == {"ada": {"cursor": 4, "colour": "red"}}


def test_ones_own_insert_at_the_cursor_moves_it_and_that_of_another_does_not() -> None:
    presences = Presences(TEXT, 4)
    presences.heard("ada", 4, RED)
    presences.landed(entry(5, [2, "x"], client="ada"))
    assert presences.states == {"ada": {"cursor": 3, "colour": "red"}}
    presences.landed(entry(6, [3, "y"]))
    assert presences.states == {"ada": {"cursor": 3, "colour": "red"}}


def test_a_presence_of_a_revision_that_is_not_here_yet_waits_for_it() -> None:
    presences = Presences(TEXT, 4)
    presences.heard("ada", 5, RED)
    assert presences.states == {}
    presences.landed(entry(5, ["xy"]))
    assert presences.states == {"ada": RED}


def test_a_presence_from_before_what_is_known_here_is_shown_without_its_positions() -> None:
    presences = Presences(TEXT, 4)
    presences.heard("ada", 3, RED)
    assert presences.states == {"ada": {"colour": "red"}}


def test_a_position_that_is_none_of_the_type_harms_nobody_else() -> None:
    presences = Presences(TEXT, 4)
    presences.heard("ada", 4, {"cursor": "here", "anchor": 1})
    presences.heard("bob", 4, RED)
    presences.landed(entry(5, ["x"], client="cyd"))
    assert presences.states == {
        "ada": {"cursor": None, "anchor": 2},
        "bob": {"cursor": 3, "colour": "red"},
    }
