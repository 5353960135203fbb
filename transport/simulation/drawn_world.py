"""What a seed stands for: how many take part, how slow everything is, and what goes wrong how often.

Each kind of fault is left out of a third of the worlds. Where all of them happen all the time, each hides
what the others would have shown ("swarm testing": Groce and others, 2012).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from transport.limits import MIB, Limits
from transport.simulation.knobs import drawn_knobs
from transport.simulation.permissions import DrawnAccess
from transport.simulation.workload import Workload

FAULTS: Final = (
    "cut",
    "cut that the server does not notice",
    "cut that the client does not notice",
    "ghost",
    "client crash",
    "offline",
    "slow reader",
    "repeated submission",
    "reopened document",
    "node crash",
    "crash at a point",
    "drain",
    "power cut",
    "store unavailable",
    "partition",
    "restored backup",
)
"""Every kind of fault, by the name under which it is counted."""

ACCESS_FAULTS: Final = ("permission taken away", "no fresh tokens", "hooks fail")
"""Those of worlds whose application says who may do what."""

RARELY: Final = frozenset({"restored backup", "power cut", "drain", "partition", *ACCESS_FAULTS[1:]})
"""Faults that everybody feels: one after the other would leave no time for anything else."""

LEFT_OUT: Final = 1 / 3
GUARDED: Final = 0.4
RATES: Final = (0.02, 0.6)  # a second, for each kind
POINTS: Final = (0.002, 0.05)  # of a crash, each time that a point is reached


@attrs.frozen
class DrawnWorld:
    """All that a seed decides before anything happens."""

    seed: int
    clients: int
    nodes: int
    documents: Mapping[str, Workload]
    latency: tuple[float, float]
    """Seconds that a write takes over the network."""
    disk_latency: tuple[float, float]
    keeps: tuple[bool, ...]
    """Whether each client keeps what is pending over a crash."""
    packs: tuple[bool, ...]
    """Whether each client speaks MessagePack."""
    pause: float
    """Mean seconds between two actions of one person."""
    faults: Mapping[str, float]
    """How often each kind happens, a second; of crashes at a point: how likely each time."""
    limits: Limits
    knobs: Mapping[str, Any]
    """Constants that are smaller than usual."""
    access: DrawnAccess | None = None
    """Who may do what; None: everybody is a guest that may do everything."""

    def __str__(self) -> str:
        parts = [f"seed {self.seed}"]
        for field in attrs.fields(DrawnWorld)[1:]:
            value = getattr(self, field.name)
            if field.name == "documents":
                value = {doc: workload.doc_type for doc, workload in value.items()}
            if field.name == "faults":
                value = {name: round(rate, 3) for name, rate in value.items()}
            parts.append(f"  {field.name} = {value}")
        return "\n".join(parts)


@attrs.frozen
class Narrowed:
    """How much of a drawn world takes part: to find the smallest one that still goes wrong."""

    clients: int = 99
    """At most so many."""
    nodes: int = 99
    documents: int = 99
    without: frozenset[str] = frozenset()
    """Kinds of faults that do not happen."""


WHOLE: Final = Narrowed()
"""All that the seed draws."""


def draw(seed: int, workloads: Sequence[Workload], narrowed: Narrowed = WHOLE) -> DrawnWorld:
    """Return the world of a seed."""
    drawn = drawn_in_full(seed, workloads)
    clients = min(drawn.clients, narrowed.clients)
    documents = list(drawn.documents.items())[: narrowed.documents]
    return attrs.evolve(
        drawn,
        clients=clients,
        nodes=min(drawn.nodes, narrowed.nodes),
        documents=dict(documents),
        keeps=drawn.keeps[:clients],
        packs=drawn.packs[:clients],
        access=drawn.access
        and attrs.evolve(
            drawn.access,
            readers=drawn.access.readers[:clients],
            forgetful=drawn.access.forgetful[:clients],
        ),
        faults={name: often for name, often in drawn.faults.items() if name not in narrowed.without},
    )


def drawn_in_full(seed: int, workloads: Sequence[Workload]) -> DrawnWorld:
    """Return all that a seed draws."""
    rng = random.Random(f"world {seed}")
    clients = rng.randint(2, 6)
    slowest = log_uniform(rng, 0.01, 2.0)
    disk = log_uniform(rng, 0.001, 0.3)
    faults = {name: rate(rng, name) for name in FAULTS if rng.random() >= LEFT_OUT}
    said = random.Random(f"access {seed}")  # of its own, so that whatever else a seed draws stays
    access = drawn_access(said, clients) if said.random() < GUARDED else None
    if access is not None:
        faults |= {name: rate(said, name) for name in ACCESS_FAULTS if said.random() >= LEFT_OUT}
    return DrawnWorld(
        seed=seed,
        clients=clients,
        nodes=rng.choice((1, 1, 2, 3)),
        documents={f"doc {number}": rng.choice(workloads) for number in range(rng.choice((1, 1, 2)))},
        latency=(slowest / 10, slowest),
        disk_latency=(disk / 10, disk),
        keeps=tuple(rng.random() < 0.5 for _ in range(clients)),
        packs=tuple(rng.random() < 0.3 for _ in range(clients)),
        pause=log_uniform(rng, 1.0, 8.0),
        faults=faults,
        limits=limits(rng),
        knobs=drawn_knobs(random.Random(f"knobs {seed}")),
        access=access,
    )


def drawn_access(rng: random.Random, clients: int) -> DrawnAccess:
    """Return who may do what; the first client may always edit, so that something happens."""
    slowest = log_uniform(rng, 0.001, 1.0)
    return DrawnAccess(
        readers=tuple(number > 0 and rng.random() < 0.25 for number in range(clients)),
        forgetful=tuple(rng.random() < 0.2 for _ in range(clients)),
        token_seconds=log_uniform(rng, 10.0, 60.0),
        hook_seconds=(slowest / 10, slowest),
    )


def rate(rng: random.Random, fault: str) -> float:
    """Return how often a fault happens."""
    if fault == "crash at a point":
        return log_uniform(rng, *POINTS)
    return log_uniform(rng, *RATES) / (5 if fault in RARELY else 1)


def limits(rng: random.Random) -> Limits:
    """Return limits so narrow that a simulated minute meets them."""
    return Limits(
        outbox_lagging_bytes=rng.choice((600, 2_000, 20_000)),
        outbox_closed_bytes=rng.choice((2_000, 60_000)),
        heartbeat_seconds=3.0,
        dead_seconds=7.0,
        document_bytes=rng.choice((150, 8 * MIB, 8 * MIB)),
        submissions_per_second=rng.choice((2, 200)),
        submission_burst=rng.choice((2, 400)),
        carry_budget=rng.choice((20, 200_000)),
        catch_up_entries=rng.choice((2, 8, 1_000)),
    )


def log_uniform(rng: random.Random, least: float, most: float) -> float:
    """Draw so that each order of magnitude is as likely."""
    return math.exp(rng.uniform(math.log(least), math.log(most)))
