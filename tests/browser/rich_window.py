"""One window on the page of a rich text: as that of a text, with formats."""

from __future__ import annotations

from typing import Any, TypeAlias

from playwright.async_api import FilePayload, expect

from tests.browser.editor_window import PATIENCE, EditorWindow

Contents: TypeAlias = list[Any]


class RichWindow(EditorWindow):
    """A page at /rich/NAME and what a test does with it."""

    page_name = "rich"
    content_class = ".ql-editor"

    async def select(self, start: int, length: int) -> None:
        """Put the cursor behind `start` characters, and select the next ones."""
        await self.press("Control+Home", *["ArrowRight"] * start, *["Shift+ArrowRight"] * length)

    async def format(self, *tools: str) -> None:
        """Press buttons of the toolbar by their names."""
        for tool in tools:
            await self.page.get_by_test_id(f"format-{tool}").click()

    async def colour(self, colour: str) -> None:
        """Write what is selected in a colour."""
        await self.format("color")
        await self.page.get_by_test_id(f"colour-{colour}").click()

    async def line_style(self, style: str) -> None:
        """Make the line of the cursor a heading, a quote, or text."""
        await self.page.get_by_test_id("format-line").select_option(style)

    async def insert_picture(self, address: str) -> None:
        """Put in a picture by its address."""
        await self.format("image")
        await self.page.get_by_test_id("picture-address").fill(address)
        await self.page.get_by_test_id("picture-apply").click()

    async def insert_file(self, name: str, kind: str, content: bytes) -> None:
        """Put in a picture from a file."""
        await self.format("image")
        await self.page.get_by_test_id("picture-file").set_input_files(
            FilePayload(name=name, mimeType=kind, buffer=content)
        )

    async def contents(self) -> Contents:
        """Return the document as this window's client holds it."""
        contents: Contents = await self.page.evaluate("window.counterpoint.snapshot()")
        return contents

    async def expect_contents(self, contents: Contents) -> None:
        """Wait until the client holds exactly this document."""
        await self._until(SAME_CONTENTS, contents)

    async def screen(self) -> str:
        """Return what the editor shows, as HTML."""
        return await self.content.inner_html()

    async def expect_screen_of(self, other: RichWindow) -> None:
        """Wait until both hold one document, and show it alike."""
        await self.expect_settled()
        await other.expect_settled()
        await self.expect_contents(await other.contents())
        await expect(self.content).to_have_js_property("innerHTML", await other.screen(), timeout=PATIENCE)


SAME_CONTENTS = """expected => {
    const sorted = (key, value) => value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort()) : value
    const held = window.counterpoint?.snapshot() ?? null
    return JSON.stringify(held, sorted) === JSON.stringify(expected, sorted)
}"""
