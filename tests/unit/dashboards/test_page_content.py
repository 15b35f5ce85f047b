"""What the pages beside the questions' say, reconciled with the tables of the public version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from dashboards.accounts import Role
from dashboards.results import wording
from dashboards.results.content import pages_for
from dashboards.results.content.ledger import received_to_included
from dashboards.results.content.positions import limbs_of
from dashboards.results.figures import Line, View
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import LedgerRow
from tests.unit.dashboards.page_parts import figure_of, page_of, shown
from transforms.disclosure.contract import LINES


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
        "The figures change in steps, so that nobody's answer can be worked out: the last few answers are not in them.",
    )


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
