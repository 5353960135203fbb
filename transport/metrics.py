"""What operators see of a hub, as Prometheus metrics.

Labels are words of this code's own (a rejection's code), never anything that a client chose: the number
of series does not grow with documents, clients or what they send.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.utils import floatToGoString

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Waits:
    """A histogram of seconds that takes a turn's worth at once: the library's takes a lock for each."""

    def __init__(self, name: str, documentation: str, buckets: Sequence[float]) -> None:
        self._name = name
        self._documentation = documentation
        self._buckets = buckets
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0

    def observe(self, waits: Iterable[float]) -> None:
        """Count some waits."""
        for seconds in waits:
            self._counts[bisect_left(self._buckets, seconds)] += 1
            self._sum += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Yield what there is to tell, as the registry asks for it."""
        bounds = map(floatToGoString, (*self._buckets, float("inf")))
        counts = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, counts, self._sum)


class Metrics:
    """The metrics of one hub, in a registry of its own so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = Gauge("counterpoint_sessions", "Connections that are open", registry=self.registry)
        self.rooms = Gauge("counterpoint_rooms", "Documents in memory", registry=self.registry)
        self.operations = Counter("counterpoint_operations", "Operations that landed", registry=self.registry)
        self.rejects = Counter(
            "counterpoint_rejects", "Submissions refused for good", ["code"], registry=self.registry
        )
        self.errors = Counter(
            "counterpoint_errors", "Errors sent to clients", ["code"], registry=self.registry
        )
        self.lagging = Counter(
            "counterpoint_lagging", "Times that a slow reader was let fall behind", registry=self.registry
        )
        self.latency = Waits(
            "counterpoint_commit_seconds", "From the arrival of a submission to its acknowledgement", SECONDS
        )
        self.registry.register(self.latency)
        self.batch = Histogram(
            "counterpoint_batch_size", "Operations a commit", buckets=BATCH, registry=self.registry
        )
        self.outbox_bytes = Gauge(
            "counterpoint_outbox_bytes", "Bytes that wait for slow readers", registry=self.registry
        )

    def exposition(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)
