"""One simulated TCP connection between a client and a node: bytes in order, both ways, until it is cut.

Latency is drawn for each write, and what was written first arrives first. A cut takes what is on its way
to the client from some byte on. What is on its way to the server may still arrive, up to some byte, long
after the client has dialled again: the ghost of a connection. And whoever is not told of a cut only finds out
by silence.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import attrs

from transport.simulation.virtual_loop import Schedule

EPSILON: Final = 1e-6
"""Seconds between two arrivals: with none, equal times might be taken in another order than TCP's."""

BYTE_WEIGHT: Final = 1024
"""What a byte that waits in the socket counts for the server: the buffers of this network are small, so that
a reader becomes slow after some hundred bytes already."""

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8

Way = Literal["up", "down"]


class Frames:
    """Puts WebSocket frames together again from the bytes in which they arrive."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return the frames that are whole now: opcode and payload."""
        self._held += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> tuple[int, bytes] | None:
        held = self._held
        if len(held) < 2:
            return None
        size, start = held[1], 2
        if size >= 126:
            width = 2 if size == 126 else 8
            start += width
            size = int.from_bytes(held[2:start], "big")
        if len(held) < start + size or len(held) < start:
            return None
        frame = held[0] & 0x0F, bytes(held[start : start + size])
        del held[: start + size]
        return frame


class End(Protocol):
    """What one end of a wire is told."""

    def arrived(self, opcode: int, payload: bytes) -> None:
        """Take in a frame."""

    def ended(self) -> None:
        """Take in that nothing more will come."""


@attrs.define(eq=False)
class Wire:
    """A connection as the network has it."""

    schedule: Schedule
    rng: random.Random
    latency: tuple[float, float]
    """Least and most seconds for one write to arrive."""
    client: End | None = None
    server: End | None = None
    cut: bool = False
    reading: bool = True
    """Whether the client reads; what arrives otherwise waits in the socket."""
    waiting: int = 0
    """Bytes written by the server that the client has not read."""
    _last: dict[Way, float] = attrs.field(factory=lambda: {"up": 0.0, "down": 0.0})
    _unread: deque[bytes] = attrs.field(factory=deque)
    _up: Frames = attrs.field(factory=Frames)
    _down: Frames = attrs.field(factory=Frames)
    _left: int = 0
    """After a cut: bytes on their way to the server that still arrive."""
    _late: float = 0.0
    """After a cut: seconds by which they come late."""
    watch: Callable[[bytes], None] | None = None
    """Sees what the server writes, as it does."""
    late_frames: int = 0
    """Frames that reached the server after the cut."""

    def to_server(self, data: bytes) -> None:
        """Write on the client's end."""
        if not self.cut:
            self._send("up", lambda: self._reached_server(data))

    def to_client(self, data: bytes) -> None:
        """Write on the server's end."""
        if not self.cut:
            self.waiting += len(data)
            self._send("down", lambda: self._reached_client(data))

    def hang_up(self) -> None:
        """Close the client's end: the server is told, in order, unless the connection is cut."""
        self.client = None
        if not self.cut:
            self._send("up", self._tell_server)

    def drop(self) -> None:
        """Close the server's end at once; what it had written still arrives."""
        self.server = None
        self._send("down", self._tell_client)

    def sever(self, *, tell_client: bool, tell_server: bool, ghost: float | None) -> None:
        """Cut the connection; a ghost's bytes that are under way come so many seconds late."""
        self.cut = True
        self._unread.clear()
        if ghost is not None:
            self._left, self._late = self.rng.randrange(4_000), ghost
        if tell_client:
            self.schedule.after(self._delay(), self._tell_client)
        if tell_server:
            self._send("up", lambda: self.schedule.after(self._late, self._tell_server))

    def read_again(self) -> None:
        """Let the client read what has waited."""
        self.reading = True
        while self._unread and not self.cut:
            self._read(self._unread.popleft())

    def _delay(self) -> float:
        return self.rng.uniform(*self.latency)

    def _send(self, way: Way, arrive: Callable[[], None]) -> None:
        when = max(self._last[way] + EPSILON, self.schedule.now + self._delay())
        self._last[way] = when
        self.schedule.at(when, arrive)

    def _reached_server(self, data: bytes) -> None:
        if self.cut:
            data, self._left = data[: self._left], max(self._left - len(data), 0)
            if data:
                self.schedule.after(self._late, lambda: self._taken_by_server(data))
        else:
            self._taken_by_server(data)

    def _taken_by_server(self, data: bytes) -> None:
        for opcode, payload in self._up.feed(data):
            if self.server is not None:
                self.late_frames += self.cut
                self.server.arrived(opcode, payload)

    def _reached_client(self, data: bytes) -> None:
        if self.cut:
            return
        if self.reading:
            self._read(data)
        else:
            self._unread.append(data)

    def _read(self, data: bytes) -> None:
        self.waiting -= len(data)
        for opcode, payload in self._down.feed(data):
            if self.client is not None:
                self.client.arrived(opcode, payload)

    def _tell_client(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            client.ended()

    def _tell_server(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            server.ended()


class WireTransport(asyncio.Transport):
    """The server's end of a wire, as `transport.connection` writes to it."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire
        self._closing = False

    def write(self, data: Any) -> None:
        if not self._closing:
            if self._wire.watch is not None:
                self._wire.watch(bytes(data))
            self._wire.to_client(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self._wire.waiting * BYTE_WEIGHT

    def is_closing(self) -> bool:
        return self._closing

    def abort(self) -> None:
        if not self._closing:
            self._closing = True
            self._wire.drop()

    close = abort
