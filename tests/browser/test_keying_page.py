"""The keying page in a real browser: by keyboard alone and without a script, with its pictures, and accessible."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ingest.post.scans.land_scans import Batch, land_scans
from orchestration.intake import landing_of, recipients_of
from schemas.data_folder import DataFolder
from tests.browser.axe import faults
from tests.integration.keying.running import Desk, build, publish_parks, run_desk
from tests.integration.post.paper import as_tiff, filled, printed

pytestmark = pytest.mark.browser
TICKS = {
    "q1_use": ["parks", "both"],
    "q4_satisfied": ["4"],
    "r1_capacity": ["resident"],
    "r4_age": ["from_65"],
    "p1_publish": ["no"],
}
TEXT, CHOICE, BOXES = "q5_proposal", "q1_use", "r1_capacity"
Open = Callable[..., Page]


def scan_one_form(data: DataFolder, folder: Path) -> None:
    """A consultation in which one form was scanned: handwriting, and all its boxes for a person to look at."""
    definition = publish_parks(data, folder, audit_share=1)
    file = folder / "scan.tif"
    file.write_bytes(as_tiff(filled(printed(), TICKS, [TEXT])))
    batch = Batch("may", "2007-05-10", date(2007, 5, 11))
    landing, recipients = landing_of(data, definition), recipients_of(data, definition)
    land_scans([file], batch, landing, recipients, definition=definition, clock=data.clock)
    build(data, definition)


@pytest.fixture
def desk(data: DataFolder, tmp_path: Path) -> Iterator[Desk]:
    scan_one_form(data, tmp_path)
    with run_desk(data) as running:
        yield running


@pytest.fixture
def signed_in(desk: Desk, new_page: Callable[..., Page]) -> Open:
    """A page of a browser in which an officer has signed in, by keyboard."""

    def open_as(name: str, role: Any = "officer", **options: object) -> Page:
        password = desk.account(name, role)
        page = new_page(**options)
        # The first picture of a file comes after all its pages were looked at.
        page.set_default_timeout(120_000)
        page.goto(f"{desk.address}/keying")
        page.get_by_label("Account name").press_sequentially(name)
        page.keyboard.press("Tab")
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{desk.address}/keying")
        return page

    return open_as


def column_of(page: Page) -> str:
    return page.locator("form:not([action$=undo]) input[name=job]").input_value().rsplit(":", 2)[1]


def leave_for(page: Page, column: str) -> None:
    """Skip until this question is shown."""
    while column_of(page) != column:
        page.get_by_role("button", name="Skip").click()


def test_by_keyboard_alone_and_without_a_script(signed_in: Open) -> None:
    page = signed_in("olga", java_script_enabled=False)
    seen = []
    while page.get_by_role("heading", name="Nothing waits for you").count() == 0:
        seen.append(column_of(page))
        if seen[-1] == TEXT:
            expect(page.get_by_label("What is written, letter for letter")).to_be_focused()
            page.keyboard.type("More trees,\nplease")
            page.keyboard.press("Tab")
            expect(page.get_by_role("button", name="Answer")).to_be_focused()
        else:
            expect(page.locator("input[name=code]").first).to_be_focused()
            page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert len(seen) < 10
    assert sorted(seen) == sorted([*TICKS, TEXT])


def test_each_answer_has_its_picture_and_no_other_officer_sees_it(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga")
    leave_for(page, TEXT)
    picture = page.get_by_role("img", name="Picture 1 of 1 of this answer, as it arrived")
    width, height = picture.evaluate("one => [one.naturalWidth, one.naturalHeight]")
    # The space is 174 mm by 85 mm, with a margin.
    assert 1.6 < width / height < 2.4
    address = picture.get_attribute("src")
    with desk.client("olga") as olga, desk.client("peter") as peter:
        found = olga.get(address)
        assert (found.status_code, found.headers["content-type"], found.headers["cache-control"]) == (
            200,
            "image/png",
            "no-store",
        )
        refused = peter.get(address)
        assert (refused.status_code, refused.text) == (403, "You are not at this job any more; take the next one.")
        assert olga.get(address.replace("/1?", "/2?")).status_code == 404
    page.get_by_role("button", name="Blank").click()
    with desk.client("olga") as olga:
        assert olga.get(address).status_code == 403


def test_every_page_is_accessible(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga", bypass_csp=True)
    found = {}
    for column in (TEXT, CHOICE, BOXES):
        leave_for(page, column)
        found[column] = faults(page)
    leave_for(page, TEXT)
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("alert")).to_contain_text("The text is empty")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    found["error"] = faults(page)
    for column in (TEXT, CHOICE):
        leave_for(page, column)
        page.get_by_role("button", name="Illegible").click()
    page.goto(f"{desk.address}/keying/differences")
    found["differences"] = faults(page)
    with desk.client("peter") as peter:
        job = f"{desk.address}/keying?job=none"
        assert peter.get(job).status_code == 409
    page.goto(job)
    found["problem"] = faults(page)
    member = signed_in("mary", "member", bypass_csp=True)
    found["refused"] = faults(member)
    assert found == {name: [] for name in found}
