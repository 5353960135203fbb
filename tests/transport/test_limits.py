"""The limits that the design promises, what is told of them, and rates with bursts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transport.limits import Limits
from transport.messages import SentLimits
from transport.token_bucket import TokenBucket


def test_the_defaults_are_those_of_the_design() -> None:
    limits = Limits()
    assert limits.sent() == SentLimits(
        message_bytes=1_048_576,
        operation_bytes=262_144,
        operation_components=20_000,
        json_depth=64,
        document_bytes=8_388_608,
        documents=1_000,
        submissions_per_second=200,
        submission_burst=400,
        presences_per_second=20,
    )
    assert (limits.outbox_lagging_bytes, limits.outbox_closed_bytes) == (1_048_576, 8_388_608)
    assert (limits.hello_seconds, limits.heartbeat_seconds, limits.dead_seconds) == (10, 20, 45)
    assert (limits.greeting_bytes, limits.greeting_messages) == (65_536, 20)


def test_what_is_configured_is_what_is_told() -> None:
    assert Limits(documents=7).sent().documents == 7


def test_a_full_bucket_lets_a_burst_through_and_then_the_rate() -> None:
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take(100.25) == 0.25
    assert bucket.take(100.5) == 0
    assert bucket.take(100.5) == 0.5


def test_a_quiet_time_saves_up_no_more_than_a_burst() -> None:
    bucket = TokenBucket(rate=2, burst=3)
    bucket.take(0.0)
    assert [bucket.take(1000.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_waiting_as_long_as_told_is_long_enough() -> None:
    bucket = TokenBucket(rate=4, burst=1)
    assert bucket.take(0.0) == 0
    assert bucket.take(bucket.take(0.0)) == 0


def test_a_clock_that_steps_back_neither_gives_nor_takes() -> None:
    bucket = TokenBucket(rate=1, burst=1)
    assert bucket.take(50.0) == 0
    assert bucket.take(10.0) == 1
    assert bucket.take(50.5) == 0.5


@given(
    rate=st.integers(1, 50),
    burst=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 2), max_size=60),
)
def test_no_stretch_of_time_lets_more_through_than_burst_and_rate(
    rate: int, burst: int, gaps: list[float]
) -> None:
    bucket, now, passed = TokenBucket(rate, burst), 0.0, []
    for gap in gaps:
        now += gap
        if bucket.take(now) == 0:
            passed.append(now)
    for first, start in enumerate(passed):
        for count, end in enumerate(passed[first:], start=1):
            assert count <= burst + rate * (end - start) + 1e-6
