"""An attacker of the members' tables, written apart from the audit: margins and linear programs of its own.

Sees what members see and nothing else. Everybody here ticks one type, so that the attacker's sums are true.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from schemas.definition import Definition
from transforms.disclosure.audited import audited_tables
from transforms.disclosure.counts import read_counts
from transforms.disclosure.findings import Measure
from transforms.disclosure.members import protect_tables
from transforms.disclosure.stricter import Stricter
from transforms.disclosure.vocabulary import SIDES, Rule
from transforms.marts import CAMPAIGN, OWN_WORDS

ABOUT = {"as_at": "2007-04-04T16:00:00+00:00", "status": "open"}
FIELD = "q4_grants_contracts"
STEP = 10
TYPES = ["voluntary_community_rep", "derby_resident", "public_sector_rep", "derby_business_rep"]
CODES = ["support", "support_with_reservations", "oppose", "unclear"]
MartsOf = Callable[..., duckdb.DuckDBPyConnection]

_Split = st.lists(st.lists(st.integers(0, 14), min_size=4, max_size=4), min_size=4, max_size=4)


def people(respondent: Any, split: list[list[int]]) -> list[Any]:
    """As many of each type with each code as the split says, and sixty more that make the table large enough."""
    found = [respondent(types=("other",), positions={FIELD: {"whole": "support"}})] * 60
    found += [respondent(types=("other",), positions={FIELD: {"whole": "oppose"}})] * 40
    for of, counts in zip(TYPES, split, strict=True):
        for code, count in zip(CODES, counts, strict=True):
            found += [respondent(types=(of,), positions={FIELD: {"whole": code}})] * count
    return found


def ranges(tables: dict[str, Any], field: str) -> dict[tuple[str, str], tuple[float, float]]:
    """The smallest and largest value of each hidden count of the breakdown, from what members see."""
    rows = [row for row in tables["positions_by_type"].to_pylist() if row["field"] == field]
    whole = {row["code"]: row for row in tables["positions"].to_pylist() if row["field"] == field}
    cells = {(row["type_code"], row["code"]): place for place, row in enumerate(rows)}
    bounds = [(0, None) if row["hidden"] else (row["responses"],) * 2 for row in rows]
    sums, totals = [], []
    for of in {row["type_code"] for row in rows}:
        base = next(row["base"] for row in rows if row["type_code"] == of)
        if base is not None:
            sums.append([float(cell[0] == of) for cell in cells])
            totals.append(base)
    for code, row in whole.items():
        for of_sides in (False, True) if {of for of, _ in cells} & set(SIDES) else (False,):
            if not row["hidden"]:
                sums.append([float(cell[1] == code and (cell[0] in SIDES) is of_sides) for cell in cells])
                totals.append(row["responses"])
    found = {}
    for cell, place in cells.items():
        of_all = whole[cell[1]]
        told = not of_all["hidden"] and of_all["responses"] in (0, of_all["base"])
        if rows[place]["hidden"] and not told:
            cost = np.zeros(len(rows))
            cost[place] = 1
            ends = [linprog(sign * cost, A_eq=sums, b_eq=totals, bounds=bounds) for sign in (1, -1)]
            # Without an end at all nothing is known of it.
            found[cell] = (ends[0].fun, -ends[1].fun if ends[1].success else np.inf)
    return found


@given(split=_Split, letters=st.sampled_from([0, 0, 3, 12, 40, 110]))
# The only one of a type waits for the next step.
@example(split=[[0, 0, 6, 5], [0, 4, 1, 5], [5, 1, 0, 13], [0, 0, 0, 1]], letters=0)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_hidden_count_can_be_worked_out(
    split: list[list[int]], letters: int, marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    """Whoever sent a campaign's letter is told from the rest, and both together are everybody."""
    everybody = people(respondent, split)
    first = len(everybody) - letters
    everybody = everybody[:first] + [replace(one, letter=True) for one in everybody[first:]]
    with marts_of(everybody, STEP) as private:
        rule = Rule.for_members(third_sector_built_in.policy)
        protected = protect_tables(private, third_sector_built_in, rule, ABOUT)
    assert protected.audit.passed
    # Of those who wait for the next step nothing is in the tables.
    counted = everybody[: len(everybody) // STEP * STEP]
    nobody = {*TYPES, "none_given"} - {of for one in counted for of in one.types}
    if len({one.letter for one in counted}) == 1:
        nobody |= set(SIDES)
    for (of, _), (low, high) in ranges(protected.tables, FIELD).items():
        assert of in nobody or high - low >= 1


@given(split=_Split)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_final_release_passes_its_audit_and_shows_no_small_count(
    split: list[list[int]], marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    with marts_of(people(respondent, split), 10) as private:
        rule = Rule.for_release(third_sector_built_in.policy, "final")
        protected = protect_tables(private, third_sector_built_in, rule, ABOUT | {"status": "final"})
    assert protected.audit.passed
    assert protected.audit.asked == 10
    for name in ("positions_by_type", "positions", "respondent_types"):
        for row in protected.tables[name].to_pylist():
            assert row["hidden"] or row["responses"] == 0 or row["responses"] >= 10
            assert row["hidden"] or row["responses"] % 5 == 0


def test_a_breakdown_that_cannot_be_protected_is_left_out_and_told(
    marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    """One respondent of one type, the others of another: nothing hides one among so few."""
    found = [respondent(types=("derby_resident",), positions={FIELD: {"whole": c}}) for c in CODES * 40]
    found += [respondent(types=("derby_business_rep",), positions={FIELD: {"whole": "oppose"}})] * 10
    with marts_of(found, 10) as private:
        counts = read_counts(private, stepped=True)
    protected = audited_tables(counts, third_sector_built_in, Rule.for_members(third_sector_built_in.policy))
    assert protected.audit.passed
    shown = [row for row in protected.tables["positions_by_type"].to_pylist() if not row["hidden"]]
    assert [row for row in shown if row["responses"] in (0, row["base"]) or row["responses"] < 5] == []


def test_campaigns_beside_them_hide_nothing_more_of_respondent_types(
    marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    """A letter's senders are of one mind, so that neither side of it is shown; what types say is as it was."""
    types = [(of,) for of in TYPES for _ in range(30)]
    found = [respondent(types=of, positions={FIELD: {"whole": CODES[n % 4]}}) for n, of in enumerate(types)]
    found += [respondent(types=(TYPES[0],), positions={FIELD: {"whole": "oppose"}}, letter=True)] * 40
    with marts_of(found, 10) as private:
        counts = read_counts(private, stepped=True)
    rule = Rule.for_members(third_sector_built_in.policy)
    beside, alone = (
        audited_tables(one, third_sector_built_in, rule).tables["positions_by_type"].to_pylist()
        for one in (counts, replace(counts, sides={}))
    )
    assert [row for row in beside if row["type_code"] not in SIDES] == alone
    assert any(not row["hidden"] for row in alone)
    assert [row["hidden"] for row in beside if row["type_code"] in SIDES] == [True] * 2 * (
        len(beside) - len(alone) >> 1
    )


def test_sides_of_many_minds_are_shown(marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any) -> None:
    said = {CAMPAIGN: (30, 20, 12, 8), OWN_WORDS: (60, 25, 40, 15)}
    found = [
        respondent(types=("other",), positions={FIELD: {"whole": code}}, letter=side == CAMPAIGN)
        for side, counts in said.items()
        for code, many in zip(CODES, counts, strict=True)
        for _ in range(many)
    ]
    with marts_of(found, 10) as private:
        counts = read_counts(private, stepped=True)
    protected = audited_tables(counts, third_sector_built_in, Rule.for_members(third_sector_built_in.policy))
    rows = protected.tables["positions_by_type"].to_pylist()
    assert {
        (r["type_code"], r["code"]): r["responses"] for r in rows if r["type_code"] in SIDES and not r["hidden"]
    } == {
        (side, code): counts[place]
        for side, counts in said.items()
        for place, code in enumerate(CODES)
        # Two columns hide each other, and the zeros of 'no answer' follow from the table of everybody.
        if code in ("support", "support_with_reservations")
    }


def test_measures_name_what_was_done_and_why() -> None:
    more = Stricter(
        cells=frozenset({("position", "q1", "whole", "support", "resident"), ("types", "resident")}),
        without=frozenset({("types", "q2")}),
    )
    why = "Otherwise a hidden count could be worked out from what is shown."
    assert more.measures() == (
        Measure("breakdowns", "q2", "all types", "not broken down", why),
        Measure("positions_by_type", "q1", "whole, support, resident", "hidden", why),
        Measure("respondent_types", "the respondent type", "resident", "hidden", why),
    )


@pytest.mark.parametrize("included", [40, 90])
def test_under_a_hundred_answers_codes_are_joined_and_nothing_is_broken_down(
    included: int, marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    found = [respondent(types=("derby_resident",), positions={FIELD: {"whole": c}}) for c in CODES * 30][:included]
    with marts_of(found, 10) as private:
        tables = protect_tables(private, third_sector_built_in, Rule.for_members(third_sector_built_in.policy), ABOUT)
    assert tables.tables["positions_by_type"].num_rows == 0
    of_field = [row for row in tables.tables["positions"].to_pylist() if row["field"] == FIELD]
    assert {row["collapsed"] for row in of_field} == {True}
    assert [row["code"] for row in of_field] == ["support", "oppose", "unclear", "no_answer"]


@pytest.mark.parametrize(
    ("districts", "shown"),
    [
        (["DE1"] * 23, {"DE1": 25, "other_districts": 0}),
        # 12 and 22 would be shown as 10 and 20: of 34, known from the ledger, only as 12 and 22.
        (["DE1"] * 12 + ["DE2"] * 22, {"other_districts": 35}),
        (["DE1"] * 12 + ["DE2"] * 23, {"DE1": 10, "DE2": 25, "other_districts": 0}),
        ([f"DE{number}" for number in range(1, 24)], {"other_districts": 25}),
    ],
)
def test_rounded_districts_do_not_add_up_to_exact_ones(
    districts: list[str], shown: dict[str, int], marts_of: MartsOf, parks: Definition, respondent: Any
) -> None:
    found = [respondent(closed={"r5_district": (district,)}) for district in districts]
    with marts_of(found, 10) as private:
        protected = protect_tables(private, parks, Rule.for_release(parks.policy, "final"), ABOUT | {"status": "final"})
    rows = [row for row in protected.tables["closed_answers"].to_pylist() if row["field"] == "r5_district"]
    assert {row["code"]: row["responses"] for row in rows} == shown
