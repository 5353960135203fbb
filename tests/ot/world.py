"""A log and several clients over a network that delays, cuts, and delivers late what was sent before.

Real `RevisionLog`, real `DocumentState`; only the network is made up. Every client inserts tokens that
nobody else does, so that a token that is missing, or there twice, shows at once. Moves are verbs, and a
world made from a seed repeats.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs

from ot import (
    Bounds,
    DocumentState,
    HandedBack,
    Held,
    Landed,
    OpenAgain,
    Operation,
    Outcome,
    RefusedSubmission,
    Rejected,
    Repeated,
    Restarted,
    Resumed,
    RevisionLog,
    Submission,
    get_type,
)

TEXT = get_type("text")

BOUNDS = Bounds(single_entries=4, carry_cost=60)
"""So narrow that submissions are given up in every other world."""


@attrs.define(eq=False)
class Link:
    """One connection of one client: frames in order, both ways, until it is cut."""

    client: int
    up: deque[Any] = attrs.field(factory=deque)
    down: deque[Any] = attrs.field(factory=deque)
    subscribed: bool = False
    alive: bool = True


@attrs.define(eq=False)
class World:
    """Moves that a test, or a seed, makes."""

    seed: int
    count: int = 3
    bounds: Bounds = BOUNDS
    epoch: str = "first"
    rng: random.Random = attrs.field(init=False)
    log: RevisionLog = attrs.field(init=False)
    clients: list[DocumentState] = attrs.field(factory=list)
    links: list[Link] = attrs.field(factory=list)
    ghosts: list[Link] = attrs.field(factory=list)
    tokens: int = 0
    takes_away: tuple[int, int, int] = attrs.field(init=False)
    """Weights of erasing, undo and redo: none in every third world, so that every token has to be there;
    never both, since two who undo the same deletion do bring a token back twice."""
    handed_back: list[HandedBack] = attrs.field(factory=list)
    superseded: int = 0

    def __attrs_post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.takes_away = ((0, 0, 0), (6, 0, 0), (0, 4, 3))[self.seed % 3]
        self.log = RevisionLog(TEXT, self.epoch, "", bounds=self.bounds)
        for number in range(self.count):
            state = DocumentState.opened(
                TEXT, f"c{number}", epoch=self.epoch, revision=0, tag=self.log.tag, seq=0, snapshot=""
            )
            self.clients.append(state)
            self.links.append(Link(number, subscribed=True))

    # What clients do.

    def type(self, number: int) -> None:
        """Insert a token that the world has not seen."""
        state = self.clients[number]
        token = chr(0x4E00 + self.tokens)
        self.tokens += 1
        place = self.rng.randint(0, len(state.snapshot))
        self.edit(number, [place, token] if place else [token])

    def erase(self, number: int) -> None:
        """Delete a range."""
        length = len(self.clients[number].snapshot)
        if length:
            place = self.rng.randrange(length)
            deleted = {"d": self.rng.randint(1, min(3, length - place))}
            self.edit(number, [place, deleted] if place else [deleted])

    def edit(self, number: int, op: Operation) -> None:
        self._took(number, self.clients[number].edit(op))

    def undo(self, number: int) -> None:
        self._took(number, self.clients[number].undo())

    def redo(self, number: int) -> None:
        self._took(number, self.clients[number].redo())

    # What the network does.

    def cut(self, number: int) -> None:
        """Break a connection: what was on its way to the client is gone, the rest may come late."""
        link = self.links[number]
        link.alive, link.subscribed = False, False
        link.down.clear()
        self.ghosts.append(link)
        self.clients[number].lost()
        self.links[number] = Link(number)
        self._open(number)

    def deliver_up(self, number: int) -> None:
        link = self.links[number]
        if link.up:
            self._server(link, link.up.popleft())

    def deliver_down(self, number: int) -> None:
        link = self.links[number]
        if link.down:
            self._client(number, link.down.popleft())

    def deliver_late(self) -> None:
        """Deliver a frame of a dead connection."""
        ghosts = [ghost for ghost in self.ghosts if ghost.up]
        if ghosts:
            ghost = self.rng.choice(ghosts)
            self._server(ghost, ghost.up.popleft())

    def let_lag(self, number: int) -> None:
        """Have the server let go of what a slow reader has not read."""
        link = self.links[number]
        if link.subscribed:
            link.subscribed = False
            kept = [frame for frame in link.down if frame[0] != "operations"]
            link.down = deque([*kept, ("lagging",)])

    def crash(self, number: int) -> None:
        """Kill a client that writes down what is pending before it sends, and start it again."""
        self.cut(number)
        link = self.links[number]
        link.up.clear()
        self.clients[number] = DocumentState.restored(TEXT, f"c{number}", self.clients[number].pending())
        self._open(number)

    def settle(self) -> None:
        """Deliver everything until nothing moves."""
        for _ in range(5_000):
            busy = False
            for number, link in enumerate(self.links):
                busy = busy or bool(link.up or link.down)
                self.deliver_up(number)
                self.deliver_down(number)
            busy = busy or any(ghost.up for ghost in self.ghosts)
            self.deliver_late()
            if not busy:
                return
        raise AssertionError(f"seed {self.seed}: the world never settles")

    # The two ends.

    def _open(self, number: int) -> None:
        state, link = self.clients[number], self.links[number]
        if state.subscription == "opening":
            return
        state.lost()
        link.up.append(("open", state.opening()))

    def _took(self, number: int, effects: list[Any]) -> None:
        for effect in effects:
            if isinstance(effect, HandedBack):
                self.handed_back.append(effect)
            if isinstance(effect, OpenAgain):
                self._open(number)
        submission = self.clients[number].to_send()
        if submission is not None:
            self.links[number].up.append(("submit", submission))
        self.clients[number]._check()

    def _server(self, link: Link, frame: Any) -> None:
        name = f"c{link.client}"
        if frame[0] == "open":
            self._opened(link, name, frame[1])
            return
        submission: Submission = frame[1]
        try:
            decision = self.log.submit(submission.base, name, submission.seq, submission.op)
        except RefusedSubmission:
            link.down.append(("again",))
            return
        self.log._check()
        match decision:
            case Landed(entry):
                for other in self.links:
                    if other.subscribed:
                        other.down.append(("operations", (entry,), self.log.tag))
            case Rejected(outcome):
                self.superseded += outcome.code == "superseded"
                link.down.append(("reject", outcome))
            case Repeated(outcome):
                told = "reject" if outcome.revision is None else "ack"
                link.down.append((told, outcome))

    def _opened(self, link: Link, name: str, at: Any) -> None:
        held = Held(at.epoch, at.revision, at.tag, at.inflight, at.diverged is not None)
        caught_up = self.log.catch_up(name, held)
        if isinstance(caught_up, Resumed) and caught_up.superseded is not None:
            self.superseded += 1
            link.down.append(("reject", caught_up.superseded))
        last = self.log.outcomes.get(name)
        seq = 0 if last is None else last.seq
        link.down.append(("opened", caught_up, self.log.revision, self.log.tag, seq, self.log.snapshot))
        link.subscribed = link.alive

    def _client(self, number: int, frame: Any) -> None:
        state = self.clients[number]
        effects: list[Any]
        match frame:
            case ("opened", Resumed(entries, fate), revision, tag, seq, _):
                effects = state.resumed(revision=revision, tag=tag, seq=seq, entries=entries, fate=fate)
            case ("opened", Restarted(_, fate), revision, tag, seq, snapshot):
                effects = state.restarted(
                    epoch=self.log.epoch, revision=revision, tag=tag, seq=seq, snapshot=snapshot, fate=fate
                )
            case ("operations", entries, tag):
                effects = state.received(entries, tag)
            case ("ack", Outcome(seq=seq)):
                effects = state.acknowledged(seq)
            case ("reject", Outcome(seq=seq, code=code, message=message)):
                effects = state.rejected(seq, code or "", message)
            case ("lagging",):
                effects = state.lagging()
            case _:
                effects = [OpenAgain("not taken")]
        self._took(number, effects)

    # A whole life.

    def live(self, moves: int) -> None:
        """Make so many random moves, then let everything arrive."""
        for _ in range(moves):
            number = self.rng.randrange(self.count)
            moves_here: list[Callable[[], None]] = [
                partial(self.type, number),
                partial(self.erase, number),
                partial(self.undo, number),
                partial(self.redo, number),
                partial(self.deliver_up, number),
                partial(self.deliver_down, number),
                partial(self.cut, number),
                partial(self.crash, number),
                partial(self.let_lag, number),
                self.deliver_late,
            ]
            weights = [20, *self.takes_away, 30, 30, 2, 1, 1, 3]
            self.rng.choices(moves_here, weights)[0]()
        self.settle()

    def check_settled(self) -> None:
        """Assert what has to hold when nothing is on its way."""
        replayed = ""
        counts: dict[str, int] = {}
        for entry in self.log.entries:
            replayed = TEXT.apply(replayed, entry.op)
            assert entry.seq > counts.get(entry.client, 0), f"seed {self.seed}: seqs of {entry.client}"
            counts[entry.client] = entry.seq
        assert replayed == self.log.snapshot, f"seed {self.seed}: the log is not its snapshot"
        for state in self.clients:
            assert state.synchronized, f"seed {self.seed}: {state!r} is not settled"
            assert state.snapshot == replayed, f"seed {self.seed}: {state!r} shows {state.snapshot!r}"
            assert state.repairs == 0, f"seed {self.seed}: {state!r} had to be repaired"
        assert not self.handed_back, f"seed {self.seed}: {self.handed_back} was handed back"
        assert len(set(replayed)) == len(replayed), f"seed {self.seed}: something is there twice"
        if not any(self.takes_away):
            assert len(replayed) == self.tokens, f"seed {self.seed}: something is lost"
