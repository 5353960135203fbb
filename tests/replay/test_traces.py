"""A trace file is read as it is meant, or refused with what is wrong with it."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any, Final

import pytest

from tests.replay.recordings import write_conversation, write_trace
from transport.traces import BadTrace, operation, read_trace

TRACES: Final = Path(__file__).parent.parent.parent / "benchmarks" / "traces"

CONCURRENT: Final[dict[str, Any]] = {
    "name": "x",
    "length": 0,
    "sha256": "",
    "kind": "concurrent",
    "agents": 2,
}
A: Final = [[0, 0, "a"]]  # the edits of a transaction that does not matter


@pytest.mark.parametrize("name", ["rustcode", "sveltecomponent"])
def test_operations_of_many_edits_leave_what_the_edits_leave(name: str) -> None:
    path = TRACES / f"{name}.json.gz"
    recorded = json.loads(gzip.decompress(path.read_bytes()))["txns"]
    several = [(edits, made.op) for edits, made in zip(recorded, read_trace(path).transactions, strict=True)]
    several = [(edits, op) for edits, op in several if len(edits) > 1]
    assert len(several) > 50
    text = "".join(map(chr, random.Random(0).choices(range(0x100, 0x9000), k=70_000)))
    for edits, op in several:
        assert after_operation(text, op) == after_edits(text, edits)


def after_edits(text: str, edits: list[Any]) -> str:
    for position, deleted, inserted in edits:
        text = text[:position] + inserted + text[position + deleted :]
    return text


def after_operation(text: str, op: Any) -> str:
    """Apply by the format's description: skip, insert, delete from the start on."""
    done, position = "", 0
    for component in op:
        if isinstance(component, str):
            done += component
        elif isinstance(component, int):
            done, position = done + text[position : position + component], position + component
        else:
            position += component["d"]
    return done + text[position:]


def test_edits_of_one_transaction_may_touch_each_other() -> None:
    assert operation([[3, 0, "xy"], [2, 2, ""], [2, 1, "z"]]) == [2, "z", {"d": 1}]


@pytest.mark.parametrize("seed", range(5))
def test_what_an_author_had_seen_is_what_the_parents_hold(tmp_path: Path, seed: int) -> None:
    conversation = write_conversation(tmp_path / "talk.json.gz", random.Random(seed), 120)
    made = [0, 0]
    for transaction, held in zip(read_trace(conversation.path).transactions, conversation.holds, strict=True):
        assert made[transaction.agent] + transaction.seen == len(held)
        made[transaction.agent] += 1


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        ({"kind": "sideways"}, "'sideways'"),
        ({**CONCURRENT, "agents": 3}, "agents"),
        ({**CONCURRENT, "txns": [[0, [], A], [0, [], A]]}, "transaction 1 was made without an earlier one"),
        ({**CONCURRENT, "txns": [[0, [], A], [1, [4], A]]}, "IndexError"),
        ({"kind": "sequential", "name": "x", "txns": [[]]}, "no trace"),
        ({"kind": "sequential", "name": "x", "txns": [A]}, "'length'"),
        ([], "no trace"),
    ],
)
def test_what_is_no_trace_is_refused_with_the_reason(tmp_path: Path, recorded: Any, reason: str) -> None:
    path = tmp_path / "bad.json.gz"
    path.write_bytes(gzip.compress(json.dumps(recorded).encode()))
    with pytest.raises(BadTrace, match=reason) as refusal:
        read_trace(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize(
    "damage", [lambda data: b"text", lambda data: data[:-9], lambda data: data[:12] + b"\xff" * 9]
)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Any) -> None:
    path = write_trace(tmp_path / "x.json.gz", kind="sequential", name="x", length=0, sha256="", txns=[])
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadTrace, match=r"x\.json\.gz"):
        read_trace(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTrace, match="nowhere"):
        read_trace(tmp_path / "nowhere")
