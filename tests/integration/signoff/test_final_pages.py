"""The sign-off and the report at the desk, by an officer and a publisher, without a script."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from orchestration.releases import make_release, manifest_sha256
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.desk.running import heading, hidden, plain
from tests.integration.keying.running import Desk, build, run_desk
from transforms.release import life
from transforms.release.life import Deed
from transforms.report.said_did import read_entries
from transforms.report.sections import read_sections
from transforms.signoff.life import read_standing
from transforms.warehouse.read import read_about
from transforms.warehouse.versions import current_version


@pytest.fixture
def desk(data: DataFolder) -> Iterator[Desk]:
    with run_desk(data) as running:
        yield running


def post(client: httpx.Client, page: httpx.Response, path: str, **fields: str) -> httpx.Response:
    return client.post(path, data=hidden(page, path) | fields, follow_redirects=True)


def problem(page: httpx.Response) -> str:
    """The sentence of the error summary."""
    assert re.search(r"<title>Error: ", page.text)
    found = re.search(r'class="govuk-list govuk-error-summary__list">(.*?)</ul>', page.text, re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[1])).split())


def test_two_people_sign_at_the_desk_and_a_correction_begins(desk: Desk, data: DataFolder, over: Definition) -> None:
    anna, petra = desk.client("anna"), desk.client("petra", "publisher")
    page = anna.get("/final")
    assert heading(page) == "Sign-off of the results"
    assert "The results are open ." in plain(page)
    page = post(anna, page, "/final", do="close")
    page = post(anna, page, "/final", do="freeze")
    frozen = read_standing(data.sign_off(over.id)).frozen
    assert frozen
    assert frozen.hash in plain(page)
    page = post(anna, page, "/final", do="sign")
    assert "The results are signed ." in plain(page)
    again = post(anna, page, "/final", do="sign")
    assert (again.status_code, problem(again)) == (400, "anna has signed it already; somebody else has to.")
    page = petra.get("/final")
    page = post(petra, page, "/final", do="sign")
    assert "The results are final ." in plain(page)
    build(data, over)
    from orchestration.builds import warehouse_of

    warehouse = warehouse_of(data, over)
    assert read_about(warehouse, str(current_version(warehouse)))["final_hash"] == frozen.hash
    silent = post(petra, page, "/final", do="correct")
    assert (silent.status_code, problem(silent)) == (
        400, "Say why, with --reason; it is shown with the corrected results.",
    )  # fmt: skip
    page = post(petra, page, "/final", do="correct", reason="A bundle of paper was found.")
    assert "Correction 1 A bundle of paper was found." in plain(page)


def test_a_form_of_another_session_changes_nothing(desk: Desk, data: DataFolder, over: Definition) -> None:
    anna, ben = desk.client("anna"), desk.client("ben")
    foreign = post(anna, ben.get("/final"), "/final", do="close")
    assert foreign.status_code == 400
    assert read_standing(data.sign_off(over.id)).state == "open"


def test_the_report_is_written_and_drafted_at_the_desk(desk: Desk, data: DataFolder, over: Definition) -> None:
    anna = desk.client("anna")
    empty = anna.get("/report")
    assert "There is no release that a report could be on." in plain(empty)
    release = make_release(data, over, None).release.id
    sha256 = manifest_sha256(data, over, release)
    life.draft(data.releases(over.id), release, Deed("anna", data.clock.now()), manifest_sha256=sha256)
    page = anna.get("/report/section?id=legal")
    assert heading(page) == "Legal implications"
    answer = "They say: put number 7 by the market before number 1."
    refused = post(anna, page, "/report/section", text=answer)
    assert refused.status_code == 400
    assert problem(refused).endswith("section legal, words 3 to 8: 6 words in a row of an answer.")
    assert answer in html.unescape(refused.text)
    kept = post(anna, page, "/report/section", text="None.\r\n\r\nNone at all.")
    assert "Legal implications : written" in plain(kept)
    assert read_sections(data.reports(over.id), over).text("legal") == "None.\n\nNone at all."
    drafted = post(anna, anna.get("/report"), "/report", do="draft", release=release)
    (report,) = [one for one in life.standings(data.releases(over.id)).values() if one.release != release]
    assert f"{report.release} {release} drafted anna" in plain(drafted)
    missing = anna.get("/report/section?id=nothing")
    assert (missing.status_code, heading(missing)) == (404, "Report to the council")


def test_what_was_done_is_added_and_taken_out_at_the_desk(desk: Desk, data: DataFolder, over: Definition) -> None:
    anna = desk.client("anna")
    page = anna.get("/report/said-did")
    empty = post(anna, page, "/report/said-did", do="add", field="q1_where", said="", did="")
    assert problem(empty) == "Write what was said and done, 600 characters each at most; a day is 2007-09-01."
    words = {"field": "q1_where", "said": "More by the station.", "did": "One is built.", "paragraphs": "2.1\r\n4.2"}
    page = post(anna, page, "/report/said-did", do="add", **words)
    (entry,) = read_entries(data.reports(over.id), over)
    assert (entry.said, entry.did, entry.paragraphs) == ("More by the station.", "One is built.", ("2.1", "4.2"))
    assert "You said: More by the station." in plain(page)
    page = post(anna, page, "/report/said-did", do="remove")
    assert "There are no entries yet." in plain(page)
    assert read_entries(data.reports(over.id), over) == ()
