"""Frames as RFC 6455 has them and as it forbids them, byte by byte: what is read, and how the rest ends.

`make autobahn` runs another project's cases against the same layer; these are a second opinion.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web

from storage import MemoryStore
from tests.raw_socket import CLOSE, TEXT, Streams, frame, upgraded
from transport import mount

FINAL: Final = 0x80
BEGINS: Final = 0x01  # first byte of a text that goes on in another frame
GOES_ON: Final = 0x00
ENDS: Final = FINAL | GOES_ON
PING: Final = 0x89
PONG: Final = 0x8A

HELLO: Final = b'{"type":"hello"}'


@pytest.fixture
async def streams() -> AsyncIterator[Streams]:
    """A socket that has just been upgraded."""
    app = web.Application()
    mount(app, MemoryStore())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with upgraded(f"http://{host}:{port}") as both:
        yield both
    await runner.cleanup()


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2) + reason)


def masked(first_byte: int, payload: bytes, mask: bytes) -> bytes:
    """Return a frame whose payload is masked with what stands in `mask`."""
    hidden = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return bytes([first_byte, 0x80 | len(payload)]) + mask + hidden


BY_HAND: Final = b'{"type":"hello","token":"\xf0\x9f\xa6\x8a"}'  # a fox, four bytes long
MID_FOX: Final = BY_HAND.index(b"\xf0") + 2

SAYS_HELLO: Final = [
    pytest.param(frame(TEXT, HELLO), id="in one frame"),
    pytest.param(masked(TEXT, HELLO, b"\x37\xfa\x21\x3d"), id="masked"),
    pytest.param(frame(BEGINS, HELLO[:7]) + frame(ENDS, HELLO[7:]), id="in two"),
    pytest.param(
        b"".join(frame(GOES_ON if at else BEGINS, HELLO[at : at + 1]) for at in range(len(HELLO)))
        + frame(ENDS, b""),
        id="byte by byte",
    ),
    pytest.param(frame(BEGINS, b"") + frame(GOES_ON, b"") + frame(ENDS, HELLO), id="after empty ones"),
    pytest.param(
        frame(BEGINS, BY_HAND[:MID_FOX]) + frame(ENDS, BY_HAND[MID_FOX:]), id="cut inside a character"
    ),
    pytest.param(frame(PONG, b"unasked") + frame(TEXT, HELLO), id="after a pong that nobody asked for"),
]


@pytest.mark.parametrize("sent", SAYS_HELLO)
async def test_a_message_is_read_however_it_is_cut_into_frames(streams: Streams, sent: bytes) -> None:
    reader, writer = streams
    writer.write(sent)
    assert b'"type":"welcome"' in await reader.readuntil(b'"limits"')


@pytest.mark.parametrize("payload", [b"", b"\x00\xff\xfe", b"x" * 125], ids=["empty", "no text", "longest"])
async def test_a_ping_inside_a_message_is_answered_before_it_and_harms_it_not(
    streams: Streams, payload: bytes
) -> None:
    reader, writer = streams
    writer.write(frame(BEGINS, HELLO[:7]) + frame(PING, payload))
    assert await reader.readexactly(2 + len(payload)) == bytes([PONG, len(payload)]) + payload
    writer.write(frame(ENDS, HELLO[7:]))
    assert b'"type":"welcome"' in await reader.readuntil(b'"limits"')


NO_OPCODES: Final = (*range(3, 8), *range(11, 16))
NO_CLOSE_CODES: Final = (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)

BROKEN: Final = [
    *(pytest.param(frame(TEXT | bit, HELLO), id=f"a reserved bit, {bit:#x}") for bit in (0x40, 0x20, 0x10)),
    *(pytest.param(frame(FINAL | code, HELLO), id=f"opcode {code}") for code in NO_OPCODES),
    pytest.param(frame(PING & ~FINAL, b""), id="a ping in parts"),
    pytest.param(frame(CLOSE & ~FINAL, b""), id="a close in parts"),
    pytest.param(bytes([PING, 0x80 | 126, 0, 126]) + bytes(4 + 126), id="a ping of 126 bytes"),
    pytest.param(bytes([CLOSE, 0x80 | 126, 0, 126]) + bytes(4 + 126), id="a close of 126 bytes"),
    pytest.param(frame(GOES_ON, HELLO), id="the middle of nothing"),
    pytest.param(frame(ENDS, HELLO), id="the end of nothing"),
    pytest.param(frame(BEGINS, HELLO) + frame(TEXT, HELLO), id="a message inside another"),
    pytest.param(frame(BEGINS, HELLO) + frame(PING | 0x40, b""), id="a bad ping inside a message"),
    pytest.param(frame(CLOSE, b"\x03"), id="half a close code"),
    *(pytest.param(closing(code), id=f"close code {code}") for code in NO_CLOSE_CODES),
]  # fmt: skip


@pytest.mark.parametrize("sent", BROKEN)
async def test_what_breaks_the_framing_is_a_protocol_error(streams: Streams, sent: bytes) -> None:
    await ends_with(streams, sent, 1002)


NO_TEXT: Final = [
    pytest.param(frame(TEXT, b'"\xc0\xaf"'), id="a character written too long"),
    pytest.param(frame(TEXT, b'"\xed\xa0\x80"'), id="half of a surrogate pair"),
    pytest.param(frame(TEXT, b'"\xf4\x90\x80\x80"'), id="beyond the last character"),
    pytest.param(frame(TEXT, b'"\xf0\x9f\xa6'), id="ends inside a character"),
    pytest.param(frame(BEGINS, b'"\xf0\x9f') + frame(ENDS, b'"'), id="broken where it is cut"),
    pytest.param(closing(1000, b"\xff"), id="in the reason of a close"),
]


@pytest.mark.parametrize("sent", NO_TEXT)
async def test_text_that_is_no_utf_8_is_told_so(streams: Streams, sent: bytes) -> None:
    await ends_with(streams, sent, 1007)


async def ends_with(streams: Streams, sent: bytes, code: int) -> None:
    """Send some bytes: all that comes is one close with that code, then the end of the socket."""
    reader, writer = streams
    writer.write(sent)
    assert await reader.read() == bytes([CLOSE, 2]) + code.to_bytes(2)


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])
async def test_a_close_with_a_code_that_may_be_sent_is_answered_in_peace(streams: Streams, code: int) -> None:
    await ends_with(streams, closing(code, "vorbei ✓".encode()), 1000)


async def test_a_close_without_a_code_is_answered_and_what_follows_it_is_not(streams: Streams) -> None:
    await ends_with(streams, frame(CLOSE, b"") + frame(TEXT, HELLO) + frame(PING, b"x"), 1000)
