"""Every figure as plain HTML, the same as in the public tables; and the files of releases."""

import csv
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import duckdb
import pikepdf
import pypdfium2
import pytest

from dashboards.results import wording
from dashboards.results.releases import list_releases, release_title
from dashboards.results.settings import results_settings

BREAKDOWNS = ("by type of respondent", "by channel", "with and without campaign letters")


class Tables(HTMLParser):
    """Collects the cells of each table under its caption."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.headings: list[str] = []
        self._into: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        if tag in ("th", "td", "caption", "h1", "h2", "h3"):
            self._into = []

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td", "caption", "h1", "h2", "h3") and self._into is not None:
            text = "".join(self._into)
            if tag == "caption":
                self.tables[-1] = (text.split(". Interim")[0], self.tables[-1][1])
            elif tag in ("th", "td"):
                self.tables[-1][1][-1].append(text)
            else:
                self.headings.append(text)
            self._into = None


def shown(count: object) -> str:
    return "not shown" if count is None else f"{count:,}"


def query(server, sql: str, consultation: str = "third-sector-2007") -> list[tuple[object, ...]]:
    public = server.data.warehouse_public(consultation)
    file = public / f"{(public / 'CURRENT').read_text().strip()}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def plain(server, role: str = "member", consultation: str = "third-sector-2007", **query: str) -> str:
    with server.client(role) as client:
        answer = client.get(f"/results/{consultation}", params=query)
    assert answer.status_code == 200
    return answer.text


def test_the_ledger_equals_the_table(server) -> None:
    [rows] = [rows for caption, rows in Tables(plain(server)).tables if caption.startswith("Responses by channel and")]
    cells = {(line, channel): count for channel, line, count in query(server, "SELECT * FROM ledger")}
    for row, (line, words) in zip(rows[1:], wording.LINES.items(), strict=False):
        counts = [cells[line, channel] for channel in ("web", "assisted", "email", "post")]
        assert row == [words, *map(shown, counts), shown(sum(counts))]
    [(received,)] = query(server, "SELECT sum(responses) FROM ledger")
    assert rows[-1][-1] == shown(received)


def test_positions_types_and_days_equal_the_tables(server) -> None:
    tables = Tables(plain(server)).tables
    positions = query(server, "SELECT field, limb, label, responses FROM positions WHERE code <> 'no_answer'")
    limbs: dict[tuple[object, object], list[tuple[object, object]]] = {}
    for field, limb, label, count in positions:
        limbs.setdefault((field, limb), []).append((label, shown(count)))
    found = [
        [(row[0], row[1]) for row in rows[1:]]
        for caption, rows in tables
        if caption.startswith("Coded answers by position") and not caption.endswith(BREAKDOWNS)
    ]
    assert found == list(limbs.values())
    [types] = [rows for caption, rows in tables if caption == "Responses included, by type of respondent"]
    expected = query(server, "SELECT label, responses FROM respondent_types")
    assert [tuple(row[:2]) for row in types[1:]] == [(label, shown(count)) for label, count in expected]
    [days] = [rows for caption, rows in tables if caption.startswith("Responses received so far")]
    over_time = query(server, "SELECT day, received_so_far FROM received_over_time")
    assert [tuple(row) for row in days[1:]] == [(wording.day(day), shown(count)) for day, count in over_time]


def test_closed_questions_equal_the_table(server) -> None:
    tables = Tables(plain(server, consultation="parks-and-libraries-2007")).tables
    fields: dict[object, list[tuple[object, object]]] = {}
    for field, label, count in query(
        server, "SELECT field, label, responses FROM closed_answers", "parks-and-libraries-2007"
    ):
        fields.setdefault(field, []).append((label, shown(count)))
    found = [[tuple(row[:2]) for row in rows[1:]] for caption, rows in tables if caption == "Answers by choice"]
    assert found == list(fields.values())


def test_the_page_has_one_first_heading_a_caption_a_table_and_the_banner(server) -> None:
    html = plain(server)
    parsed = Tables(html)
    assert parsed.headings[0] == "A Joint Commissioning Framework for the Third Sector: results"
    assert html.count("<h1") == 1
    assert all(caption for caption, _ in parsed.tables)
    assert html.count("<strong>Interim, as at 16 April 2007, 17:00</strong>") == 1
    assert (wording.NOT_A_POLL in html, "Every response here is synthetic." in html) == (True, True)
    assert html.count("Interim, as at 16 April 2007, 17:00</caption>") == len(parsed.tables)
    assert "<script" not in html


def test_an_earlier_moment_has_its_address(server) -> None:
    html = plain(server, **{"as-at": "2007-04-04T17:00"})
    assert "<strong>Interim, as at 4 April 2007, 17:00</strong>" in html
    assert '<a href="/results/third-sector-2007?as-at=2007-04-04T17%3A00" aria-current="page">' in html


def test_what_is_quoted_stays_text(server) -> None:
    html = plain(server, consultation="parks-and-libraries-2007")
    assert '<p dir="auto">More *trees*: ![x](http://192.0.2.1/y) &lt;script&gt;alert(1)&lt;/script&gt;</p>' in html


def test_an_engineer_gets_the_ledger_alone(server) -> None:
    captions = [caption for caption, _ in Tables(plain(server, "engineer")).tables]
    assert captions == ["Responses by channel and line of the ledger"]


@pytest.mark.parametrize("path", ["/results/unknown", "/results/third-sector-2007?as-at=2000-01-01T00:00"])
def test_what_is_not_there_is_said_in_a_sentence(server, path: str) -> None:
    with server.client("member") as member:
        answer = member.get(path)
    assert answer.status_code == 404
    assert "There is no" in answer.text


def test_the_index_names_every_consultation(server) -> None:
    with server.client("member") as member:
        html = member.get("/results").text
    assert '<a href="/results/third-sector-2007">A Joint Commissioning Framework for the Third Sector</a>' in html
    assert '<a href="/results/parks-and-libraries-2007">Parks and libraries: what should we do next?</a>' in html


DRAFT = "/releases/third-sector-2007/2007-04-16-draft/tables/ledger.csv"
PUBLISHED = "/releases/third-sector-2007/2007-04-04-papers/tables/ledger.csv"


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("member", (404, 200)), ("officer", (200, 200)), ("publisher", (200, 200)), ("engineer", (404, 404))],
)
def test_a_release_is_for_officers_until_it_is_published(server, role: str, statuses: tuple[int, int]) -> None:
    with server.client(role) as client:
        answers = [client.get(DRAFT), client.get(PUBLISHED)]
    assert tuple(answer.status_code for answer in answers) == statuses
    if statuses[1] == 200:
        assert answers[1].text == "channel,line,responses\nweb,included,17\n"
        assert answers[1].headers["content-disposition"] == 'attachment; filename="ledger.csv"'


@pytest.mark.parametrize(
    "path",
    [
        "/releases/third-sector-2007/2007-04-04-papers/../2007-04-16-draft/tables/ledger.csv",
        "/releases/third-sector-2007/2007-04-04-papers/%2e%2e/%2e%2e/%2e%2e/accounts.sqlite",
        "/releases/third-sector-2007/..%2f..%2faccounts.sqlite",
        "/releases/third-sector-2007/2007-04-04-papers//etc/passwd",
        "/releases/third-sector-2007/2007-04-17-unfinished/manifest.json",
        "/releases/third-sector-2007/2007-04-04-papers/link.csv",
        "/releases/unknown/2007-04-04-papers/manifest.json",
    ],
)
def test_a_path_leads_to_nothing_but_a_listed_file(server, path: str) -> None:
    release = server.data.releases("third-sector-2007") / "2007-04-04-papers"
    link = release / "link.csv"
    if not link.is_symlink():
        link.symlink_to(server.data.accounts)
    with server.client("member") as member:
        answer = member.get(path)
    assert answer.status_code in (400, 404)
    assert "SQLite" not in answer.text


def test_releases_are_listed_for_who_may_have_them(server) -> None:
    assert (
        "Release 2007-04-16-draft, as at 16 April 2007, 00:00, for officers"
        in Tables(plain(server, "officer")).headings
    )
    headings = Tables(plain(server, "member")).headings
    assert [one for one in headings if one.startswith("Release")] == [
        "Release 2007-04-04-papers, as at 4 April 2007, 00:00, for members"
    ]


def pdf_text(written: bytes) -> str:
    """The words of a PDF in reading order, without line breaks."""
    with pypdfium2.PdfDocument(written) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


def test_a_report_is_called_one(demonstration, put_release) -> None:
    folder = put_release(demonstration, "third-sector-2007", "2007-04-05-report", "members")
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"kind": "report"}))
    releases = list_releases(results_settings(demonstration, ["third-sector-2007"]), "third-sector-2007", "member")
    assert [release_title(one, ZoneInfo("Europe/London")) for one in releases] == [
        "Report 2007-04-05-report, as at 5 April 2007, 00:00, for members",
        "Release 2007-04-04-papers, as at 4 April 2007, 00:00, for members",
    ]


def figures_in(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d[\d,.]*\d%?|\d%?|not shown", text))


def test_the_pdf_of_all_pages_is_tagged_and_has_the_numbers_of_the_screen(server) -> None:
    with server.client("member") as member:
        answer = member.get("/results/third-sector-2007.pdf")
        html = member.get("/results/third-sector-2007").text
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="third-sector-2007-2007-04-16.pdf"'
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert str(document.Root.Lang) == "en"
        assert document.open_metadata()["dc:title"] == "A Joint Commissioning Framework for the Third Sector: results"
        assert document.open_metadata()["pdfuaid:part"] == "1"
        assert "/StructTreeRoot" in document.Root
    words, cells = pdf_text(answer.content), [cell for _, rows in Tables(html).tables for row in rows for cell in row]
    # Cells break over lines where they are narrow, so it is their numbers that are held against the document's.
    assert figures_in(" ".join(cells)) - figures_in(words) == Counter()
    assert sum(figures_in(" ".join(cells)).values()) > 1_000
    assert "Interim, as at 16 April 2007, 17:00" in words
    assert "Since your last visit" not in words


def test_each_page_and_each_figure_has_its_files_with_the_same_numbers(server) -> None:
    with server.client("member") as member:
        html = member.get("/results/third-sector-2007/question-q4_grants_contracts").text
        found = Tables(html)
        files = re.findall(r'href="(/results/third-sector-2007/question-q4_grants_contracts/[^"]+\.csv)"', html)
        assert len(files) == len(found.tables) == 5
        for file, (_, rows) in zip(files, found.tables, strict=True):
            answer = member.get(file)
            assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
            read = list(csv.reader(io.StringIO(answer.text)))
            assert [row[: len(rows[0])] for row in read] == rows
            assert {row[-2] for row in read[1:]} == {"000002-commission"}
        pdf = member.get("/results/third-sector-2007/question-q4_grants_contracts.pdf")
        assert "23 of 44 coded answers: Support" in pdf_text(pdf.content)
    assert found.headings[0] == "Question 4"
    assert '<svg width="100%"' in html
    assert "<script" not in html


def test_a_comparison_has_an_address_and_files(server) -> None:
    address = "/results/third-sector-2007/compare"
    with server.client("member") as member:
        html = member.get(address, params={"beside": "2007-04-04T17:00"}).text
        csv_file = member.get(f"{address}/received.csv", params={"beside": "2007-04-04T17:00"}).text
        assert member.get(f"{address}.pdf").content.startswith(b"%PDF-")
        assert member.get(address, params={"beside": "2001-01-01T00:00"}).status_code == 404
        assert member.get("/results/parks-and-libraries-2007/compare").status_code == 404
    [rows] = [rows for caption, rows in Tables(html).tables if caption.startswith("Responses received and included")]
    last = next(row for row in rows if row[0] == "All channels, received")
    assert last == ["All channels, received", "824", "1,264", "+440"]
    assert '"All channels, received",824,1264,440,' in csv_file


@pytest.mark.parametrize(
    "path", ["/overview", "/compare", "/question-q2_place.pdf", "/responses/by-channel.csv", "/outreach", "/quality"]
)
def test_an_engineer_gets_no_page_and_no_file_of_results(server, path: str) -> None:
    with server.client("engineer") as engineer:
        assert engineer.get(f"/results/third-sector-2007{path}").status_code == 404
        assert engineer.get("/results/third-sector-2007/ledger/ledger.csv").status_code == 200
        words = pdf_text(engineer.get("/results/third-sector-2007.pdf").content)
    assert "coded answers" not in words


@pytest.mark.parametrize("path", ["/none", "/responses/none.csv", "/none.pdf", "/none/by-channel.csv"])
def test_a_page_or_figure_that_is_not_there_is_said(server, path: str) -> None:
    with server.client("member") as member:
        answer = member.get(f"/results/third-sector-2007{path}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_the_plain_overview_says_what_is_new_to_who_reads_it(server) -> None:
    with server.client("publisher") as first:
        assert "your last visit" not in first.get("/results/third-sector-2007").text
    with server.client("publisher") as second:
        assert "Nothing has changed since your last visit" in second.get("/results/third-sector-2007/overview").text
