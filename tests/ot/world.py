"""A log and several clients living from a seed: `Network`, with moves drawn by weight and tokens counted.

Every client inserts tokens that nobody else does, so that a token that is missing, or there twice, shows at
once, whatever the document type says. A world made from a seed repeats.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import attrs

from ot import get_type
from ot.testing import Network

TEXT = get_type("text")


@attrs.define(eq=False)
class World:
    """Moves that a test, or a seed, makes."""

    seed: int
    count: int = 3
    rng: random.Random = attrs.field(init=False)
    network: Network = attrs.field(init=False)
    tokens: int = 0
    takes_away: tuple[int, int, int] = attrs.field(init=False)
    """Weights of erasing, undo and redo: none in every third world, so that every token has to be there;
    never both, since two who undo the same deletion do bring a token back twice."""

    def __attrs_post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.takes_away = ((0, 0, 0), (6, 0, 0), (0, 4, 3))[self.seed % 3]
        self.network = Network(TEXT, "", clients=self.count)

    def type(self, client: int) -> None:
        """Insert a token that the world has not seen."""
        token = chr(0x4E00 + self.tokens)
        self.tokens += 1
        place = self.rng.randint(0, len(self.network.clients[client].snapshot))
        self.network.edit(client, [place, token] if place else [token])

    def erase(self, client: int) -> None:
        """Delete a range."""
        length = len(self.network.clients[client].snapshot)
        if length:
            place = self.rng.randrange(length)
            deleted = {"d": self.rng.randint(1, min(3, length - place))}
            self.network.edit(client, [place, deleted] if place else [deleted])

    def deliver(self) -> None:
        """Let any frame that is on its way arrive."""
        verbs = self.network.deliverable()
        if verbs:
            self.rng.choice(verbs)()

    def live(self, moves: int) -> None:
        """Make so many random moves, then let everything arrive."""
        network = self.network
        for _ in range(moves):
            client = self.rng.randrange(self.count)
            moves_here: list[Callable[[], None]] = [
                partial(self.type, client),
                partial(self.erase, client),
                partial(network.undo, client),
                partial(network.redo, client),
                self.deliver,
                partial(network.cut, client),
                partial(network.crash, client),
                partial(network.let_lag, client),
                network.restart,
            ]
            weights = [20, *self.takes_away, 40, 2, 1, 1, 0.3]
            self.rng.choices(moves_here, weights)[0]()
        network.settle()

    def check_settled(self) -> None:
        """Assert what has to hold when nothing is on its way."""
        self.network.check()
        document = self.network.log.snapshot
        assert len(set(document)) == len(document), f"seed {self.seed}: something is there twice"
        if not any(self.takes_away):
            assert len(document) == self.tokens, f"seed {self.seed}: something is lost"
