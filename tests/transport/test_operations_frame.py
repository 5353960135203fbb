"""What lands is written down by hand, and the same as any other message is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ot import Entry
from transport import structure
from transport.messages import Operations

ENTRIES = st.builds(
    Entry,
    revision=st.integers(1, 100),
    client=st.text(max_size=3),
    seq=st.integers(1, 100),
    op=st.sampled_from([[5, "x"], [{"d": 1}], [], None, {"a": 1}]),
    span=st.sampled_from([1, 1, 2]),
    hash=st.sampled_from([None, None, "abc"]),
    tag=st.sampled_from([None, "0123456789abcdef"]),
)


@given(entries=st.lists(ENTRIES, max_size=4))
def test_entries_are_written_as_from_the_fields_of_their_class(entries: list[Entry]) -> None:
    message = Operations("notes", tuple(entries), "tag")
    long_way = {"type": "operations", **structure._UNSTRUCTURE[Operations](message)}
    assert list(structure.plain(message).items()) == list(long_way.items())
