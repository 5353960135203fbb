"""Very many connections that have a document open and say nothing, and a few readers that do not read."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Final

from tests.by_hand import connected
from tests.raw_socket import HANDSHAKE, Streams, frame
from tests.server_process import ServerProcess
from tests.torture.coming_back import require_files
from tests.torture.long_runs import MIB, PATIENCE, SPARE, Held, descriptors_back
from tests.torture.stage import Stage, running

KIB: Final = 1024
HOMES: Final = ("127.0.0.1", "127.0.0.2")
"""Addresses that a crowd comes from: one may have 10,000 connections, and somebody types as well."""

AT_ONCE: Final = 50
IDLE_BYTES: Final = 32 * KIB
"""What a connection with one open document may cost."""

SLOW_BYTES: Final = 2 * MIB
"""What a reader that does not read may cost: an outbox of 1 MiB, and what lies behind it."""

FANNED_OUT: Final = 3 * MIB
"""Bytes that each slow reader is to be told: three times what it may have waiting."""

PARAGRAPH: Final = 20_000
SMALL: Final = 16 * KIB  # bytes of a reader's buffers, so that what it does not read stays with the server


async def held_idle(stage: Stage) -> str:
    """A crowd that opens one document and stays: memory for each, somebody who types, and everything back."""
    count = stage.scale.idle
    require_files(count + 200)
    async with running(stage.server()) as server, connected(server.url) as typist:
        await typist.greet()
        await typist.open("notes")
        before, began = await Held.by(server), time.monotonic()
        crowd: list[Streams] = []
        for _ in range(0, count, AT_ONCE):
            address = HOMES[len(crowd) * len(HOMES) // count]
            crowd += await asyncio.gather(*(idle(server, address) for _ in range(AT_ONCE)))
        opened = time.monotonic() - began
        during = await Held.by(server)
        began = time.monotonic()
        await typist.submit("notes", 0, 1, ["x"])
        typed = time.monotonic() - began
        for reader, _ in crowd:
            await reader.readuntil(b'"operations"')
        for _, writer in crowd:
            writer.close()
        await descriptors_back(server, before)
    each = (during.memory - before.memory) / len(crowd)
    assert each <= IDLE_BYTES, f"{each / KIB:.1f} KiB for each"
    return f"{len(crowd)} came in {opened:.1f} s, {each / KIB:.1f} KiB each; a key took {typed * 1000:.0f} ms"


async def held_by_slow_readers(stage: Stage) -> str:
    """Readers that stop reading: each holds a bounded queue, and whoever types is answered as before."""
    count = stage.scale.slow_readers
    async with running(stage.server()) as server, connected(server.url) as typist:
        await typist.greet()
        await typist.open("notes")
        crowd = [await idle(server, HOMES[0], small=True) for _ in range(count)]
        before, most, slowest = await Held.by(server), 0, 0.0
        for revision in range(FANNED_OUT // PARAGRAPH):
            began = time.monotonic()
            await typist.submit("notes", revision, revision + 1, ["x" * PARAGRAPH])
            slowest = max(slowest, time.monotonic() - began)
            if revision % 10 == 0:
                most = max(most, (await Held.by(server)).memory - before.memory)
        for _, writer in crowd:
            writer.close()
        await descriptors_back(server, before)
    allowed = count * SLOW_BYTES + SPARE
    assert most <= allowed, f"{most / MIB:.1f} MiB for {count}"
    held = f"told {count * FANNED_OUT / MIB:.0f} MiB, they hold {most / MIB:.1f} MiB"
    return f"{count} that do not read: {held}; the slowest key took {slowest:.2f} s"


async def idle(server: ServerProcess, address: str, *, small: bool = False) -> Streams:
    """Connect from an address, open the document, and say no more; small buffers are soon full."""
    made = socket.socket()
    if small:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    made.setblocking(False)
    made.bind((address, 0))
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", server.port))
    reader, writer = await asyncio.open_connection(sock=made, limit=SMALL)
    async with asyncio.timeout(PATIENCE):
        writer.write(HANDSHAKE.format(host="here").encode())
        writer.write(frame(0x81, b'{"type":"hello"}') + frame(0x81, b'{"type":"open","doc":"notes"}'))
        await reader.readuntil(b'"opened"')
    return reader, writer
