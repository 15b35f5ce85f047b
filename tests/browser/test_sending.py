"""What is answered offline or online arrives whole, is shown as received, and can be replaced or withdrawn later."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.form import (
    PARKS,
    answer_and_send,
    begin,
    expect_state,
    fill_in,
    give,
    go_on,
    open_form,
    proposals,
    send,
    shown,
    wait_until_offline_works,
)
from tests.browser.public_server import PublicServer, new_server

pytestmark = pytest.mark.browser
# Where the page shows it -> where it is asked for.
_CHANGE = {"reference": "form-reference", "change-code": "form-change-code"}


def test_what_is_sent_arrives_as_it_was_answered_and_the_receipt_is_shown(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, server.address)
    begin(page)
    answers = {
        "q1_use": "other",
        "q1_use_other": "the museum",
        "q2_visits": "12",
        "q3_last_visit": "27/04/2007",
        "q4_satisfied": "4",
        "q5_proposal": "Two lines\nof an answer.",
        "r1_capacity": ["resident", "group"],
        "r2_organisation": "Friends of the Park",
    }
    fill_in(page, answers)
    send(page)
    expect_state(page, "received")
    committed = server.events(PARKS)[-1]
    assert committed.response is not None
    assert committed.event == "submission"
    assert (committed.response.id, committed.response.answers) == (committed.id, answers)
    assert (committed.response.language, committed.response.consultation) == ("en", PARKS)
    assert (committed.response.started_at or "").startswith("2007-05-14T")
    reference = page.locator("[data-slot=reference]:visible").first.inner_text()
    expect(page.locator("#announce")).to_have_text(f"Received, reference {reference}")
    page.goto(f"{server.address}/receipt?reference={reference}")
    expect(page.locator("main")).to_contain_text("14 May 2007")
    expect(page.locator("main")).not_to_contain_text("museum")


def test_fifty_thousand_letters_arrive_whole(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_form(page, server.address)
    begin(page)
    words = "".join(f"{number:05d} ä€\N{WAVING HAND SIGN} " for number in range(5_000))
    assert len(words) == 50_000
    fill_in(page, {}, until="question-5")
    give(page, "q5_proposal", words)
    go_on(page)
    expect(shown(page).get_by_role("alert")).to_contain_text("at most 20000 characters")
    fill_in(page, {})
    send(page)
    expect_state(page, "received")
    assert proposals(server)[-1] == words


def test_a_second_version_takes_the_place_of_the_first_and_can_be_withdrawn(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, server.address)
    answer_and_send(page, "the first version")
    expect_state(page, "received")
    first = server.events(PARKS)[-1]
    earlier = {name: page.locator(f"[data-slot={name}]:visible").first.inner_text() for name in _CHANGE}
    for number, action in enumerate(("start-replacing", "withdraw")):
        page.evaluate("location.hash = '#/replace'")
        for slot, name in _CHANGE.items():
            shown(page).locator(f"[name={name}]").fill(earlier[slot])
        shown(page).locator(f"button[data-action={action}]").click()
        if number == 0:
            answer_and_send(page, "the second version")
            expect_state(page, "received")
    expect(page.locator("[data-outcome=withdrawn]")).to_be_visible()
    second, withdrawn = server.events(PARKS)[-2:]
    assert second.response is not None
    assert second.response.answers == {"q5_proposal": "the second version"}
    assert (second.event, second.relates_to) == ("supersede", first.id)
    assert (withdrawn.event, withdrawn.relates_to) == ("withdraw", second.id)


def test_a_wrong_change_code_is_refused_in_a_sentence(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_form(page, server.address, query="?lang=en#/replace")
    shown(page).locator("[name=form-reference]").fill("ABCD-2345")
    shown(page).locator("[name=form-change-code]").fill("ABCDE-FGHJK-MNPQR-STVWX")
    shown(page).locator("button[data-action=withdraw]").click()
    expect(shown(page).get_by_role("alert")).to_contain_text("does not belong to this reference")
    assert page.title().startswith("Error: ")


def test_what_waits_is_announced_with_its_age_and_a_warning_before_the_closing_date(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    server = new_server(tmp_path / "data", datetime(2007, 7, 30, 12, tzinfo=UTC))
    server.start()
    page = new_page()
    open_form(page, server.address)
    wait_until_offline_works(page)
    page.goto(f"{server.address}/{PARKS}?lang=en")
    wait_until_offline_works(page)
    open_form(page, server.address)
    server.kill()
    answer_and_send(page, "in the last days")
    expect_state(page, "queued")
    expect(page.locator("#announce")).to_have_text("Saved on this device, not yet sent")
    for hash_or_page in (f"{PARKS}/form?lang=en#/outbox", f"{PARKS}?lang=en"):
        page.goto(f"{server.address}/{hash_or_page}", wait_until="domcontentloaded")
        banner = page.locator("#outbox-banner")
        expect(banner.locator("[data-slot=count]")).to_have_text("1")
        expect(banner.locator("[data-slot=age]")).to_contain_text("minute")
        expect(banner.locator("[data-closing]")).to_be_visible()
