"""What the pages say, reconciled with the tables of the public version."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.accounts import Role
from dashboards.results import wording
from dashboards.results.content import pages_for
from dashboards.results.content.counts import counts_table, most_frequent
from dashboards.results.content.ledger import received_to_included
from dashboards.results.content.positions import limbs_of
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import About, LedgerRow, TypeRow
from dashboards.results.views import view_of
from transforms.disclosure.contract import LINES


@pytest.fixture
def view(results: ResultsSettings) -> View:
    return view_of(results, "third-sector-2007")


@pytest.fixture
def parks_view(results: ResultsSettings) -> View:
    return view_of(results, "parks-and-libraries-2007")


@pytest.fixture
def query(results: ResultsSettings) -> Callable[..., list[tuple[object, ...]]]:
    """Asks the public file itself."""

    def ask(sql: str, consultation: str = "third-sector-2007") -> list[tuple[object, ...]]:
        public = results.warehouses[consultation]
        file = public / f"{(public / 'CURRENT').read_text().strip()}.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return ask


def page_of(view: View, key: str) -> Page:
    return next(page for page in pages_for(view, "member") if page.key == key)


def figure_of(page: Page, caption: str) -> Figure:
    return next(figure for figure in page.figures if figure.table.caption == caption)


def shown(count: object) -> str:
    return "not shown" if count is None else f"{count:,}"


def test_there_is_a_page_for_each_field_that_is_reported_between_overview_and_ledger(view: View) -> None:
    assert [(page.key, page.title) for page in pages_for(view, "member")] == [
        ("overview", "Overview"),
        ("responses", "Responses"),
        ("question-q1a_term", "Question 1, part 1"),
        ("question-q1b_preference", "Question 1, part 2"),
        ("question-q2_place", "Question 2"),
        ("question-q3_accountable", "Question 3"),
        ("question-q4_grants_contracts", "Question 4"),
        ("question-q5_full_cost", "Question 5"),
        ("question-q6_monitoring", "Question 6"),
        ("question-q7_review", "Question 7"),
        ("question-r1_type", "Are you a... (please ✓ all that apply)"),
        ("ledger", "Ledger"),
    ]


@pytest.mark.parametrize("role", get_args(Role))
def test_an_engineer_sees_that_channels_add_up_and_no_results(view: View, role: Role) -> None:
    keys = [page.key for page in pages_for(view, role)]
    assert keys == ["ledger"] if role == "engineer" else (len(keys) == 12 and keys[0] == "overview")


def test_the_overview_says_where_the_consultation_stands(view: View, query: Callable[..., list[tuple[int]]]) -> None:
    received, included = query("SELECT sum(responses), sum(responses) FILTER (line = 'included') FROM ledger")[0]
    waiting = query("SELECT sum(responses) FROM ledger WHERE line IN ('in_review', 'in_quarantine')")[0][0]
    page = page_of(view, "overview")
    assert page.key_figures == (
        ("Received", shown(received)),
        ("Included", shown(included)),
        ("Waiting for a decision", shown(waiting)),
    )
    assert page.summary[0] == "Open. Day 47 of 92, 45 days left; closes on 31 May 2007."
    assert page.summary[2] == (
        "3 answers of included responses wait for a person to read what was sent; they are in no base yet."
    )
    assert view.watermark == "Interim, as at 16 April 2007, 17:00"
    headlines = figure_of(page, "The most frequent answer to each question").table
    assert headlines.rows[0] == ("Question 1, part 1", "23 of 44 coded answers: Favourable")
    assert headlines.rows[2] == (
        "Question 2: At least one place on any key multi-agency partnership group",
        "23 of 44 coded answers: Support",
    )
    coded = figure_of(page, "Answers coded, by question")
    assert coded.headline == f"57 of {shown(included)} included responses are coded, question by question"
    assert coded.table.rows[0] == ("Question 1, part 1", f"57 of {shown(included)} included", "50")


def test_the_ledger_has_every_channel_and_line_and_adds_up(
    view: View, query: Callable[..., list[tuple[str, str, int]]]
) -> None:
    table = page_of(view, "ledger").figures[0].table
    assert table.columns == ("Line", "Web form", "Assisted", "E-mail", "Post", "All channels")
    cells = {(line, channel): count for channel, line, count in query("SELECT * FROM ledger")}
    for row, line in zip(table.rows, LINES, strict=False):
        by_channel = [cells[line, channel] for channel in ("web", "assisted", "email", "post")]
        assert row == (wording.LINES[line], *map(shown, by_channel), shown(sum(by_channel)))
    numbers = [[int(cell.replace(",", "")) for cell in row[1:]] for row in table.rows]
    assert table.rows[-1][0] == "Received (sum of the lines)"
    assert numbers[-1] == [sum(column) for column in zip(*numbers[:-1], strict=True)]
    assert len(table.rows) == len(LINES) + 1


def test_every_line_of_the_ledger_has_words_and_an_explanation() -> None:
    assert (list(wording.LINES), list(wording.LINE_EXPLANATIONS)) == ([*LINES], [*LINES])


def test_the_way_from_received_to_included_reads_as_in_published_reports(view: View) -> None:
    lines = {"invalid": 199, "blank": 70, "merged": 200, "included": 7_198}
    ledger = tuple(LedgerRow("web", line, lines.get(line, 0)) for line in LINES)
    told = replace(view, version=replace(view.version, ledger=ledger))
    assert received_to_included(told) == (
        "7,667 responses were received. Less 199 invalid, 70 blank and 200 merged into a composite, 7,198 are included."
    )
    single = replace(view, version=replace(view.version, ledger=(LedgerRow("web", "included", 1),)))
    assert received_to_included(single, "web") == (
        "Web form: 1 response was received. Nothing is taken off: 1 is included."
    )


def test_positions_are_those_of_the_table_with_no_answer_outside(
    view: View, query: Callable[..., list[tuple[str, int | None]]]
) -> None:
    rows = query(
        "SELECT label, responses FROM positions WHERE field = 'q2_place' AND limb = 'partnership_place' "
        "AND code <> 'no_answer'"
    )
    caption = "Coded answers by position: At least one place on any key multi-agency partnership group"
    figure = figure_of(page_of(view, "question-q2_place"), caption)
    assert figure.table.rows == tuple((label, shown(count)) for label, count in rows)
    assert figure.headline == (
        "At least one place on any key multi-agency partnership group. 23 of 44 coded answers: Support"
    )
    assert figure.base == "Base: 44 coded answers."
    assert figure.notes == (
        "Coded: 57 of 1,044 included. "
        "Responses that are not yet coded are neither in the base nor counted as no answer.",
        "50 of the 57 coded responses are shown: positions change in steps, so that nobody's answer can be worked out.",
        "No answer to this part, outside the figures above: 6.",
        "Not shown: fewer than 5, or a count from which a number that small could be worked out.",
    )


def test_a_hidden_number_of_no_answers_cannot_be_worked_out_from_the_base(view: View) -> None:
    limb = limbs_of(view, "q2_place")[1]
    assert (limb.coded, limb.base) == (50, None)
    assert limb.headline == "23 of 50 coded responses: Support"
    caption = "Coded answers by position: Representation at all levels of the planning process"
    figure = figure_of(page_of(view, "question-q2_place"), caption)
    assert figure.base == "Base: 50 coded responses."
    assert figure.table.columns == ("Position", "Coded answers")
    assert "No answer to this part, outside the figures above: not shown." in figure.notes
    assert "The base includes those who gave no answer to this part, because their number is not shown." in figure.notes


def test_a_breakdown_has_each_type_with_its_base(
    view: View, query: Callable[..., list[tuple[str, str, int | None, int]]]
) -> None:
    caption = "Coded answers by position, by type of respondent"
    table = figure_of(page_of(view, "question-q6_monitoring"), caption).table
    rows = query("SELECT type_label, label, responses, base FROM positions_by_type WHERE field = 'q6_monitoring'")
    bases = {kind: base for kind, _, _, base in rows}
    assert table.columns == ("Position", *(f"{kind} (base {base})" for kind, base in bases.items()))
    cells = {(label, kind): shown(count) for kind, label, count, _ in rows}
    assert {(row[0], kind): cell for row in table.rows for kind, cell in zip(bases, row[1:], strict=True)} == cells


def test_received_over_time_and_types_are_those_of_the_tables(
    view: View, query: Callable[..., list[tuple[object, ...]]]
) -> None:
    page = page_of(view, "responses")
    days = figure_of(page, "Responses received so far, by day, rounded down").table
    assert days.rows == tuple((wording.day(day), shown(n)) for day, n in query("SELECT * FROM received_over_time"))
    assert (len(days.rows), days.rows[0][0], days.rows[-1][0]) == (47, "1 March 2007", "16 April 2007")
    types = figure_of(page, "Responses included, by type of respondent")
    assert [row[:2] for row in types.table.rows] == [
        (label, shown(n)) for label, n in query("SELECT label, responses FROM respondent_types")
    ]
    assert types.base == "Base: 60 responses."
    assert types.notes[:2] == (
        wording.SUM_OVER_TYPES,
        "The figures change in steps, so that nobody's answer can be worked out: the last few responses wait.",
    )


def test_every_kind_of_question_shows_its_table(
    parks_view: View, query: Callable[..., list[tuple[object, ...]]]
) -> None:
    closed = query("SELECT field, label, responses, base FROM closed_answers", "parks-and-libraries-2007")
    for field in dict.fromkeys(row[0] for row in closed):
        figure = page_of(parks_view, f"question-{field}").figures[0]
        expected = [(label, shown(count)) for name, label, count, _ in closed if name == field]
        assert [row[:2] for row in figure.table.rows] == expected
    number = page_of(parks_view, "question-q2_visits").figures[0]
    assert number.headline == "Half of the answers are 10.0 or more"
    assert number.table.rows == (
        ("Mean", "12.5"),
        ("Median", "10.0"),
        ("Lower quartile", "4.0"),
        ("Upper quartile", "20.0"),
    )
    assert page_of(parks_view, "question-r1_capacity").summary[-1] == (
        "There is no table for this question. Types of respondent are on the page Responses."
    )


def test_quotes_show_only_where_the_table_has_them(view: View, parks_view: View) -> None:
    quoted = {page.key: page.quotes for page in pages_for(parks_view, "member") if page.quotes}
    assert quoted == {"question-q5_proposal": ("More *trees*, please: [NAME] ![x](http://192.0.2.1/y) said so.",)}
    assert [page.key for page in pages_for(view, "publisher") if page.quotes] == []


def test_percentages_begin_at_the_policys_base(view: View, parks_view: View) -> None:
    from_120 = page_of(parks_view, "question-q1_use").figures[0].table
    assert from_120.columns == ("Answer", "Responses", "Share of the base")
    assert from_120.rows[0] == ("Parks", "23", "19%")
    for one in (view, parks_view):
        for page in pages_for(one, "member"):
            for figure in page.figures:
                base = re.search(r"Base: ([\d,]+)", figure.base or "")
                if not base or int(base[1].replace(",", "")) < 50:
                    assert "%" not in str(figure), figure.title


@given(st.integers(50, 100_000).flatmap(lambda base: st.tuples(st.just(base), st.integers(0, base))))
def test_a_share_says_0_and_100_percent_only_where_they_are_exact(base_and_count: tuple[int, int]) -> None:
    base, count = base_and_count
    table = share_table([count], base)
    share = table.rows[0][2]
    assert (share == "0%") == (count == 0)
    assert (share == "100%") == (count == base)


def share_table(counts: list[int], base: int) -> Table:
    rows = [TypeRow(str(place), str(place), count, False, base) for place, count in enumerate(counts)]
    day = date(2007, 3, 1)
    about = About("id", "t", "v", datetime(2007, 3, 1, tzinfo=UTC), "open", day, day, ZoneInfo("UTC"), (), 0, 5, 50)
    return counts_table(rows, caption="c", heading="h", unit="u", base=base, about=about)


def test_what_comes_first_together_is_named_together() -> None:
    rows = [
        TypeRow(code, code.upper(), count, count is None, 54) for code, count in (("a", 20), ("b", 20), ("c", None))
    ]
    assert most_frequent(rows, 54, "answer") == "20 of 54 answers each: A and B"
    assert most_frequent(rows[2:], 54, "answer") is None
    assert most_frequent(rows, None, "answer") is None


@pytest.mark.parametrize(
    ("day", "told", "status"),
    [
        (datetime(2007, 2, 20, tzinfo=UTC), "Opens on 1 March 2007 for 92 days.", "open"),
        (datetime(2007, 3, 1, tzinfo=UTC), "Day 1 of 92, 91 days left; closes on 31 May 2007.", "open"),
        (datetime(2007, 5, 30, 23, 30, tzinfo=UTC), "Day 92 of 92, the last day; closes on 31 May 2007.", "open"),
        (datetime(2007, 5, 31, 22, 59, tzinfo=UTC), "Day 92 of 92, the last day; closes on 31 May 2007.", "open"),
        (datetime(2007, 5, 31, 23, tzinfo=UTC), "Closed on 31 May 2007 after 92 days.", "closed"),
    ],
)
def test_the_period_follows_the_local_day(view: View, day: datetime, told: str, status: str) -> None:
    then = replace(view, now=day)
    assert (then.period(), then.status) == (told, status)


def test_final_results_are_not_called_interim(view: View) -> None:
    final = replace(view, version=replace(view.version, about=replace(view.version.about, status="final")))
    assert final.watermark == "Final, as at 16 April 2007, 17:00"
    assert page_of(final, "overview").summary[0].startswith("Final. ")


def test_a_version_without_any_response_has_all_its_pages(results: ResultsSettings, view: View, tmp_path: Path) -> None:
    empty = replace(
        view.version,
        ledger=tuple(replace(row, responses=0) for row in view.version.ledger),
        received_over_time=(),
        positions=tuple(replace(row, responses=0, hidden=False, base=0) for row in view.version.positions),
        positions_by_type=(),
        respondent_types=tuple(replace(row, responses=0, base=0) for row in view.version.respondent_types),
        questions=tuple(replace(row, included=0, answered=0, coded=0, coded_shown=0) for row in view.version.questions),
    )
    pages = pages_for(replace(view, version=empty), "member")
    assert pages[0].key_figures == (("Received", "0"), ("Included", "0"), ("Waiting for a decision", "0"))
    assert {limb.headline for limb in limbs_of(replace(view, version=empty), "q2_place")} == {
        "Too few coded answers to show yet"
    }
