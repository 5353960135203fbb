"""How fast the document types are: on recorded typing, and on the conformance vectors."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Final

import ot
from benchmarks import scaling
from benchmarks.tables import Plot, Table
from ot import Operation
from ot.composition import compose_all
from ot.live_document import live_document
from ot.measuring import Case, Rate, rate, rates
from transport.traces import Trace, read_trace

ROOT: Final = Path(__file__).parent.parent
TRACES: Final = sorted((ROOT / "benchmarks" / "traces").glob("*.json.gz"))
SAMPLES: Final = 300  # cases from one trace, evenly spread: their snapshots have to fit into memory
RUN: Final = 1000  # entries that a late operation is carried over

TEXT: Final = ot.get_type("text")
WITH_VECTORS: Final = ("text", "rich-text", "json1", "json0")


def tables() -> list[Table]:
    """Measure every type that has cases."""
    traces = [trace for trace in map(read_trace, TRACES) if trace.agents == 1]
    return [_functions(traces), _whole_traces(traces), *scaling.tables()]


def _functions(traces: Sequence[Trace]) -> Table:
    rows = [(f"text, {trace.name}", rates(TEXT, trace_cases(trace), clock=process_time)) for trace in traces]
    rows += [
        (f"{name}, vectors", rates(ot.get_type(name), vector_cases(name), clock=process_time))
        for name in WITH_VECTORS
    ]
    functions = tuple(one.function for one in rows[0][1])
    return Table(
        "Document types: calls per second",
        f"Traces: {SAMPLES} transactions of each, evenly spread, on the text as it then was; the other "
        "operation undoes the transaction before, the later one is the transaction after. Vectors: every "
        "conformance case, with its own operations. merge: transform over the other, check, apply. The "
        "best of five rounds of at least 0.1 s, one thread, in processor time.",
        functions,
        tuple((name, tuple(one.per_second for one in measured)) for name, measured in rows),
        better="more",
        plots=(Plot("bars", functions, "calls a second"),),
    )


def _whole_traces(traces: Sequence[Trace]) -> Table:
    columns = ("apply", "live", "sliced", "carry insert", "carry delete", "carry two", "compose")
    return Table(
        "text, whole traces: transactions per second",
        "apply: every transaction on the text that the one before left, once through. carry: one insert, "
        f"one delete, and two replacements in one operation, each over the first {RUN} transactions of the "
        "trace, which are what is counted; best of five rounds. live: every transaction on the document that "
        "a log keeps. sliced: the same by slicing a str, the floor. compose: all composed to one. Each of "
        "these once through. In processor time.",
        columns,
        tuple((trace.name, _whole_trace(operations_of(trace))) for trace in traces),
        better="more",
        plots=(Plot("bars", columns, "transactions a second"),),
    )


def _whole_trace(ops: list[Operation]) -> tuple[float, ...]:
    return (
        len(ops) / _seconds_to_apply(ops),
        len(ops) / _seconds_to_apply_live(ops),
        len(ops) / _seconds_to_slice(ops),
        *(carried.per_second * RUN for carried in _carry_rates(ops[:RUN])),
        len(ops) / _seconds_to_compose(ops),
    )


def _carry_rates(run: list[Operation]) -> Iterator[Rate]:
    for op in ([50, "x"], [50, {"d": 1}], [50, "xyz", {"d": 3}, 20, "xyz", {"d": 3}]):
        yield rate("carry", [partial(TEXT.carry, op, run, "left")], clock=process_time)


def _seconds_to_apply(ops: list[Operation]) -> float:
    started, text = process_time(), ""
    for op in ops:
        text = TEXT.apply(text, op)
    return process_time() - started


def _seconds_to_apply_live(ops: list[Operation]) -> float:
    started, document = process_time(), live_document(TEXT, "")
    for op in ops:
        document.apply(op)
    return process_time() - started


def _seconds_to_slice(ops: list[Operation]) -> float:
    splices = [splice for op in ops for splice in splices_of(op)]
    started, text = process_time(), ""
    for place, deleted, inserted in splices:
        text = text[:place] + inserted + text[place + deleted :]
    return process_time() - started


def splices_of(op: Operation) -> list[tuple[int, int, str]]:
    """Return what an operation replaces, from front to back: place, code points deleted, text inserted."""
    splices: list[tuple[int, int, str]] = []
    place = 0
    for component in op:
        if isinstance(component, int):
            place += component
        elif isinstance(component, str):
            splices.append((place, 0, component))
            place += len(component)
        else:
            splices.append((place, component["d"], ""))
    return splices


def _seconds_to_compose(ops: list[Operation]) -> float:
    started = process_time()
    compose_all(TEXT, ops)
    return process_time() - started


def operations_of(trace: Trace) -> list[Operation]:
    """Return the operations of a sequential trace, each made on what the one before left."""
    return [transaction.op for transaction in trace.transactions]


def trace_cases(trace: Trace) -> list[Case]:
    """Return cases spread evenly over a sequential trace."""
    ops = operations_of(trace)
    return list(islice(_spread_cases(ops, len(ops) // (SAMPLES + 1)), SAMPLES))


def _spread_cases(ops: list[Operation], step: int) -> Iterator[Case]:
    text = ""
    undo_last: Operation = []
    for place, op in enumerate(ops[:-1]):
        if place % step == step - 1:
            yield Case(text, op, undo_last, ops[place + 1])
        undo_last = TEXT.invert(op, text)
        text = TEXT.apply(text, op)


def vector_cases(doc_type: str) -> list[Case]:
    """Return the conformance cases of a type."""
    with gzip.open(ROOT / "tests" / "vectors" / f"{doc_type}.jsonl.gz", "rt", encoding="utf-8") as lines:
        cases = map(json.loads, lines)
        return [Case(case.get("doc", ot.ABSENT), case["a"], case["b"], case["c"]) for case in cases]
