"""What operators see of a hub, as Prometheus metrics.

Labels are words of this code's own (a rejection's code), never anything that a client chose: the number
of series does not grow with documents, clients or what they send.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500)


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
        self.latency = Histogram(
            "counterpoint_commit_seconds",
            "From the arrival of a submission to its acknowledgement",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.batch = Histogram(
            "counterpoint_batch_size", "Operations a commit", buckets=BATCH, registry=self.registry
        )
        self.outbox_bytes = Gauge(
            "counterpoint_outbox_bytes", "Bytes that wait for slow readers", registry=self.registry
        )

    def exposition(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)
