"""A form keyed as a whole in a real browser: by keyboard alone, pictures beside fields, and nothing typed is lost."""

import re
from collections.abc import Callable, Iterator
from datetime import date

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
WRITTEN, NEEDLE = "What is written", "More trees, please"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One form in which two answers are written, and two boxes are ticked where one may be."""
    folder = tmp_path_factory.mktemp("forms")
    data = DataFolder(folder / "data")
    data.root.mkdir()
    definition = publish_parks(data, folder)
    file = folder / "scan.tif"
    file.write_bytes(as_tiff(filled(printed(), TICKS, ["q5_proposal", "r5_district"])))
    landing, recipients = landing_of(data, definition), recipients_of(data, definition)
    batch = Batch("may", "2007-05-10", date(2007, 5, 11))
    land_scans([file], batch, landing, recipients, definition=definition, clock=data.clock)
    build(data, definition)
    with run_desk(data) as running:
        yield running


@pytest.fixture
def open_form(desk: Desk, new_page: Callable[..., Page]) -> Iterator[Open]:
    """The form as an officer of this name sees it; afterwards it is given back."""
    names = []

    def open_as(name: str, **options: object) -> Page:
        names.append(name)
        page = new_page(**options)
        # The first picture of a file comes after all its pages were looked at.
        page.set_default_timeout(120_000)
        with desk.client(name) as client:
            token = client.cookies["yoursay_session"]
        page.context.add_cookies([{"name": "yoursay_session", "value": token, "url": desk.address}])
        page.goto(f"{desk.address}/keying/form")
        return page

    yield open_as
    for name in dict.fromkeys(names):
        with desk.client(name) as client:
            shown = client.get("/keying/form").text
            fields = dict(re.findall(r'<input type="hidden" name="(form_token|response)" value="([^"]*)">', shown))
            client.post("/keying/form", data=fields | {"do": "skip"})


def test_a_form_is_keyed_undone_and_keyed_again_by_keyboard_alone_and_without_a_script(open_form: Open) -> None:
    page = open_form("olga", java_script_enabled=False)

    def key_all() -> None:
        expect(page.get_by_label("Parks", exact=True)).to_be_focused()
        for key in ("Space", "Tab", "Tab"):
            page.keyboard.press(key)
        expect(page.get_by_label(WRITTEN).nth(0)).to_be_focused()
        page.keyboard.type(NEEDLE)
        for key in ("Tab", "Tab"):
            page.keyboard.press(key)
        expect(page.get_by_label(WRITTEN).nth(1)).to_be_focused()
        # Of three answers: as entered, blank, illegible.
        for key in ("Tab", "ArrowDown", "ArrowDown", "Tab"):
            page.keyboard.press(key)
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    key_all()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    page.get_by_role("button", name="Undo the last one").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(WRITTEN).nth(0)).to_have_value(NEEDLE)
    expect(page.get_by_label("Something illegible").nth(2)).to_be_checked()


def test_each_answer_stands_beside_its_picture_on_a_wide_screen_and_below_it_on_a_narrow_one(open_form: Open) -> None:
    page = open_form("peter")
    pictures = page.locator("img.yoursay-crop")
    assert pictures.count() == 3
    assert all(one.evaluate("one => one.naturalWidth > 200") for one in pictures.all())
    picture, field = pictures.nth(1), page.get_by_label(WRITTEN).nth(0)
    for width, is_beside in ((1280, True), (320, False)):
        page.set_viewport_size({"width": width, "height": 900})
        one, other = picture.bounding_box(), field.bounding_box()
        assert one and other
        assert (other["x"] >= one["x"] + one["width"]) == is_beside
        assert (other["y"] >= one["y"] + one["height"]) == (not is_beside)


def test_what_is_typed_survives_a_tab_that_is_closed_or_left(open_form: Open, desk: Desk) -> None:
    page = open_form("mary")
    context, field = page.context, page.get_by_label(WRITTEN).nth(0)
    field.focus()
    page.keyboard.type(NEEDLE)
    expect(page.get_by_role("status")).to_have_text("What you typed is kept as a draft.")
    page.close()
    again = context.new_page()
    again.goto(f"{desk.address}/keying/form")
    field = again.get_by_label(WRITTEN).nth(0)
    expect(field).to_have_value(NEEDLE)
    field.focus()
    again.keyboard.press("End")
    again.keyboard.type(" and benches")
    again.goto(f"{desk.address}/work")
    # It is sent while the page is left, so that it may arrive after the next page was asked for.
    for _ in range(40):
        again.goto(f"{desk.address}/keying/form")
        kept = again.get_by_label(WRITTEN).nth(0).input_value()
        if kept == f"{NEEDLE} and benches":
            break
        again.wait_for_timeout(250)
    assert kept == f"{NEEDLE} and benches"


def test_the_form_is_accessible(open_form: Open, desk: Desk) -> None:
    page = open_form("anna", bypass_csp=True)
    found = {"form": faults(page)}
    page.locator("input[name=job]").nth(1).evaluate("one => { one.value = 'none' }")
    page.locator("textarea").first.evaluate("one => { one.name = 'text-none' }")
    page.get_by_label(WRITTEN).nth(0).fill(NEEDLE)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: Keying a form")
    found["error"] = faults(page)
    assert found == {name: [] for name in found}
