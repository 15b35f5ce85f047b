"""What the pages of questions say, reconciled with the tables of the public version."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.results import wording
from dashboards.results.content import pages_for
from dashboards.results.content.counts import counts_table, most_frequent
from dashboards.results.content.positions import limbs_of
from dashboards.results.figures import Bars, Table, View
from dashboards.results.tables import About, ThemeRow, TypeRow
from tests.unit.dashboards.page_parts import figure_of, page_of, shown


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


def test_every_kind_of_question_shows_its_table(
    parks_view: View, query: Callable[..., list[tuple[object, ...]]]
) -> None:
    closed = query("SELECT field, label, responses, base FROM closed_answers", "parks-and-libraries-2007")
    for field in dict.fromkeys(row[0] for row in closed):
        figure = page_of(parks_view, f"question-{field}").figures[0]
        expected = [(label, shown(count)) for name, label, count, _ in closed if name == field]
        assert [row[:2] for row in figure.table.rows] == expected
    number = page_of(parks_view, "question-q2_visits").figures[0]
    assert number.headline == "Half of the answers are 10 or more"
    assert number.table.rows == (
        ("Mean", "12.5"),
        ("Median", "10"),
        ("Lower quartile", "4"),
        ("Upper quartile", "20"),
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
