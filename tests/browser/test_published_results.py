"""Published results in a browser: found from the home page, read, downloaded and checked, gone once withdrawn; and
every kind of page without a fault that axe-core knows."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from orchestration.publication import build_publication
from schemas.definition import Definition, published_definitions
from schemas.published import read_index
from tests.browser.axe import faults
from tests.browser.public_server import PublicServer, new_server
from tests.public_releases import (
    make_release,
    make_report,
    manifest_of,
    parks_tables,
    publish,
    third_sector_tables,
)
from transforms.release import life
from transforms.release.life import Deed

pytestmark = pytest.mark.browser
THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
JUNE_1, JUNE_4 = datetime(2007, 6, 1, 9, tzinfo=UTC), datetime(2007, 6, 4, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Site:
    """A public server whose consultations have releases of every state."""

    server: PublicServer
    latest: str
    corrected: str
    withdrawn: str
    report: str

    def definition(self, consultation: str) -> Definition:
        return published_definitions(self.server.data.definitions)[consultation]

    def address(self, rest: str = "", consultation: str = THIRD) -> str:
        return f"{self.server.address}/results/{consultation}/{rest}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    server = new_server(tmp_path_factory.mktemp("data"), JUNE_4)
    data, definitions = server.data, published_definitions(server.data.definitions)
    third, parks, releases = definitions[THIRD], definitions[PARKS], data.releases(THIRD)
    corrected, withdrawn, latest = (make_release(third, releases, third_sector_tables(n)) for n in (145, 150, 155))
    for release in (corrected, withdrawn, latest):
        publish(data, third, release, JUNE_1)
    life.correct(releases, corrected, Deed("ben", JUNE_4, "A late paper was added."), successor=latest)
    life.withdraw(releases, withdrawn, Deed("ben", JUNE_4, "A table counted a channel twice."))
    report = make_report(third, releases, latest)
    publish(data, third, report, JUNE_4)
    publish(data, parks, make_release(parks, data.releases(PARKS), parks_tables()), JUNE_1)
    for definition in (third, parks):
        build_publication(data, definition)
    server.start()
    yield Site(server, latest, corrected, withdrawn, report)
    server.kill()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link).first.click()


def test_a_visitor_finds_the_results_from_the_home_page_and_checks_what_they_download(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(site.server.address)
    follow(page, "A Joint Commissioning Framework for the Third Sector")
    follow(page, "See the interim results")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Results: A Joint Commissioning Framework for the Third Sector"
    )
    follow(page, "2. Do you agree with this? Please explain.")
    chart = page.get_by_role("img", name="Bar chart. Support: 155; Oppose: 95; Unclear: not shown")
    bar = chart.locator("rect").first.bounding_box()
    line = chart.locator("svg").first.bounding_box()
    assert bar
    assert line
    assert abs(bar["width"] / line["width"] - 155 / 290) < 0.02
    follow(page, "Download the data")
    with page.expect_download() as downloading:
        follow(page, "tables/positions.csv")
    content = downloading.value.path().read_bytes()
    said = manifest_of(site.server.data, THIRD, site.latest)["files"]["tables/positions.csv"]["sha256"]
    assert hashlib.sha256(content).hexdigest() == said
    expect(page.get_by_text(said)).to_be_visible()


def test_the_report_shows_in_its_own_style_and_the_visitor_comes_back(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(site.address())
    follow(page, "The council's report (HTML")
    heading = page.get_by_role("heading", name="Report to the Commission")
    expect(heading).to_have_css("color", "rgb(18, 51, 43)")
    page.go_back()
    follow(page, "You said, we did")
    expect(page.get_by_role("heading", name="You said, we did")).to_be_visible()


def test_with_the_keyboard_alone_a_wide_table_is_reached_and_scrolled(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 320, "height": 700})
    page.goto(site.address(f"releases/{site.latest}/questions/q1a_term"))
    table = page.get_by_role("region", name="By type of respondent")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_once_withdrawn_the_page_says_so_and_the_file_is_gone(site: Site, new_page: Callable[..., Page]) -> None:
    data, parks = site.server.data, site.definition(PARKS)
    release = make_release(parks, data.releases(PARKS), {"ledger": parks_tables()["ledger"]})
    publish(data, parks, release, JUNE_4)
    build_publication(data, parks)
    page = new_page()
    page.goto(site.address("latest", PARKS))
    assert page.url == site.address(f"releases/{release}/", PARKS)
    file = site.address(f"releases/{release}/files/tables/ledger.csv", PARKS)
    assert page.request.get(file).status == 200
    life.withdraw(data.releases(PARKS), release, Deed("ben", JUNE_4, "A channel is missing."))
    build_publication(data, parks)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This release was withdrawn")
    expect(page.get_by_text("A channel is missing.")).to_be_visible()
    assert page.request.get(file).status == 410


def test_every_page_of_results_is_without_faults(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(bypass_csp=True)
    found: dict[str, list[str]] = {}
    for consultation in (THIRD, PARKS):
        index = read_index(site.server.data.published(consultation))
        assert index
        # The pages of an earlier release are of the same kinds, but for the words on top.
        passed_over = f"releases/{site.corrected}/questions/"
        for address, file in index.files.items():
            if file.use == "page" and not address.startswith(passed_over):
                page.goto(site.address(address, consultation))
                found[f"{consultation}/{address}"] = faults(page)
    for address in ("/", f"/{THIRD}", f"/{PARKS}?lang=ar", "/accessibility", "/help"):
        page.goto(site.server.address + address)
        found[address] = faults(page)
    assert {address: one for address, one in found.items() if one} == {}
    kinds = ("", f"releases/{site.latest}/", f"releases/{site.withdrawn}/", f"releases/{site.report}/data")
    assert {f"{THIRD}/{kind}" for kind in kinds} <= set(found)


def test_the_page_that_waits_for_results_is_without_faults(
    own_server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page(bypass_csp=True)
    for rest in (f"{THIRD}/", f"{PARKS}/?lang=ar"):
        page.goto(f"{own_server.address}/results/{rest}")
        assert faults(page) == []
