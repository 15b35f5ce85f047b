"""Every page of the desk that its menu leads to, and those below them: accessible, by keyboard alone, and magnified."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from schemas.data_folder import DataFolder
from tests.browser.axe import faults
from tests.integration.desk.running import FIELD, land
from tests.integration.keying.running import Desk, build, publish_parks, run_desk

pytestmark = pytest.mark.browser
# Pages that no menu leads to, beside those of the menu.
BELOW = (
    f"/coding/themes?question={FIELD}",
    f"/coding/suggestions?question={FIELD}",
    "/coding?job=none",
    "/keying?job=none",
    "/keying/form?response=none",
    "/keying/batches?count=again",
    "/releases/r-0",
    "/links?job=none",
    "/campaigns/one?campaign=none",
    "/redactions?job=none",
    "/quarantine?job=none",
    "/sign-out",
)
Open = Callable[..., Page]
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    data = DataFolder(folder / "data")
    data.root.mkdir()
    definition = publish_parks(data, folder)
    names = {"c1_given_name": "Ann", "c2_family_name": "Quillstone", "r5_district": "DE1"}
    answers: list[dict[str, Any]] = [{FIELD: f"Dogs frighten children, number {number}."} for number in range(12)]
    answers += [{FIELD: "I like it.", **names}, {FIELD: "I do not.", **names, "c3_email": "ann@example.org"}]
    land(data, definition, answers)
    build(data, definition)
    with run_desk(data) as running:
        yield running


@pytest.fixture
def signed_in(desk: Desk, new_page: Callable[..., Page]) -> Open:
    """A page of a browser in which somebody is signed in."""

    def open_as(name: str, role: Any = "officer", **options: object) -> Page:
        page = new_page(**options)
        # A reason that is published passes the gate over all that was written.
        page.set_default_timeout(120_000)
        with desk.client(name, role) as client:
            token = client.cookies["yoursay_session"]
        page.context.add_cookies([{"name": "yoursay_session", "value": token, "url": desk.address}])
        page.goto(f"{desk.address}/work")
        return page

    return open_as


def links(page: Page) -> list[str]:
    """Where the menu and the pages of the part lead, sign-out excepted."""
    found = page.locator("header nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [path for path in found if path != "/sign-out"]


def every_path(page: Page, desk: Desk) -> list[str]:
    """The pages of every part of the menu, in its order."""
    found = dict.fromkeys(links(page))
    for path in list(found):
        page.goto(f"{desk.address}{path}")
        found |= dict.fromkeys(links(page))
    return list(found)


def test_every_page_is_accessible_has_one_first_heading_and_a_title_of_its_own(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga", bypass_csp=True)
    paths = every_path(page, desk)
    assert {"/work", "/keying/form", "/keying/batches", "/coding/agreement", "/releases"} <= set(paths)
    found, titles = {}, {}
    for path in (*paths, *BELOW):
        page.goto(f"{desk.address}{path}")
        found[path] = faults(page) + ([] if page.locator("h1").count() == 1 else ["not one h1"])
        titles[path] = page.title()
    assert found == {path: [] for path in found}
    assert [path for path, title in titles.items() if not title.endswith(" - YourSay")] == []


def test_a_publisher_sees_what_is_theirs_and_it_is_accessible(signed_in: Open, desk: Desk) -> None:
    page = signed_in("paula", "publisher", bypass_csp=True)
    paths = every_path(page, desk)
    assert {path.split("/")[1] for path in paths} <= {"work", "releases", "final", "report"}
    refused = page.goto(f"{desk.address}/coding")
    assert refused
    assert (refused.status, faults(page)) == (403, [])


def test_a_release_is_accessible_from_its_draft_to_its_withdrawal(signed_in: Open, desk: Desk) -> None:
    officer, publisher = signed_in("olga", bypass_csp=True), signed_in("paula", "publisher", bypass_csp=True)
    officer.goto(f"{desk.address}/releases")
    officer.get_by_label("Why, for the register").fill("The figures were asked for")
    officer.get_by_role("button", name="Draft a release").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("Release r-")
    address, found = officer.url, {"draft": faults(officer)}
    officer.get_by_role("button", name="Check it").click()
    expect(officer.get_by_text("Checked", exact=True).first).to_be_visible()
    publisher.goto(address)
    found["checked"] = faults(publisher)
    publisher.get_by_role("button", name="Approve it").click()
    found["approved"] = faults(publisher)
    publisher.get_by_role("button", name="Publish it").click()
    expect(publisher.locator(".govuk-error-summary")).to_be_focused()
    assert publisher.title().startswith("Error: Release r-")
    found["refused"] = faults(publisher)
    publisher.get_by_label("Members of the council").check()
    publisher.get_by_role("button", name="Publish it").click()
    found["published"] = faults(publisher)
    publisher.get_by_label("Why it is withdrawn").fill("A slip")
    publisher.get_by_role("button", name="Withdraw it").click()
    found["withdrawn"] = faults(publisher)
    publisher.goto(f"{desk.address}/releases")
    found["list"] = faults(publisher)
    assert found == {name: [] for name in found}


def test_the_keyboard_reaches_the_main_content_first_and_then_every_link_where_the_focus_is_seen(
    signed_in: Open, desk: Desk
) -> None:
    page = signed_in("olga", java_script_enabled=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main content")).to_be_focused()
    page.keyboard.press("Enter")
    assert urlsplit(page.url).fragment == "main"
    page.goto(f"{desk.address}/work")
    page.keyboard.press("Tab")
    for address in ("/", *links(page), "/sign-out"):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.get_attribute("href") == address
        shown = focused.evaluate("one => getComputedStyle(one).boxShadow + getComputedStyle(one).backgroundColor")
        assert "rgb(255, 221, 0)" in shown


def test_at_twice_the_size_nothing_is_cut_off(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga")
    wide = []
    for path in every_path(page, desk):
        page.goto(f"{desk.address}{path}")
        # A window of 1,280 pixels magnified to 200%, and text alone at 200%.
        page.set_viewport_size({"width": 640, "height": 450})
        wide += [f"{path} magnified"] if page.evaluate(_TOO_WIDE) else []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide += [f"{path} with large text"] if page.evaluate(_TOO_WIDE) else []
    assert wide == []
