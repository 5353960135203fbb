"""What operators see of a hub, as Prometheus metrics.

Labels are words of this code's own (a rejection's code), never anything that a client chose: the number
of series does not grow with documents, clients or what they send.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Total:
    """A count of what every step adds to: the library's takes a lock, and four times as long."""

    def __init__(self, name: str, documentation: str) -> None:
        self.count = 0
        self._name = name
        self._documentation = documentation

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield what there is to tell, as the registry asks for it."""
        yield CounterMetricFamily(self._name, self._documentation, self.count)


class Told:
    """A count that somebody else keeps."""

    def __init__(self, name: str, documentation: str, count: Callable[[], int]) -> None:
        self._name = name
        self._documentation = documentation
        self._count = count

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield what there is to tell, as the registry asks for it."""
        yield CounterMetricFamily(self._name, self._documentation, self._count())


class Distribution:
    """A histogram that takes a step's worth at once, without a lock, like `Total`."""

    def __init__(self, name: str, documentation: str, buckets: Sequence[float]) -> None:
        self._name = name
        self._documentation = documentation
        self._buckets = buckets
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0

    def observe(self, values: Iterable[float]) -> None:
        """Count some values."""
        for value in values:
            self._counts[bisect_left(self._buckets, value)] += 1
            self._sum += value

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Yield what there is to tell, as the registry asks for it."""
        bounds = map(floatToGoString, (*self._buckets, float("inf")))
        counts = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, counts, self._sum)


class Metrics:
    """The metrics of one hub, in a registry of its own so that several can live in one process."""

    def __init__(self, syncs: Callable[[], int]) -> None:
        """`syncs` says how often the store has waited for its disk."""
        self.registry = CollectorRegistry()
        self.sessions = Gauge("counterpoint_sessions", "Connections that are open", registry=self.registry)
        self.rooms = Gauge("counterpoint_rooms", "Documents in memory", registry=self.registry)
        self.operations = Total("counterpoint_operations", "Operations that landed")
        self.rejects = Counter(
            "counterpoint_rejects", "Submissions refused for good", ["code"], registry=self.registry
        )
        self.errors = Counter(
            "counterpoint_errors", "Errors sent to clients", ["code"], registry=self.registry
        )
        self.lagging = Counter(
            "counterpoint_lagging", "Times that a slow reader was let fall behind", registry=self.registry
        )
        self.latency = Distribution(
            "counterpoint_commit_seconds", "From the arrival of a submission to its acknowledgement", SECONDS
        )
        self.batch = Distribution("counterpoint_batch_size", "Operations a commit", BATCH)
        self.syncs = Told("counterpoint_store_syncs", "Times that the store waited for its disk", syncs)
        for own in (self.operations, self.latency, self.batch, self.syncs):
            self.registry.register(own)
        self.outbox_bytes = Gauge(
            "counterpoint_outbox_bytes", "Bytes that wait for slow readers", registry=self.registry
        )

    def exposition(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)
