"""What the log decides, and what it keeps while it does."""

from __future__ import annotations

import pytest

from ot import Bounds, DocumentState, Landed, Rejected, Repeated, RevisionLog, SeqReused, get_type

TEXT = get_type("text")


def log_of(text: str, **bounds: int) -> RevisionLog:
    return RevisionLog(TEXT, "epoch", text, bounds=Bounds(**bounds))


def test_an_operation_is_measured_in_bytes_and_not_in_characters() -> None:
    log = log_of("", operation_bytes=40)
    assert isinstance(log.submit(0, "ada", 1, ["x" * 20]), Landed)
    decision = log.submit(1, "ada", 2, ["😀" * 20])
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "too-large"


def test_an_operation_of_too_many_components_is_refused_before_it_is_looked_at() -> None:
    log = log_of("", operation_components=10)
    decision = log.submit(0, "ada", 1, ["no", "normal", "form"] * 4)
    assert isinstance(decision, Rejected)
    assert decision.outcome.code == "too-large"
    assert log.snapshot == ""


def test_a_document_grows_up_to_its_limit_and_no_further() -> None:
    log = log_of("", document_bytes=100)
    revision = 0
    for seq in range(1, 200):
        decision = log.submit(revision, "ada", seq, ["x" * 7])
        log._check()
        revision = log.revision
        if isinstance(decision, Rejected):
            break
    assert len(log.snapshot) == 98


def test_deletions_make_room_although_the_bound_had_grown_with_them() -> None:
    log = log_of("x" * 90, document_bytes=100)
    for seq in range(1, 40, 2):
        assert isinstance(log.submit(log.revision, "ada", seq, [{"d": 5}]), Landed)
        assert isinstance(log.submit(log.revision, "ada", seq + 1, ["y" * 5]), Landed)
        log._check()
    assert isinstance(log.submit(log.revision, "ada", 41, ["z" * 11]), Rejected)
    assert len(log.snapshot) == 90


def test_a_document_over_its_limit_may_shrink_but_not_grow() -> None:
    log = log_of("x" * 200, document_bytes=100)
    assert isinstance(log.submit(0, "ada", 1, [{"d": 5}]), Landed)
    assert isinstance(log.submit(1, "ada", 2, ["x"]), Rejected)


def test_what_the_bound_took_from_other_nodes_does_not_let_the_document_grow() -> None:
    other = log_of("x" * 90)
    for seq in range(1, 21):
        other.submit(other.revision, "bob", seq, [{"d": 1}, "y"] if seq % 2 else ["z", {"d": 1}])
    log = log_of("x" * 90, document_bytes=100)
    log.extend(other.entries)
    assert log.size_bound > 100
    assert isinstance(log.submit(log.revision, "ada", 1, ["z" * 11]), Rejected)


def test_a_repeated_submission_is_told_the_first_outcome_and_another_one_is_refused() -> None:
    log = log_of("")
    assert isinstance(log.submit(0, "ada", 1, ["x"]), Landed)
    again = log.submit(0, "ada", 1, ["x"])
    assert isinstance(again, Repeated)
    assert (again.outcome.revision, log.snapshot) == (1, "x")
    with pytest.raises(SeqReused):
        log.submit(0, "ada", 1, ["y"])


def test_a_seq_from_before_the_last_is_refused_whatever_comes_with_it() -> None:
    log = log_of("")
    for seq in (1, 2, 3):
        log.submit(seq - 1, "ada", seq, ["x"])
    for seq, base in ((1, 0), (2, 1), (2, 3)):
        with pytest.raises(SeqReused):
            log.submit(base, "ada", seq, ["x"])
    assert (log.revision, log.snapshot) == (3, "xxx")


def test_a_step_rolled_back_leaves_the_log_as_it_was() -> None:
    log = log_of("")
    log.submit(0, "ada", 1, ["x"])
    before = (log.revision, log.tag, log.snapshot, list(log.entries), dict(log.outcomes))
    log.begin()
    log.submit(1, "ada", 2, ["y"])
    log.submit(1, "bob", 1, [9, "misfit"])
    log.rollback()
    log._check()
    assert (log.revision, log.tag, log.snapshot, list(log.entries), dict(log.outcomes)) == before


def test_what_was_tried_before_is_decided_as_without_a_trial() -> None:
    log, plain = log_of("abc"), log_of("abc")
    trial = log.trial(0, "ada", 1, ["x"])
    assert trial is not None
    assert repr(trial) == "<Trial of text from 0 on, at 0>"
    while trial.step():
        assert log.snapshot == "abc"
    decision = log.submit(0, "ada", 1, ["x"], trial=trial)
    assert decision == plain.submit(0, "ada", 1, ["x"])
    assert isinstance(decision, Landed)
    assert decision.revision == log.revision == 1
    log._check()
    assert repr(log) == "<RevisionLog text at 1, entries from 0>"


def test_a_trial_that_another_operation_has_overtaken_counts_for_nothing() -> None:
    log = log_of("abc")
    trial = log.trial(0, "ada", 1, [3, "x"])
    assert trial is not None
    trial.finish()
    log.submit(0, "bob", 1, ["--"])
    assert isinstance(log.submit(0, "ada", 1, [3, "x"], trial=trial), Landed)
    assert log.snapshot == "--abcx"


def test_what_is_decided_or_cannot_be_is_not_tried() -> None:
    log = log_of("abc")
    log.submit(0, "ada", 1, ["x"])
    assert log.trial(0, "ada", 1, ["x"]) is None
    assert log.trial(1, "ada", 3, ["x"]) is None
    assert log.trial(2, "ada", 2, ["x"]) is None


def test_what_is_refused_whatever_it_says_uses_up_its_seq_and_is_answered_as_then() -> None:
    log = log_of("abc")
    refused = log.refuse(0, "ada", 1, ["x"], "forbidden", "reading only")
    assert isinstance(refused, Rejected)
    again = log.refuse(0, "ada", 1, ["x"], "busy", "another reason")
    assert isinstance(again, Repeated)
    assert again.outcome == refused.outcome
    assert (refused.outcome.code, log.snapshot) == ("forbidden", "abc")
    with pytest.raises(SeqReused):
        log.refuse(0, "ada", 1, ["y"], "forbidden", "reading only")


def test_entries_that_are_known_are_not_taken_in_again() -> None:
    other, log = log_of(""), log_of("")
    for seq in (1, 2, 3):
        other.submit(seq - 1, "bob", seq, ["x"])
    log.extend(other.entries[:2])
    log.extend(other.entries)
    assert (log.snapshot, log.revision, log.tag) == ("xxx", 3, other.tag)


def test_a_held_submission_that_is_superseded_is_let_out_again() -> None:
    state = DocumentState.opened(TEXT, "ada", epoch="e", revision=0, tag="t", seq=0, snapshot="")
    state.hold()
    state.edit(["x"])
    state.release(1)
    assert state.to_send() is not None
    state.rejected(1, "superseded", "too far behind")
    again = state.to_send()
    assert again is not None
    assert (again.seq, again.op) == (2, ["x"])
