"""The results in a real browser: signing in, the received total, live figures, signing out elsewhere, accessibility."""

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.demo_accounts import create_demo_accounts
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, load_definition

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CONSULTATIONS = ("third-sector-2007", "parks-and-libraries-2007")
COMMISSION = datetime(2007, 4, 16, 16, tzinfo=UTC)
WIDTHS = (320, 390, 1280)
_publish = runpy.run_path(str(ROOT / "tests/unit/dashboards/public_version.py"))["publish_version"]
_screenshot = runpy.run_path(str(Path(__file__).with_name("dashboard_screenshot.py")))
CHROMIUM, FLAGS = _screenshot["CHROMIUM"], _screenshot["FLAGS"]
sign_in, wait_for_page, take = _screenshot["sign_in"], _screenshot["wait_for_page"], _screenshot["take"]
_SERVE = """
import sys
from pathlib import Path
from dashboards.results.serve import serve_results
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
settings = results_settings(DataFolder(Path(sys.argv[1])), sys.argv[2:])
serve_results(settings, "127.0.0.1", 0, lambda address: print(address, flush=True))
"""
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@dataclass(frozen=True)
class Results:
    """A running results server."""

    address: str
    data: DataFolder
    definition: Definition
    passwords: dict[str, str] = field(repr=False)

    def publish(self, name: str, web: int) -> None:
        public = self.data.warehouse_public(self.definition.id)
        _publish(public, self.definition, COMMISSION, name=name, web=web)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    data = DataFolder(tmp_path_factory.mktemp("results"))
    write_shifted_clock(data.clock_file, COMMISSION)
    third, parks = (load_definition(BUILT_IN / name) for name in CONSULTATIONS)
    for name in CONSULTATIONS:
        shutil.copytree(BUILT_IN / name, data.definitions / name)
    _publish(data.warehouse_public(third.id), third, COMMISSION, name="000001")
    _publish(data.warehouse_public(parks.id), parks, COMMISSION, name="000001")
    accounts = create_demo_accounts(data)
    command = [sys.executable, "-c", _SERVE, str(data.root), *CONSULTATIONS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the results server did not start"
        yield Results(address, data, third, {account.name: account.password for account in accounts})
        process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser, results: Results) -> Iterator[Callable[..., Page]]:
    """A page in a browser of its own. What it asks of another server, or its policy forbids, fails the test."""
    contexts = []
    wrong: list[str] = []

    def make(width: int, *, scripts: bool = True, bypass_csp: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, bypass_csp=bypass_csp
        )
        contexts.append(context)
        page = context.new_page()
        own = (results.address, results.address.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def test_a_member_signs_in_and_sees_the_received_total_on_phone_and_desk(
    results: Results, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    results.publish("000002", 321)
    for width in (320, 1280):
        page = new_page(width)
        sign_in(page, results.address, "member", results.passwords["member"])
        received = page.locator("[data-testid=stMetric]").filter(has_text="Received")
        assert received.locator("[data-testid=stMetricValue]").inner_text() == "1,264"
        assert page.locator("h1").inner_text() == "Overview"
        assert page.get_by_text("Interim, as at 16 April 2007, 17:00").first.is_visible()
        charts = page.locator("[data-testid=stVegaLiteChart]")
        assert charts.count() == 1
        assert "Bar chart. Responses received, by channel. Web form: 376;" in str(charts.get_attribute("aria-label"))
        assert not page.evaluate(_TOO_WIDE)
        take(page, tmp_path / "overview.png")
        assert (tmp_path / "overview.png").stat().st_size > 20_000


def test_new_figures_appear_without_a_reload_within_seconds(results: Results, new_page: Callable[..., Page]) -> None:
    results.publish("000003", 400)
    page = new_page(1280)
    sign_in(page, results.address, "officer", results.passwords["officer"])
    value = page.locator("[data-testid=stMetric]").filter(has_text="Received").locator("[data-testid=stMetricValue]")
    before = int(value.inner_text().replace(",", ""))
    results.publish("000004", 500)
    # A hundred more on each channel.
    more = 100 * len(results.definition.policy.channels)
    value.get_by_text(f"{before + more:,}").wait_for(timeout=60_000)


def test_signing_out_in_one_window_empties_the_other(results: Results, new_page: Callable[..., Page]) -> None:
    page = new_page(1280)
    sign_in(page, results.address, "publisher", results.passwords["publisher"])
    other = page.context.new_page()
    other.goto(f"{results.address}/sign-out")
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("heading", name="Sign in").wait_for()
    page.get_by_role("heading", name="You are signed out").wait_for(timeout=60_000)
    assert page.locator("[data-testid=stMetric]").count() == 0
    page.reload()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_another_consultation_is_chosen_from_a_question_of_the_first(
    results: Results, new_page: Callable[..., Page]
) -> None:
    page = new_page(1280)
    sign_in(page, results.address, "second-officer", results.passwords["second-officer"])
    page.get_by_role("link", name="Question 2", exact=True).click()
    page.get_by_role("heading", name="Question 2", level=1).wait_for()
    page.get_by_role("combobox", name="Consultation").click()
    page.get_by_role("option", name="Parks and libraries: what should we do next?").click()
    page.get_by_role("heading", name="Overview", level=1).wait_for()
    page.get_by_role("link", name="Question 5", exact=True).click()
    page.get_by_role("heading", name="Question 5", level=1).wait_for()
    assert page.get_by_text("What do you think of this proposal?").is_visible()


def test_without_scripts_a_member_signs_in_and_reads_every_figure(
    results: Results, new_page: Callable[..., Page]
) -> None:
    page = new_page(320, scripts=False)
    page.goto(f"{results.address}/results/third-sector-2007")
    page.get_by_label("Account name").fill("member")
    page.get_by_label("Password").fill(results.passwords["member"])
    page.get_by_role("button", name="Sign in").click()
    assert page.title() == "A Joint Commissioning Framework for the Third Sector: results - YourSay"
    assert page.get_by_role("row", name="Received (sum of the lines)").count() == 1


def test_sign_in_and_plain_pages_are_without_violations_and_no_wider_than_their_window(
    results: Results, new_page: Callable[..., Page]
) -> None:
    # The policy of the pages forbids the checker, so the browser sets it aside for this test.
    page = new_page(1280, bypass_csp=True)
    faults = {}
    page.goto(f"{results.address}/sign-in?next=/results")
    faults["sign in"] = faults_of(page)
    page.get_by_label("Account name").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    assert page.evaluate("document.activeElement.className") == "error"
    faults["a wrong password"] = faults_of(page)
    page.get_by_label("Account name").fill("member")
    page.get_by_label("Password").fill(results.passwords["member"])
    page.get_by_role("button", name="Sign in").click()
    for path in ("/results", *(f"/results/{name}" for name in CONSULTATIONS), "/results/none", "/sign-out"):
        page.goto(f"{results.address}{path}")
        faults[path] = faults_of(page)
    assert {path: found for path, found in faults.items() if found} == {}
    assert len(faults) == 7


def faults_of(page: Page) -> list[str]:
    """What axe-core finds at each width, and a page wider than its window."""
    page.evaluate(AXE.read_text("utf-8"))
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        faults += [f"{width}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
        faults += [f"{width}: wider than the window"] if page.evaluate(_TOO_WIDE) else []
    return faults
