"""A device that others use: nothing of a visit outlives it, and an unattended one is cleared after a warning."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.form import (
    PARKS,
    begin,
    expect_kept,
    expect_state,
    fill_in,
    give,
    go_on,
    open_form,
    send,
    shown,
    wait_for_outbox,
    wait_for_script,
    wait_until_offline_works,
)
from tests.browser.public_server import PublicServer

pytestmark = pytest.mark.browser
_KEPT = """async () => {
  const open = indexedDB.open('yoursay');
  const database = await new Promise(resolve => { open.onsuccess = () => resolve(open.result); });
  const names = ['drafts', 'keys', 'outbox', 'receipts'];
  const counts = {};
  for (const name of names) {
    const count = database.transaction(name).objectStore(name).count();
    counts[name] = await new Promise(resolve => { count.onsuccess = () => resolve(count.result); });
  }
  database.close();
  return counts;
}"""
_WORDS = "Written in the library."


def test_on_a_shared_device_nothing_is_kept_and_a_reload_begins_anew(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    open_form(page, server.address)
    begin(page, "shared")
    fill_in(page, {"q5_proposal": _WORDS}, until="r1_capacity")
    assert page.evaluate(_KEPT) == {"drafts": 0, "keys": 0, "outbox": 0, "receipts": 0}
    page.reload()
    wait_for_script(page)
    expect(page.locator("html")).to_have_attribute("data-page", "device")
    assert page.locator("[name=q5_proposal]").input_value() == ""
    assert page.locator("[data-offer]").count() == 0


def test_going_back_to_a_page_that_was_left_shows_nothing_of_it(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    open_form(page, server.address)
    begin(page, "shared")
    fill_in(page, {"q5_proposal": _WORDS}, until="r1_capacity")
    page.goto(f"{server.address}/help")
    page.go_back()
    wait_for_script(page)
    assert page.locator("[name=q5_proposal]").input_value() == ""


def test_a_kiosk_is_a_shared_device_whatever_is_chosen(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_form(page, server.address, query="?lang=en&kiosk=1")
    expect(shown(page).locator("[name=form-device][value=shared]")).to_be_checked()
    page.locator("a[hreflang=ar]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(shown(page).locator("[name=form-device][value=own]")).to_be_disabled()
    go_on(page)
    expect(page.locator("html")).to_have_attribute("data-page", "question-1")
    fill_in(page, {"q5_proposal": _WORDS})
    send(page)
    expect_state(page, "received")
    expect(page.locator("[data-slot=change-code]:visible").first).not_to_be_empty()
    assert page.evaluate(_KEPT) == {"drafts": 0, "keys": 0, "outbox": 0, "receipts": 0}


def test_a_visit_that_is_left_idle_is_warned_of_and_cleared(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.clock.install()
    open_form(page, server.address)
    begin(page, "shared")
    fill_in(page, {"q5_proposal": _WORDS}, until="r1_capacity")
    page.clock.run_for("08:58")
    assert page.locator("dialog").count() == 0
    page.clock.run_for("00:03")
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-page", "r1_capacity")
    page.clock.run_for("09:01")
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.clock.run_for("01:00")
    expect(page.locator("html")).to_have_attribute("data-page", "device")
    expect(page.locator("dialog")).to_have_count(0)
    assert page.locator("[name=q5_proposal]").input_value() == ""


def test_clearing_the_device_asks_about_what_is_unsent_and_keeps_it_unless_told_otherwise(
    own_server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    open_form(page, own_server.address)
    wait_until_offline_works(page)
    begin(page)
    fill_in(page, {"q5_proposal": "received"})
    send(page)
    expect_state(page, "received")
    own_server.kill()
    for words in ("not sent", "half-written"):
        page.evaluate("location.hash = '#/device'")
        begin(page)
        page.evaluate("location.hash = '#/question-5'")
        give(page, "q5_proposal", words)
        expect_kept(page)
        if words == "not sent":
            page.evaluate("location.hash = '#/check'")
            send(page)
            expect_state(page, "queued")
    assert page.evaluate(_KEPT) == {"drafts": 1, "keys": 1, "outbox": 1, "receipts": 2}
    clear = page.locator("button[data-action=clear-device]")
    clear.click()
    page.get_by_role("dialog").get_by_role("button", name="Do not clear").click()
    assert page.evaluate(_KEPT) == {"drafts": 1, "keys": 1, "outbox": 1, "receipts": 2}
    clear.click()
    expect(page.get_by_role("dialog")).to_contain_text("Not yet sent: 1")
    page.get_by_role("dialog").get_by_role("button", name="still send").click()
    expect(page.locator("html")).to_have_attribute("data-page", "device")
    expect(page.locator("#announce")).to_contain_text("cleared")
    assert page.evaluate(_KEPT) == {"drafts": 0, "keys": 0, "outbox": 1, "receipts": 0}
    assert page.locator("[name=q5_proposal]").input_value() == ""
    clear.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    wait_for_outbox(page, "records => records.length === 0")
    own_server.start()
    assert [one.answers for one in own_server.responses(PARKS)] == [{"q5_proposal": "received"}]
