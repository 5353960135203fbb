"""Who comes back from where another has come from is led on by what was composed then, and rightly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import transport.room
from ot import get_type
from tests.transport.played_room import ADA, BOB, CYD, PlayedRoom, entries
from transport.effects import Fetch
from transport.messages import Opened

TEXT = get_type("text")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("land"), st.integers(0, 5)),
        st.tuples(st.just("open"), st.integers(0, 30)),
        st.tuples(st.just("forged"), st.integers(0, 30)),
    ),
    min_size=8,
    max_size=30,
)


def read_before(room: PlayedRoom) -> list[tuple[int, int]]:
    """Return the older entries that a room has asked its store for."""
    return [
        asked.older for asked in room.asked_before if isinstance(asked, Fetch) and asked.older is not None
    ]


def test_of_those_who_come_from_before_the_window_only_the_first_has_it_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport.room, "WINDOW", 3)
    room = PlayedRoom()
    room.followed_by(ADA, BOB, CYD)
    held = room.here()
    for count in range(9):
        room.submit(BOB, count, count + 1, [str(count)])
        room.settle()
    for who, landing in ((ADA, 9), (CYD, 10)):
        room.open(who, **held)
        room.submit(BOB, landing, landing + 1, [str(landing % 10)])
        room.settle()
    assert read_before(room) == [(0, 6)]
    (opened,) = room.said_to(CYD, Opened)
    assert opened.entries is not None
    assert [(e.revision, e.span, e.op) for e in opened.entries] == [(10, 10, ["9876543210"])]


@given(steps=STEPS)
def test_whoever_is_led_on_ends_at_the_document_and_no_other_past_is_taken_for_this_one(
    steps: list[tuple[str, int]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport.room, "WINDOW", 3)
        room = PlayedRoom()
        room.followed_by(ADA, BOB)
        places: list[dict[str, Any]] = [room.here()]
        texts = [""]
        for act, number in steps:
            if act == "land":
                revision = len(texts) - 1
                at = min(number, len(texts[-1]))
                room.submit(BOB, revision, revision + 1, [at, str(number)] if at else [str(number)])
                room.settle()
                texts.append(TEXT.apply(texts[-1], entries(room)[-1].op))
                places.append(room.here())
                continue
            revision = number % len(places)
            forged = {"tag": "0" * 16} if act == "forged" else {}
            room.heard.clear()
            room.open(ADA, **{**places[revision], **forged})
            room.settle()
            (opened,) = room.said_to(ADA, Opened)
            assert opened.resumed == (act == "open")
            if opened.entries is not None:
                text = texts[revision]
                for entry in opened.entries:
                    text = TEXT.apply(text, entry.op)
                assert text == texts[-1]
            else:
                assert opened.snapshot == texts[-1]
