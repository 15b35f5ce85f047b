"""The public form in a real browser: filled in and received, on phone and desk; accessible on every page."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, publish_definition
from schemas.sealing import make_keys

pytestmark = pytest.mark.browser
CHROMIUM = Path(os.environ.get("YOURSAY_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (320, 390, 1280)
_SERVE = """
import sys
from pathlib import Path
from ingest.web.serve import serve_public
from schemas.data_folder import DataFolder
serve_public(DataFolder(Path(sys.argv[1])), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""
# No page may be wider than the window: axe does not look at that.
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests here: each test sends forms of its own."""
    data = DataFolder(tmp_path_factory.mktemp("data"))
    for folder in BUILT_IN.iterdir():
        definition = publish_definition(folder, data.definitions)
        make_keys(data.keys(definition.id), data.recovery(definition.id))
    write_shifted_clock(data.clock_file, datetime(2007, 5, 14, 9, tzinfo=UTC))
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(data.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture
def open_page(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """A page in a browser of its own; anything asked of another server fails the test."""
    contexts = []
    foreign: list[str] = []

    def open_at(path: str, width: int, scripts: bool = True) -> Page:
        # The policy of the pages forbids the checker, so the browser sets it aside for these tests.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(url) else foreign.append(request.url))
        page.goto(url + path, wait_until="load")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert foreign == []


def _faults(page: Page) -> list[str]:
    """What axe-core finds at each width, and a page wider than its window."""
    page.evaluate(AXE.read_text("utf-8"))
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        faults += [f"{width}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
        faults += [f"{width}: wider than the window"] if page.evaluate(_TOO_WIDE) else []
    return faults


def test_the_form_is_filled_in_and_received_with_a_reference_on_phone_and_desk(open_page: Callable[..., Page]) -> None:
    for width in (320, 1280):
        page = open_page("/", width)
        page.get_by_role("link", name="A Joint Commissioning Framework for the Third Sector").click()
        page.get_by_role("button", name="Start").click()
        page.get_by_label("What do you think of the term 'Third Sector'?").fill("It is clear enough.")
        page.get_by_role("group", name="Are you a...").get_by_label("Derby resident?").check()
        page.get_by_role("group", name="Are you a...").get_by_label("other? Please say").check()
        page.get_by_label("Please say", exact=True).fill("a trustee")
        page.get_by_role("button", name="Send my answers").click()
        page.wait_for_url("**/received/*")
        assert page.title() == "We have received your answers – YourSay"
        reference = page.locator(".govuk-panel strong").inner_text()
        assert reference == page.url.rsplit("/", 1)[1]
        page.get_by_role("link", name="Check that your answers arrived").click()
        page.get_by_label("Reference").fill(reference)
        page.get_by_role("button", name="Check").click()
        assert "14 May 2007, 10:0" in page.locator("main").inner_text()


def test_a_page_that_was_gone_back_to_sends_the_same_form_and_its_answers_are_still_there(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/third-sector-2007/respond", 1280, scripts=False)
    page.get_by_label("Do you support this idea?").fill("Yes, we do.")
    page.get_by_role("button", name="Send my answers").click()
    received = page.url
    page.go_back()
    assert page.get_by_label("Do you support this idea?").input_value() == "Yes, we do."
    page.get_by_role("button", name="Send my answers").click()
    assert page.url == received
    page.go_back()
    page.get_by_label("Do you support this idea?").fill("No.")
    page.get_by_role("button", name="Send my answers").click()
    assert page.locator("h1").inner_text() == "We have two different sets of answers from this form"


def test_without_scripts_a_slip_is_explained_and_the_form_goes_through(open_page: Callable[..., Page]) -> None:
    page = open_page("/parks-and-libraries-2007/respond?lang=ar", 320, scripts=False)
    page.locator("#q2_visits").fill("كثيرًا")
    page.locator("#q5_proposal").fill("أوافق")
    page.get_by_role("button", name="أرسل إجاباتي").click()
    assert page.title().startswith("خطأ: ")
    assert page.locator(".govuk-error-summary a").get_attribute("href") == "#q2_visits"
    page.locator("#q2_visits").fill("12")
    page.get_by_role("button", name="أرسل إجاباتي").click()
    assert page.locator("h1").inner_text() == "لقد استلمنا إجاباتك"


def test_a_slip_moves_the_focus_to_the_summary_and_from_there_to_the_field(open_page: Callable[..., Page]) -> None:
    page = open_page("/parks-and-libraries-2007/respond", 1280)
    page.get_by_label("What is the first half of your postcode?").fill("everywhere")
    page.get_by_role("button", name="Send my answers").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    summary.get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "r5_district"


def test_a_keyboard_alone_reaches_the_first_answer_and_sends(open_page: Callable[..., Page]) -> None:
    page = open_page("/third-sector-2007/respond", 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("typed")
    assert page.locator("#q1a_term").input_value() == "typed"
    page.locator("#send").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/received/*")


def test_every_page_is_without_violations_and_no_wider_than_its_window(open_page: Callable[..., Page]) -> None:
    faults = {}
    third, parks = "/third-sector-2007", "/parks-and-libraries-2007"
    page = open_page("/", 1280)
    origin = page.url.rstrip("/")
    paths = ["/", "/help", "/receipt", "/receipt?reference=AAAA-AAAA", "/nowhere", third, f"{third}/respond"]
    paths += [parks, f"{parks}?lang=ar", f"{parks}/respond", f"{parks}/respond?lang=ar"]
    for path in paths:
        page.goto(origin + path)
        faults[path] = _faults(page)
    for language, send in (("en", "Send my answers"), ("ar", "أرسل إجاباتي")):
        page.goto(f"{origin}{parks}/respond?lang={language}")
        page.get_by_role("button", name=send).click()
        faults[f"blank {language}"] = _faults(page)
        page.goto(f"{origin}{parks}/respond?lang={language}")
        page.locator("#q3_last_visit").fill("yesterday")
        page.get_by_role("button", name=send).click()
        page.get_by_role("alert").wait_for()
        faults[f"slip {language}"] = _faults(page)
    page.goto(f"{origin}{third}/respond")
    page.get_by_label("Do you support this idea?").fill("Yes.")
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/received/*")
    faults["received"] = _faults(page)
    page.go_back()
    page.get_by_label("Do you support this idea?").fill("No.")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="two different sets").wait_for()
    faults["conflict"] = _faults(page)
    assert {path: found for path, found in faults.items() if found} == {}
