"""Running totals say of any window what adding up its entries one by one says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ot import Entry
from ot.operation_size import OperationSize
from ot.window_sizes import WindowSizes

SIZES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=12)
PLACES = st.integers(0, 14)


def window(sizes: list[tuple[int, int]]) -> WindowSizes:
    """Return the window of entries with so many components and bytes each."""
    found = WindowSizes()
    for components, size in sizes:
        found.append(components, size)
    return found


def summed(sizes: list[tuple[int, int]]) -> OperationSize:
    """Return what entries have together, one after the other."""
    return OperationSize(sum(size[0] for size in sizes), sum(size[1] for size in sizes))


@given(SIZES, PLACES)
def test_the_size_of_the_last_entries_is_their_sum(sizes: list[tuple[int, int]], index: int) -> None:
    together = summed(sizes[index:])
    assert window(sizes).since(index) == (len(sizes[index:]), together.components, together.bytes)


@given(SIZES, PLACES, st.integers(0, 900))
def test_as_many_of_the_last_entries_fit_as_can_be_added_up(
    sizes: list[tuple[int, int]], count: int, most: int
) -> None:
    fitting = [
        some for some in range(min(count, len(sizes)) + 1) if summed(sizes[len(sizes) - some :]).bytes <= most
    ]
    assert window(sizes).fits(count, most) == max(fitting)


@given(SIZES, PLACES, st.integers(0, 90), st.integers(0, 900))
def test_the_fewest_first_entries_go_that_leave_the_rest_within_all_bounds(
    sizes: list[tuple[int, int]], keep: int, components: int, most: int
) -> None:
    bound = OperationSize(components, most)
    enough = [
        count
        for count in range(len(sizes) + 1)
        if len(sizes) - count <= keep and summed(sizes[count:]).within(bound)
    ]
    assert window(sizes).excess(keep=keep, components=components, most_bytes=most) == min(enough)


@given(SIZES, st.integers(0, 12), st.integers(0, 12), st.lists(st.text("ab", max_size=3), max_size=4))
def test_entries_come_and_go_at_both_ends(
    sizes: list[tuple[int, int]], first: int, last: int, older: list[str]
) -> None:
    found, last = window(sizes), min(last, len(sizes))
    first = min(first, len(sizes) - last)
    found.drop_last(last)
    found.drop_first(first)
    found.widen([Entry(1, "ada", 1, [text]) for text in older])
    widened = [(1, len(f'["{text}"]')) for text in older] + sizes[first : len(sizes) - last]
    for index in range(len(widened) + 1):
        together = summed(widened[index:])
        assert found.since(index) == (len(widened) - index, together.components, together.bytes)
    assert (found.components, found.bytes) == (summed(widened).components, summed(widened).bytes)
