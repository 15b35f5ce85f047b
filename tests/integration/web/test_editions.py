"""The form's other editions: large print and high contrast, to be installed, as one file."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from ingest.web.form.layout import pages_of
from schemas.definition import Definition
from schemas.sealing import read_recipients
from tests.integration.web.respondent import Respondent, Shown

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"


def the_link(shown: Shown, words: str) -> str:
    (href,) = [href for href, said in shown.links.items() if said == words]
    return href


@pytest.mark.parametrize("path", ["", "/respond", "/change", "/respond/save"])
def test_every_page_offers_large_print_and_high_contrast_and_keeps_them(quiet: Any, path: str) -> None:
    person = Respondent(quiet.url, THIRD).open(path)
    assert person.page.attributes["class"] == "govuk-template"
    person.follow(the_link(person.page, "Large print"))
    assert person.page.attributes["class"] == "govuk-template yoursay-large"
    person.follow(the_link(person.page, "High contrast"))
    assert person.page.attributes["class"] == "govuk-template yoursay-large yoursay-contrast"
    person.follow(the_link(person.page, "Usual size of print"))
    assert person.page.attributes["class"] == "govuk-template yoursay-contrast"
    person.follow(the_link(person.page, "Usual contrast"))
    assert person.page.attributes["class"] == "govuk-template"


@pytest.mark.parametrize("path", ["/", "/receipt", "/help"])
def test_the_pages_of_no_consultation_keep_the_display_too(quiet: Any, path: str) -> None:
    for display, classes in (
        ("large", "govuk-template yoursay-large"),
        ("contrast", "govuk-template yoursay-contrast"),
        ("large-contrast", "govuk-template yoursay-large yoursay-contrast"),
        ("other", "govuk-template"),
    ):
        shown = Shown(requests.get(f"{quiet.url}{path}?display={display}", timeout=10).text)
        assert shown.attributes["class"] == classes
        kept = f"?display={display}" if display != "other" else ""
        assert {f"/{kept}", f"/receipt{kept}", f"/help{kept}"} <= set(shown.links)


def test_language_and_display_stay_through_the_whole_form(parks_url: str) -> None:
    person = Respondent(parks_url, PARKS, "?lang=ar&display=large-contrast").open().fill({"q1_use": "parks"}).give()
    person.receipt()
    assert len(person.visited) > 20
    queries = {address.partition("?")[2] for address in person.visited}
    assert queries == {"lang=ar&display=large-contrast"}


def test_the_manifest_says_how_the_form_is_installed(parks_url: str, parks: Definition) -> None:
    page = Respondent(parks_url, PARKS, "?lang=ar").open("")
    address = re.search(r'<link rel="manifest" href="([^"]+)"', page.answer.text)
    assert address is not None
    answer = requests.get(parks_url + address[1].replace("&amp;", "&"), timeout=10)
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    (icon,) = manifest.pop("icons")
    assert requests.get(parks_url + icon["src"], timeout=10).headers["content-type"].startswith("image/svg+xml")
    assert manifest == {
        "name": parks.questionnaire.title.in_language("ar"),
        "short_name": "YourSay",
        "lang": "ar",
        "dir": "rtl",
        "id": f"/{PARKS}",
        "start_url": f"/{PARKS}/form?lang=ar",
        "scope": f"/{PARKS}",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#12332b",
    }


@pytest.mark.parametrize(("query", "direction"), [("", "ltr"), ("?lang=ar", "rtl")])
def test_the_form_as_one_file_needs_no_other_and_runs_nothing_but_its_own_script(
    parks_url: str, parks: Definition, data: Any, query: str, direction: str
) -> None:
    answer = requests.get(f"{parks_url}/{PARKS}/edition.html{query}", timeout=10)
    language = "ar" if query else "en"
    assert answer.headers["content-disposition"] == f'attachment; filename="{PARKS}-{language}.html"'
    html = answer.text
    assert Shown(html).attributes["dir"] == direction
    policy = re.search(r'<meta http-equiv="content-security-policy" content="([^"]+)">', html)
    assert policy is not None
    assert policy[1].replace("&#39;", "'") == answer.headers["content-security-policy"]
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    outside = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    assert [one for one in re.findall(r'\s(?:src|href|action)="([^"]*)"', outside) if not one.startswith("#")] == []
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert re.findall(r"url\(|@import", style) == []
    (given,) = re.findall(r'<script type="application/json" id="yoursay-form">(.*?)</script>', html, re.DOTALL)
    form = json.loads(given)
    recipients = read_recipients(data.keys(PARKS) / "recipients.toml")
    assert form["recipients"] == [recipients.pipeline, recipients.recovery]
    assert form["questionnaire_hash"] == parks.questionnaire_hash
    assert [page["id"] for page in form["pages"]] == [page.id for page in pages_of(parks.questionnaire)]
    for page in form["pages"]:
        assert f'data-page="{page["id"]}"' in outside


def test_the_shell_holds_the_fields_of_the_paged_form_under_the_same_names(parks_url: str, parks: Definition) -> None:
    shell = Shown(requests.get(f"{parks_url}/{PARKS}/form", timeout=10).text)
    columns = parks.questionnaire.answer_columns()
    assert [name for name in shell.form.controls if not name.startswith("form-")] == list(columns)
    person = Respondent(parks_url, PARKS)
    for page in pages_of(parks.questionnaire):
        paged = person.open().open(f"/respond/{page.id}").page.form.controls
        assert {name: shell.form.controls[name] for name in page.columns} == paged


def test_the_shell_is_the_same_for_everybody_and_is_asked_for_again_by_its_tag(quiet: Any) -> None:
    address = f"{quiet.url}/{THIRD}/form"
    first, second = requests.get(address, timeout=10), requests.get(address, timeout=10)
    assert (first.text, first.headers["etag"]) == (second.text, second.headers["etag"])
    assert "set-cookie" not in first.headers
    again = requests.get(address, headers={"if-none-match": first.headers["etag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")


def test_neither_the_shell_nor_the_file_is_given_where_nothing_can_be_answered(
    third_sector_url: str, third_sector: Definition, clock: Any, publish: Callable[[str], Definition]
) -> None:
    clock.moment = third_sector.closes_at()
    shell = requests.get(f"{third_sector_url}/{THIRD}/form", timeout=10, allow_redirects=False)
    assert (shell.status_code, shell.headers["location"]) == (303, f"/{THIRD}")
    edition = requests.get(f"{third_sector_url}/{THIRD}/edition.html", timeout=10)
    assert (edition.status_code, "takes no answers now" in edition.text) == (403, True)
