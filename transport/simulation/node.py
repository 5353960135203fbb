"""A simulated server process: a real `Hub`, with all of its sessions and rooms, on a loop of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import attrs

from transport.codec import Codec
from transport.connection import Connection
from transport.hub import Hub
from transport.limits import Limits
from transport.simulation.permissions import Permissions, Watch
from transport.simulation.virtual_loop import VirtualLoop
from transport.simulation.virtual_store import VirtualStore
from transport.simulation.wire import BINARY, CLOSE, Wire, WireTransport


class Crashed(BaseException):
    """Ends the callback in which a process has died, as nothing can catch it."""


@attrs.define(eq=False)
class Accepted:
    """The server's end of one connection."""

    node: Node
    wire: Wire
    connection: Connection

    def arrived(self, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            self.ended()
        else:
            frame = payload if opcode == BINARY else payload.decode()
            self.node.loop.enter(lambda: self.node.hub.received(self.connection, frame))
            self.node.touched(self.wire)

    def ended(self) -> None:
        self.node.loop.enter(lambda: self.node.hub.disconnected(self.connection))


@attrs.define(eq=False)
class Node:
    """One life of one server."""

    name: str
    loop: VirtualLoop
    store: VirtualStore
    hub: Hub
    touched: Callable[[Wire], None]
    permissions: Permissions | None = None
    wires: list[Wire] = attrs.field(factory=list)
    _watches: dict[str, Watch] = attrs.field(factory=dict)
    """By session, where somebody says who may do what."""

    @classmethod
    def started(
        cls,
        name: str,
        loop: VirtualLoop,
        store: VirtualStore,
        limits: Limits,
        rng: random.Random,
        touched: Callable[[Wire], None],
        permissions: Permissions | None = None,
    ) -> Node:
        """Start a server; it takes connections as soon as its store is open."""
        authorize = None if permissions is None else permissions.authorize
        hub = Hub(store, limits, authorize=authorize, rng=rng, wall=lambda: store.disk.schedule.now)
        node = cls(name, loop, store, hub, touched, permissions)
        loop.begin(hub.start())
        return node

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.loop.alive

    @property
    def accepts(self) -> bool:
        """Whether a connection would be taken."""
        return self.alive and self.hub.ready and not self.hub.draining

    def accept(self, wire: Wire, codec: Codec, client: str) -> None:
        """Take a connection of somebody's in."""
        made: list[Connection] = []
        watch: Watch | None = None
        if self.permissions is not None:
            watch = self.permissions.watch(client, codec, lambda: made[0].session.ended)
            wire.watch = watch.wrote
        who_is = None if watch is None else watch.who_is
        self.loop.enter(lambda: made.append(self.hub.connect(codec, WireTransport(wire), who_is)))
        wire.server = Accepted(self, wire, made[0])
        if watch is not None:
            self._watches[made[0].session.id] = watch
        self.wires = [one for one in self.wires if one.server is not None]
        self.wires.append(wire)

    def crash(self) -> None:
        """Die at once: peers hear of it, the store does not."""
        self.loop.kill()
        for wire in self.wires:
            if wire.server is not None:
                wire.server = None
                wire.sever(tell_client=True, tell_server=False, ghost=None)
        self.wires.clear()

    def drain(self, done: Callable[[], None]) -> None:
        """Stop as on SIGTERM; `done` when the process would exit."""

        async def stop() -> None:
            await self.hub.close()
            self.crash()
            done()

        self.loop.begin(stop())

    def check_tokens(self) -> None:
        """Check that no session has outlived its token."""
        live = {key for key, one in self.hub.connections.items() if not one.session.ended}
        self._watches = {key: one for key, one in self._watches.items() if key in live}
        for watch in self._watches.values():
            watch.holds()

    def outboxes(self) -> Iterator[int]:
        """Yield the bytes that wait in each outbox."""
        for connection in self.hub.connections.values():
            yield connection.outbox.size
