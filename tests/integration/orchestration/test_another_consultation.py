"""A consultation without open questions that are coded, nor post, nor types that exclude one another: to its very end.

What the report, the public pages and the screens say of it is true of it, and not only of the first consultation.
"""

import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dashboards.results.content import pages_for
from dashboards.results.figures import Page
from dashboards.results.settings import results_settings
from dashboards.results.views import view_of
from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.intake import recipients_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.decisions import Coding
from schemas.definition import load_definition
from schemas.published import published_file, read_index
from tests.integration.orchestration.conftest import CommandLine
from transforms.figure_words import ALL_WAIT, SOME_WAIT
from transforms.warehouse.read import open_private

SEA_ROAD = "sea-road-2026"
DURING, AFTER = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
QUESTIONNAIRE = """
id = "sea-road-2026"
version = "1"
languages = ["cy", "en"]
title = { cy = "Ffordd y Môr: <nawr> & wedyn?", en = "Sea Road: <now> & later?" }
asked_by = ["Cyngor & Council"]
stated_duration = { cy = "saith wythnos", en = "seven weeks" }
return_by = 2026-11-30
summary = { cy = "Pa gyflymder?", en = "How fast?" }
return_address = { cy = "Neuadd y Dref", en = "Town Hall" }
return_ways = [{ cy = "ar y wefan", en = "on this website" }]
thanks = { cy = "Diolch.", en = "Thank you." }

[[promises]]
id = "confidence"
text = { cy = "Yn gyfrinachol.", en = "In confidence." }

[[questions]]
number = "1a(ii)"
[[questions.fields]]
id = "speed"
kind = "single_choice"
label = { cy = "Pa gyflymder?", en = "Which speed, where \\"fast\\" is > 30?" }
choices = [
    { code = "slow", label = { cy = "<araf>", en = "20 mph <slow>" } },
    { code = "fast", label = { cy = "cyflym", en = "30 mph & more" } },
]

[[questions]]
number = "2"
[[questions.fields]]
id = "cars"
kind = "number"
label = { cy = "Sawl car?", en = "How many cars?" }
minimum = 0
maximum = 20

[[questions.fields]]
id = "why"
kind = "open_text"
label = { cy = "Pam?", en = "Why?" }

[[questions]]
[[questions.fields]]
id = "lives_here"
kind = "single_choice"
label = { cy = "Ydych chi'n byw yma?", en = "Do you live here?" }
choices = [{ code = "yes", label = { cy = "Ydw", en = "Yes" } }, { code = "no", label = { cy = "Nac ydw", en = "No" } }]
"""
POLICY = """
consultation = "sea-road-2026"
channels = ["web", "import"]
contact_post = "Clerk & Co"
lawful_basis = "UK GDPR, Article 6(1)(e)"
retention_days_after_final = 100
respondent_type_field = "lives_here"

[dates]
opens = 2026-10-01
closes = 2026-11-30
time_zone = "Pacific/Auckland"

[closing]
post_grace_days = 0
sync_grace_days = 0

[publication]
verbatim = false
rows = false
organisation_list = false
purpose = "to decide <how> fast"

[disclosure]
speed = "tabulated"
cars = "tabulated"
why = "confidential_text"
lives_here = "tabulated"
"""
FRAME = """
[frames.why]
codes = [
    { code = "danger", label = "Danger", collapsed = "danger" },
    { code = "no_answer", label = "No answer", collapsed = "no_answer" },
]
"""
MAP = """
name = "tool"
[received_at]
column = "when"
[answers.speed]
column = "speed"
[answers.cars]
column = "cars"
[answers.why]
column = "why"
[answers.lives_here]
column = "lives_here"
"""
SECTIONS = """
committee = "Roads & Paths <committee>"
report_of = "Clerk"
recommendation = "To agree."
background = "It began."
equalities = "None."
financial = "None."
legal = "None."
personnel = "None."
priorities = "None."
contact = "The clerk."
"""


def rows(count: int) -> str:
    lines = [
        f"2026-10-{2 + one % 28:02} 10:00,{'fast' if one % 3 else 'slow'},{one % 3},{'no' if one % 4 else 'yes'},"
        f"The bend before number {one * 7} is worse than number {one * one}"
        for one in range(count)
    ]
    return "when,speed,cars,lives_here,why\n" + "\n".join(lines) + "\n"


def code_all(data: DataFolder) -> None:
    """Two officers code every answer alike."""
    definition = load_definition(data.definitions / SEA_ROAD)
    with open_private(warehouse_of(data, definition)) as private:
        found = private.execute("SELECT response_id, why FROM clean").fetchall()
    journal, recipients = Journal(data.journal(SEA_ROAD), data.clock), recipients_of(data, definition)
    codings = [Coding(response=one, field="why", code="danger", quote=text[:10]) for one, text in found]
    for officer in ("anna", "ben") if codings else ():
        journal.append(officer, codings, recipients)


def to_its_end(
    yoursay: CommandLine, data: DataFolder, tmp_path: Path, responses: int, *, is_coded: bool = False
) -> None:
    """From its definition to final results, with the dataset and the report published; members saw it before."""
    folder = tmp_path / "definition"
    folder.mkdir()
    for name, text in (("questionnaire.toml", QUESTIONNAIRE), ("policy.toml", POLICY + (FRAME if is_coded else ""))):
        (folder / name).write_text(text, "utf-8")
    for name, text in (("rows.csv", rows(responses)), ("map.toml", MAP), ("sections.toml", SECTIONS)):
        (tmp_path / name).write_text(text, "utf-8")
    write_shifted_clock(data.clock_file, DURING)
    done(yoursay("definition", "publish", "--no-editions", folder))
    done(yoursay("keys", "new"))
    done(yoursay("import", tmp_path / "rows.csv", "--map", tmp_path / "map.toml"))
    done(yoursay("pipeline", "run"))
    if is_coded:
        code_all(data)
    write_shifted_clock(data.clock_file, AFTER)
    done(yoursay("results", "close", "--officer", "anna"))
    known = json.loads(done(yoursay("results", "freeze", "--officer", "anna", "--json")))["hash"]
    for officer in ("anna", "ben"):
        done(yoursay("results", "sign-off", "--hash", known, "--officer", officer))
    dataset = released(yoursay, done(yoursay("release", "draft", "--officer", "anna")))
    sections = ("--sections", tmp_path / "sections.toml")
    released(yoursay, done(yoursay("report", "draft", "--release", dataset, "--officer", "anna", *sections)))


def done(called: Any) -> str:
    assert called.code == 0, called.err
    return str(called.out)


def released(yoursay: CommandLine, drafted: str) -> str:
    release = drafted.split(":", maxsplit=1)[0].splitlines()[-1]
    done(yoursay("release", "check", release, "--officer", "anna"))
    done(yoursay("release", "approve", release, "--officer", "ben", "--reason", "As signed."))
    done(yoursay("release", "publish", release, "--officer", "ben", "--audience", "public"))
    return release


def words_of(html: str) -> str:
    """What a page says, its blanks made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", html, flags=re.S))).split())


def published(data: DataFolder) -> dict[str, str]:
    """What each public page says, by its address."""
    folder = data.published(SEA_ROAD)
    index = read_index(folder)
    assert index is not None
    return {
        address: words_of(published_file(folder, one.sha256).read_text("utf-8"))
        for address, one in index.files.items()
        if one.media_type.startswith("text/html")
    }


def page(data: DataFolder, key: str) -> Page:
    view = view_of(results_settings(data, [SEA_ROAD]), SEA_ROAD)
    return next(one for one in pages_for(view, "member") if one.key == key)


def test_every_page_says_what_is_true_of_this_consultation(
    yoursay: CommandLine, data: DataFolder, tmp_path: Path
) -> None:
    to_its_end(yoursay, data, tmp_path, 118)
    pages = published(data)
    (report,) = (text for address, text in pages.items() if address.endswith("files/report.html"))
    (speed,) = (text for address, text in pages.items() if address.endswith("questions/speed"))
    (cars,) = (text for address, text in pages.items() if address.endswith("questions/cars"))

    assert "Cyngor & Council asked. The consultation was open from 1 October 2026 to 30 November 2026" in report
    assert "Responses could come on the web form and from elsewhere, brought in from a file, and every one" in report
    assert [word for word in ("coded", "by post", "by e-mail", "Several could be ticked") if word in report] == []
    assert "Final, as at 2 December 2026, 04:30" in report
    assert "Roads & Paths <committee>" in report
    assert "Lower quartile 0 Upper quartile 2" in report
    assert report.count("All, or nearly all, of 118 included responses answer this.") == 4
    assert report.count(SOME_WAIT) == 2
    for text in (speed, cars):
        assert "All, or nearly all, of the 118 included responses answer it." in text
        assert SOME_WAIT in text

    shown = page(data, "question-speed")
    assert shown.summary[1] == "118 of 118 included responses answer this question."
    assert [SOME_WAIT in figure.notes for figure in shown.figures if figure.key == "answers"] == [True]
    assert page(data, "question-cars").figures[0].table.rows[2] == ("Lower quartile", "0")
    assert "so far" not in page(data, "overview").figures[1].headline
    assert "Final as at 2 December 2026, 04:30, signed off by anna and ben." in yoursay("results", "status").out


@pytest.mark.parametrize("responses", [0, 7])
def test_answers_that_are_too_few_are_not_told_as_noughts(
    yoursay: CommandLine, data: DataFolder, tmp_path: Path, responses: int
) -> None:
    to_its_end(yoursay, data, tmp_path, responses, is_coded=True)
    pages = published(data)
    (report,) = (text for address, text in pages.items() if address.endswith("files/report.html"))
    (speed,) = (text for address, text in pages.items() if address.endswith("questions/speed"))
    shown = page(data, "question-speed")
    (why,) = (text for address, text in pages.items() if address.endswith("questions/why"))
    nobody = responses == 0
    assert [text.count(ALL_WAIT) for text in (report, speed, why)] == ([0, 0, 0] if nobody else [2, 1, 1])
    assert ["20 mph <slow> 0" in text for text in (report, speed)] == [nobody, nobody]
    assert ["Danger 0" in text for text in (report, why)] == [nobody, nobody]
    assert (ALL_WAIT in page(data, "question-why").summary) == (not nobody)
    assert [text for text in pages.values() if "nearly all" in text] == []
    assert (ALL_WAIT in shown.summary, [figure.key for figure in shown.figures]) == (
        (False, ["answers"]) if nobody else (True, [])
    )
