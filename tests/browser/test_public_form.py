"""The form without JavaScript, page by page: what was typed stays, going back and sending again gives one row, a second
version and a withdrawal, the assisted route; and the same pages under axe-core."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from ingest.web.senders import new_token
from ingest.web.store.sqlite import SqliteStore
from tests.browser.axe import faults
from tests.browser.conftest import MAY
from tests.browser.form import PARKS, THIRD, give_on
from tests.browser.public_server import PublicServer

pytestmark = pytest.mark.browser


def answer_pages(page: Page, answers: dict[str, str], until: str = "check") -> None:
    """Answer page by page, without a script, until the address ends with `until`."""
    left = dict(answers)
    while not re.search(rf"/respond/{until}(\?|$)", page.url):
        page.wait_for_load_state()
        for column in [name for name in left if page.locator(f"[name={name}]").count()]:
            give_on(page, column, left.pop(column))
        page.locator("#go-on").click()
    assert left == {}


def test_what_is_answered_page_by_page_is_received_with_a_reference_and_a_change_code(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    for width in (320, 1280):
        page = new_page(java_script_enabled=False, viewport={"width": width, "height": 900})
        page.goto(f"{server.address}/")
        page.get_by_role("link", name="A Joint Commissioning Framework for the Third Sector").click()
        page.get_by_role("button", name="Start").click()
        answer_pages(page, {"q1a_term": "It is clear enough.", "r1_type": "derby_resident"})
        expect(page.locator("main")).to_contain_text("It is clear enough.")
        page.locator("#go-on").click()
        expect(page).to_have_title("We have received your answers – YourSay")
        committed = server.responses(THIRD)[-1]
        assert committed.answers == {"q1a_term": "It is clear enough.", "r1_type": ["derby_resident"]}
        reference = page.locator(".govuk-panel strong").inner_text()
        expect(page.locator(".yoursay-code")).to_have_text(re.compile(r"^([A-Z2-9]{5}-){3}[A-Z2-9]{5}$"))
        page.get_by_role("link", name="Check that your answers arrived").click()
        page.get_by_label("Reference").fill(reference)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("main")).to_contain_text("14 May 2007, 10:0")


def test_going_back_and_sending_again_gives_one_row(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    before = len(server.events(THIRD))
    page.goto(f"{server.address}/{THIRD}/respond")
    answer_pages(page, {"q1a_term": "Once."})
    page.locator("#go-on").click()
    reference = page.locator(".govuk-panel strong").inner_text()
    page.go_back()
    if page.locator("#go-on").count():
        page.locator("#go-on").click()
    expect(page.locator(".govuk-panel strong")).to_have_text(reference)
    page.go_back()
    page.go_back()
    if page.locator("#go-on").count():
        page.locator("#go-on").click()
    page.goto(f"{server.address}/{THIRD}/respond/check")
    expect(page.locator(".govuk-panel strong")).to_have_text(reference)
    assert len(server.events(THIRD)) == before + 1


def test_a_slip_is_explained_once_and_what_was_typed_goes_through(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 900})
    page.goto(f"{server.address}/{PARKS}/respond?lang=ar")
    answer_pages(page, {"q1_use": "parks"}, until="question-2")
    page.locator("#q2_visits").fill("كثيرًا")
    page.locator("#go-on").click()
    expect(page).to_have_title(re.compile("^خطأ: "))
    expect(page.locator(".govuk-error-summary a")).to_have_attribute("href", "#q2_visits")
    page.locator("#go-on").click()
    answer_pages(page, {"q5_proposal": "أوافق"})
    page.locator("#go-on").click()
    expect(page.locator("h1")).to_have_text("لقد استلمنا إجاباتك")
    assert server.responses(PARKS)[-1].answers == {"q1_use": "parks", "q2_visits": "كثيرًا", "q5_proposal": "أوافق"}


def test_another_language_keeps_the_page_and_the_answers(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.address}/{PARKS}/respond?lang=en")
    answer_pages(page, {"q1_use": "parks"}, until="question-2")
    page.locator("a[hreflang=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page).to_have_url(re.compile("/respond/question-2"))
    page.locator(".govuk-back-link").click()
    expect(page.locator("[name=q1_use][value=parks]")).to_be_checked()


def test_a_second_version_takes_the_place_of_the_first_and_can_be_withdrawn(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.address}/{THIRD}/respond")
    answer_pages(page, {"q1a_term": "The first version."})
    page.locator("#go-on").click()
    page.get_by_role("button", name="Send a second version").click()
    answer_pages(page, {"q1a_term": "The second version."})
    page.locator("#go-on").click()
    first, second = server.events(THIRD)[-2:]
    assert (second.event, second.relates_to) == ("supersede", first.id)
    reference = page.locator(".govuk-panel strong").inner_text()
    code = page.locator(".yoursay-code").inner_text()
    page.goto(f"{server.address}/{THIRD}/change")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Change code").fill(code)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    withdrawn = server.events(THIRD)[-1]
    assert (withdrawn.event, withdrawn.relates_to) == ("withdraw", second.id)


def test_staff_take_down_what_is_said_on_the_telephone(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.address}/{THIRD}/assisted")
    page.get_by_label("Your access code").fill(assisted_token(server, THIRD, MAY))
    page.get_by_label("By telephone").check()
    page.get_by_label("Who helps").fill("A neighbour")
    page.locator("#go-on").click()
    answer_pages(page, {"q1a_term": "Said on the telephone."})
    page.locator("#go-on").click()
    committed = server.responses(THIRD)[-1]
    assert committed.assistance is not None
    assert (committed.assistance.means, committed.assistance.helper) == ("telephone", "A neighbour")
    expect(page.get_by_role("button", name="Take down the next")).to_be_visible()


def assisted_token(server: PublicServer, consultation: str, now: datetime) -> str:
    text, token = new_token(consultation, "assisted", f"helpline {now.isoformat()}", now)
    store = SqliteStore(server.data.public_server / "store.sqlite")
    store.add_token(token)
    store.close()
    return text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_page_without_a_script_is_without_violations(
    language: str, server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page, found = new_page(bypass_csp=True), {}
    page.goto(f"{server.address}/{PARKS}/respond?lang={language}")
    give_on(page, "q1_use", "parks")
    while "/respond/check" not in page.url:
        found[page.url] = faults(page)
        if "question-2" in page.url:
            page.locator("#q2_visits").fill("often")
            page.locator("#go-on").click()
            page.get_by_role("alert").wait_for()
            found["a slip"] = faults(page)
        page.locator("#go-on").click()
        page.wait_for_load_state()
    found["check"] = faults(page)
    page.locator("a[href*='/respond/save']").click()
    found["save"] = faults(page)
    page.go_back()
    page.locator("#go-on").click()
    expect(page.locator(".govuk-panel")).to_be_visible()
    found["received"] = faults(page)
    page.goto(f"{server.address}/{PARKS}/change?lang={language}")
    page.get_by_role("button").first.click()
    found["change, with slips"] = faults(page)
    page.goto(f"{server.address}/{PARKS}/assisted?lang={language}")
    page.locator("#go-on").click()
    found["assisted, refused"] = faults(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
