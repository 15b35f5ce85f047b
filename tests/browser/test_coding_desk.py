"""The coding desk in a real browser: by keyboard alone and without a script, and accessible at every width."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from schemas.data_folder import DataFolder
from tests.browser.axe import faults
from tests.integration.desk.running import FIELD, Coder, land
from tests.integration.keying.running import Desk, build, publish_parks, run_desk

pytestmark = pytest.mark.browser
DOGS, TREES = "Dogs off the lead frighten children.", "The old oaks are home to birds."
POLISH = "Uważam, że biblioteka powinna być otwarta w niedzielę, ponieważ wtedy mamy czas dla dzieci."
ANSWERS = [DOGS, TREES, f"We agree. {DOGS} {TREES}", "We agree."] * 10
Open = Callable[..., Page]


@pytest.fixture
def desk(data: DataFolder, tmp_path: Path) -> Iterator[Desk]:
    definition = publish_parks(data, tmp_path)
    answers = [*(f"{text} ({n})" for n, text in enumerate(ANSWERS)), POLISH]
    land(data, definition, [{FIELD: text, "r2_organisation": "A trust"} for text in answers])
    build(data, definition)
    with run_desk(data) as running:
        yield running


@pytest.fixture
def signed_in(desk: Desk, new_page: Callable[..., Page]) -> Open:
    """A page of a browser in which an officer has signed in."""

    def open_as(name: str, role: Any = "officer", **options: object) -> Page:
        password = desk.account(name, role)
        page = new_page(**options)
        page.goto(f"{desk.address}/")
        page.get_by_label("Account name").fill(name)
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{desk.address}/work")
        return page

    return open_as


def test_an_answer_is_coded_and_undone_by_keyboard_alone_and_without_a_script(signed_in: Open) -> None:
    page = signed_in("olga", java_script_enabled=False)
    page.get_by_role("link", name="Coding: answers to be coded").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("5. What do you think of this proposal?")
    first = page.locator("input[name=code-sunday_opening]").first
    expect(first).to_be_focused()
    # The second position of the first limb, its words; the first of the other limb; then the button.
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.locator("#quote-sunday_opening")).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("frighten children")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Code", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Coded.")
    page.get_by_role("link", name="What you coded").click()
    page.get_by_role("link", name="5. What do you think of this proposal?").click()
    checked = page.locator("input[type=radio]:checked")
    expect(checked).to_have_count(2)
    expect(checked.first).to_have_value("support_with_reservations")
    expect(checked.last).to_have_value("support")
    expect(page.locator("#quote-trees")).to_have_value("frighten children")
    page.get_by_role("link", name="What you coded").click()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="What you coded").click()
    expect(page.get_by_text("There is nothing yet.")).to_be_visible()


def test_an_error_is_announced_and_leads_to_its_place(signed_in: Open) -> None:
    page = signed_in("olga")
    page.get_by_role("link", name="Coding", exact=True).click()
    page.get_by_role("button", name="Code", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: Coding")
    page.get_by_role("link", name="Trees in place of a car park: Choose a position.").click()
    expect(page.locator("#code-trees")).to_be_focused()
    described = page.get_by_role("group", name="Trees in place of a car park")
    expect(described).to_have_accessible_description("Error: Choose a position.")


def test_the_answer_stays_beside_its_frame_on_a_wide_screen_and_stands_above_it_on_a_narrow_one(
    signed_in: Open,
) -> None:
    page = signed_in("olga")
    page.get_by_role("link", name="Coding", exact=True).click()
    answer, form = page.get_by_role("region", name="The answer"), page.locator(".yoursay-beside > form")
    for width, is_beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 900})
        one, other = answer.bounding_box(), form.bounding_box()
        assert one and other
        assert (other["x"] >= one["x"] + one["width"]) == is_beside
        assert (other["y"] >= one["y"] + one["height"]) == (not is_beside)


def test_every_page_is_accessible(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga", bypass_csp=True)
    found = {"work": faults(page)}
    address = f"{desk.address}/coding"

    def look(name: str, at: str) -> None:
        page.goto(f"{address}{at}")
        found[name] = faults(page)

    look("themes of nothing", "/themes")
    look("suggestions", f"/suggestions?question={FIELD}&count=3")
    for number, label in enumerate(("Dogs", "Trees"), 1):
        page.get_by_label(f"Name group {number} as a new theme").fill(label)
        page.get_by_role("button", name=f"Name group {number}").click()
        page.goto(f"{address}/suggestions?question={FIELD}&count=3")
    found["suggestions beside themes"] = faults(page)
    look("themes", f"/themes?question={FIELD}")
    page.get_by_role("button", name="Add the theme").click()
    found["error of a theme"] = faults(page)
    look("job", "")
    page.get_by_role("button", name="Code", exact=True).click()
    found["error"] = faults(page)
    page.get_by_role("link", name="Who sent it").click()
    found["reason"] = faults(page)
    page.get_by_label("Why you need to know").fill("A complaint")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("cell", name="A trust")).to_be_visible()
    found["sender"] = faults(page)
    with desk.client("olga") as olga, desk.client("peter") as peter:
        done = Coder(olga).code("support").headers["location"]
        assert Coder(peter).code("oppose").status_code == 303
    page.goto(f"{desk.address}{done}")
    found["done"] = faults(page)
    look("own", "/own")
    look("agreement", "/agreement")
    look("differences", "/differences")
    page.get_by_role("link", name="5. What do you think of this proposal?").click()
    found["settling"] = faults(page)
    look("problem", "?job=none")
    page.goto(f"{desk.address}/translation")
    found["translation"] = faults(page)
    page.get_by_role("button", name="Save the translation").click()
    found["error of a translation"] = faults(page)
    page.get_by_label("Its translation").fill("I think that the library should open on Sundays.")
    page.get_by_role("button", name="Save the translation").click()
    expect(page.get_by_role("heading", name="Nothing waits for a translation")).to_be_visible()
    found["no translation"] = faults(page)
    assert found == {name: [] for name in found}


def test_forty_answers_take_a_browser_no_time_to_speak_of(signed_in: Open) -> None:
    """The pages' own share of a coder's time: forty answers are opened, coded and sent in well under a minute."""
    page = signed_in("olga", java_script_enabled=False)
    page.get_by_role("link", name="Coding", exact=True).click()
    begun = time.monotonic()
    for _ in ANSWERS:
        expect(page.locator("input[name=code-sunday_opening]").first).to_be_focused()
        page.keyboard.press("Space")
        for key in ("Tab", "1", "Tab", "Space", "Tab", "1"):
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert time.monotonic() - begun < 120
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
