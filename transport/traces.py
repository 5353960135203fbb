"""Recorded editing sessions: read a trace file into operations, and what each author had seen.

A trace is one gzipped JSON object: `kind`, `name`, `length` and `sha256` of the text it ends with, and
`txns`. An edit is `[position, deleted, inserted]` in code points; a transaction's edits are made one
after the other, and sent as one operation.

    sequential   a transaction is a list of edits, made on what the one before left
    concurrent   a transaction is [agent, parents, edits], made on what its parents hold, and no more

An agent's own transactions hold its earlier ones, so what one of two agents had seen is a single
number: how many of the other's transactions.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, Final

import attrs

from ot import Operation, get_type

AGENTS: Final = 2
"""Authors that a concurrent trace may have. With three, one log in one order cannot give each of them
exactly what it had: what one has to be sent may be what another must not have yet."""

TEXT: Final = get_type("text")


class BadTrace(Exception):
    """A file that is no trace, or none that can be replayed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@attrs.frozen
class Transaction:
    """What one author did at once."""

    agent: int
    seen: int
    """How many transactions of the other agent the author's document held."""
    op: Operation
    """Made on the document that holds those and all earlier ones of its own agent."""


@attrs.frozen
class Trace:
    """One recorded session."""

    name: str
    agents: int
    """Two for a concurrent trace, one for a sequential one."""
    transactions: tuple[Transaction, ...]
    length: int
    """Code points of the text that it ends with."""
    sha256: str
    """Of that text's UTF-8."""


def read_trace(path: Path) -> Trace:
    """Read a trace file; raise BadTrace if it is none."""
    try:
        recorded = json.loads(gzip.decompress(path.read_bytes()))
        if recorded["kind"] == "sequential":
            agents, transactions = 1, _sequential(recorded["txns"])
        elif recorded["kind"] == "concurrent" and recorded["agents"] == AGENTS:
            agents, transactions = AGENTS, _concurrent(recorded["txns"])
        else:
            raise BadTrace(path, f"sessions of kind {recorded['kind']!r} with these agents are not replayed")
        return Trace(recorded["name"], agents, transactions, recorded["length"], recorded["sha256"])
    except OSError as error:  # also what gzip raises
        raise BadTrace(path, error.strerror or str(error)) from error
    except (EOFError, zlib.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BadTrace(path, f"no trace: {type(error).__name__}: {error}") from error


def _sequential(recorded: Iterable[Any]) -> tuple[Transaction, ...]:
    return tuple(Transaction(0, 0, operation(edits)) for edits in recorded)


def _concurrent(recorded: Iterable[Any]) -> tuple[Transaction, ...]:
    transactions: list[Transaction] = []
    holds: list[tuple[int, int]] = []
    made = [0, 0]
    for agent, parents, edits in recorded:
        before = [max((holds[parent][each] for parent in parents), default=0) for each in range(AGENTS)]
        if before[agent] != made[agent]:
            raise ValueError(f"transaction {len(holds)} was made without an earlier one of its own agent")
        made[agent] += 1
        transactions.append(Transaction(agent, before[1 - agent], operation(edits)))
        before[agent] += 1
        holds.append((before[0], before[1]))
    return tuple(transactions)


def operation(edits: Iterable[Sequence[Any]]) -> Operation:
    """Return edits that were made one after the other as one operation."""
    return reduce(TEXT.compose, (TEXT.normalize(_splice(*edit)) for edit in edits))


def _splice(position: int, deleted: int, inserted: str) -> Operation:
    return [position, inserted, {"d": deleted}]
