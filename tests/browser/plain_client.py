"""What no window can tell: the text that the server itself holds, and documents that no keyboard types."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from tests.by_hand import connected

PATIENCE: Final = 20.0  # seconds for a text to arrive at the server


async def make_document(url: str, doc: str, text: str) -> None:
    """Make a text document and return once `text` has landed in it."""
    async with connected(url) as peer:
        await peer.greet()
        opened = await peer.open(doc)
        await peer.submit(doc, opened["revision"], 1, [text])


async def make_rich_document(url: str, doc: str, contents: list[Any]) -> None:
    """Make a rich text that holds exactly this."""
    async with connected(url) as peer:
        await peer.greet()
        await peer.open(doc, doc_type="rich-text", create=contents)


async def read_rich_document(url: str, doc: str) -> list[Any]:
    """Return a rich text as the server has it."""
    async with connected(url) as peer:
        await peer.greet()
        contents: list[Any] = (await peer.open(doc, doc_type="rich-text"))["snapshot"]
        return contents


async def read_document(url: str, doc: str) -> str:
    """Return the text of a document as the server has it."""
    async with connected(url) as peer:
        await peer.greet()
        text: str = (await peer.open(doc))["snapshot"]
        return text


async def await_document(url: str, doc: str, text: str) -> None:
    """Return once the server holds this text: it is read anew after everything that lands."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with connected(url) as peer:
                await peer.greet()
                if (await peer.open(doc))["snapshot"] == text:
                    return
                while (await peer.hear())["type"] != "operations":
                    pass
