"""Filling in the offline form as a person does: page by page."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.public_server import PublicServer

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
# Reads the device's outbox as it is on the disk.
_OUTBOX = """async () => {
  const open = indexedDB.open('yoursay');
  const database = await new Promise(resolve => { open.onsuccess = () => resolve(open.result); });
  const all = database.transaction('outbox').objectStore('outbox').getAll();
  const records = await new Promise(resolve => { all.onsuccess = () => resolve(all.result); });
  database.close();
  return records.map(({envelope, ...rest}) => rest);
}"""
_WAIT = """async (read, test) => {
  const end = performance.now() + 30000;
  while (!test(await read())) {
    if (performance.now() > end) throw new Error('The outbox did not come to that.');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}"""
Answers = Mapping[str, str | list[str]]


def open_form(page: Page, address: str, consultation: str = PARKS, query: str = "?lang=en") -> None:
    """Open the form and wait until its script runs."""
    page.goto(f"{address}/{consultation}/form{query}", wait_until="domcontentloaded")
    wait_for_script(page)


def wait_for_script(page: Page) -> None:
    expect(page.locator("html[data-ready]")).to_be_attached(timeout=20_000)


def wait_until_offline_works(page: Page) -> None:
    """Until the worker says that everything the form needs is kept."""
    expect(page.locator("html")).to_have_attribute("data-offline", "ready", timeout=30_000)


def shown(page: Page) -> Locator:
    """The page of the form that is shown."""
    return page.locator("#form [data-page]:visible")


def page_id(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.page"))


def go_on(page: Page) -> None:
    shown(page).locator("button[data-action=continue]").click()


def begin(page: Page, device: str = "own") -> None:
    """Say whose device this is, and go on to the first question."""
    expect(page.locator("html")).to_have_attribute("data-page", "device")
    shown(page).locator(f"[name=form-device][value={device}]").check()
    go_on(page)
    expect(page.locator("html")).not_to_have_attribute("data-page", "device")


def fill_in(page: Page, answers: Answers, until: str = "check") -> None:
    """Answer the pages one after another, until that page is shown."""
    left = dict(answers)
    while page_id(page) != until:
        before = page_id(page)
        for column in [name for name in left if shown(page).locator(f"[name={name}]").count()]:
            give(page, column, left.pop(column))
        go_on(page)
        expect(page.locator("html")).not_to_have_attribute("data-page", before)
    assert left == {}, "the form has no page for these"


def give(page: Page, column: str, answer: str | list[str]) -> None:
    """Answer one question of the page that is shown."""
    give_on(shown(page), column, answer)


def give_on(place: Page | Locator, column: str, answer: str | list[str]) -> None:
    """Answer one question, with or without a script."""
    controls = place.locator(f"[name={column}]")
    if controls.first.get_attribute("type") in ("radio", "checkbox"):
        for code in [answer] if isinstance(answer, str) else answer:
            place.locator(f"[name={column}][value='{code}']").check()
    else:
        assert isinstance(answer, str)
        controls.fill(answer)


def send_button(page: Page) -> Locator:
    return shown(page).locator("button[data-action=send]")


def send(page: Page) -> None:
    send_button(page).click()
    expect(page.locator("html")).to_have_attribute("data-page", "sent")


def expect_state(page: Page, state: str) -> None:
    """Wait until what was sent is in that state: queued, received or refused."""
    expect(page.locator("[data-place=state]")).to_have_attribute("data-showing", state, timeout=30_000)


def expect_kept(page: Page) -> None:
    """Wait until what was typed is on the disk of the device."""
    expect(page.locator("html")).to_have_attribute("data-draft", "kept")


def outbox(page: Page) -> list[dict[str, Any]]:
    """What the device's outbox holds, without the sealed bodies."""
    return list(page.evaluate(f"({_OUTBOX})()"))


def wait_for_outbox(page: Page, test: str) -> None:
    """Wait until the JavaScript `test` of the outbox's records is true."""
    # The pages' policy forbids the evaluation that Playwright's own waiting needs.
    page.evaluate(f"({_WAIT})({_OUTBOX}, {test})")


def proposals(server: PublicServer) -> list[str]:
    """What was answered to the open question, in every response committed so far."""
    return [str(one.answers.get("q5_proposal")) for one in server.responses(PARKS)]


def answer_and_send(page: Page, words: str) -> None:
    """Answer the open question on the respondent's own device, from the first page to the sending."""
    begin(page)
    fill_in(page, {"q5_proposal": words})
    send(page)


def come_online(page: Page) -> None:
    """What a browser tells its pages when it has a network again."""
    page.evaluate("window.dispatchEvent(new Event('online'))")
