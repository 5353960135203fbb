"""How costs of `text` grow: with the length of the document, and with the components of an operation."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time
from typing import Final, TypeAlias

import ot
from benchmarks.tables import Figure, Plot, Table
from ot import Operation
from ot.live_document import live_document
from ot.measuring import Call, fitted_exponent, rate

LENGTHS: Final = (10_000, 100_000, 1_000_000, 10_000_000)
COMPONENTS: Final = (10, 100, 1_000, 10_000)
KEYSTROKES: Final = 200  # for one figure: one in a str of 10,000,000 takes milliseconds
ROUNDS: Final = 3

Typist: TypeAlias = Callable[[str], Callable[[Sequence[int]], None]]
"""Takes a document, and returns what types a character at each of some places."""

TEXT: Final = ot.get_type("text")


def tables() -> list[Table]:
    """Measure keystrokes in documents of several lengths, and operations of several sizes."""
    return [_keystrokes(), _operations()]


def _keystrokes() -> Table:
    rows = (("str, sliced", _sliced), ("apply", _applied), ("the log's document", _live))
    return Table(
        "text, one keystroke: microseconds, by code points of the document",
        f"{KEYSTROKES} insertions of one character, each behind the last, or anywhere; the best of {ROUNDS} "
        "rounds, in processor time. Exponent: of the power of the length that fits best.",
        (*(f"{length:,}" for length in LENGTHS), "exponent"),
        tuple(
            (f"{name}, {where}", _by_size(LENGTHS, [_microseconds(typist, n, where) for n in LENGTHS]))
            for name, typist in rows
            for where in ("typing on", "anywhere")
        ),
        better="less",
        plots=(_curve(LENGTHS, "code points"),),
    )


def _operations() -> Table:
    cases = [(operation(random.Random(1), count), operation(random.Random(2), count)) for count in COMPONENTS]
    functions = (("transform", partial(TEXT.transform, side="left")), ("compose", TEXT.compose))
    return Table(
        "text, one call: microseconds, by components of both operations",
        "Inserts, deletes and skips of up to ten code points, as many of each. The best of five rounds, in "
        "processor time.",
        (*(f"{count:,}" for count in COMPONENTS), "exponent"),
        tuple(
            (name, _by_size(COMPONENTS, [1e6 / _rate(name, partial(f, *case)) for case in cases]))
            for name, f in functions
        ),
        better="less",
        plots=(_curve(COMPONENTS, "components"),),
    )


def _curve(sizes: Sequence[int], across: str) -> Plot:
    return Plot("curves", tuple(f"{size:,}" for size in sizes), "microseconds", across)


def _rate(name: str, call: Call) -> float:
    return rate(name, [call], clock=process_time).per_second


def _by_size(sizes: Sequence[int], costs: Sequence[float]) -> tuple[Figure, ...]:
    return (*costs, fitted_exponent(list(zip(sizes, costs, strict=True))))


def _microseconds(typist: Typist, length: int, where: str) -> float:
    rng, document = random.Random(1), "x" * length
    places = [length // 2 + count for count in range(KEYSTROKES)]
    if where == "anywhere":
        places = [rng.randint(1, length) for _ in places]
    type_all = typist(document)
    return min(_seconds(type_all, places) for _ in range(ROUNDS)) * 1e6 / KEYSTROKES


def _seconds(type_all: Callable[[Sequence[int]], None], places: Sequence[int]) -> float:
    started = process_time()
    type_all(places)
    return process_time() - started


def _sliced(document: str) -> Callable[[Sequence[int]], None]:
    def type_all(places: Sequence[int]) -> None:
        text = document
        for place in places:
            text = text[:place] + "y" + text[place:]

    return type_all


def _applied(document: str) -> Callable[[Sequence[int]], None]:
    def type_all(places: Sequence[int]) -> None:
        text = document
        for place in places:
            text = TEXT.apply(text, [place, "y"])

    return type_all


def _live(document: str) -> Callable[[Sequence[int]], None]:
    live = live_document(TEXT, document)

    def type_all(places: Sequence[int]) -> None:
        for place in places:
            live.apply([place, "y"])

    return type_all


def operation(rng: random.Random, count: int) -> Operation:
    """Return an operation of so many components, in normal form."""
    op: list[Operation] = []
    while len(op) < count:
        size = rng.randint(1, 10)
        component = rng.choice((size, "x" * size, {"d": size}))
        if not op or type(component) is not type(op[-1]):
            op.append(component)
    if isinstance(op[-1], int):
        op[-1] = "x" if not isinstance(op[-2], str) else {"d": 1}
    return op
