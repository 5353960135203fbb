"""A turn's waits, counted at once, are the histogram that Prometheus's own would be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from transport.metrics import SECONDS, Distribution, Total

TURNS = st.lists(st.lists(st.one_of(st.sampled_from(SECONDS), st.floats(0, 10)), max_size=5), max_size=5)


def told(registry: CollectorRegistry) -> list[str]:
    """Return what a registry tells, but for when it began."""
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if "_created" not in line]


@given(turns=TURNS)
def test_waits_are_told_as_the_library_tells_them(turns: list[list[float]]) -> None:
    ours, plain = CollectorRegistry(), CollectorRegistry()
    waits = Distribution("waits_seconds", "How long it took", SECONDS)
    ours.register(waits)
    histogram = Histogram("waits_seconds", "How long it took", buckets=SECONDS, registry=plain)
    for turn in turns:
        waits.observe(turn)
        for seconds in turn:
            histogram.observe(seconds)
    assert told(ours) == told(plain)


def test_a_total_is_told_as_the_library_tells_it() -> None:
    ours, plain = CollectorRegistry(), CollectorRegistry()
    total = Total("things", "How many")
    ours.register(total)
    counter = Counter("things", "How many", registry=plain)
    total.count += 3
    counter.inc(3)
    assert told(ours) == told(plain)
