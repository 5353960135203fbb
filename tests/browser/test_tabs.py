"""Two tabs of one profile: they share storage, and still are two clients that do not disturb each other."""

from __future__ import annotations

from tests.browser.conftest import NewWindow
from tests.browser.cuttable_proxy import CuttableProxy
from tests.browser.plain_client import read_document
from tests.server_process import ServerProcess


async def test_two_tabs_of_one_profile_converge(server: ServerProcess, new_window: NewWindow) -> None:
    first = await new_window()
    await first.open(server.url, "hello")
    second = await first.new_tab()
    await second.open(server.url, "hello")

    await first.type("first ")
    await second.expect_text("first ")
    await second.press("Control+End")
    await second.type("second")

    await first.expect_text("first second")
    await first.expect_online()
    await second.expect_online()


async def test_two_tabs_reloaded_with_unsent_edits_send_each_edit_once(
    server: ServerProcess, proxy: CuttableProxy, new_window: NewWindow
) -> None:
    first = await new_window()
    await first.open(proxy.url, "hello")
    second = await first.new_tab()
    await second.open(proxy.url, "hello")

    await proxy.refuse_sync()
    for tab, text in ((first, "<first>"), (second, "<second>")):
        await tab.expect_not_online()
        await tab.type(text)
        await tab.expect_stored()
    await first.reload()
    await second.reload()
    await first.expect_text("<first>")
    await second.expect_text("<second>")
    proxy.restore()

    for tab in (first, second):
        await tab.expect_online()
        await tab.expect_to_hold("<first>", "<second>")
        await tab.expect_settled()
    text = await read_document(server.url, "hello")
    assert sorted(text) == sorted("<first><second>")


async def test_the_unsent_edits_of_a_closed_tab_are_sent_by_the_next_one(
    server: ServerProcess, proxy: CuttableProxy, new_window: NewWindow
) -> None:
    closed = await new_window()
    await closed.open(proxy.url, "hello")
    await proxy.refuse_sync()
    await closed.expect_not_online()
    await closed.type("left behind")
    await closed.expect_stored()
    next_tab = await closed.new_tab()
    await closed.page.close()
    proxy.restore()

    await next_tab.open(proxy.url, "hello")

    await next_tab.expect_text("left behind")
    await next_tab.expect_settled()
    assert await read_document(server.url, "hello") == "left behind"
