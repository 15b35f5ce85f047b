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
from dashboards.results.figures import Bars, Figure, Line, Page, Table, View
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import About, LedgerRow, ThemeRow, TypeRow
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
        ("outreach", "Outreach"),
        ("ledger", "Ledger"),
        ("quality", "Quality"),
    ]


@pytest.mark.parametrize("role", get_args(Role))
def test_an_engineer_sees_that_channels_add_up_and_no_results(view: View, role: Role) -> None:
    keys = [page.key for page in pages_for(view, role)]
    assert keys == ["ledger"] if role == "engineer" else (len(keys) == 14 and keys[0] == "overview")


def test_the_overview_says_where_the_consultation_stands(view: View, query: Callable[..., list[tuple[int]]]) -> None:
    received, included = query("SELECT sum(responses), sum(responses) FILTER (line = 'included') FROM ledger")[0]
    waiting = query("SELECT sum(responses) FROM ledger WHERE line IN ('in_review', 'in_quarantine')")[0][0]
    page = page_of(view, "overview")
    assert page.key_figures == (
        ("Received", shown(received)),
        ("Included", shown(included)),
        ("Waiting for a decision", shown(waiting)),
        ("Coded, by question", f"57 of {shown(included)}"),
        ("Time", "45 days left"),
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


@pytest.mark.parametrize(
    ("words", "groups", "note"),
    [
        ("by type of respondent", "type_code NOT LIKE '~%'", wording.SUM_OVER_TYPES),
        ("by channel", "type_code LIKE '~channel%'", "Each is counted for one channel."),
        (
            "with and without campaign letters",
            "type_code IN ('~campaign', '~own_words')",
            "Who sent a campaign's letter and who answered in their own words are all, together.",
        ),
    ],
)
def test_a_breakdown_has_all_and_each_group_with_its_base(
    view: View, query: Callable[..., list[tuple[str, str, int | None, int]]], words: str, groups: str, note: str
) -> None:
    figure = figure_of(page_of(view, "question-q6_monitoring"), f"Coded answers by position, {words}")
    asked = "field = 'q6_monitoring'"
    rows = query(f"SELECT type_label, label, responses, base FROM positions_by_type WHERE {asked} AND {groups}")
    rows += [("All", *row) for row in query(f"SELECT label, responses, base FROM positions WHERE {asked}")]
    bases = {kind: base for kind, _, _, base in rows}
    names = ["All", *(kind for kind in bases if kind != "All")]
    assert figure.table.columns == ("Position", *(f"{kind} (base {bases[kind]})" for kind in names))
    outside = {"No answer": "No answer to this part, outside the positions"}
    cells = {(outside.get(label, label), kind): shown(count) for kind, label, count, _ in rows}
    table = figure.table.rows
    assert {(row[0], kind): cell for row in table for kind, cell in zip(names, row[1:], strict=True)} == cells
    assert table[-1][0] == outside["No answer"]
    assert figure.notes[0] == note


def test_positions_stand_on_the_sides_that_the_policy_names(view: View) -> None:
    charts = {
        key: page_of(view, f"question-{key}").figures[0].chart for key in ("q4_grants_contracts", "q6_monitoring")
    }
    assert charts["q4_grants_contracts"] == Bars(
        labels=("Support", "Support, with reservations", "Oppose", "Unclear"),
        values=(23, 17, 11, None),
        texts=("23", "17", "11", "not shown"),
        sides=("for", "for", "against", None),
    )
    assert charts["q6_monitoring"] == Bars(
        labels=("About right", "Too much", "Too little", "It depends", "Unclear"),
        values=(23, 17, 11, None, 23),
        texts=("23", "17", "11", "not shown", "23"),
    )


def test_themes_are_counted_beside_positions(view: View) -> None:
    rows = (
        ThemeRow("q2_place", "t2", "Places for small groups", 21, False, 44),
        ThemeRow("q2_place", "t1", "Who chooses the members", None, True, 44),
        ThemeRow("q4_grants_contracts", "t3", "Paperwork", 9, False, 40),
    )
    told = replace(view, version=replace(view.version, themes=rows))
    figure = figure_of(page_of(told, "question-q2_place"), "Themes of the coded answers")
    assert figure.headline == "Themes. 21 of 44 coded answers: Places for small groups"
    assert figure.base == "Base: 44 coded answers."
    assert figure.table.columns == ("Theme", "Respondents who raise it")
    assert figure.table.rows == (("Places for small groups", "21"), ("Who chooses the members", "not shown"))
    assert figure.chart == Bars(("Places for small groups", "Who chooses the members"), (21, None), ("21", "not shown"))
    assert [one.key for one in page_of(told, "question-q1a_term").figures if one.key == "themes"] == []


def test_the_outreach_log_is_shown_as_it_is_and_nobody_is_called_silent(view: View) -> None:
    page = page_of(view, "outreach")
    assert page.summary == (
        "The form did not ask who belongs to which group. So nothing here says who answered, and no group that was "
        "told can be called silent.",
    )
    [figure] = page.figures
    assert figure.table.columns == ("Day", "Who was told", "How", "Note")
    assert figure.table.rows == (
        ("5 March 2007", "The cluster groups", "A presentation", ""),
        ("5 March 2007", "Partner agencies", "By e-mail", "With the summary"),
        ("2 April 2007", "The libraries", "Posters", ""),
        ("Day not known", "The advice centres", "By telephone", ""),
    )
    line = page_of(view, "responses").figures[0]
    assert isinstance(line.chart, Line)
    assert line.chart.told == ((date(2007, 3, 5), "1"), (date(2007, 4, 2), "2"))
    assert line.notes[2:] == (
        "1: 5 March 2007: The cluster groups, A presentation; Partner agencies, By e-mail.",
        "2: 2 April 2007: The libraries, Posters.",
    )
    without = replace(view, version=replace(view.version, outreach=()))
    assert page_of(without, "outreach").figures == ()
    assert page_of(without, "responses").figures[0].notes == line.notes[:1]


def test_the_quality_page_has_every_measure_by_area(view: View) -> None:
    page = page_of(view, "quality")
    assert [(figure.headline, figure.table.rows) for figure in page.figures] == [
        (
            "Linkage",
            (
                ("Pairs that wait for an officer", "12", "pairs", ""),
                ("Pairs that an officer kept apart", "not shown", "pairs", "Too few to show."),
            ),
        ),
        (
            "Coding, question by question",
            (
                ("Question 2: At least one place on any key multi-agency partnership group", "296", "not measured"),
                ("Question 2: Representation at all levels of the planning process", "296", "0.81"),
            ),
        ),
        ("Reading of paper", (("Forms read wrongly", "3.8%", "share", "Of 80 forms that were audited."),)),
    ]
    coding = page.figures[1]
    assert coding.table.columns == ("Question", "Coded answers", "Cohen's kappa")
    assert coding.notes == ("1 is all.",)
    assert page_of(replace(view, version=replace(view.version, quality=())), "quality").figures == ()


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
        # A share of forms read wrongly tells nobody's opinion.
        for page in (page for page in pages_for(one, "member") if page.key != "quality"):
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


def with_about(view: View, **facts: object) -> View:
    return replace(view, version=replace(view.version, about=replace(view.version.about, **facts)))


def test_results_are_final_when_they_are_signed_off_and_say_under_which_hash(view: View) -> None:
    unsigned = with_about(view, status="final")
    assert (unsigned.status, unsigned.watermark) == ("closed", "Interim, as at 16 April 2007, 17:00")
    assert unsigned.sign_off() is None
    at = datetime(2007, 7, 2, 9, 30, tzinfo=UTC).astimezone(view.version.about.zone)
    final = with_about(view, status="final", final_hash="ab" * 32, signed_off_at=at)
    assert final.watermark == "Final, as at 16 April 2007, 17:00"
    assert page_of(final, "overview").summary[0].startswith("Final. ")
    assert page_of(final, "overview").summary[1] == (
        f"Signed off by two people on 2 July 2007, 10:30. Hash of the results: {'ab' * 32}."
    )
    assert with_about(final, correction=2).watermark == "Final, correction 2, as at 16 April 2007, 17:00"


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
    assert pages[0].key_figures == (
        ("Received", "0"),
        ("Included", "0"),
        ("Waiting for a decision", "0"),
        ("Coded, by question", "0 of 0"),
        ("Time", "45 days left"),
    )
    assert {limb.headline for limb in limbs_of(replace(view, version=empty), "q2_place")} == {
        "Too few coded answers to show yet"
    }
