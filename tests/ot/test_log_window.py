"""What a log keeps, and carries anything over, is bounded by the size of entries and not their number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ot import Bounds, Landed, Operation, Rejected, RevisionLog, get_type

SIZES = st.lists(st.integers(1, 40), max_size=30)


def of_components(count: int) -> Operation:
    """Return an operation of so many components, which ends in an insert."""
    return [1 if (count - at) % 2 == 0 else "x" for at in range(count)]


def log_of(sizes: list[int], **bounds: int) -> RevisionLog:
    """Return a log with an entry of as many components as each of `sizes` says."""
    log = RevisionLog(get_type("text"), "epoch", "y" * 2_000, bounds=Bounds(**bounds))
    for revision, size in enumerate(sizes):
        log.begin()
        assert isinstance(log.submit(revision, "ada", revision + 1, of_components(size)), Landed)
        log.commit()
    return log


@given(sizes=SIZES, own=st.integers(1, 20), base=st.integers(0, 30), budget=st.integers(0, 1500))
def test_a_submission_is_carried_only_where_it_and_the_entries_cost_no_more_than_the_budget(
    sizes: list[int], own: int, base: int, budget: int
) -> None:
    base = min(base, len(sizes))
    log = log_of(sizes, carry_cost=budget)
    behind = sizes[base:]
    single_insert = own <= 2
    cost = sum(behind) // 4 if single_insert else sum(own + size for size in behind)
    decision = log.submit(base, "bob", 1, of_components(own))
    if cost <= budget:
        assert isinstance(decision, Landed)
    else:
        assert isinstance(decision, Rejected)
        assert decision.outcome.code == "superseded"


def test_a_tiny_operation_is_not_carried_over_huge_entries() -> None:
    log = log_of([2_000] * 60, carry_cost=100_000)
    decision = log.submit(0, "bob", 1, [{"d": 1}])
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "superseded"
    assert isinstance(log.submit(20, "bob", 2, [{"d": 1}]), Landed)


@given(sizes=SIZES, keep=st.integers(0, 30), budget=st.integers(0, 400))
def test_a_log_keeps_the_last_entries_that_are_within_its_bounds(
    sizes: list[int], keep: int, budget: int
) -> None:
    log = log_of(sizes, carry_cost=budget)
    log.forget(keep)
    log._check()
    kept = sizes[len(sizes) - len(log.entries) :]
    assert len(kept) <= keep
    assert sum(kept) <= budget
    larger = sizes[len(sizes) - len(kept) - 1 :]
    assert len(kept) == len(sizes) or len(larger) > keep or sum(larger) > budget, "less is kept than may be"


def test_entries_of_many_bytes_are_not_kept_however_few_components_they_have() -> None:
    log = RevisionLog(get_type("text"), "epoch", "", bounds=Bounds(window_bytes=10_000))
    for revision in range(20):
        log.begin()
        log.submit(revision, "ada", revision + 1, ["x" * 3_000])
        log.commit()
        log.forget(2_000)
        log._check()
    assert [entry.revision for entry in log.entries] == [18, 19, 20]
    assert [entry.revision for entry in log.last(2, 10_000)] == [19, 20]
    assert [entry.revision for entry in log.last(3, 7_000)] == [19, 20]
    assert log.last(3, 2_000) == ()


@given(sizes=SIZES, begun=SIZES)
def test_a_step_that_is_taken_back_leaves_no_size_behind(sizes: list[int], begun: list[int]) -> None:
    log = log_of(sizes)
    log.begin()
    for seq, size in enumerate(begun, start=1):
        log.submit(log.revision, "bob", seq, of_components(size))
    log.rollback()
    log._check()
