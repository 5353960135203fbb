"""Whatever stands where a handshake should be, it is refused or cut off, and nobody else notices."""

from __future__ import annotations

import asyncio
from typing import Final

import aiohttp
import pytest

import transport.hub
from tests.raw_socket import HANDSHAKE, frame, upgraded
from tests.transport.healthy import nobody_else_notices
from tests.transport.served import PATIENCE, Served, bare
from transport import Limits

GOOD: Final = HANDSHAKE.format(host="here")
KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="


def without(header: str) -> str:
    return "\r\n".join(line for line in GOOD.split("\r\n") if not line.startswith(header))


def instead(what: str, other: str) -> str:
    assert what in GOOD
    return GOOD.replace(what, other)


def with_more(headers: str) -> str:
    return instead("Host: here", f"Host: here\r\n{headers}")


BAD: Final = [
    pytest.param(without("Sec-WebSocket-Key"), 400, id="no key"),
    pytest.param(instead(KEY, "c2hvcnQ="), 400, id="a short key"),
    pytest.param(instead(KEY, "!!!!"), 400, id="a key that is no base64"),
    pytest.param(without("Sec-WebSocket-Version"), 400, id="no version"),
    pytest.param(instead("Version: 13", "Version: 12"), 400, id="another version"),
    pytest.param(without("Upgrade"), 400, id="no upgrade"),
    pytest.param(instead("Upgrade: websocket", "Upgrade: h2c"), 400, id="another upgrade"),
    pytest.param(without("Connection"), 400, id="no connection header"),
    pytest.param(instead("GET", "POST"), 405, id="another method"),
    pytest.param(instead("HTTP/1.1", "HTTP/1.0"), 505, id="an older HTTP"),
    pytest.param("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, id="a newer HTTP"),
    pytest.param(without("Host"), 400, id="no host"),
    pytest.param(with_more("Host: there"), 400, id="two hosts"),
    pytest.param(with_more("X: " + "y" * 100_000), 400, id="a huge header"),
    pytest.param(with_more("X: y\r\n" * 20_000 + "Y: z"), 400, id="very many headers"),
    pytest.param(instead("/sync", "/sync?" + "y" * 100_000), 400, id="a huge address"),
    pytest.param(with_more("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400, id="two ways to end"),
    pytest.param(with_more("Content-Length: 5\r\nContent-Length: 6"), 400, id="two lengths"),
    pytest.param(instead("Host: here", "Host : here"), 400, id="a space before the colon"),
    pytest.param(with_more("X: a\0b"), 400, id="a zero byte"),
    pytest.param(with_more("X: a\r\n b"), 400, id="a header over two lines"),
    pytest.param(instead("\r\n", "\n"), 400, id="line ends of the other kind"),
    pytest.param("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\0" * 100, 400, id="TLS"),
    pytest.param("\xff\xfe\0" * 50 + "\r\n\r\n", 400, id="noise"),
]


@pytest.mark.parametrize(("request_text", "status"), BAD)
async def test_what_is_no_handshake_is_the_peers_fault_and_never_an_upgrade(
    request_text: str, status: int
) -> None:
    async with Served() as served, nobody_else_notices(served):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(request_text.encode("latin-1"))
        async with asyncio.timeout(PATIENCE):
            line = await reader.readuntil(b"\r\n")
        assert line.split(b" ")[1] == str(status).encode()
        writer.close()
        assert len(served.hub.connections) == 1, "only the healthy one"


async def test_a_handshake_as_it_should_be_is_taken() -> None:
    async with Served() as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(GOOD.encode())
        async with asyncio.timeout(PATIENCE):
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 101 ")
        writer.close()


async def test_compression_is_never_agreed_on_so_that_nothing_small_becomes_large() -> None:
    async with Served() as served, nobody_else_notices(served):
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(served.url, compress=15) as offering,
        ):
            assert offering.compress == 0
        async with upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer):
            writer.write(frame(0x41, b"\xca\x00") + frame(0x80, b""))  # compressed, in two fragments
            assert await reader.readexactly(4) == b"\x88\x02" + (1002).to_bytes(2)
            assert await reader.read() == b""


async def test_a_message_of_very_many_empty_fragments_costs_no_memory_and_nobody_else() -> None:
    async with (
        Served() as served,
        nobody_else_notices(served),
        bare(served) as witness,
        upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer),
    ):
        writer.write(frame(0x01, b'{"type":'))
        for _ in range(30):
            writer.write(frame(0x00, b"") * 10_000)
            await writer.drain()
            await witness.say(type="ping")
            assert (await witness.hear())["type"] == "pong"
        writer.write(frame(0x80, b'"hello"}'))
        await reader.readuntil(b'"welcome"')


async def test_a_message_that_is_never_finished_is_no_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.hub, "TICK", 0.05)
    async with (
        Served(limits=Limits(dead_seconds=0.5)) as served,
        upgraded(f"http://127.0.0.1:{served.port}") as (reader, writer),
    ):
        writer.write(frame(0x81, b'{"type":"hello"}') + frame(0x01, b'{"type":'))
        ending = asyncio.create_task(reader.readuntil(b"heartbeat-timeout"))
        while not (await asyncio.wait([ending], timeout=0.05))[0]:
            writer.write(frame(0x00, b" "))  # a byte now and then, for ever
        assert b'"welcome"' in ending.result()
