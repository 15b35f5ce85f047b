"""CSV and PDF of a page, two moments side by side, what is new since a visit, and what nobody foresaw."""

import asyncio
import csv
import io
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pikepdf
import pypdfium2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route

from dashboards.accounts import Account, add_account
from dashboards.errors import DashboardError
from dashboards.incidents import IncidentMiddleware, note_incident
from dashboards.results import pdf
from dashboards.results.content.compare import compare_page
from dashboards.results.csv_file import csv_of
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.markup import bar_chart, day_chart
from dashboards.results.pdf import pdf_of
from dashboards.results.pdf_writer import write_pdf
from dashboards.results.selection import figure_of, select
from dashboards.results.settings import ResultsSettings
from dashboards.results.visits import Sight, news, note_visit, sight_of
from schemas.clock import SteppedClock

THIRD = "third-sector-2007"


@pytest.fixture
def view(results: ResultsSettings) -> View:
    return select(results, "member", THIRD).view


def rows_of(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode())))


def test_a_csv_has_the_tables_figures_as_numbers_and_says_what_they_are_of(results: ResultsSettings) -> None:
    selection = select(results, "member", THIRD)
    figure = figure_of(selection.page("responses"), "by-channel")
    head, *rows = rows_of(csv_of(figure, selection.view))
    assert head == ["Channel", "Received", "Included", "Figure", "Status", "As at", "Version", "Consultation"]
    about = [
        "Responses received, by channel",
        "Interim, as at 16 April 2007, 17:00",
        "2007-04-16T17:00:00+01:00",
        "000002-commission",
        THIRD,
    ]
    assert [row[:3] for row in rows] == [[cell.replace(",", "") for cell in row] for row in figure.table.rows]
    assert {tuple(row[3:]) for row in rows} == {tuple(about)}
    assert rows[-1][1] == "1264"
    assert csv_of(figure, selection.view).endswith(b"\r\n")


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(view: View) -> None:
    table = Table(
        "c", ("=1+1", "-x"), (("@SUM(A1)", "+14"), ("\tx", "−3"), ("=cmd|' /C calc'!A0", "-"), ("ok", "1,234"))
    )
    head, *rows = rows_of(csv_of(Figure("k", "h", "t", table), view))
    assert head[:2] == ["'=1+1", "'-x"]
    assert [row[:2] for row in rows] == [
        ["'@SUM(A1)", "14"],
        ["'\tx", "-3"],
        ["'=cmd|' /C calc'!A0", "'-"],
        ["ok", "1234"],
    ]


def test_two_moments_stand_side_by_side_each_with_its_base(results: ResultsSettings) -> None:
    selection = select(results, "member", THIRD)
    page = selection.page("compare")
    assert page.summary[0] == "Interim, as at 4 April 2007, 17:00, beside: Interim, as at 16 April 2007, 17:00."
    assert page == select(results, "member", THIRD, "2007-04-04T17:00").page("compare", "latest")
    received = figure_of(page, "received").table
    assert received.columns == ("Responses", "4 April 2007, 17:00", "16 April 2007, 17:00", "Difference")
    assert received.rows[-2:] == (
        ("All channels, received", "824", "1,264", "+440"),
        ("All channels, included", "604", "1,044", "+440"),
    )
    positions = figure_of(page, "q4_grants_contracts-whole").table
    assert positions.columns == (
        "Position",
        "4 April 2007, 17:00 (base 44)",
        "16 April 2007, 17:00 (base 44)",
        "Difference",
    )
    assert positions.rows[0] == ("Support", "23", "23", "0")
    assert positions.rows[3] == ("Unclear", "not shown", "not shown", "not given")


def test_a_difference_is_given_where_both_counts_are_shown(results: ResultsSettings) -> None:
    later = select(results, "member", THIRD).view
    was = later.version.positions
    fewer = tuple(
        replace(row, responses=row.responses - 2, base=40) if row.responses else row
        for row in was
        if not (row.field == "q4_grants_contracts" and row.code == "oppose")
    )
    earlier = replace(later, version=replace(later.version, positions=fewer))
    rows = figure_of(compare_page(earlier, later), "q4_grants_contracts-whole").table.rows
    assert rows == (
        ("Support", "21", "23", "+2"),
        ("Support, with reservations", "15", "17", "+2"),
        ("Oppose", "not in this view", "11", "not given"),
        ("Unclear", "not shown", "not shown", "not given"),
    )
    back = figure_of(compare_page(later, earlier), "q4_grants_contracts-whole").table.rows
    assert back[0] == ("Support", "23", "21", "−2")


def test_an_engineer_compares_nothing(results: ResultsSettings) -> None:
    with pytest.raises(DashboardError, match="There is no such page of results here"):
        select(results, "engineer", THIRD).page("compare")


def walked(element: object) -> list[pikepdf.Dictionary]:
    """Every structure element of a tagged PDF."""
    if isinstance(element, pikepdf.Array):
        return [found for one in element for found in walked(one)]
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        return [element, *walked(element.get("/K"))]
    return []


def test_a_pdf_is_tagged_with_a_title_a_language_and_words_for_each_chart(results: ResultsSettings) -> None:
    selection = select(results, "member", THIRD)
    written = pdf_of((selection.page("question-q4_grants_contracts"),), selection.view, selection.notices)
    with pikepdf.open(io.BytesIO(written)) as document:
        elements = walked(document.Root.StructTreeRoot.K)
        kinds = [str(one.S) for one in elements]
        pictures = [str(one.get("/Alt", "")) for one in elements if one.S == "/Figure"]
        assert str(document.Root.Lang) == "en"
        assert document.Root.MarkInfo.Marked
        assert document.open_metadata()["dc:title"] == (
            "A Joint Commissioning Framework for the Third Sector: Question 4"
        )
        assert document.open_metadata()["pdfuaid:part"] == "1"
    assert kinds.count("/H1") == 1
    assert (
        kinds.count("/Table") == kinds.count("/Caption") == len(selection.page("question-q4_grants_contracts").figures)
    )
    assert pictures == [
        "Left of the line: against. Right of it: for.",
        "Support: 23",
        "Support, with reservations: 17",
        "Oppose: 11",
        "Unclear: not shown",
        "Theme 1: 23",
        "Theme 2: 17",
        "Theme 3: 11",
        "Theme 4: not shown",
    ]
    assert written == pdf_of((selection.page("question-q4_grants_contracts"),), selection.view, selection.notices)


def test_bars_of_plain_pages_have_the_counts_in_proportion(view: View, results: ResultsSettings) -> None:
    selection = select(results, "member", THIRD)
    chart = bar_chart(selection.page("question-q4_grants_contracts").figures[0])
    assert chart is not None
    assert (chart.is_sided, [mark.label for mark in chart.apart]) == (True, ["Unclear"])
    support, reservations, oppose = chart.marks
    assert (support.left, support.width, support.number_at) == (50, 34, 84)
    assert reservations.width == pytest.approx(34 * 17 / 23, abs=0.01)
    assert (oppose.left + oppose.width, oppose.number_at, oppose.is_left) == (
        pytest.approx(50, abs=0.02),
        oppose.left,
        True,
    )
    days = day_chart(selection.page("responses").figures[0])
    assert days is not None
    assert (len(days.days), days.first, days.last) == (47, "1 March", "31 May")
    assert (days.days[-1].height, days.closing) == (90, (100,))


def test_what_is_new_is_told_once_a_visit_and_stays_while_it_lasts(
    results: ResultsSettings, view: View, now: SteppedClock
) -> None:
    add_account(results.store, Account("ayesha", "member"), "a long password")
    first = sight_of(view, (), now.now())

    def look(token: str, sight: Sight) -> Sight | None:
        return note_visit(results.store, "ayesha", THIRD, token, sight)

    assert look("monday", first) is None
    later = first.model_copy(
        update={
            "at": first.at + timedelta(days=1),
            "received": first.received + 14,
            "coded": first.coded + 1,
            "releases": ("r-1",),
        }
    )
    assert look("monday", later) is None
    assert look("tuesday", later) == later
    newest = later.model_copy(update={"received": later.received - 1, "status": "closed"})
    assert look("tuesday", newest) == later
    assert note_visit(results.store, "ayesha", "parks-and-libraries-2007", "tuesday", later) is None
    assert news(first, later, view) == (
        "Since your last visit, on 16 April 2007, 17:00: 14 more responses received; 1 more answer coded; "
        "new release r-1.",
    )
    assert news(later, newest, view) == (
        "Since your last visit, on 17 April 2007, 17:00: 1 fewer response received; now closed, answers are being "
        "analysed.",
    )
    assert news(first, first, view) == ("Nothing has changed since your last visit, on 16 April 2007, 17:00.",)


async def asked(app: Starlette) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://results") as client:
        return await client.get("/")


def test_what_nobody_foresaw_is_a_sentence_and_an_id_that_the_log_has_too(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(_request: Request) -> None:
        raise ValueError("what somebody wrote in confidence")

    app = Starlette(routes=[Route("/", fails)], middleware=[Middleware(IncidentMiddleware)])
    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(asked(app))
    [record] = caplog.records
    said = record.getMessage()
    name = said.split()[1].rstrip(":")
    assert (answer.status_code, len(name)) == (500, 8)
    assert f"Something went wrong, and it was noted as {name}." in answer.text
    assert "ValueError" in said
    assert Path(__file__).name in said
    for text in (answer.text, said):
        assert "confidence" not in text
    assert "Traceback" not in answer.text
    assert note_incident(ValueError()) != note_incident(ValueError())


def page_keys(pages: tuple[Page, ...]) -> list[str]:
    return [page.key for page in pages]


def test_every_figure_of_a_page_has_an_address_of_its_own(results: ResultsSettings) -> None:
    for consultation in (THIRD, "parks-and-libraries-2007"):
        selection = select(results, "member", consultation)
        compared = (selection.page("compare"),) if selection.others else ()
        assert len(set(page_keys(selection.pages))) == len(selection.pages)
        for page in (*selection.pages, *compared):
            keys = [figure.key for figure in page.figures]
            assert len(set(keys)) == len(keys), page.key
            assert all("/" not in key for key in keys)


def test_a_pdf_that_cannot_be_written_is_said_in_a_sentence(
    results: ResultsSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf, "_SECONDS", 0.001)
    selection = select(results, "member", THIRD)
    with pytest.raises(DashboardError) as refused:
        pdf_of((selection.page("ledger"),), selection.view, ("A notice of this test.",))
    assert str(refused.value) == "This PDF could not be written now; the same figures are on the plain page."
    [record] = caplog.records
    assert record.getMessage().endswith("could not be written: TimeoutExpired")


def test_a_pdf_fetches_nothing_that_stands_in_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>needle</text></svg>")
    html = f'<html lang="en"><title>t</title><p>text</p><img alt="x" src="{secret.as_uri()}"></html>'
    written = write_pdf(html, tmp_path / "no-fonts.css")
    with pypdfium2.PdfDocument(written) as document:
        assert [page.get_textpage().get_text_bounded().split() for page in document] == [["text", "x"]]
