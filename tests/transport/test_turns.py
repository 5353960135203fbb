"""One turn of the event loop does what is quick, and of what takes long one piece, whoever wants what."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from transport.turns import SLOW_SECONDS, TURN_SECONDS, Queue, Turns

LONG = 10 * TURN_SECONDS
SHORT = TURN_SECONDS / 10


@attrs.define
class Document:
    """Something whose every turn takes so long."""

    doc: str
    takes: float
    slow_until: float = 0.0


class Work:
    """Turns that are had, on a clock that only they move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 1_000.0
        self.had: list[str] = []
        self.queue: Queue[Document] = Queue(lambda: self.time)
        self.shared = Turns()
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.time)

    def turn(self, document: Document) -> None:
        began = self.time
        self.had.append(document.doc)
        self.time += document.takes
        self.queue.noted(document, began)

    async def one_turn(self, *wanting: Document) -> list[str]:
        """Let a turn of the event loop pass in which these want something; return who had it."""
        for document in wanting:
            self.queue.add(document)
        self.had = []
        self.queue.take(self.turn, self.shared)
        await asyncio.sleep(0)
        return self.had


@pytest.fixture
async def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def many(name: str, takes: float) -> list[Document]:
    return [Document(f"{name}{number}", takes) for number in range(10)]


async def test_what_is_quick_is_done_in_one_turn(work: Work) -> None:
    assert await work.one_turn(*many("quick", 0.0)) == [f"quick{number}" for number in range(10)]


async def test_of_what_takes_long_one_is_done_in_a_turn_and_all_in_their_order(work: Work) -> None:
    had = [await work.one_turn(*many("long", LONG))]
    while work.queue:
        had.append(await work.one_turn())
    assert had == [[f"long{number}"] for number in range(10)]


async def test_what_took_long_lets_what_is_quick_go_first(work: Work) -> None:
    long, quick = many("long", LONG), many("quick", SHORT / 2)
    await work.one_turn(*long)
    while work.queue:
        await work.one_turn()
    began = work.time
    for _ in range(5):
        assert await work.one_turn(*long, *quick) == [*(one.doc for one in quick), work.had[-1]]
    assert work.time - began < 5 * (LONG + TURN_SECONDS)


async def test_what_takes_long_has_its_turn_however_much_is_quick(work: Work) -> None:
    long = Document("long", LONG)
    await work.one_turn(long)
    assert "long" in await work.one_turn(long, *many("quick", SHORT * 5))


async def test_what_took_long_is_quick_again_after_a_while(work: Work) -> None:
    document = Document("document", LONG)
    await work.one_turn(document)
    document.takes = 0.0
    await work.one_turn(document)
    assert work.queue.slow(document), "one quick turn says little"
    work.time += SLOW_SECONDS
    assert not work.queue.slow(document)


async def test_who_waits_for_a_turn_of_which_something_is_left_keeps_the_order(work: Work) -> None:
    order: list[int] = []

    async def long_work(number: int) -> None:
        await work.shared.free()
        order.append(number)
        work.time += LONG

    turns = 0
    waiting = asyncio.gather(*(long_work(number) for number in range(5)))
    while not waiting.done():
        before = len(order)
        await asyncio.sleep(0)
        turns += 1
        assert len(order) - before <= 1, "two in one turn"
    assert order == list(range(5))
