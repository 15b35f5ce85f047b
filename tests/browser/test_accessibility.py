"""Every page and every state of the form: without violations of WCAG 2.2 AA that axe-core knows, none wider than its
window, and all of it by keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.form import (
    PARKS,
    THIRD,
    begin,
    expect_state,
    fill_in,
    give,
    go_on,
    open_form,
    page_id,
    send,
    shown,
    wait_for_outbox,
    wait_for_script,
    wait_until_offline_works,
)
from tests.browser.public_server import PublicServer

pytestmark = pytest.mark.browser
LOOKS = ("", "large", "contrast", "large-contrast")


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(bypass_csp=True)


def without_faults(found: dict[str, list[str]]) -> bool:
    left = {name: faults for name, faults in found.items() if faults}
    assert left == {}
    return True


def walk(page: Page) -> Iterator[str]:
    """Go from the first question to the page of answers; each page of questions by its id."""
    while page_id(page) != "check":
        before = page_id(page)
        yield before
        go_on(page)
        expect(page.locator("html")).not_to_have_attribute("data-page", before)
    yield "check"


@pytest.mark.parametrize(("consultation", "language"), [(THIRD, "en"), (PARKS, "en"), (PARKS, "ar")])
def test_each_page_of_the_offline_form(consultation: str, language: str, server: PublicServer, page: Page) -> None:
    found = {}
    open_form(page, server.address, consultation, f"?lang={language}")
    found["device"] = faults(page)
    begin(page)
    if consultation == PARKS:
        give(page, "q1_use", "parks")
    titles = set()
    for name in walk(page):
        found[name] = faults(page)
        titles.add(page.title())
        assert page.locator("h1:visible").count() == 1
    assert len(titles) == len(found) - 1
    without_faults(found)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_state_of_what_was_sent(language: str, own_server: PublicServer, page: Page) -> None:
    found = {}
    open_form(page, own_server.address, query=f"?lang={language}")
    wait_until_offline_works(page)
    begin(page)
    fill_in(page, {"q5_proposal": "Words"})
    send(page)
    expect_state(page, "received")
    found["received"] = faults(page)
    own_server.kill()
    page.evaluate("location.hash = '#/device'")
    begin(page)
    fill_in(page, {"q1_use": "parks"}, until="question-2")
    give(page, "q2_visits", "often")
    go_on(page)
    found["a slip"] = faults(page)
    go_on(page)
    fill_in(page, {})
    send(page)
    expect_state(page, "queued")
    expect(page.locator("#outbox-banner")).to_be_visible()
    found["queued, with the banner"] = faults(page)
    page.evaluate("location.hash = '#/outbox'")
    expect(shown(page).locator("[data-waiting]")).to_be_visible()
    found["outbox"] = faults(page)
    page.locator("button[data-action=clear-device]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["clear this device"] = faults(page)
    page.keyboard.press("Escape")
    page.evaluate(_REFUSE)
    own_server.start()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_for_outbox(page, "records => records.every(one => one.state === 'refused')")
    found["outbox with one set aside"] = faults(page)
    page.evaluate("location.hash = '#/sent'")
    expect_state(page, "refused")
    found["refused"] = faults(page)
    page.evaluate("location.hash = '#/replace'")
    found["replace"] = faults(page)
    shown(page).locator("button[data-action=withdraw]").click()
    found["replace, with slips"] = faults(page)
    without_faults(found)


@pytest.mark.parametrize("look", LOOKS)
def test_each_look_of_the_form_and_the_start_page(look: str, server: PublicServer, page: Page) -> None:
    found = {}
    for language in ("en", "ar"):
        page.goto(f"{server.address}/{PARKS}?lang={language}&display={look}")
        found[f"start {language}"] = faults(page, (320, 1280))
        open_form(page, server.address, query=f"?lang={language}&display={look}")
        found[f"device {language}"] = faults(page, (320, 1280))
        begin(page)
        found[f"question {language}"] = faults(page, (320, 1280))
        page.evaluate("location.hash = '#/check'")
        found[f"check {language}"] = faults(page, (320, 1280))
    without_faults(found)


def test_each_other_page(server: PublicServer, page: Page) -> None:
    found = {}
    paths = ["/", "/help", "/receipt", "/receipt?reference=ABCD-2345", "/nowhere", f"/{THIRD}"]
    for language in ("en", "ar"):
        paths += [f"/{PARKS}{rest}?lang={language}" for rest in ("", "/respond", "/change", "/easy-read", "/assisted")]
        paths += [f"/{PARKS}/form?lang={language}&edition=easy_read"]
    for path in paths:
        page.goto(server.address + path)
        found[path] = faults(page)
    without_faults(found)


def test_a_keyboard_alone_answers_and_sends(server: PublicServer, page: Page) -> None:
    page.goto(f"{server.address}/{PARKS}?lang=en")
    expect(page.locator("a[data-form-address]")).to_have_attribute("href", f"/{PARKS}/form?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    press_until(page, "a[data-form-address]", "Tab")
    page.keyboard.press("Enter")
    wait_for_script(page)
    while page_id(page) != "check":
        before = page_id(page)
        if before == "question-1":
            press_until(page, "[name=q1_use]", "Tab")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        elif before == "question-5":
            press_until(page, "[name=q5_proposal]", "Tab")
            page.keyboard.type("By keyboard.")
        press_until(page, f"[data-page='{before}'] button[data-action=continue]", "Tab")
        page.keyboard.press("Enter")
        expect(page.locator("html")).not_to_have_attribute("data-page", before)
        assert page.evaluate("document.activeElement.localName") == "h1"
    press_until(page, "button[data-action=send]", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-page", "sent")
    expect_state(page, "received")
    assert server.responses(PARKS)[-1].answers == {"q1_use": "libraries", "q5_proposal": "By keyboard."}


def press_until(page: Page, selector: str, key: str) -> None:
    """Press a key until the focus is there, as somebody without a mouse does."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{selector} cannot be reached by {key}")


# Makes every record one that the server refuses.
_REFUSE = """() => navigator.locks.request('yoursay-outbox', async () => {
  const open = indexedDB.open('yoursay');
  const database = await new Promise(resolve => { open.onsuccess = () => resolve(open.result); });
  const change = database.transaction('outbox', 'readwrite');
  const all = change.objectStore('outbox').getAll();
  all.onsuccess = () => all.result.forEach(one => {
    one.envelope.questionnaire_hash = '0'.repeat(64);
    change.objectStore('outbox').put(one);
  });
  await new Promise(resolve => { change.oncomplete = resolve; });
  database.close();
})"""
