"""One simulated world, from its seed to its rest.

Real clients, sessions, rooms and hubs, on virtual time, wires and disk. People edit and faults happen for a
while; then the faults end, and everything has to come to rest: all replicas equal, all that was promised
there. The same seed does the same, to the byte.
"""

from __future__ import annotations

import functools
import hashlib
import random
import traceback
from collections import Counter, deque
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, Final

from ot import Acknowledged, HandedBack, Operation, Repaired
from transport.codec import JSON, MSGPACK
from transport.codes import CODE_OF
from transport.messages import Reject, ServerMessage, Welcome
from transport.simulation.drawn_world import DrawnWorld
from transport.simulation.knobs import turned
from transport.simulation.listening import listening
from transport.simulation.node import Crashed, Node
from transport.simulation.permissions import Permissions
from transport.simulation.promises import Promises
from transport.simulation.simulated_client import SimulatedClient
from transport.simulation.verdicts import BrokenPromise, Report
from transport.simulation.virtual_loop import Schedule, VirtualLoop
from transport.simulation.virtual_store import Disk, Violation, VirtualStore
from transport.simulation.wire import Wire
from transport.simulation.workload import token

CALM: Final = 300.0
"""Virtual seconds within which everything has to come to rest afterwards."""

LINE: Final = 160
"""Characters of an event that are kept for that."""

HINTS: Final = (0, 1, 1, 1, 2)
"""How often each node hears of an append: as a broker that promises nothing would have it."""

POLL: Final = 2.0
"""Seconds between looks at the store, where there are several nodes."""

STORY: Final = 60
"""The last events, kept for whoever has to find out what happened."""

REJECTED_AND_CUT: Final = 0.2
"""How often whoever is told that a submission was rejected is cut off at that moment: nothing in the log says
so, and the next node has to know."""

CHECKED: Final = 16
"""Every so many events one thing is checked that costs more than the event itself."""


class World:
    """Everybody and everything that takes part."""

    def __init__(self, drawn: DrawnWorld, strikes: Mapping[str, Callable[[World], None]]) -> None:
        """Make the world that was drawn; `strikes` are its faults, by name."""
        self.drawn = drawn
        self._strikes = strikes
        self.schedule = Schedule()
        self.faults: Counter[str] = Counter()
        self.branches: Counter[str] = Counter()
        self.story: deque[str] = deque(maxlen=STORY)
        self._hash = hashlib.sha256()
        self.rng = random.Random(f"faults {drawn.seed}")
        self._network = random.Random(f"network {drawn.seed}")
        self._people = random.Random(f"people {drawn.seed}")
        self.calm = False
        self._broken: str | None = None
        """What a server has met that it should not: seen after the step in which it happened."""
        self._tokens = 0
        self.backup: Any = None
        self.disk = Disk(self.schedule, random.Random(f"disk {drawn.seed}"), drawn.disk_latency)
        self.disk.appended = self._hint
        self.promises = Promises(self.disk, tuple(drawn.documents))
        self.permissions = self._application()
        self.nodes: list[Node | None] = [None] * drawn.nodes
        self.clients = [self._client(number) for number in range(drawn.clients)]

    def _application(self) -> Permissions | None:
        if self.drawn.access is None:
            return None
        permissions = Permissions(
            self.drawn.access,
            self.schedule,
            random.Random(f"application {self.drawn.seed}"),
            tuple(self.drawn.documents),
            self.drawn.disk_latency[1],
        )
        self.disk.landed = permissions.landed
        self.promises.hidden = permissions.hidden
        return permissions

    def run(self, seconds: float) -> Report:
        """Let it all happen."""
        try:
            with listening(self._logged), turned(self.drawn.knobs):
                self._run(seconds)
        except Exception as error:  # whatever the code raises here, it would raise in somebody's program
            what = str(error) if isinstance(error, Violation) else f"{type(error).__name__}: {error}"
            raise BrokenPromise(self.drawn, self.schedule.steps, what, list(self.story)) from error
        finally:
            for node in self.nodes:
                if node is not None:
                    node.loop.kill()
        landed = sum(len(truth.entries) for truth in self.disk.truth.values())
        self.branches["torn write"] += self.disk.torn
        return Report(
            self.drawn.seed,
            self.schedule.now,
            self.schedule.now * len(self.clients),
            self.schedule.steps,
            landed,
            self.faults,
            self.branches,
            self._hash.hexdigest(),
        )

    def _run(self, seconds: float) -> None:
        for number in range(len(self.nodes)):
            self.start_node(number)
        if len(self.nodes) > 1:
            self._poll()
        for client in self.clients:
            self.schedule.after(self._people.uniform(0.0, 2.0), client.begin)
            self._act_later(client)
        for fault, rate in self.drawn.faults.items():
            if fault != "crash at a point":
                self._strike_later(fault, rate)
        while self.schedule.step(seconds):
            self._look()
        self._calm_down()
        deadline = seconds + CALM
        while not (self.schedule.steps % CHECKED == 0 and self._at_rest()):
            if not self.schedule.step(deadline):
                raise Violation(f"not at rest {CALM:g} seconds after the last fault: {self.clients}")
            self._look()
        # Whoever is gone without a word is so only after a silence.
        until = self.schedule.now + self.drawn.limits.dead_seconds + 4 * self.drawn.latency[1] + 2.0
        while self.schedule.step(until):
            self._look()
        self.promises.at_rest(self.clients)

    def _at_rest(self) -> bool:
        if any(client.wire is None or client.wire.cut for client in self.clients):
            return False
        for doc, truth in self.disk.truth.items():
            for client in self.clients:
                state = client.opened(doc)
                if client.state.phase != "online" or state is None or not state.synchronized:
                    return False
                if state.revision != len(truth.entries) or state.subscription != "open":
                    return False
        return len(self.disk.truth) == len(self.drawn.documents)

    def _calm_down(self) -> None:
        self.calm = True
        self.disk.unavailable_until = 0.0
        for node in self.nodes:
            if node is not None:
                node.store.partitioned = False
        if self.permissions is not None:
            self.permissions.settle()
        for client in self.clients:
            if client.wire is not None:
                client.wire.read_again()
            client.wake()

    # What is told of it.

    def note(self, event: str) -> None:
        """Write down that something happened."""
        line = f"{self.schedule.now:10.4f} {event}"
        self.story.append(line if len(line) < LINE else f"{line[:LINE]} …")
        self._hash.update(line.encode())

    def fault(self, kind: str, event: str) -> None:
        """Write down that something went wrong."""
        self.faults[kind] += 1
        self.note(f"** {kind}: {event}")

    def _logged(self, level: str, event: str, facts: MutableMapping[str, Any]) -> None:
        code = facts.get("code") or facts.get("reason")
        self.branches[f"{event} {code}" if event in CODED else event] += 1
        expected = event in HOOKS or (event == "client_restarted" and self.promises.rewound)
        if level == "error" and not expected:
            what = traceback.format_exc() if facts.pop("exc_info", False) else ""
            self._broken = self._broken or f"{event}: {dict(facts)}\n{what}"

    # Nodes.

    def start_node(self, number: int) -> None:
        name = f"node {number}"
        life = self.rng.random()
        loop = VirtualLoop(self.schedule, self._failed, clock=self.rng.uniform(-1e6, 1e6))
        store = VirtualStore(
            self.disk, loop, random.Random(f"store {life}"), lambda point: self._reached(number, loop, point)
        )
        self.nodes[number] = Node.started(
            name, loop, store, self.drawn.limits, random.Random(f"node {life}"), self._late, self.permissions
        )
        self.note(f"{name} starts")

    def _failed(self, what: str) -> None:
        self._broken = self._broken or what

    def _late(self, wire: Wire) -> None:
        if wire.cut:
            self.branches["late frame of a dead connection"] += 1

    def crash_node(self, number: int) -> None:
        node = self.nodes[number]
        assert node is not None, "only what runs can crash"
        node.crash()
        self.nodes[number] = None
        self.schedule.after(self.rng.uniform(0.1, 3.0), lambda: self.start_node(number))

    def _reached(self, number: int, loop: VirtualLoop, point: str) -> None:
        likely = 0.0 if self.calm else self.drawn.faults.get("crash at a point", 0.0)
        node = self.nodes[number]
        if node is None or node.loop is not loop or self.rng.random() >= likely:
            return
        if not node.hub.ready and not node.hub.draining:
            return  # it has not started yet
        self.fault("crash at a point", f"{node.name} {point}")
        self.branches[f"crash {point}"] += 1
        self.crash_node(number)
        if not point.endswith("unanswered"):
            raise Crashed

    def _hint(self, doc: str, revision: int) -> None:
        """Tell the nodes what has landed, one way or the other: hints are lost, doubled and late."""
        if len(self.nodes) > 1:
            for number in range(len(self.nodes)):
                for _ in range(self._network.choice(HINTS)):
                    wait = self._network.uniform(0.0, 2 * self.drawn.latency[1])
                    self.schedule.after(wait, functools.partial(self._hinted, number, doc, revision))

    def _hinted(self, number: int, doc: str, revision: int) -> None:
        node = self.nodes[number]
        if node is not None:
            node.loop.enter(lambda: node.hub.hinted(doc, revision))

    def _poll(self) -> None:
        """Have every node look at the store now and then, since hints are lost."""
        for number in range(len(self.nodes)):
            for doc, truth in self.disk.truth.items():
                self._hinted(number, doc, len(truth.entries))
        self.schedule.after(POLL, self._poll)

    # Clients.

    def _client(self, number: int) -> SimulatedClient:
        name, permissions = f"client {number}", self.permissions
        return SimulatedClient(
            name=name,
            schedule=self.schedule,
            rng=random.Random(f"client {number} of {self.drawn.seed}"),
            codec=MSGPACK if self.drawn.packs[number] else JSON,
            keeps=self.drawn.keeps[number],
            dial=self._dial,
            happened=self._happened,
            heard=self._heard,
            workloads=dict(self.drawn.documents),
            token=None if permissions is None else lambda: permissions.token(name),
        )

    def _heard(self, client: SimulatedClient, message: ServerMessage) -> None:
        if self.permissions is not None and isinstance(message, Welcome):
            self.permissions.welcomed(client.name, message.client)
        self.promises.answered(client, message)
        if isinstance(message, Reject) and self.rng.random() < REJECTED_AND_CUT:
            self._cut_off(client)

    def _dial(self, client: SimulatedClient) -> Wire | None:
        there = [node for node in self.nodes if node is not None and node.accepts]
        if not there:
            return None
        node = self._network.choice(there)
        wire = Wire(self.schedule, self._network, self.drawn.latency)
        node.accept(wire, client.codec, client.name)
        client.node = node.name
        self.note(f"{client.name} dials {node.name}")
        return wire

    def _happened(self, client: SimulatedClient, doc: str, what: object) -> None:
        self.note(f"{client.name} {doc}: {what!r}")
        state = client.opened(doc)
        if state is None:
            assert isinstance(what, HandedBack), f"{what!r} of {doc}, which is not open"
            self.branches[f"handed back: {what.code}"] += 1
            self.promises.handed_back(doc, what.ops, None, kept=False)
            return
        truth = self.disk.truth.get(doc)
        if not self.promises.rewound and (truth is None or state.revision >= len(truth.states)):
            raise Violation(f"{client!r} has seen revision {state.revision} of {doc}, which is not durable")
        match what:
            case Acknowledged():
                self.promises.acknowledges(doc, state.client, what)
            case HandedBack(code, _, ops):
                self.branches[f"handed back: {code}"] += 1
                self._handed_back(client, doc, code, ops)
                if code == "fate-unknown" and not self.promises.rewound:
                    raise Violation(f"{client!r} has lost sight of a submission to {doc}: {what!r}")
            case Repaired():
                self.branches["what landed won"] += 1
                composed = self.permissions is not None and (client.name, doc) in self.permissions.composed
                if not self.promises.rewound and not composed:
                    raise Violation(f"{client!r} carried what landed in {doc} otherwise: {what!r}")

    def _handed_back(self, client: SimulatedClient, doc: str, code: str, ops: Sequence[Operation]) -> None:
        """Look at the screen once the event that takes something off it is over."""
        kept = code in CODE_OF and client.workloads[doc].stands_alone
        life = client.life

        def look() -> None:
            state = client.opened(doc)
            view = None if state is None else state.snapshot
            alive = client.life == life and state is not None
            self.promises.handed_back(doc, ops, view, kept=kept and alive)

        self.schedule.after(0.0, look)

    def forgotten(self, client: SimulatedClient, doc: str) -> None:
        state = client.opened(doc)
        self.promises.forgotten(doc, client.name, None if state is None else state.snapshot)

    # People.

    def _act_later(self, client: SimulatedClient) -> None:
        wait = self._people.expovariate(1 / self.drawn.pause)
        self.schedule.after(wait, lambda: self._act(client))

    def _act(self, client: SimulatedClient) -> None:
        if self.calm:
            return
        doc = self._people.choice(list(self.drawn.documents))
        if self.permissions is not None and self.permissions.looks_on(client.name, doc):
            self._act_later(client)
            return
        choice = self._people.random()
        for _ in range(self._people.choice((1, 1, 1, 4))):
            if choice < 0.7:
                self._tokens += 1
                self._watched(client, doc, lambda: client.edit(doc, token(self._tokens)))
            elif choice < 0.78 and client.opened(doc) is not None:
                self._watched(client, doc, lambda: client.undo(doc))
            elif choice < 0.82 and client.opened(doc) is not None:
                self._watched(client, doc, lambda: client.redo(doc))
            else:
                client.show(doc)
        self._act_later(client)

    def _watched(self, client: SimulatedClient, doc: str, act: Callable[[], object]) -> None:
        state = client.opened(doc)
        if state is None:
            return
        before = state.snapshot
        act()
        self.promises.edited(doc, client.name, before, state.snapshot)

    # Faults.

    def _strike_later(self, fault: str, rate: float) -> None:
        def strike() -> None:
            if not self.calm:
                self._strikes[fault](self)
                self._strike_later(fault, rate)

        self.schedule.after(self.rng.expovariate(rate), strike)

    def cut(self, kind: str, client: SimulatedClient, *, tell_client: bool, tell_server: bool) -> None:
        """Cut somebody off, with or without either end hearing of it."""
        if client.wire is not None:
            client.wire.sever(tell_client=tell_client, tell_server=tell_server, ghost=None)
            self.fault(kind, client.name)

    def _cut_off(self, client: SimulatedClient) -> None:
        if "cut" in self.drawn.faults and not self.calm:
            self.cut("cut", client, tell_client=True, tell_server=True)

    # Looking.

    def _look(self) -> None:
        """Check one thing, every so often, in turn."""
        if self._broken is not None:
            raise Violation(self._broken)
        steps = self.schedule.steps
        if steps % CHECKED:
            return
        turn = steps // CHECKED
        client = self.clients[turn % len(self.clients)]
        for doc in self.drawn.documents:
            state = client.opened(doc)
            if state is not None:
                self.promises.holds(doc, state)
        for number, node in enumerate(self.nodes):
            if node is None:
                continue
            if self.permissions is not None:
                self.permissions.of_rooms(node.hub.rooms.values())
                node.check_tokens()
            self.promises.of_outboxes(node, self.drawn.limits.outbox_closed_bytes)
            if turn % 8 == number:
                self.promises.of_node(node)


HOOKS: Final = frozenset(
    {"authenticate_failed", "authenticate_timed_out", "authorize_failed", "authorize_timed_out"}
)
"""Errors that are the application's: it fails in some worlds."""

CODED: Final = frozenset({"session_ended", "submission_rejected", "client_restarted", "turn_given_up"})
