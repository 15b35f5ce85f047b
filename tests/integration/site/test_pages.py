"""The pages of results say what the release's CSV files hold, and no other figure."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from lxml import html

from schemas.published import read_index
from tests.integration.site.conftest import APRIL_5, PARKS, THIRD, Shelf
from tests.public_releases import make_release, parks_tables, publish, third_sector_tables

Row = dict[str, str]
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
NOT_SHOWN = "not shown"


def rows(folder: Path, table: str) -> list[Row]:
    file = folder / f"tables/{table}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8")))) if file.exists() else []


def pages(shelf: Shelf, consultation: str) -> dict[str, html.HtmlElement]:
    """Every English page by its address."""
    folder = shelf.data.published(consultation)
    index = read_index(folder)
    assert index
    return {
        address: html.fromstring((folder / "files" / file.sha256).read_bytes())
        for address, file in index.files.items()
        if file.use == "page" and not address.startswith("ar/")
    }


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def tables(page: html.HtmlElement) -> dict[str, list[list[str]]]:
    """Every table's cells, under its caption."""
    return {
        text_of(table.find("caption")): [[text_of(cell) for cell in row] for row in table.iter("tr")]
        for table in page.iter("table")
    }


def shown(count: str) -> str:
    return f"{int(count):,}" if count else NOT_SHOWN


def as_day(day: str) -> str:
    one = date.fromisoformat(day)
    return f"{one.day} {one:%B %Y}"


@pytest.fixture
def published(shelf: Shelf) -> dict[str, str]:
    """A release of each consultation, on its site."""
    found = {THIRD: shelf.third_release(), PARKS: shelf.parks_release()}
    assert [one.problems for one in shelf.build()] == [(), ()]
    return found


def expected_question_tables(folder: Path, field: str) -> dict[str, list[list[str]]]:
    """What the tables of a question's page must be, from the CSV files alone."""
    (said,) = [row for row in rows(folder, "questions") if row["field"] == field]
    title = f"{said['number']}. {said['label']}" if said["number"] else said["label"]
    found: dict[str, list[list[str]]] = {}
    positions = [row for row in rows(folder, "positions") if row["field"] == field]
    limbs = list(dict.fromkeys(row["limb"] for row in positions))
    words = {row["limb"]: row["limb_label"] if len(limbs) > 1 else title for row in positions}
    for limb in limbs:
        counts = [[row["label"], shown(row["responses"])] for row in positions if row["limb"] == limb]
        found[f"{words[limb]}: the same figures as a table"] = [["Position", "Count"], *counts]
    closed = [
        [row["label"], shown(row["responses"])] for row in rows(folder, "closed_answers") if row["field"] == field
    ]
    if closed:
        found[f"{title}: the same figures as a table"] = [["Answer", "Count"], *closed]
    for caption, of in (("By type of respondent", ""), ("With and without campaign letters", "~campaign ~own_words")):
        found |= expected_breakdown(folder, field, caption, set(of.split()), words)
    channels = {row["type_code"] for row in rows(folder, "positions_by_type") if row["type_code"].startswith("~ch")}
    channels = channels or {"~channel"}
    found |= expected_breakdown(folder, field, "By how the response came in", channels, words)
    themes = [[row["label"], shown(row["responses"])] for row in rows(folder, "themes") if row["field"] == field]
    if themes:
        found["Themes: the same figures as a table"] = [["Theme", "Count"], *themes]
    for row in rows(folder, "number_summary"):
        if row["field"] == field:
            numbers = ["60", "31.8", "24", "6", "50"]
            assert [float(row[key]) for key in list(row)[1:]] == [float(one) for one in numbers]
            labels = ["Base", "Mean", "Median", "A quarter answered this or less", "A quarter answered this or more"]
            found["Answers in numbers"] = [["Measure", "Value"], *map(list, zip(labels, numbers, strict=True))]
    return found


def expected_breakdown(
    folder: Path, field: str, caption: str, codes: set[str], words: dict[str, str]
) -> Iterator[tuple[str, list[list[str]]]]:
    by_type = [row for row in rows(folder, "positions_by_type") if row["field"] == field]
    wanted = [row for row in by_type if (row["type_code"] in codes if codes else row["type_code"][0] != "~")]
    for limb in dict.fromkeys(row["limb"] for row in wanted):
        of_limb = [row for row in wanted if row["limb"] == limb]
        columns = list(dict.fromkeys(row["label"] for row in of_limb))
        lines: dict[str, list[str]] = {}
        for row in of_limb:
            lines.setdefault(row["type_label"], []).append(shown(row["responses"]))
        bases = {row["type_label"]: shown(row["base"]) for row in of_limb}
        # Where nothing is shown, a sentence stands in the table's place.
        if any(row["responses"] for row in of_limb):
            cells = [[label, *counts, bases[label]] for label, counts in lines.items()]
            yield f"{caption}: {words[limb]}", [["Group", *columns, "Base"], *cells]


@pytest.mark.parametrize("consultation", [THIRD, PARKS])
def test_every_table_of_a_question_is_what_the_csv_files_say(
    shelf: Shelf, published: dict[str, str], consultation: str
) -> None:
    folder = shelf.data.releases(consultation) / published[consultation]
    made = pages(shelf, consultation)
    for row in rows(folder, "questions"):
        page = made[f"releases/{folder.name}/questions/{row['field']}"]
        assert tables(page) == expected_question_tables(folder, row["field"])


def test_the_overview_s_tables_are_what_the_csv_files_say(shelf: Shelf, published: dict[str, str]) -> None:
    folder = shelf.data.releases(THIRD) / published[THIRD]
    types = [[row["label"], shown(row["responses"])] for row in rows(folder, "respondent_types")]
    days = [[as_day(row["day"]), shown(row["received_so_far"])] for row in rows(folder, "received_over_time")]
    assert tables(pages(shelf, THIRD)[f"releases/{folder.name}/"]) == {
        "What became of every response": [
            ["Line", "Web form", "Post", "All"],
            ["Blank", "2", "0", "2"],
            ["Included", "191", "124", "315"],
        ],
        "Who the included respondents are": [
            ["Kind", "Web form", "Post", "All"],
            ["Organisation", "101", "62", "163"],
            ["Individual", "90", "0", "90"],
        ],
        "Responses received so far, day by day": [["Day", "Received so far"], *days],
        "What respondents say they are: the same figures as a table": [["Group", "Count"], *types],
        "Campaigns": [
            ["Described by officers", "Respondents", "As it is"],
            ["Letter about grants", "60", "40"],
            ["not described yet", "20", NOT_SHOWN],
        ],
        "Who was told": [
            ["Group", "How", "Day", "Note"],
            ["BME cluster group", "by a visit", "12 March 2007", "with an interpreter"],
            ["Carers' network", "by letter", "", ""],
        ],
        "How well responses were linked, masked and coded": [
            ["Measure", "Value", "Unit", "Note"],
            ["Agreement of two coders on question 1", "0.82", "kappa", "Of 52 answers."],
            ["Pairs that wait for an officer", NOT_SHOWN, "pairs", ""],
        ],
    }
    assert len(days) == 3


@pytest.mark.parametrize("consultation", [THIRD, PARKS])
def test_no_page_says_a_number_that_the_release_does_not_hold(
    shelf: Shelf, published: dict[str, str], consultation: str
) -> None:
    folder = shelf.data.releases(consultation) / published[consultation]
    manifest = json.loads((folder / "manifest.json").read_bytes())
    known = {
        number
        for file in folder.glob("tables/*.csv")
        for line in csv.reader(io.StringIO(file.read_text("utf-8")))
        for cell in line
        for number in NUMBER.findall(cell)
    }
    known |= {str(sum(int(row["responses"]) for row in rows(folder, "ledger") if wanted(row))) for wanted in LINES}
    known |= {
        str(sum(int(row["responses"]) for row in rows(folder, "of_which") if row["kind"] == kind)) for kind in KINDS
    }
    known |= {str(value) for value in manifest["protection"].values()}
    known |= {"31.8", "24", "6", "50"} if consultation == PARKS else set()
    as_at = datetime.fromisoformat(manifest["as_at"])
    dates = shelf.third.policy.dates if consultation == THIRD else shelf.parks.policy.dates
    said = f"{as_at:%-d %Y} 17:00 5 April 2007 {dates.opens:%-d %Y} {dates.closes:%-d %Y} SHA-256 v3.0"
    known |= set(NUMBER.findall(said)) | set(NUMBER.findall(as_title(shelf, consultation)))
    known |= {str(int(number)) for number in known if number.isdigit()}
    found: dict[str, set[str]] = {}
    for address, page in pages(shelf, consultation).items():
        for part in page.xpath("//style|//script|//details[not(.//table)]|//ul[contains(@class, 'results-files')]"):
            part.drop_tree()
        text = " ".join([*page.find("body").itertext(), *page.xpath("//@aria-label")])
        found[address] = set(NUMBER.findall(text.replace(folder.name, ""))) - known
    assert {address: numbers for address, numbers in found.items() if numbers} == {}


LINES = (lambda row: True, lambda row: row["line"] == "included", lambda row: row["line"] != "included")
KINDS = ("organisation", "individual")


def as_title(shelf: Shelf, consultation: str) -> str:
    definition = shelf.third if consultation == THIRD else shelf.parks
    return definition.questionnaire.title.in_language("en")


def test_bars_are_as_long_as_their_counts(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[f"releases/{published[THIRD]}/questions/q2_place"]
    charts = {figure.get("id"): figure for figure in page.iter("figure")}
    assert list(charts) == ["partnership_place", "all_levels"]
    widths = [rect.get("width") for rect in charts["partnership_place"].iter("rect")]
    assert widths == [f"{round(100 * count / 290, 2)}%" for count in (155, 95)]
    assert [rect.get("width") for rect in charts["all_levels"].iter("rect")] == [f"{round(100 * 20 / 290, 2)}%"]


def test_a_chart_says_in_words_what_it_shows_and_what_it_is_of(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[f"releases/{published[THIRD]}/questions/q2_place"]
    first, second = page.iter("figure")
    assert text_of(first.find(".//h3")) == "155 of 290 coded answers: Support"
    assert text_of(first.find(".//p")) == (
        "At least one place <on> any group: counts of coded answers, base 290, as at 4 April 2007, 17:00,"
        f" release {published[THIRD]}"
    )
    assert first.xpath(".//div[@role='img']/@aria-label") == [
        "Bar chart. Support: 155; Oppose: 95; Unclear: not shown; No answer: not shown. Base: 290."
    ]
    # No answer is neither for nor against: it is never the headline, and stands beside the chart.
    assert text_of(second.find(".//h3")) == "No count is shown"
    assert text_of(second.xpath(".//div[@class='results-outside']")[0]) == "Beside the chart No answer 20"


def test_counts_that_are_the_largest_together_are_named_together(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[f"releases/{published[THIRD]}/questions/q1a_term"]
    assert text_of(page.find(".//figure//h2")) == "120 of 270 coded answers each: “Favourable” and “Unfavourable”"
    text = text_of(page.find(".//main"))
    assert "280 of 315 included responses are coded for this question." in text
    assert "The charts count 270 coded answers; the others wait for the next step." in text
    assert "Few answers are coded, so similar positions are joined." in text
    assert "%" not in text


def test_a_breakdown_that_shows_no_count_is_a_sentence(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[f"releases/{published[THIRD]}/questions/q2_place"]
    assert "Representation at all levels: None of these counts is shown." in text_of(page.find(".//main"))
    assert "By type of respondent: Representation at all levels" not in tables(page)


def test_the_results_page_gives_a_first_look(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[""]
    text = text_of(page.find(".//main"))
    assert text_of(page.find(".//h1")) == "Results: A Joint Commissioning Framework for the Third Sector"
    for said in (
        "Interim results, as at 4 April 2007, 17:00. They will change: do not quote them as the outcome.",
        "Asked by Derby City Council, Derby City Primary Care Trust Opens 1 March 2007 Closing date 31 May 2007",
        "This is not a poll.",
        "317 responses were received. Less 2 blank, 315 are included. Of these, 163 name an organisation",
        "At least one place <on> any group: 155 of 290 coded answers: Support",
        f"Release {published[THIRD]} (results and data): published 5 April 2007",
    ):
        assert said in text


def test_what_officers_let_out_of_an_answer_is_text_and_never_markup(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, PARKS)[f"releases/{published[PARKS]}/questions/q5_proposal"]
    (quote,) = page.iter("blockquote")
    assert quote.text == "Sundays, yes.\n\n<b>More</b> trees: a fine exchange."
    assert len(quote) == 0


def test_what_came_before_a_question_is_the_questionnaire_s_own(shelf: Shelf, published: dict[str, str]) -> None:
    page = pages(shelf, THIRD)[f"releases/{published[THIRD]}/questions/q2_place"]
    (before,) = list(page.iter("details"))
    preamble = next(q.preamble for q in shelf.third.questionnaire.questions if q.number == "2")
    assert preamble
    assert text_of(before) == " ".join(f"What came before the question {preamble.in_language('en')}".split())


def test_questions_of_another_questionnaire_are_not_explained_by_this_one(shelf: Shelf) -> None:
    other = make_release(shelf.third, shelf.data.releases(THIRD), third_sector_tables(), questionnaire_hash="d" * 64)
    publish(shelf.data, shelf.third, other, APRIL_5)
    shelf.build()
    assert list(pages(shelf, THIRD)[f"releases/{other}/questions/q2_place"].iter("details")) == []


@pytest.mark.parametrize("consultation", [THIRD, PARKS])
def test_every_file_is_offered_with_its_size_and_checksum(
    shelf: Shelf, published: dict[str, str], consultation: str
) -> None:
    release = published[consultation]
    folder = shelf.data.releases(consultation) / release
    page = pages(shelf, consultation)[f"releases/{release}/data"]
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    items = page.xpath("//ul[contains(@class, 'results-files')]/li")
    links = {text_of(item.find("a")): item for item in items}
    assert set(links) == {*sums, "SHA256SUMS"}
    for name, checksum in sums.items():
        assert links[name].find("a").get("href") == f"/results/{consultation}/releases/{release}/files/{name}"
        assert links[name].find(".//span[@dir]").text == checksum
    ledger = (folder / "tables/ledger.csv").stat().st_size
    assert text_of(links["tables/ledger.csv"]).startswith(
        f"tables/ledger.csv (CSV, {ledger} bytes) One row is a channel"
    )
    text = text_of(page.find(".//main"))
    assert "Open Government Licence v3.0. Contains public sector information" in text
    assert "Rows of single respondents: none. The policy lets no rows leave." in text
    assert "stands in codebook.csv and codebook.json" in text


def test_arabic_pages_say_in_arabic_what_is_around_the_figures_and_mark_what_is_not(
    shelf: Shelf, published: dict[str, str]
) -> None:
    folder = shelf.data.published(PARKS)
    index = read_index(folder)
    assert index
    english = {address for address, file in index.files.items() if file.use == "page" and address[:3] != "ar/"}
    assert {address for address in index.files if address.startswith("ar/")} == {f"ar/{one}" for one in english}
    address = f"releases/{published[PARKS]}/questions/q1_use"
    pages_of = {
        prefix: html.fromstring((folder / "files" / index.files[prefix + address].sha256).read_bytes())
        for prefix in ("", "ar/")
    }
    arabic = pages_of["ar/"]
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert text_of(arabic.find(".//figure//h2")) == "30 من 80 من الإجابات: Both about the same"
    cells = [[text_of(cell) for cell in row] for row in arabic.iter("tr")]
    assert cells == [["الإجابة", "العدد"], ["Parks", "25"], ["Libraries", "غير معروض"], ["Both about the same", "30"]]
    for row in list(arabic.iter("tr"))[1:]:
        assert [(span.get("lang"), span.get("dir")) for span in row.iter("span")] == [("en", "ltr")]
    assert arabic.xpath("//nav//a[@hreflang='en']/@href") == [f"/results/{PARKS}/{address}"]
    assert pages_of[""].xpath("//nav//a[@hreflang='ar']/@href") == [f"/results/{PARKS}/ar/{address}"]
    assert pages_of[""].xpath("//*[@lang='en']/@lang")[0] == "en"


def test_titles_are_unique_and_there_is_one_heading(shelf: Shelf, published: dict[str, str]) -> None:
    for consultation in (THIRD, PARKS):
        made = pages(shelf, consultation)
        titles = [text_of(page.find(".//title")) for page in made.values()]
        assert len(set(titles)) == len(titles)
        assert [len(page.findall(".//h1")) for page in made.values()] == [1] * len(made)
        ids = [page.xpath("//@id") for page in made.values()]
        assert [len(set(one)) for one in ids] == [len(one) for one in ids]


@pytest.mark.parametrize(("status", "step", "said"), [("open", 10, "60 or more"), ("final", 1, "60")])
def test_while_figures_move_in_steps_so_many_or_more_answered(shelf: Shelf, status: str, step: int, said: str) -> None:
    protection = {"threshold": 10, "rounding": 5, "step": step, "detail_from": 100}
    told = {"status": status, "interim": status == "open", "protection": protection}
    release = make_release(shelf.parks, shelf.data.releases(PARKS), parks_tables(), **told)
    publish(shelf.data, shelf.parks, release, APRIL_5)
    shelf.build()
    (question,) = (page for address, page in pages(shelf, PARKS).items() if address.endswith("/questions/q2_visits"))
    assert f" {said} of 85 included responses answer it." in text_of(question)
