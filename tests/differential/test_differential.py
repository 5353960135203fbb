"""The comparison with the packages sees what it should: wrong types, and what a package does wrong itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any, Final

import pytest
from click.testing import CliRunner

import ot
from ot import DocumentType, Json, Json0, Operation, RichText, Side, Snapshot
from ot.testing import same_json
from ot.text import Text
from tests.differential import __main__ as command
from tests.differential import recording
from tests.differential.cases import Case, results
from tests.differential.comparing import Comparison, compared
from tests.differential.recording import recorded
from tests.differential.reference import Reference
from tests.ot.vectors import cases, reference_faults
from tests.pairs import looked_at

FIELDS: Final = (
    "after_a",
    "after_b",
    "after_c",
    "a_left",
    "a_right",
    "b_left",
    "b_right",
    "merged",
    "a_c",
    "inv_a",
)
OTHER_SIDE: Final[dict[Side, Side]] = {"left": "right", "right": "left"}


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(deadline=0.5) as running:
        yield running


def case_of(line: dict[str, Any]) -> Case:
    nothing: Operation = None if line["type"] == "json1" else []
    return Case(line.get("doc", ot.ABSENT), line["a"], line["b"], nothing, ())


def all_compared(name: str, asked: list[Case], reference: Reference) -> list[Comparison]:
    doc_type = ot.get_type(name)
    ours = [results(doc_type, case) for case in asked]
    questions = [case.question(one) for case, one in zip(asked, ours, strict=True)]
    answers = reference.answers(name, questions)
    return [compared(doc_type, *one) for one in zip(asked, ours, answers, strict=True)]


class SidesSwapped(Text):
    """Agrees with itself, and with no peer."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return super().transform(op, other, OTHER_SIDE[side])


class DeletesForgotten(RichText):
    def compose(self, op: Operation, later: Operation) -> Operation:
        return super().compose(op, [one for one in later if "delete" not in one])


class InvertedInOrder(Json0):
    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        return super().invert(op, snapshot)[::-1]


class CursorGoesBehind(Text):
    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> int:
        return super().transform_position(position, op, "right")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (SidesSwapped(), {"a_left", "b_right"}),
        (DeletesForgotten(), {"a_c", "composed"}),
        (InvertedInOrder(), {"inv_a"}),
        (CursorGoesBehind(), {"positions"}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_wrong_type_disagrees_in_the_field_that_is_wrong(
    wrong: DocumentType, fields: set[str], reference: Reference
) -> None:
    tally = command.run(wrong, Random(1), 300, reference)
    found = {one.field for one in tally.disagreements}
    assert fields <= found
    assert not found & {"after_a", "after_b", "after_c"}
    assert not tally.faults


@pytest.mark.parametrize("name", ["text", "rich-text", "json1", "json0"])
def test_the_hand_picked_vectors_agree(name: str, reference: Reference) -> None:
    named = [line for line in cases(name) if "name" in line]
    asked = [Case(line.get("doc", ot.ABSENT), line["a"], line["b"], line["c"], ()) for line in named]
    found = all_compared(name, asked, reference)
    assert len(found) > 40
    assert [str(one) for comparison in found for one in comparison.disagreements] == []
    assert [comparison.faults for comparison in found if comparison.faults] == []


@pytest.mark.parametrize("name", ["json1", "json0"])
def test_what_a_package_does_wrong_by_itself_is_no_disagreement(name: str, reference: Reference) -> None:
    lines = reference_faults(name)
    found = all_compared(name, [case_of(line) for line in lines], reference)
    assert [line["id"] for line, one in zip(lines, found, strict=True) if not one.faults] == []
    assert [str(one) for comparison in found for one in comparison.disagreements] == []
    endless = {line["id"] for line in lines if line["kind"] == "never ends"}
    assert endless == {
        line["id"] for line, one in zip(lines, found, strict=True) if "never ends" in one.faults
    }


def test_random_pairs_find_a_text_that_agrees_with_itself_and_with_no_peer() -> None:
    assert looked_at(Text(), Random(1), 300).failures == ()
    assert looked_at(SidesSwapped(), Random(1), 300).failures != ()


@pytest.mark.parametrize("name", ["text", "rich-text"])
def test_lines_are_recorded_once_where_operations_meet_as_the_package_has_them(
    name: str, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "BATCH", 50)
    wrong = SidesSwapped() if name == "text" else DeletesForgotten()
    monkeypatch.setattr(ot, "get_type", lambda _: wrong)
    lines = list(islice(recorded(name, Random(1), reference), 120))
    monkeypatch.undo()
    asked = [Case(line["doc"], line["a"], line["b"], line["c"], ()) for line in lines]
    found = all_compared(name, asked, reference)
    assert all(one.meets for one in found)
    assert len({case.code() for case in asked}) == len(lines)
    for line, case in zip(lines, asked, strict=True):
        ours = results(ot.get_type(name), case)
        assert [field for field in FIELDS if not same_json(ours[field], line[field])] == []
        assert same_json(ours["swapped"], line["merged_swap"])


def test_the_seed_is_printed_and_no_disagreement_ends_well() -> None:
    run = CliRunner().invoke(command.main, ["--count", "20", "--seed", "7"])
    assert run.exit_code == 0, run.output
    assert run.output.startswith("seed 7, 20 random cases of each type")
    assert run.output.count(" 0 disagreements") == 4


def test_a_disagreement_ends_with_1_and_shows_the_smallest_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ot, "get_type", lambda name: SidesSwapped())
    run = CliRunner().invoke(command.main, ["--count", "200", "--seed", "7", "--type", "text"])
    assert run.exit_code == 1
    assert "the smallest disagreement, on " in run.output
    assert "\ndocument = '" in run.output
    assert "\n# the package has " in run.output
