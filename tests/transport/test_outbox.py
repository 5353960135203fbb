"""The outbox against a plain model: what is written is what was put, in order, and memory is bounded."""

from __future__ import annotations

import sys

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from transport.outbox import Outbox

LAGGING, CLOSED = 60, 140
DOCS = st.sampled_from(["a", "b"])
CLIENTS = st.sampled_from(["ada", "bob"])
PADDING = st.integers(0, 30)


class Told:
    """What one reader has taken in, read back from the frames."""

    def __init__(self) -> None:
        self.revision = {"a": 0, "b": 0}
        self.following = {"a": True, "b": True}

    def read(self, frame: str) -> None:
        kind, doc, *numbers = frame.rstrip(".").split(":")
        if kind == "opened":
            self.revision[doc], self.following[doc] = int(numbers[0]), True
        elif kind == "lagging":
            assert int(numbers[0]) == self.revision[doc], f"{frame} after {self.revision[doc]}"
            self.following[doc] = False
        elif kind == "operations":
            assert self.following[doc], f"{frame} after lagging"
            first, last = map(int, numbers)
            assert first == self.revision[doc] + 1, f"{frame} after {self.revision[doc]}"
            self.revision[doc] = last


class OutboxModel(RuleBasedStateMachine):
    """Frames are text that says what is in it and ends in `;`, so that a reader can take them apart."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(LAGGING, CLOSED)
        self.model: list[tuple[str, str | None, str]] = []
        """Kind, document, frame: what has to be written still."""
        self.revision = {"a": 0, "b": 0}
        self.lagging: set[str] = set()
        self.told = Told()
        self.count = 0

    def queue(self, kind: str, doc: str | None, frame: str) -> None:
        self.model.append((kind, doc, frame))

    def waiting(self) -> int:
        return sum(len(frame) for _, _, frame in self.model)

    @rule(padding=PADDING)
    def say(self, padding: int) -> None:
        self.count += 1
        frame = f"message:{self.count}" + "." * padding + ";"
        self.outbox.put(frame.encode())
        self.queue("message", None, frame)

    @rule(doc=DOCS, count=st.integers(1, 3), padding=PADDING)
    def land(self, doc: str, count: int, padding: int) -> None:
        first, last = self.revision[doc] + 1, self.revision[doc] + count
        self.revision[doc] = last
        frame = f"operations:{doc}:{first}:{last}" + "." * padding + ";"
        bounded = sum(len(frame) for kind, _, frame in self.model if kind != "opened")
        behind = self.outbox.put_operations(doc, first, frame.encode())
        if doc in self.lagging:
            assert behind is None, "one `lagging`, not one for each batch"
        elif bounded + len(frame) <= LAGGING:
            assert behind is None
            self.queue("operations", doc, frame)
        else:
            assert behind is not None
            self.model = [one for one in self.model if one[:2] != ("operations", doc)]
            self.lagging.add(doc)
            said = f"lagging:{doc}:{behind};"
            self.outbox.put(said.encode())
            self.queue("message", doc, said)

    @rule(doc=DOCS, client=CLIENTS, padding=PADDING)
    def move(self, doc: str, client: str, padding: int) -> None:
        self.count += 1
        frame = f"presence:{doc}:{client}:{self.count}" + "." * padding + ";"
        self.outbox.put_presence(doc, client, frame.encode())
        if doc not in self.lagging:
            earlier = f"presence:{doc}:{client}:"
            self.model = [one for one in self.model if not one[2].startswith(earlier)]
            self.queue("presence", doc, frame)

    @precondition(lambda self: self.lagging)
    @rule(data=st.data(), padding=st.integers(0, 300))
    def open_again(self, data: st.DataObject, padding: int) -> None:
        doc = data.draw(st.sampled_from(sorted(self.lagging)))
        self.lagging.discard(doc)
        frame = f"opened:{doc}:{self.revision[doc]}" + "." * padding + ";"
        self.opened(doc, frame)

    @rule(doc=DOCS)
    def close_and_open(self, doc: str) -> None:
        self.outbox.forget(doc)
        self.model = [one for one in self.model if one[1] != doc or one[0] in ("opened", "message")]
        self.lagging.discard(doc)
        self.opened(doc, f"opened:{doc}:{self.revision[doc]};")

    def opened(self, doc: str, frame: str) -> None:
        """Answer an open: the first answer that waits counts for no bound, a second one does."""
        self.outbox.put_opened(doc, frame.encode())
        kind = "message" if any(one[:2] == ("opened", doc) for one in self.model) else "opened"
        self.queue(kind, doc, frame)

    @rule(most=st.integers(1, 200))
    def write(self, most: int) -> None:
        expected = "".join(frame for _, _, frame in self.model)
        taken = self.outbox.take(most).decode()
        assert expected.startswith(taken)
        assert taken or not expected, "something is written if anything waits"
        assert taken == "" or taken.endswith(";"), "whole frames only"
        frames = taken.split(";")[:-1]
        for frame in frames:
            self.told.read(frame)
        assert len(taken) - len(frames[-1] if frames else "") <= most + 1, "about as much as was asked for"
        del self.model[: len(frames)]

    @invariant()
    def counts_the_bytes_that_wait(self) -> None:
        assert self.outbox.size == self.waiting()

    @invariant()
    def operations_wait_only_within_the_first_bound(self) -> None:
        operations = sum(len(frame) for kind, _, frame in self.model if kind == "operations")
        assert operations <= LAGGING

    @invariant()
    def is_full_past_the_second_bound_not_counting_openings(self) -> None:
        bounded = sum(len(frame) for kind, _, frame in self.model if kind != "opened")
        assert self.outbox.full == (bounded > CLOSED)


OutboxModel.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_what_is_written_is_what_was_put_in_order_and_bounded = OutboxModel.TestCase


def test_lagging_names_the_revision_before_the_first_that_was_let_go_of() -> None:
    outbox = Outbox(10, 100)
    assert outbox.put_operations("a", 1, b"one,") is None
    assert outbox.take(1) == b"one,"
    assert outbox.put_operations("a", 2, b"two,") is None
    assert outbox.put_operations("a", 3, b"three,and,more,") == 1
    assert outbox.take(100) == b""


def test_the_first_batch_of_all_may_be_the_one_too_many() -> None:
    assert Outbox(10, 100).put_operations("a", 1, b"x" * 11) == 0


def test_the_answer_to_an_open_counts_for_neither_bound_however_large_the_document() -> None:
    outbox = Outbox(10, 20)
    outbox.put_opened("a", b"x" * 1_000)
    assert not outbox.full
    assert outbox.put_operations("a", 1, b"0123456789") is None
    assert outbox.size == 1_010
    outbox.put(b"y" * 11)
    assert outbox.full


def test_a_second_answer_that_waits_counts_so_that_opening_again_and_again_ends() -> None:
    outbox = Outbox(10, 20)
    for frame in (b"x" * 30, b"y" * 30):
        assert not outbox.full
        outbox.put_opened("a", frame)
    assert outbox.full


def test_a_reader_that_is_stuck_costs_no_memory_for_values_that_were_replaced() -> None:
    outbox = Outbox(10_000, 20_000)
    outbox.put(b"first,")
    for _ in range(100_000):
        outbox.put_presence("a", "ada", b"moved,")
    assert sys.getsizeof(outbox._waiting) < 100_000
    assert outbox.take(100) == b"first,moved,"
