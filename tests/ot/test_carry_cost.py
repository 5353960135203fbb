"""What is too costly to carry is given up before it is tried, whatever the type; what people do is not."""

from __future__ import annotations

import time
from typing import Final

import pytest

from ot import (
    Bounds,
    Json,
    Landed,
    Operation,
    Rejected,
    RevisionLog,
    Snapshot,
    get_type,
    operation_size,
)
from ot.carry_cost import carry_cost

BUDGET: Final = 100_000
MOST: Final = {"operation_bytes": 256 * 1024, "operation_components": 20_000, "carry_cost": BUDGET}

COUNT: Final = 4_900


def log_of(name: str, document: Snapshot) -> RevisionLog:
    return RevisionLog(get_type(name), "epoch", document, bounds=Bounds(**MOST))


def members(prefix: str, count: int = COUNT) -> Operation:
    return [{"p": [f"{prefix}{n}"], "oi": 1} for n in range(count)]


def within_json1(op: Operation) -> Operation:
    return ["a", {"et": "json0", "e": op}]


KEYSTROKES: Final = [{"p": ["a", 3 * n], "si": "y"} for n in range(3_900)]
LONG: Final = "x" * 250_000
NAMES: Final = {f"n{n}": 1 for n in range(19_000)}
PARTS: Final = [part for _ in range(COUNT) for part in ({"retain": 1}, {"insert": "y"})]
BOLD: Final = [{"retain": 1, "attributes": {"b": n}} for n in range(COUNT)]

ATTACKS: Final[dict[str, tuple[str, Snapshot, Operation, Operation]]] = {
    "members beside members": ("json0", {}, members("a"), members("b")),
    "a thousand members beside a thousand": ("json0", {}, members("a", 1_000), members("b", 1_000)),
    "items before items": ("json0", [], [{"p": [0], "li": 1}] * COUNT, [{"p": [0], "li": 2}] * COUNT),
    "moves of items": (
        "json0",
        list(range(COUNT)),
        [{"p": [n], "lm": 0} for n in range(COUNT)],
        [{"p": [n], "lm": 0} for n in range(COUNT)],
    ),
    "deletes of a long string that the other edits": (
        "json0",
        {"a": LONG},
        KEYSTROKES,
        [{"p": ["a"], "od": LONG}],
    ),
    "edits of a long string that the other deletes": (
        "json0",
        {"a": LONG},
        [{"p": ["a"], "od": LONG}],
        KEYSTROKES,
    ),
    "components of text0": (
        "json0",
        {"a": "x" * COUNT},
        [{"p": ["a"], "t": "text0", "o": [{"p": n, "i": "y"} for n in range(0, COUNT, 2)]}],
        [{"p": ["a"], "t": "text0", "o": [{"p": n, "i": "y"} for n in range(0, COUNT, 2)]}],
    ),
    "json0 inside json1": ("json1", {"a": {}}, within_json1(members("a")), within_json1(members("b"))),
    "many attributes over many inserts": (
        "rich-text",
        [{"insert": "x" * 100_000}],
        PARTS,
        [{"retain": 50_000, "attributes": NAMES}],
    ),
    "many attributes over many formats": (
        "rich-text",
        [{"insert": "x" * 100_000}],
        BOLD,
        [{"retain": 50_000, "attributes": NAMES}],
    ),
    "a large attribute over many inserts": (
        "rich-text",
        [{"insert": "x" * 100_000}],
        PARTS,
        [{"retain": 50_000, "attributes": {"n": LONG}}],
    ),
}


@pytest.mark.parametrize("kind", ATTACKS)
def test_two_operations_at_the_limits_do_not_meet(kind: str) -> None:
    name, document, first, second = ATTACKS[kind]
    log = log_of(name, document)
    assert isinstance(log.submit(0, "mallory", 1, first), Landed)
    began = time.thread_time()
    decision = log.submit(0, "eve", 1, second)
    taken = time.thread_time() - began
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "superseded"
    assert taken < 0.3, f"{taken:.3f} s of work; to carry it takes seconds or minutes"


KEYS: Final[dict[str, tuple[Snapshot, Operation]]] = {
    "text": ("abc", [1, "x"]),
    "rich-text": ([{"insert": "abc"}], [{"retain": 1}, {"insert": "x", "attributes": {"bold": True}}]),
    "json1": ({"a": "abc"}, ["a", {"es": [1, "x"]}]),
    "json0": ({"a": "abc"}, [{"p": ["a", 1], "si": "x"}]),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_keystroke_is_carried_over_all_that_a_catch_up_may_hold(name: str) -> None:
    document, op = KEYS[name]
    log = log_of(name, document)
    for seq in range(1, 1_001):
        assert isinstance(log.submit(log.revision, "ada", seq, op), Landed)
    assert isinstance(log.submit(0, "bob", 1, op), Landed)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "op",
    [
        None,
        1,
        "a",
        [],
        {},
        [[]],
        [{}],
        [{"o": 1, "t": []}],
        [{"et": []}],
        [{"et": "nobody", "e": 1}],
        [{"retain": {"x": 1}, "attributes": 1}],
        [{"attributes": None}],
    ],
)
def test_any_json_has_a_cost_before_it_is_checked(name: str, op: Json) -> None:
    assert carry_cost(get_type(name), op).entry >= operation_size(op).components
