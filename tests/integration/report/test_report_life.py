"""A report from its sections to its publication, by two people; and what stops it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration import reports
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.report.conftest import ENTRY, SECTIONS
from tests.integration.signoff.conftest import AFTER
from transforms.disclosure.errors import PromiseError
from transforms.release import life
from transforms.release.build import release_id
from transforms.release.files import checksums, json_bytes, sha256
from transforms.release.life import Deed
from transforms.report.build import report_files
from transforms.report.errors import ReportError
from transforms.report.said_did import read_entries
from transforms.report.sections import read_sections

CommandLine = Callable[..., Any]


def drafted(yoursay: CommandLine, dataset: str) -> Any:
    said = yoursay("report", "draft", "--release", dataset, "--officer", "anna", "--json")
    assert said.code == 0, said.err
    return said.json


@pytest.mark.usefixtures("written")
def test_a_report_goes_from_draft_to_publication_by_two_people(
    yoursay: CommandLine, data: DataFolder, over: Definition, dataset: str
) -> None:
    made = drafted(yoursay, dataset)
    report = made["release"]
    assert made["unfilled"] == []
    assert yoursay("release", "check", report, "--officer", "anna").code == 0
    own = yoursay("release", "approve", report, "--officer", "Anna")
    assert (own.code, "was drafted by anna; somebody else has to approve it." in own.err) == (1, True)
    assert yoursay("release", "approve", report, "--officer", "ben").code == 0
    assert yoursay("release", "publish", report, "--officer", "ben", "--audience", "members").code == 0
    standing = life.standings(data.releases(over.id))[report]
    assert (standing.state, standing.audience, standing.drafted_by, standing.approved_by) == (
        "published", "members", "anna", "ben",
    )  # fmt: skip
    manifest = json.loads((Path(made["folder"]) / "manifest.json").read_bytes())
    assert (manifest["kind"], manifest["based_on"], manifest["interim"]) == ("report", dataset, True)
    assert sorted(manifest["files"]) == [
        "figures.json", "report.docx", "report.html", "report.pdf", "you-said-we-did.html",
    ]  # fmt: skip
    assert yoursay("release", "verify", made["folder"]).code == 0


def test_what_is_not_written_stops_the_approval_and_is_named(
    yoursay: CommandLine, data: DataFolder, over: Definition, dataset: str
) -> None:
    made = drafted(yoursay, dataset)
    assert made["unfilled"][:3] == ["Committee", "Report of", "Recommendation"]
    page = (Path(made["folder"]) / "report.html").read_text("utf-8")
    assert "To be written: What the committee is asked to decide, an item a line." in page
    said = yoursay("release", "check", made["release"], "--officer", "anna")
    assert said.code == 1
    assert "the section 'Recommendation' is not written; write it, and draft the report again" in said.err
    refused = yoursay("release", "approve", made["release"], "--officer", "ben")
    assert (refused.code, life.standings(data.releases(over.id))[made["release"]].state) == (1, "drafted")


@pytest.mark.usefixtures("written")
def test_the_dataset_has_to_be_approved_first(yoursay: CommandLine, data: DataFolder, over: Definition) -> None:
    write_shifted_clock(data.clock_file, AFTER + timedelta(days=1))
    assert yoursay("pipeline", "run").code == 0
    dataset = yoursay("release", "draft", "--officer", "anna", "--json").json["release"]
    report = drafted(yoursay, dataset)["release"]
    said = yoursay("release", "check", report, "--officer", "anna")
    assert (said.code, f"its figures are of {dataset}, which is drafted" in said.err) == (1, True)


@pytest.mark.usefixtures("written")
def test_a_report_whose_release_does_not_give_it_is_not_checked(
    yoursay: CommandLine, data: DataFolder, over: Definition, dataset: str
) -> None:
    """Somebody writes another number into the page, and makes sums and id fit."""
    sections = read_sections(data.reports(over.id), over)
    manifest, files = report_files(over, data.releases(over.id) / dataset, sections, [ENTRY])
    files["report.html"] = files["report.html"].replace(b">12</data>", b">13</data>")
    manifest["files"]["report.html"] = {"sha256": sha256(files["report.html"]), "bytes": len(files["report.html"])}
    manifest["release"] = release_id(manifest)
    files["manifest.json"] = json_bytes(manifest)
    del files["SHA256SUMS"]
    files["SHA256SUMS"] = checksums(files)
    folder = data.releases(over.id) / manifest["release"]
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    deed = Deed("anna", data.clock.now())
    life.draft(folder.parent, folder.name, deed, manifest_sha256=sha256(files["manifest.json"]))
    said = yoursay("release", "check", folder.name, "--officer", "anna")
    assert (said.code, f"release {dataset} gives another report; draft that one" in said.err) == (1, True)


def test_sections_are_kept_between_drafts_and_taken_from_a_file(
    yoursay: CommandLine, data: DataFolder, over: Definition, dataset: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('legal = "None \\\\ \\"so far\\"."\n[question]\nq2_often = "- One\\n- Two"\n', "utf-8")
    said = yoursay("report", "draft", "--release", dataset, "--officer", "anna", "--sections", file)
    assert (said.code, "Still to be written: Recommendation" in said.err) == (0, True)
    assert yoursay("report", "sections", "--from", file).code == 0
    kept = {"legal": 'None \\ "so far".', "question.q2_often": "- One\n- Two"}
    assert {name: text for name, text in read_sections(data.reports(over.id), over).texts.items() if text} == kept
    listed = {one["section"]: one["written"] for one in yoursay("report", "sections", "--json").json}
    assert [name for name, there in listed.items() if there] == ["legal", "question.q2_often"]


@pytest.mark.parametrize(
    ("section", "text", "refusal"),
    [
        ("question.q1_where", "About 8 of 10 name one.", "has a typed number (8)"),
        ("themes", "See {positions/q1_where/whole/nobody/responses}.", "There is no figure 'positions/q1_where"),
        ("conclusion", "We think so.", "has no section 'conclusion'"),
    ],
)
def test_a_section_that_will_not_do_is_refused_in_a_sentence(
    data: DataFolder, over: Definition, section: str, text: str, refusal: str
) -> None:
    with pytest.raises(ReportError) as refused:
        reports.keep_section(data, over, section, text)
    assert refusal in str(refused.value)
    assert not read_sections(data.reports(over.id), over).texts


def test_an_answer_s_words_are_refused_wherever_an_officer_writes_them(data: DataFolder, over: Definition) -> None:
    answer = "They say: put number 7 by the market before number 1."
    with pytest.raises(PromiseError, match="section background, words 3 to 8: 6 words in a row of an answer"):
        reports.keep_section(data, over, "background", answer)
    entry = ENTRY.model_copy(update={"did": answer})
    with pytest.raises(PromiseError, match="entry 1, did, words 3 to 8: 6 words in a row of an answer"):
        reports.add_said_did(data, over, entry)
    assert read_entries(data.reports(over.id), over) == ()


def test_what_was_said_and_done_is_added_listed_and_taken_out(
    yoursay: CommandLine, data: DataFolder, over: Definition
) -> None:
    words = ("--said", ENTRY.said, "--did", ENTRY.did, "--decided-on", "2007-09-01", "--figure", ENTRY.figure)
    added = yoursay("report", "said-did", "add", "--field", "q1_where", "--paragraph", "2.1 Places", *words)
    assert (added.code, added.out) == (0, "bus-shelters: 1 entries.\n")
    unknown = yoursay("report", "said-did", "add", "--field", "q9", *words)
    assert (unknown.code, "There is no question 'q9'" in unknown.err) == (1, True)
    assert yoursay("report", "said-did", "list", "--json").json == [
        {
            "field": "q1_where",
            "said": ENTRY.said,
            "did": ENTRY.did,
            "paragraphs": ["2.1 Places"],
            "decided_on": "2007-09-01",
            "figure": ENTRY.figure,
        }
    ]
    assert yoursay("report", "said-did", "remove", "1").code == 0
    assert read_entries(data.reports(over.id), over) == ()


def test_the_update_for_a_meeting_says_what_has_changed_since_the_papers(
    yoursay: CommandLine, data: DataFolder, over: Definition
) -> None:
    write_shifted_clock(data.clock_file, AFTER + timedelta(days=1))
    missing = yoursay("report", "update", "--meeting", "committee", "--officer", "anna")
    assert (missing.code, "There is no view as at 2007-05-01T12:00" in missing.err) == (1, True)
    for moment in ("2007-05-01T12:00", "2007-05-10T12:00"):
        assert yoursay("pipeline", "run", "--as-at", moment).code == 0
    said = yoursay("report", "update", "--meeting", "committee", "--officer", "anna")
    assert said.code == 0, said.err
    page = Path(said.out.strip()).read_text("utf-8")
    assert "Update for the meeting: <span" in page
    rows = [
        row.split("</th>")[1:] for row in page.split("<tr>") if "Base: coded answers" in row or "All: received" in row
    ]
    counts = [[cell.split(">")[-2].removesuffix("</data") for cell in row[0].split("</td>")[:2]] for row in rows]
    assert counts == [["12", "12"], ["0", "10"]]
    first = yoursay("report", "update", "--meeting", "papers-sent", "--officer", "anna")
    assert (first.code, "There is no meeting before 'papers-sent'" in first.err) == (1, True)


def test_every_section_that_is_asked_for_is_in_the_test_s_own(over: Definition, data: DataFolder) -> None:
    """So that a section which becomes compulsory is written here too."""
    from transforms.report.sections import sections_of

    assert {one.id for one in sections_of(over) if one.needed} <= set(SECTIONS)
