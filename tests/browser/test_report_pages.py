"""The report, 'You said, we did', the update and the desk's pages about them: axe finds nothing at three widths."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from schemas.data_folder import DataFolder
from tests.browser.axe import faults
from tests.integration.keying.running import Desk, run_desk
from tests.integration.report.conftest import approved, report  # noqa: F401 - fixtures
from tests.integration.signoff.conftest import finished  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


@pytest.fixture
def desk(tmp_path: Path, report: Path) -> Iterator[Desk]:  # noqa: F811
    """The desk over a copy of the data folder with a drafted report and everything written."""
    shutil.copytree(report.parents[2], tmp_path / "data")
    with run_desk(DataFolder(tmp_path / "data")) as running:
        yield running


def test_the_report_s_pages_are_accessible(new_page: NewPage, report: Path) -> None:  # noqa: F811
    page = new_page(bypass_csp=True)
    for name in ("report.html", "you-said-we-did.html"):
        page.goto(f"file://{report / name}")
        expect(page.locator("h1")).to_have_count(1)
        assert faults(page) == [], name


def test_the_desk_s_pages_of_sign_off_and_report_are_accessible(desk: Desk, new_page: NewPage) -> None:
    password = desk.account("olga")
    page = new_page(bypass_csp=True)
    page.goto(f"{desk.address}/")
    page.get_by_label("Account name").fill("olga")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/work")
    for path in ("/report", "/report/section?id=question.q1_where", "/report/said-did", "/final"):
        page.goto(f"{desk.address}{path}")
        assert faults(page) == [], path
    for step in ("Close the results", "Freeze the results", "Sign these results"):
        page.get_by_role("button", name=step).focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page.get_by_text("The results are signed")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Sign these results").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("olga has signed it already; somebody else has to.")
    expect(page).to_have_title(re.compile("^Error: Sign-off of the results"))
    assert faults(page) == []
