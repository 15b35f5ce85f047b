"""Both screens in a real browser behind one sign-in over a provider: in once, and out everywhere."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards.account_changes import add_known_account
from dashboards.accounts import Account
from dashboards.identities import KnownAs
from dashboards.sign_in_register import noted_sign_ins
from orchestration.processes import free_port
from schemas.data_folder import DataFolder
from tests.browser.axe import faults
from tests.integration.dashboards.provider_sign_in import write_sign_in
from tests.integration.desk.running import land
from tests.integration.keying.running import PARKS, build, publish_parks
from tests.oidc_provider import Provider, run_provider

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
OFFER = "Sign in with your council account"


@dataclass(frozen=True)
class Screens:
    """The two running screens of one data folder, and the provider."""

    results: str
    desk: str
    provider: Provider
    data: DataFolder


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    """A data folder in the present: no demonstration. Olga, whom the provider knows as olga-1, is an officer."""
    folder = tmp_path_factory.mktemp("screens")
    data = DataFolder(folder / "data")
    data.root.mkdir()
    definition = publish_parks(data, folder)
    land(data, definition, [{"q5_proposal": "More trees."}])
    build(data, definition)
    data.clock_file.unlink()
    with run_provider() as provider:
        write_sign_in(data, provider)
        add_known_account(data, Account("olga", "officer"), KnownAs(provider.issuer, "olga-1"), "root")
        provider.subject = "olga-1"
        with serve(data, "results") as results, serve(data, "desk") as desk:
            yield Screens(results, desk, provider, data)


@contextmanager
def serve(data: DataFolder, screen: str) -> Iterator[str]:
    """The command that serves a screen, in a process of its own; the screen's address."""
    command = [sys.executable, "-m", "orchestration.cli", "serve", screen, "--port", str(free_port(0))]
    environment = os.environ | {"YOURSAY_DATA": str(data.root)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        try:
            assert said.startswith("Listening on "), said
            yield said.split()[-1]
        finally:
            process.terminate()


def test_one_sign_in_opens_both_screens_and_one_sign_out_closes_them_on_every_device(
    screens: Screens, new_page: Callable[..., Page]
) -> None:
    wanted = f"{screens.results}/results/{PARKS.id}"
    page, phone = new_page(bypass_csp=True), new_page(java_script_enabled=False)
    page.goto(wanted)
    expect(page.get_by_label("Password")).to_have_count(0)
    assert faults(page) == []
    page.get_by_role("link", name=OFFER).click()
    page.wait_for_url(wanted)
    phone.goto(f"{screens.desk}/work")
    phone.get_by_role("link", name=OFFER).click()
    phone.wait_for_url(f"{screens.desk}/work")

    # The other screen asks nobody again.
    live = page.context.new_page()
    live.goto(screens.results)
    expect(live.get_by_text("Signed in as olga (officer).")).to_be_visible()
    page.goto(f"{screens.desk}/work")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")

    page.goto(f"{screens.desk}/sign-out")
    assert faults(page) == []
    page.get_by_role("button", name="Sign out on every device").click()
    page.wait_for_url(f"{screens.desk}/signed-out")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    assert faults(page) == []
    # The page that was open notices by itself: it looks every ten seconds.
    expect(live.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=30_000)
    phone.goto(f"{screens.results}/results")
    expect(phone.get_by_role("link", name=OFFER)).to_be_visible()
    page.get_by_role("link", name="Sign out of your council account").click()
    page.wait_for_url(f"{screens.desk}/sign-in")
    assert screens.provider.asked[-1] == "/end"
    noted = [(one["event"], one["account"], one["screen"]) for one in noted_sign_ins(screens.data.sign_ins)]
    assert noted == [
        ("account added", "olga", "command line"),
        ("signed in", "olga", "results"),
        ("signed in", "olga", "desk"),
        ("signed out everywhere", "olga", "desk"),
    ]


def test_who_has_no_account_reads_why_with_the_focus_on_it(screens: Screens, new_page: Callable[..., Page]) -> None:
    page = new_page(bypass_csp=True)
    screens.provider.subject = "mallory"
    try:
        page.goto(f"{screens.desk}/")
        page.get_by_role("link", name=OFFER).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    finally:
        screens.provider.subject = "olga-1"
    assert page.title() == "Error: Sign in - YourSay"
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("nobody gave you an account here")
    assert faults(page) == []
