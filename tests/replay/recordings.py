"""Traces made here, in the format of trace files, and what is known of them without any of our code."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import attrs

FIRST_CHARACTER = (
    0x4E00  # every transaction inserts a character of its own, so that a text tells who is in it
)


def write_trace(path: Path, **recorded: Any) -> Path:
    """Write a trace file as they are published."""
    path.write_bytes(gzip.compress(json.dumps(recorded).encode()))
    return path


def write_typing(path: Path, text: str, *, end: str | None = None) -> Path:
    """Write a sequential trace that types `text`, and claims to end with it or with `end`."""
    end = text if end is None else end
    return write_trace(
        path,
        kind="sequential",
        name="typing",
        length=len(end),
        sha256=hashlib.sha256(end.encode()).hexdigest(),
        end=end,
        txns=[[[position, 0, character]] for position, character in enumerate(text)],
    )


@attrs.frozen
class Conversation:
    """A concurrent trace of two authors who only insert, each time another character."""

    path: Path
    holds: tuple[frozenset[str], ...]
    """The characters of the document that each transaction was made on."""


def write_conversation(path: Path, rng: random.Random, count: int) -> Conversation:
    """Write a random concurrent trace: streaks of typing, and seen now this much, now that."""
    made: tuple[list[int], list[int]] = ([], [])
    seen = [0, 0]
    transactions: list[Any] = []
    holds: list[frozenset[str]] = []
    agent = 0
    for index in range(count):
        agent = 1 - agent if rng.random() < 0.3 else agent
        theirs = made[1 - agent]
        if index == count - 1:
            seen[agent] = len(theirs)
        elif rng.random() < 0.4:
            seen[agent] = rng.randint(seen[agent], len(theirs))
        held = [*made[agent], *theirs[: seen[agent]]]
        # What theirs were made on needs no looking at: it is earlier ones of theirs, and some of one's own.
        parents = [*made[agent][-1:], *theirs[: seen[agent]][-1:]]
        transactions.append([agent, parents, [[rng.randint(0, len(held)), 0, chr(FIRST_CHARACTER + index)]]])
        holds.append(frozenset(chr(FIRST_CHARACTER + one) for one in held))
        made[agent].append(index)
    write_trace(
        path, kind="concurrent", name="talk", agents=2, length=0, sha256="", end="", txns=transactions
    )
    return Conversation(path, tuple(holds))
