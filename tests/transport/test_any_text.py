"""Every character that is one reaches everybody as it was typed: on the wire, in the log, in history."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from storage import open_store
from tests.transport.served import Served
from transport import MSGPACK, Document, connect

TEXTS: Final = {
    "a zero character": "a\0b",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "line ends of every kind": "\r \n \r\n \x0b \x0c \x85 \u2028 \u2029",
    "a byte order mark": "\ufeffx\ufeff",
    "no characters": "\ufdd0\ufdef\uffff\U0001fffe\U0010ffff",
    "directions": "\u202eabc\u202c \u2066x\u2069 \u200f",
    "private ones": "\ue000\uf8ff\U000f0000",
    "joined emoji": "👩‍👩‍👧 🏳️‍🌈 e\u0301 \u1100\u1161\u11a8",
    "the same to NFC and not to us": "\u00e9 e\u0301 \u212b \u00c5 ﬁ",
    "what has a meaning elsewhere": "'; drop table entries; -- \\u0000 %s {x} ${y} <script>",
}


async def typed(doc: Document, text: str) -> None:
    doc.submit([text])
    await doc.settled()


@pytest.mark.parametrize("name", TEXTS)
async def test_whatever_is_typed_is_what_everybody_reads_and_what_is_kept(name: str, tmp_path: Path) -> None:
    text, address = TEXTS[name], f"sqlite:{tmp_path / 'kept.db'}"
    async with Served(make=lambda: open_store(address)) as served:
        async with connect(served.url) as ours, connect(served.url, codec=MSGPACK) as theirs:
            docs = [await one.open("notes", doc_type="text") for one in (ours, theirs)]
            for doc in docs:  # each codec in each direction
                await typed(doc, text)
            for doc in docs:
                await doc.at_revision(2)
                assert doc.snapshot == text + text
        await served.stop()
        await served.start()
        async with connect(served.url) as again:
            doc = await again.open("notes")
            assert doc.snapshot == text + text
            assert [entry.op for entry in (await doc.history(after=0)).entries] == [[text], [text]]
