"""The pages of review in a real browser: by keyboard alone and without a script, and accessible in every state."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from schemas.data_folder import DataFolder
from schemas.decisions import Link, Redaction
from tests.browser.axe import faults
from tests.integration.desk.reviewing import decisions
from tests.integration.desk.running import FIELD, land
from tests.integration.keying.running import Desk, build, publish_parks, run_desk

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SENDER = {"c1_given_name": "Olwen", "c2_family_name": "Quillstone", "c3_email": "olwen@example.org"}
LETTER = "We ask the council to keep the libraries open on Sundays, and to plant no more trees before it has asked us."
UNSURE = "Rose and Hazel disagree about the park near Marsh Lane."
ANSWERS: list[dict[str, Any]] = [
    {FIELD: "Open them on Sundays, please.", **SENDER},
    {FIELD: "Open them on Saturdays, please.", "q4_satisfied": "2", **SENDER},
    {FIELD: UNSURE},
    {FIELD: f"{UNSURE} Yes."},
    *({FIELD: text} for text in (LETTER, LETTER, f"{LETTER} I go there every week.")),
    {FIELD: "Yes to trees.", "q1_use": "zoo", "q2_visits": "many", "r1_capacity": ["eve"]},
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("review")
    data = DataFolder(folder / "data")
    data.root.mkdir()
    definition = publish_parks(data, folder)
    land(data, definition, ANSWERS)
    build(data, definition)
    with run_desk(data) as running:
        yield running


@pytest.fixture
def signed_in(desk: Desk, new_page: Callable[..., Page]) -> Open:
    """The work list in a browser in which an officer is signed in."""

    def open_as(name: str, **options: object) -> Page:
        page = new_page(**options)
        with desk.client(name) as client:
            token = client.cookies["yoursay_session"]
        page.context.add_cookies([{"name": "yoursay_session", "value": token, "url": desk.address}])
        page.goto(f"{desk.address}/work")
        return page

    return open_as


def test_every_state_of_the_pages_is_accessible(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga", bypass_csp=True)
    found: dict[str, list[str]] = {}

    def look(name: str, at: str | None = None) -> None:
        if at is not None:
            page.goto(f"{desk.address}{at}")
        found[name] = faults(page) + ([] if page.locator("h1").count() == 1 else ["not one h1"])

    look("pair", "/links")
    page.get_by_role("button", name="Of two").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: Links")
    look("error of a pair")
    page.get_by_role("link", name="Names and addresses that were compared").click()
    look("reason for evidence")
    page.get_by_label("Why you need to know").fill("Two like names")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("cell", name="Quillstone").first).to_be_visible()
    look("evidence")
    look("no such pair", "/links?job=none")
    page.goto(f"{desk.address}/campaigns")
    page.get_by_role("link", name="Not described yet").click()
    look("campaign")
    page.get_by_role("button", name="Save the description").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look("error of a campaign")
    page.get_by_label("Describe it in your own words").fill("Sunday opening")
    page.get_by_label("What shows it for the description").fill("I read it")
    page.get_by_role("button", name="Save the description").click()
    look("campaigns, one described")
    look("said of campaigns", "/campaigns/said")
    look("a letter", "/campaigns/register")
    page.get_by_role("button", name="Register the letter").click()
    look("error of a letter")
    look("no such campaign", "/campaigns/one?campaign=none")
    look("answer", "/redactions")
    page.get_by_role("button", name="Save and take the next").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look("error of an answer")
    look("open an answer", "/redactions/open")
    page.get_by_role("button", name="Open").click()
    look("error of opening")
    look("no such answer", "/redactions?job=none")
    look("quarantine", "/quarantine")
    page.get_by_role("button", name="Let it go on with these answers").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look("error of quarantine")
    look("no such response", "/quarantine?job=none")
    look("late", "/quarantine/late")
    assert found == {name: [] for name in found}


def test_a_pair_is_decided_and_undone_by_keyboard_alone_and_without_a_script(signed_in: Open, desk: Desk) -> None:
    page = signed_in("olga", java_script_enabled=False)
    page.get_by_role("link", name="Links: pairs that may be of one respondent").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two of one respondent?")
    # What differs is marked, and read out as such.
    expect(page.locator("mark").first).to_have_text("[differs: Sundays, ]")
    expect(page.get_by_label("What shows that they are of one respondent, or of two")).to_be_focused()
    page.keyboard.type("The same address")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Of one respondent")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("No pair waits for you")
    expect(page.get_by_role("status")).to_contain_text("Noted.")
    page.get_by_role("button", name="Undo the last one").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two of one respondent?")
    verdicts = [(name, one.verdict, one.reason) for name, one in decisions(desk.data) if isinstance(one, Link)]
    assert verdicts == [("olga", "same", "The same address"), ("olga", "undo", "Taken back at the desk.")]


def test_an_answer_is_redacted_by_keyboard_alone_and_without_a_script(signed_in: Open, desk: Desk) -> None:
    page = signed_in("rosa", java_script_enabled=False)
    page.get_by_role("link", name="Redactions: answers to be looked at").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is masked of this answer?")
    expect(page.get_by_role("region", name="The answer as it was given")).to_contain_text(
        "near Marsh Lane [3: name, not masked]"
    )
    lane = page.get_by_role("group", name="3. “Marsh Lane”: name")
    # From the first stretch, where the focus is, to the one that waits; it is masked, and the park is, too.
    expect(page.locator("input[type=radio]").first).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(lane.get_by_label("Decide later")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(lane.get_by_label("Mask it")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("the park")
    page.keyboard.press("Tab")
    page.keyboard.type("address")
    page.keyboard.press("Tab")
    page.keyboard.type("They live there")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save and take the next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Noted.")
    said = [one for _, one in decisions(desk.data) if isinstance(one, Redaction)]
    assert [(one.change, one.words, one.label, one.reason) for one in said] == [
        ("accept", "Marsh Lane", "", "They live there"),
        ("add", "the park", "address", "They live there"),
    ]
    page.get_by_role("link", name="Look at it again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="The answer as it was given")).to_contain_text(
        "Marsh Lane [4: name, masked]"
    )
