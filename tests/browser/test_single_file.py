"""The single-file edition: opened from the disk without any server, it gives a sealed file that only the keys open."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from schemas.envelope import SealedFile
from schemas.response import ResponseDocument, decode_response
from schemas.sealing import Identity, open_sealed, read_secret
from tests.browser.axe import faults
from tests.browser.form import PARKS, fill_in, give, go_on, page_id, send_button, wait_for_script
from tests.browser.public_server import PublicServer

pytestmark = pytest.mark.browser


@pytest.fixture
def edition(server: PublicServer, tmp_path: Path) -> Callable[[str], str]:
    """The address of the edition on the disk."""

    def save(language: str) -> str:
        address = f"http://127.0.0.1:{server.port}/{PARKS}/edition.html?lang={language}"
        file = tmp_path / f"edition-{language}.html"
        file.write_bytes(requests.get(address, timeout=30).content)
        return file.as_uri()

    return save


def opened(server: PublicServer, file: SealedFile) -> list[ResponseDocument]:
    identity = Identity(read_secret(server.data.keys(PARKS) / "pipeline.key"))
    return [decode_response(open_sealed(one.sealed_bytes, identity)) for one in file.envelopes]


def test_it_is_filled_in_without_a_network_and_gives_a_sealed_file(
    server: PublicServer, edition: Callable[[str], str], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = new_page(offline=True)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(edition("en"))
    wait_for_script(page)
    answers = {"q1_use": "parks", "q2_visits": "7", "q5_proposal": "Written at home."}
    fill_in(page, answers)
    expect(page.locator("#check-list")).to_contain_text("Written at home.")
    with page.expect_download() as download:
        send_button(page).click()
    download.value.save_as(tmp_path / "answers.yoursay")
    content = (tmp_path / "answers.yoursay").read_bytes()
    assert b"Written at home" not in content
    file = SealedFile.model_validate_json(content)
    [response] = opened(server, file)
    assert (response.id, response.answers) == (file.envelopes[0].id, answers)
    expect(page.locator("[data-outcome=file]")).to_contain_text("not sent")
    assert [one for one in asked if not one.startswith(("file:", "blob:"))] == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_of_its_pages_is_without_violations(
    language: str, edition: Callable[[str], str], new_page: Callable[..., Page]
) -> None:
    page, found = new_page(bypass_csp=True), {}
    page.goto(edition(language))
    wait_for_script(page)
    give(page, "q1_use", "parks")
    while page_id(page) != "check":
        before = page_id(page)
        found[before] = faults(page, (320, 1280))
        go_on(page)
        expect(page.locator("html")).not_to_have_attribute("data-page", before)
    found["check"] = faults(page, (320, 1280))
    assert {name: faults for name, faults in found.items() if faults} == {}
