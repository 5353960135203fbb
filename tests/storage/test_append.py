"""A step that breaks the rules of the log is never made."""

from __future__ import annotations

import pytest

from ot import Entry, Outcome
from storage import Append


def entry(revision: int, client: str, seq: int, tag: str | None = "t", span: int = 1) -> Entry:
    return Entry(revision, client, seq, ["a"], span, None, tag)


def landed(revision: int, client: str, seq: int) -> Outcome:
    return Outcome(client, seq, "d", revision=revision, op=["a"])


def rejected(client: str, seq: int) -> Outcome:
    return Outcome(client, seq, "d", code="invalid-op")


def step(entries: list[Entry], outcomes: list[Outcome]) -> Append:
    return Append("doc", "epoch", 5, tuple(entries), tuple(outcomes))


def test_rejections_and_entries_of_several_clients_are_one_step() -> None:
    outcomes = [landed(6, "a", 3), rejected("b", 7), landed(7, "a", 4), rejected("a", 5), landed(8, "b", 8)]
    step([entry(6, "a", 3), entry(7, "a", 4), entry(8, "b", 8)], outcomes)


@pytest.mark.parametrize(
    ("entries", "outcomes"),
    [
        pytest.param([entry(7, "a", 1)], [landed(7, "a", 1)], id="a-gap-before-the-first"),
        pytest.param(
            [entry(6, "a", 1), entry(6, "a", 2)], [landed(6, "a", 1), landed(6, "a", 2)], id="doubled"
        ),
        pytest.param([entry(6, "a", 1, tag=None)], [landed(6, "a", 1)], id="untagged"),
        pytest.param([entry(6, "a", 1, span=2)], [landed(6, "a", 1)], id="composed"),
        pytest.param([entry(6, "a", 1)], [], id="no-outcome"),
        pytest.param([], [landed(6, "a", 1)], id="no-entry"),
        pytest.param([entry(6, "a", 1)], [landed(6, "b", 1)], id="somebody-elses-outcome"),
        pytest.param([entry(6, "a", 1)], [landed(6, "a", 2)], id="another-seq"),
        pytest.param([entry(6, "a", 1)], [landed(7, "a", 1)], id="another-revision"),
        pytest.param([], [rejected("a", 1), rejected("a", 3)], id="a-seq-skipped"),
        pytest.param([], [rejected("a", 1), rejected("b", 1), rejected("a", 1)], id="a-seq-twice"),
    ],
)
def test_a_wrong_step_is_refused(entries: list[Entry], outcomes: list[Outcome]) -> None:
    with pytest.raises(AssertionError):
        step(entries, outcomes)
