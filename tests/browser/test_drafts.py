"""Drafts: kept as one types, encrypted, one to a tab; and nothing of an answer in clear on any disk."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.form import (
    PARKS,
    THIRD,
    begin,
    expect_kept,
    expect_state,
    fill_in,
    give,
    go_on,
    open_form,
    send,
    shown,
    wait_for_script,
    wait_until_offline_works,
)
from tests.browser.public_server import PublicServer

pytestmark = pytest.mark.browser
# Written into every answer of the tests below, and looked for on the disks.
NEEDLE = "zanzibarquince"


@contextmanager
def persistent(player: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A browser whose profile outlives it. Killed, not closed, at the end: what counts is what is on the disk."""
    context = player.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=FLAGS)
    try:
        yield context
    finally:
        kill_browser(profile)


def kill_browser(profile: Path) -> None:
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in command:
            os.kill(int(process.name), signal.SIGKILL)


def files_that_hold(folder: Path, needle: str) -> list[str]:
    """The files in which the needle stands, as UTF-8 or as UTF-16 (how browsers keep many texts)."""
    forms = [needle.encode(), needle.encode("utf-16-le"), needle.upper().encode()]
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and any(form in file.read_bytes() for form in forms)
    ]


def proposal(page: Page) -> str:
    page.evaluate("location.hash = '#/question-5'")
    return shown(page).locator("[name=q5_proposal]").input_value()


def test_the_form_and_the_draft_are_there_again_without_a_network(
    server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    open_form(page, server.address)
    wait_until_offline_works(page)
    begin(page)
    fill_in(page, {"q1_use": "parks"}, until="question-2")
    give(page, "q2_visits", "7")
    expect_kept(page)
    expect(shown(page).locator("#kept")).to_contain_text("Not sent yet")
    expect(page.locator("#announce")).to_have_text("Saved on this device")
    go_on(page)
    context.set_offline(True)
    page.reload(wait_until="domcontentloaded")
    wait_for_script(page)
    expect(page.locator("html")).to_have_attribute("data-page", "question-3")
    page.go_back()
    expect(shown(page).locator("[name=q2_visits]")).to_have_value("7")
    page.goto(f"{server.address}/{PARKS}", wait_until="domcontentloaded")
    page.locator("a[data-form-address]").first.click()
    wait_for_script(page)
    expect(page.locator("html")).to_have_attribute("data-page", "device")


def test_one_visit_to_the_start_page_is_enough_for_the_form_without_a_network(
    server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto(f"{server.address}/{THIRD}")
    wait_until_offline_works(page)
    context.set_offline(True)
    page.locator("a[data-form-address]").first.click()
    wait_for_script(page)
    begin(page)
    fill_in(page, {})
    send(page)
    expect_state(page, "queued")


def test_a_draft_survives_the_crash_of_the_browser_and_is_offered(
    server: PublicServer, player: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with persistent(player, profile) as context:
        page = context.new_page()
        open_form(page, server.address)
        begin(page)
        fill_in(page, {"q5_proposal": f"{NEEDLE} half-written"}, until="r1_capacity")
        expect_kept(page)
    assert files_that_hold(profile, NEEDLE) == []
    with persistent(player, profile) as context:
        page = context.new_page()
        open_form(page, server.address)
        expect(page.locator("[data-offer]")).to_contain_text("14 May 2007")
        page.locator("[data-offer] button").click()
        expect(page.locator("html")).to_have_attribute("data-page", "question-1")
        assert proposal(page) == f"{NEEDLE} half-written"


def test_two_tabs_have_drafts_of_their_own(server: PublicServer, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    first, second = context.new_page(), context.new_page()
    for page, words in ((first, "in the first tab"), (second, "in the second tab")):
        open_form(page, server.address)
        begin(page)
        page.evaluate("location.hash = '#/question-5'")
        give(page, "q5_proposal", words)
        expect_kept(page)
    second.evaluate("location.hash = '#/device'")
    for page, words in ((first, "in the first tab"), (second, "in the second tab")):
        page.reload()
        wait_for_script(page)
        assert proposal(page) == words
    third = context.new_page()
    open_form(third, server.address)
    third.locator("[data-offer] button").click()
    expect(third.locator("[data-offer]")).to_contain_text("open in another tab")


def test_another_language_keeps_the_page_and_the_answers(server: PublicServer, new_page: Callable[..., Page]) -> None:
    for device in ("own", "shared"):
        page = new_page()
        open_form(page, server.address)
        begin(page, device)
        fill_in(page, {"q1_use": "parks", "q2_visits": "7"}, until="question-3")
        page.locator("a[hreflang=ar]").click()
        expect(page.locator("html")).to_have_attribute("lang", "ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.locator("html")).to_have_attribute("data-page", "question-3")
        page.evaluate("location.hash = '#/question-2'")
        expect(shown(page).locator("[name=q2_visits]")).to_have_value("7")
        fill_in(page, {"q5_proposal": "أوافق"})
        send(page)
        expect_state(page, "received")
        committed = server.responses(PARKS)[-1]
        assert committed.language == "ar"
        assert committed.answers == {"q1_use": "parks", "q2_visits": "7", "q5_proposal": "أوافق"}


def test_no_room_on_the_device_is_said_and_what_was_typed_stays(
    server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    open_form(page, server.address)
    wait_until_offline_works(page)
    begin(page)
    page.evaluate("location.hash = '#/question-5'")
    browser = context.new_cdp_session(page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": server.address, "quotaSize": 1})
    give(page, "q5_proposal", "more than fits " * 2_000)
    expect(page.locator("#trouble")).to_contain_text("no room left on this device")
    page.evaluate("location.hash = '#/check'")
    page.evaluate("document.getElementById('trouble').remove()")
    shown(page).locator("button[data-action=send]").click()
    expect(page.locator("#trouble")).to_contain_text("no room left on this device")
    expect(page.locator("html")).to_have_attribute("data-page", "check")
    assert proposal(page) == "more than fits " * 2_000
    browser.send("Storage.overrideQuotaForOrigin", {"origin": server.address})
    give(page, "q5_proposal", "less")
    expect_kept(page)
    expect(page.locator("#trouble")).to_have_count(0)


def test_a_database_that_the_browser_closes_is_opened_again_and_nothing_typed_is_lost(
    server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    open_form(page, server.address)
    begin(page)
    page.evaluate("location.hash = '#/question-5'")
    give(page, "q5_proposal", "before")
    expect_kept(page)
    # Closes every connection by force, and empties the database on top of it.
    storage = {"origin": server.address, "storageTypes": "indexeddb"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", storage)
    give(page, "q5_proposal", "before and after")
    expect_kept(page)
    page.reload()
    wait_for_script(page)
    assert proposal(page) == "before and after"
    page.evaluate("location.hash = '#/check'")
    send(page)
    expect_state(page, "received")
    assert server.responses(PARKS)[-1].answers == {"q5_proposal": "before and after"}


@pytest.mark.parametrize("device", ["own", "shared"])
def test_no_disk_holds_a_word_of_an_answer(
    device: str, own_server: PublicServer, player: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with persistent(player, profile) as context:
        page = context.new_page()
        open_form(page, own_server.address)
        wait_until_offline_works(page)
        begin(page, device)
        answers = {
            "q5_proposal": f"{NEEDLE} proposal",
            "c1_given_name": f"{NEEDLE}",
            "c3_email": f"{NEEDLE}@example.org",
        }
        fill_in(page, answers)
        send(page)
        expect_state(page, "received")
        begin_again = context.new_page()
        open_form(begin_again, own_server.address)
        begin(begin_again, device)
        fill_in(begin_again, answers)
        own_server.kill()
        send(begin_again)
        expect_state(begin_again, "queued")
    assert files_that_hold(profile, NEEDLE) == []
    assert files_that_hold(own_server.data.root, NEEDLE) == []
    # What is looked for can be found: the pipeline opens it.
    assert NEEDLE in own_server.responses(PARKS)[-1].answers["q5_proposal"]


def test_a_page_with_a_slip_says_so_once_and_goes_on_as_it_is(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, server.address)
    begin(page)
    fill_in(page, {"q1_use": "parks"}, until="question-2")
    give(page, "q2_visits", "often")
    go_on(page)
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    shown(page).get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.name") == "q2_visits"
    go_on(page)
    expect(page.locator("html")).to_have_attribute("data-page", "question-3")
    assert not page.title().startswith("Error: ")
