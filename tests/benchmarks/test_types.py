"""The benchmark of document types measures what it says, on data that is what it says."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

import ot
from benchmarks import scaling, types
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.tables import Table, shown
from benchmarks.types import TRACES, operations_of, splices_of, trace_cases, vector_cases
from ot import DocumentType, measuring
from ot.measuring import Case
from transport.traces import read_trace

SHORTEST: Final = next(path for path in TRACES if path.name.startswith("sveltecomponent"))

text: Final = ot.get_type("text")


def fits(case: Case, doc_type: DocumentType = text) -> bool:
    """Apply everything that a case holds where it belongs, which raises what does not fit."""
    doc_type.apply(case.snapshot, case.other)
    doc_type.apply(doc_type.apply(case.snapshot, case.op), case.later)
    return True


@pytest.mark.parametrize("name", types.WITH_VECTORS)
def test_every_case_of_the_vectors_fits_its_document(name: str) -> None:
    cases = vector_cases(name)
    assert len(cases) > 3000
    assert all(fits(case, ot.get_type(name)) for case in cases)


def test_every_case_of_a_trace_fits_its_text() -> None:
    cases = trace_cases(read_trace(SHORTEST))
    assert len(cases) == types.SAMPLES
    assert all(map(fits, cases))
    assert max(len(case.snapshot) for case in cases) > 10_000


CONCURRENT: Final = next(path for path in TRACES if path.name.startswith("friendsforever"))
SEQUENTIAL: Final = [path for path in TRACES if path != CONCURRENT]


@pytest.mark.parametrize("path", SEQUENTIAL, ids=lambda path: path.name.partition(".")[0])
def test_a_trace_that_is_measured_is_of_one_author_and_ends_in_the_text_it_names(path: Path) -> None:
    trace = read_trace(path)
    assert trace.agents == 1
    document = ""
    for op in operations_of(trace):
        for place, deleted, inserted in splices_of(op):
            document = document[:place] + inserted + document[place + deleted :]
    assert len(document) == trace.length
    assert hashlib.sha256(document.encode()).hexdigest() == trace.sha256


def test_the_trace_of_two_authors_is_not_measured() -> None:
    assert len(SEQUENTIAL) == 4
    assert read_trace(CONCURRENT).agents == 2


def test_the_command_prints_each_table_and_how_it_was_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(types, "TRACES", [SHORTEST])
    monkeypatch.setattr(types, "WITH_VECTORS", ("rich-text",))
    monkeypatch.setattr(measuring, "ROUND_SECONDS", 0.001)
    monkeypatch.setattr(measuring, "ROUNDS", 2)
    monkeypatch.setattr(scaling, "LENGTHS", (100, 1_000))
    monkeypatch.setattr(scaling, "COMPONENTS", (5, 10))
    printed = CliRunner().invoke(main, ["types", "--out", str(tmp_path)])
    assert printed.exit_code == 0, printed.output
    for words in (
        "Document types: calls per second",
        "sveltecomponent",
        *(f"{name}, vectors" for name in types.WITH_VECTORS),
        "merge",
        "compose",
    ):
        assert words in printed.output
    assert "best of five rounds" in printed.output.replace("\n", " ")


def test_splices_do_what_their_operation_does() -> None:
    for case in vector_cases("text")[:500]:
        op, document = text.normalize(case.op), case.snapshot
        if all(isinstance(component.get("d"), int) for component in op if isinstance(component, dict)):
            for place, deleted, inserted in splices_of(op):
                document = document[:place] + inserted + document[place + deleted :]
            assert document == text.apply(case.snapshot, op)


def test_an_operation_of_so_many_components_is_in_normal_form() -> None:
    for count in (2, 10, 100):
        op = scaling.operation(random.Random(count), count)
        assert len(op) == count
        text.check(op)


def test_an_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    refused = CliRunner().invoke(main, ["nothing"])
    assert refused.exit_code == 2
    assert all(name in refused.output for name in BENCHMARKS)


def test_a_row_without_its_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="text has 1 figures for 2 columns"):
        Table("title", "how", ("apply", "transform"), (("text", (1.0,)),))


@pytest.mark.parametrize(
    ("figure", "printed"),
    [(0.123456, "0.123"), (3.14159, "3.14"), (58_912.0, "58,900"), (9_624_000.0, "9.62 M"), ("none", "none")],
)
def test_a_figure_has_three_significant_digits(figure: float | str, printed: str) -> None:
    assert shown(figure) == printed
