"""A window without its server: typing goes on, and everything arrives once when the cable is back."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import NewWindow
from tests.browser.cuttable_proxy import CuttableProxy
from tests.browser.plain_client import await_document, read_document
from tests.server_process import ServerProcess


async def test_edits_on_both_sides_of_a_cut_converge(
    server: ServerProcess, proxy: CuttableProxy, new_window: NewWindow
) -> None:
    near, far = await new_window(), await new_window()
    await near.open(server.url, "hello")
    await far.open(proxy.url, "hello")
    await near.type("shared")
    await far.expect_text("shared")

    await proxy.cut()
    await far.expect_not_online()
    await far.press("Control+End")
    await far.type(" far")
    await near.press("Control+Home")
    await near.type("near ")
    await near.expect_settled()
    await far.expect_text("shared far")
    proxy.restore()

    await far.expect_online()
    await near.expect_text("near shared far")
    await far.expect_text("near shared far")
    assert await read_document(server.url, "hello") == "near shared far"


async def test_the_badge_counts_what_has_not_been_sent(proxy: CuttableProxy, new_window: NewWindow) -> None:
    window = await new_window()
    await window.open(proxy.url, "hello")

    await proxy.cut()
    await window.expect_not_online()
    await window.type("x")

    await expect(window.badge).to_contain_text("· 1 unsent")
    proxy.restore()
    await window.expect_online()
    await window.expect_settled()


async def test_edits_not_yet_sent_survive_a_reload_and_arrive_exactly_once(
    server: ServerProcess, proxy: CuttableProxy, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.open(proxy.url, "hello")
    await window.type("sent. ")
    await window.expect_settled()

    await proxy.refuse_sync()
    await window.expect_not_online()
    await window.type("Not yet sent.")
    await window.expect_stored()
    await window.reload()
    await window.expect_text("sent. Not yet sent.")
    assert await read_document(server.url, "hello") == "sent. "
    proxy.restore()

    await window.expect_online()
    await window.expect_settled()
    await window.expect_text("sent. Not yet sent.")
    assert await read_document(server.url, "hello") == "sent. Not yet sent."


async def test_a_submission_landed_without_its_acknowledgement_arrives_once_after_a_reload(
    server: ServerProcess, proxy: CuttableProxy, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.open(proxy.url, "hello")

    proxy.swallow_answers()
    await window.type("x")
    await window.expect_stored()
    await await_document(server.url, "hello", "x")
    await proxy.refuse_sync()
    await window.type("y")
    await window.expect_stored()
    await window.reload()
    proxy.restore()

    await window.expect_online()
    await window.expect_settled()
    assert await read_document(server.url, "hello") == "xy"
    await window.expect_text("xy")
