"""The forms to download: what is built is offered on the consultation's page and given out as it is."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from ingest.web.settings import PublicSettings
from orchestration.public_editions import build_public_editions
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.editions.catalogue import MEDIA_TYPES, BuiltEditions, editions_of
from schemas.sealing import make_keys
from tests.integration.web.conftest import MAY, serving
from tests.integration.web.respondent import Shown

PARKS = "parks-and-libraries-2007"
ENGLISH = [
    "The form to fill in on screen (PDF, {pages}, {size})",
    "The form for a word processor (Word document, {size})",
    "The form to print and fill in by hand (PDF, {pages}, {size})",
    "The form to print, in large print (PDF, {pages}, {size})",
    "The easy-read form to fill in on screen (PDF, {pages}, {size})",
    "The easy-read form for a word processor (Word document, {size})",
    "The easy-read form to print and fill in by hand (PDF, {pages}, {size})",
]


@dataclass(frozen=True)
class Offering:
    """A server that offers one consultation with its editions."""

    url: str
    definition: Definition
    folder: Path
    built: BuiltEditions


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offering]:
    data = DataFolder(tmp_path_factory.mktemp("offering"))
    definition = publish_definition(BUILT_IN / PARKS, data.definitions)
    make_keys(data.keys(PARKS), data.recovery(PARKS))
    folder, built = build_public_editions(data, definition)
    with serving(data, SteppedClock(MAY)) as url:
        yield Offering(url, definition, folder, built)


def ask(offering: Offering, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{offering.url}/{PARKS}{path}", headers=headers, timeout=10)


def forms_on(page: str) -> dict[str, str]:
    return {href: said for href, said in Shown(page).links.items() if "/editions/" in href}


def test_every_edition_of_the_pages_language_is_linked_with_format_and_size(offering: Offering) -> None:
    files = [one for one in offering.built.files if one.language == "en"]
    expected = {
        f"/{PARKS}/editions/{one.name}": words.format(
            pages=f"{one.pages} pages", size=f"{max(1, round(one.size / 1000))} kB"
        )
        for one, words in zip(files, ENGLISH, strict=True)
    }

    assert forms_on(ask(offering, "").text) == expected


def test_the_arabic_page_links_the_arabic_editions(offering: Offering) -> None:
    found = forms_on(ask(offering, "?lang=ar").text)
    names = [one.name for one in offering.built.files if one.language == "ar"]

    assert list(found) == [f"/{PARKS}/editions/{name}" for name in names]
    assert len(names) == 7
    assert all(said.startswith("الاستمارة") and said.endswith("كيلوبايت)") for said in found.values())


def test_each_file_is_given_out_as_it_was_built(offering: Offering) -> None:
    for edition, one in zip(editions_of(offering.definition), offering.built.files, strict=True):
        answer = ask(offering, f"/editions/{one.name}")

        assert answer.status_code == 200
        assert answer.content == (offering.folder / one.name).read_bytes()
        assert hashlib.sha256(answer.content).hexdigest() == one.sha256
        assert len(answer.content) == one.size
        assert answer.headers["content-type"] == MEDIA_TYPES[edition.format]
        assert answer.headers["content-disposition"] == f'attachment; filename="{one.name}"'
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_that_is_known_is_not_sent_again(offering: Offering) -> None:
    path = f"/editions/{offering.built.files[0].name}"
    tag = ask(offering, path).headers["etag"]

    again = ask(offering, path, **{"if-none-match": tag})
    other = ask(offering, path, **{"if-none-match": '"another"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.headers["etag"]) == (200, tag)


@pytest.mark.parametrize(
    "name", ["editions.json", "other.en.print.pdf", "..%2f..%2fsigning.key", "%2e%2e/%2e%2e/signing.key", ""]
)
def test_what_is_not_on_the_list_is_not_given_out(offering: Offering, name: str) -> None:
    answer = ask(offering, f"/editions/{name}")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_without_built_editions_there_is_no_list_and_no_file(data: DataFolder, clock: SteppedClock) -> None:
    publish_definition(BUILT_IN / PARKS, data.definitions)
    make_keys(data.keys(PARKS), data.recovery(PARKS))
    with serving(data, clock) as url:
        page = requests.get(f"{url}/{PARKS}", timeout=10)
        file = requests.get(f"{url}/{PARKS}/editions/{PARKS}.en.print.pdf", timeout=10)

    assert (page.status_code, forms_on(page.text)) == (200, {})
    assert "The form to download" not in page.text
    assert file.status_code == 404


@pytest.mark.parametrize("spoilt", ["other words", "a damaged list", "a missing file"])
def test_editions_that_do_not_fit_are_not_offered(
    offering: Offering, data: DataFolder, clock: SteppedClock, spoilt: str
) -> None:
    publish_definition(BUILT_IN / PARKS, data.definitions)
    make_keys(data.keys(PARKS), data.recovery(PARKS))
    folder = PublicSettings.of(data).editions(PARKS)
    shutil.copytree(offering.folder, folder)
    name = offering.built.files[0].name
    if spoilt == "other words":
        built = offering.built.model_copy(update={"questionnaire_hash": "0" * 64})
        (folder / "editions.json").write_text(built.model_dump_json())
    elif spoilt == "a damaged list":
        (folder / "editions.json").write_text('{"files": [')
    else:
        (folder / name).unlink()
    with serving(data, clock) as url:
        page = requests.get(f"{url}/{PARKS}", timeout=10)
        file = requests.get(f"{url}/{PARKS}/editions/{name}", timeout=10)

    assert page.status_code == 200
    assert file.status_code == 404
    assert (forms_on(page.text) == {}) is (spoilt != "a missing file")


def test_when_it_is_closed_no_form_is_offered_any_more(offering: Offering, data: DataFolder) -> None:
    publish_definition(BUILT_IN / PARKS, data.definitions)
    make_keys(data.keys(PARKS), data.recovery(PARKS))
    shutil.copytree(offering.folder, PublicSettings.of(data).editions(PARKS))
    clock = SteppedClock(MAY.replace(year=2008))
    with serving(data, clock) as url:
        page = requests.get(f"{url}/{PARKS}", timeout=10)

    assert (page.status_code, forms_on(page.text)) == (200, {})


def test_the_public_servers_folder_stays_its_own(data: DataFolder, third_sector: Definition) -> None:
    build_public_editions(data, third_sector)

    assert data.public_server.stat().st_mode & 0o777 == 0o700
