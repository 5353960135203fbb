"""Snapshots are kept densely near the newest and sparsely far back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.thinning import superfluous


def kept_after(count: int, interval: int) -> list[int]:
    """Return what is left when a snapshot is saved every `interval` revisions and thinned each time."""
    kept = [0]
    for revision in range(interval, count * interval + 1, interval):
        kept.append(revision)
        kept = [one for one in kept if one not in superfluous(kept)]
    return kept


def test_the_first_and_the_newest_three_always_stay() -> None:
    for count in range(3, 300):
        kept = kept_after(count, 100)
        assert {0, (count - 2) * 100, (count - 1) * 100, count * 100} <= set(kept)


@given(st.sets(st.integers(min_value=1, max_value=2000)))
def test_the_first_and_the_newest_three_stay_however_uneven_the_others_are(revisions: set[int]) -> None:
    dropped = set(superfluous({0} | revisions))
    assert dropped.isdisjoint({0, *sorted(revisions)[-3:]})


def test_few_snapshots_all_stay() -> None:
    assert superfluous([]) == []
    assert superfluous([0]) == []
    assert superfluous([0, 5, 7, 9]) == []


def test_the_number_kept_grows_with_the_logarithm() -> None:
    for count in (10, 100, 1000):
        assert len(kept_after(count, 100)) <= 4 + (count * 100).bit_length()


def test_an_old_revision_is_replayed_from_near_in_proportion_to_its_age() -> None:
    for count in (20, 77, 256, 999):
        newest, kept = count * 100, kept_after(count, 100)
        for revision in range(0, newest, 50):
            distance = revision - max(one for one in kept if one <= revision)
            assert distance <= 3 * (newest - revision) + 100


def test_the_order_in_which_they_are_given_does_not_matter() -> None:
    revisions = [0, *range(10, 500, 10)]
    assert superfluous(reversed(revisions)) == superfluous(revisions)
