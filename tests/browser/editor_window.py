"""One window on the editor page, as somebody uses it: keys go in, text and badges come out."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Locator, Page, expect

PATIENCE: Final = 60_000  # milliseconds: nothing here is about speed, and the machine may be busy with others


class EditorWindow:
    """A page at /edit/NAME and what a test does with it."""

    page_name = "edit"
    content_class = ".cm-content"

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)

    @property
    def content(self) -> Locator:
        return self.page.get_by_test_id("editor").locator(self.content_class)

    @property
    def badge(self) -> Locator:
        return self.page.get_by_test_id("connection-badge")

    @property
    def people(self) -> Locator:
        return self.page.get_by_test_id("people")

    @property
    def cursors(self) -> Locator:
        """Where the others are, as this window draws it."""
        return self.page.get_by_test_id("remote-cursor")

    async def name(self, name: str) -> None:
        """Say who one is."""
        await self.page.get_by_test_id("name-input").fill(name)
        await self.page.get_by_test_id("name-input").press("Enter")

    async def new_tab(self) -> EditorWindow:
        """Open another tab of the same profile: storage is shared, the session is not."""
        return EditorWindow(await self.page.context.new_page())

    async def open(self, url: str, doc: str) -> None:
        """Go to a document and return once it can be typed in and the server is there."""
        await self.page.goto(f"{url}/{self.page_name}/{doc}")
        await self.expect_online()

    async def reload(self) -> None:
        """Load the page anew and return once its text can be typed in, online or not."""
        await self.page.reload()
        await expect(self.content).to_be_editable(timeout=PATIENCE)

    async def type(self, text: str) -> None:
        """Type at the cursor, key by key."""
        await self.content.focus()
        await self.page.keyboard.type(text)

    async def insert(self, text: str) -> None:
        """Put in what no single key makes, as an input method does."""
        await self.content.focus()
        await self.page.keyboard.insert_text(text)

    async def press(self, *keys: str) -> None:
        await self.content.focus()
        for key in keys:
            await self.page.keyboard.press(key)

    async def text(self) -> str:
        """Return the document as this window's client holds it."""
        text: str = await self.page.evaluate("window.counterpoint.text()")
        return text

    async def expect_text(self, text: str) -> None:
        """Wait until the client holds exactly this text, and the editor shows it."""
        await self._until("expected => window.counterpoint?.text() === expected", text)

    async def expect_to_hold(self, *parts: str) -> None:
        """Wait until the client holds each of the parts."""
        await self._until("parts => parts.every(part => window.counterpoint?.text().includes(part))", parts)

    async def expect_settled(self) -> None:
        """Wait until the server has acknowledged everything typed here."""
        await self._until("async () => await window.counterpoint?.settled()", None)

    async def expect_stored(self) -> None:
        """Wait until everything typed here is written down in this browser."""
        await self._until("async () => await window.counterpoint?.stored()", None)

    async def expect_online(self) -> None:
        await expect(self.badge).to_contain_text("online", ignore_case=True, timeout=PATIENCE)

    async def expect_not_online(self) -> None:
        await expect(self.badge).not_to_contain_text("online", ignore_case=True, timeout=PATIENCE)

    async def _until(self, condition: str, argument: object) -> None:
        try:
            await self.page.wait_for_function(condition, arg=argument, timeout=PATIENCE)
        except Exception as failure:
            held = await self.page.evaluate("window.counterpoint?.text()")
            failure.add_note(f"the window holds {held!r}, the badge says {await self.badge.inner_text()!r}")
            raise
