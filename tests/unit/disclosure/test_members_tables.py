"""What members see: steps, thresholds, labels, and what stays out."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.definition import Definition
from transforms.disclosure.contract import LINES, TABLES
from transforms.disclosure.errors import DisclosureError, PromiseError
from transforms.disclosure.members import protected_tables, write_protected_tables
from transforms.disclosure.vocabulary import Rule

ABOUT = {"consultation": "third-sector-2007", "as_at": "2007-03-08T12:00:00+00:00", "status": "open"}
POSITION = {"q4_grants_contracts": "support"}
MartsOf = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture
def members_see(tmp_path: Path, marts_of: MartsOf) -> Callable[..., dict[str, list[dict[str, Any]]]]:
    """Every table that members see of these respondents, as rows."""

    def see(definition: Definition, respondents: list[Any]) -> dict[str, list[dict[str, Any]]]:
        file = tmp_path / "version.duckdb"
        with marts_of(respondents) as private:
            write_protected_tables(private, file, definition, ABOUT)
        with duckdb.connect(str(file), read_only=True) as public:
            return {name: public.table(name).to_arrow_table().to_pylist() for name in TABLES}

    return see


def coded(respondent: Any, code: str, **more: Any) -> Any:
    return respondent(positions={"q4_grants_contracts": {"whole": code}}, **more)


def shown(rows: list[dict[str, Any]], field: str) -> dict[str, int | None]:
    return {row["code"]: row["responses"] for row in rows if row["field"] == field}


def question_of(tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return next(row for row in tables["questions"] if row["field"] == "q4_grants_contracts")


def test_positions_show_whole_steps_alone(members_see: Any, third_sector_built_in: Definition, respondent: Any) -> None:
    respondents = [coded(respondent, "support")] * 12 + [coded(respondent, "oppose")] * 13
    tables = members_see(third_sector_built_in, respondents)
    assert shown(tables["positions"], "q4_grants_contracts") == {
        "support": 12,
        "oppose": 8,
        "unclear": 0,
        "no_answer": 0,
    }
    question = question_of(tables)
    assert {key: question[key] for key in ("included", "answered", "coded", "coded_shown")} == {
        "included": 25,
        "answered": 20,
        "coded": 25,
        "coded_shown": 20,
    }


def test_under_a_hundred_codes_are_collapsed_and_nothing_is_broken_down(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    respondents = [coded(respondent, "support_with_reservations", types=("derby_resident",))] * 99
    tables = members_see(third_sector_built_in, respondents)
    rows = [row for row in tables["positions"] if row["field"] == "q4_grants_contracts"]
    assert [(row["code"], row["label"], row["responses"], row["base"], row["collapsed"]) for row in rows] == [
        ("support", "Support, with or without reservations", 90, 90, True),
        ("oppose", "Oppose", 0, 90, True),
        ("unclear", "Unclear", 0, 90, True),
        ("no_answer", "No answer", 0, 90, True),
    ]
    assert tables["positions_by_type"] == []


def test_from_a_hundred_on_codes_and_types_are_told_apart(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    codes = ["support", "support_with_reservations", "oppose", "unclear", "no_answer"]
    respondents = [
        coded(respondent, code, types=(of,)) for code in codes for of in ("derby_resident", "derby_business_rep")
    ] * 12
    tables = members_see(third_sector_built_in, respondents)
    assert shown(tables["positions"], "q4_grants_contracts") == dict.fromkeys(codes, 24)
    by_type = {
        (row["type_code"], row["code"]): (row["responses"], row["base"])
        for row in tables["positions_by_type"]
        if row["field"] == "q4_grants_contracts" and not row["hidden"]
    }
    expected = [(of, code) for of in ("derby_resident", "derby_business_rep") for code in codes]
    assert by_type == dict.fromkeys(expected, (12, 60))


def test_what_all_of_a_type_say_is_hidden_and_what_all_say_is_not(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    respondents = [coded(respondent, "support", types=("derby_resident",))] * 60
    respondents += [coded(respondent, "support", types=("derby_business_rep",))] * 60
    tables = members_see(third_sector_built_in, respondents)
    assert shown(tables["positions"], "q4_grants_contracts")["support"] == 120
    assert {row["responses"] for row in tables["positions_by_type"]} == {None}


def test_the_ledger_is_exact_with_every_line_of_every_channel(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    respondents = [respondent(), respondent(line="blank"), respondent(channel="post", line="out_of_time")]
    respondents.append(respondent(channel="import"))
    ledger = members_see(third_sector_built_in, respondents)["ledger"]
    assert [(row["channel"], row["line"]) for row in ledger] == [
        (channel, line) for channel in ("web", "assisted", "email", "post", "import") for line in LINES
    ]
    assert {(row["channel"], row["line"]): row["responses"] for row in ledger if row["responses"]} == {
        ("web", "included"): 1,
        ("web", "blank"): 1,
        ("post", "out_of_time"): 1,
        ("import", "included"): 1,
    }


def test_days_are_cumulative_rounded_down_and_end_at_the_moment_shown(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    days = [date(2007, 2, 27)] * 3 + [date(2007, 3, 2)] * 8 + [date(2007, 3, 5)] * 19
    tables = members_see(third_sector_built_in, [respondent(day=day) for day in days])
    assert [(row["day"].day, row["received_so_far"]) for row in tables["received_over_time"]] == [
        (1, 0), (2, 10), (3, 10), (4, 10), (5, 30), (6, 30), (7, 30), (8, 30),
    ]  # fmt: skip


def test_respondent_types_move_in_steps_and_hide_small_counts(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    respondents = [respondent(types=("voluntary_community_rep", "derby_resident"))] * 30
    respondents += [respondent(types=("public_sector_rep",))] * 3 + [respondent()] * 10
    types = members_see(third_sector_built_in, respondents)["respondent_types"]
    assert [(row["code"], row["responses"], row["hidden"], row["base"]) for row in types] == [
        ("voluntary_community_rep", 30, False, 40),
        ("derby_resident", 30, False, 40),
        ("public_sector_rep", None, True, 40),
        ("derby_business_rep", None, True, 40),
        ("other", None, True, 40),
        ("none_given", None, True, 40),
    ]
    assert types[-1]["label"] == "None given"


def test_closed_answers_have_labels_and_the_respondent_type_is_not_repeated(
    members_see: Any, parks: Definition, respondent: Any
) -> None:
    answers = {"q4_satisfied": ("4",), "r1_capacity": ("resident",)}
    tables = members_see(parks, [respondent(types=("resident",), closed=answers)] * 20)
    rows = [row for row in tables["closed_answers"] if row["responses"]]
    assert [(row["field"], row["code"], row["label"], row["responses"], row["base"]) for row in rows] == [
        ("q4_satisfied", "4", "Satisfied", 20, 20)
    ]
    assert "r1_capacity" not in {row["field"] for row in tables["closed_answers"]}


def test_quasi_identifiers_are_never_broken_down(members_see: Any, parks: Definition, respondent: Any) -> None:
    answers = {"q4_satisfied": ("4",), "r4_age": ("from_65",)}
    tables = members_see(parks, [respondent(types=("resident",), closed=answers)] * 120)
    assert {row["field"] for row in tables["closed_by_type"]} == {"q4_satisfied"}
    assert shown(tables["closed_answers"], "r4_age")["from_65"] == 120


def test_a_district_with_few_answers_is_not_even_named(members_see: Any, parks: Definition, respondent: Any) -> None:
    districts = ["DE1"] * 12 + ["DE22"] * 6 + ["SW1A"] * 2
    tables = members_see(parks, [respondent(closed={"r5_district": (one,)}) for one in districts])
    assert shown(tables["closed_answers"], "r5_district") == {"DE1": 12, "other_districts": 8}


def test_numbers_are_summed_up_from_ten_in_whole_steps(members_see: Any, parks: Definition, respondent: Any) -> None:
    def summary(*values: float) -> dict[str, Any]:
        tables = members_see(parks, [respondent(numbers={"q2_visits": value}) for value in values])
        return {key: value for key, value in tables["number_summary"][0].items() if key != "field"}

    nothing = dict.fromkeys(("base", "mean", "median", "lower_quartile", "upper_quartile"))
    assert summary(*range(9)) == nothing
    assert summary(*range(11)) == nothing
    assert summary(*range(10)) == {
        "base": 10,
        "mean": 4.5,
        "median": 4.5,
        "lower_quartile": 2.25,
        "upper_quartile": 6.75,
    }


def test_about_is_written_as_given_beside_the_limits(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    about = {row["key"]: row["value"] for row in members_see(third_sector_built_in, [respondent()])["about"]}
    assert about == ABOUT | {
        "time_zone": "Europe/London",
        "member_threshold": "5",
        "member_step": "10",
        "percentages_from_base": "50",
        "breakdowns_from_included": "100",
    }


def test_fields_that_identify_are_not_even_counted(
    members_see: Any, third_sector_built_in: Definition, respondent: Any
) -> None:
    reported = {row["field"] for row in members_see(third_sector_built_in, [respondent()])["questions"]}
    assert reported == {field.id for field in third_sector_built_in.questionnaire.fields()} - {
        "r2_organisation",
        "r3_role",
    }


def test_quotes_need_the_policy(
    tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition, parks: Definition
) -> None:
    private = marts_of([])
    private.execute("CREATE VIEW approved_quotes AS SELECT 'q5_proposal' AS field, 'Plant oaks.' AS text")

    def quotes(definition: Definition) -> list[Any]:
        write_protected_tables(private, tmp_path / "v.duckdb", definition, ABOUT)
        with duckdb.connect(str(tmp_path / "v.duckdb"), read_only=True) as public:
            return public.table("quotes").fetchall()

    assert quotes(parks) == [("q5_proposal", "Plant oaks.")]
    assert quotes(third_sector_built_in) == []


def test_a_quote_of_an_identifying_field_is_refused(tmp_path: Path, marts_of: MartsOf, parks: Definition) -> None:
    private = marts_of([])
    private.execute("CREATE VIEW approved_quotes AS SELECT 'r2_organisation' AS field, 'x' AS text")
    with pytest.raises(PromiseError, match="promise 'permission'"):
        write_protected_tables(private, tmp_path / "v.duckdb", parks, ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_replaced_and_a_reader_keeps_the_file_it_opened(
    tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    file = tmp_path / "v.duckdb"
    (tmp_path / ".v.duckdb.part").write_bytes(b"half a file")
    write_protected_tables(marts_of([respondent()]), file, third_sector_built_in, ABOUT)
    with duckdb.connect(str(file), read_only=True) as reader:
        write_protected_tables(marts_of([respondent()] * 2), file, third_sector_built_in, ABOUT)
        assert reader.execute("SELECT sum(responses) FROM ledger").fetchone() == (1,)
    with duckdb.connect(str(file), read_only=True) as reader:
        assert reader.execute("SELECT sum(responses) FROM ledger").fetchone() == (2,)
    assert [entry.name for entry in tmp_path.iterdir()] == ["v.duckdb"]


@pytest.mark.parametrize("as_at", ["", "yesterday", "2007-04-04T17:00:00"])
def test_a_version_needs_a_moment_with_a_time_zone(
    as_at: str, tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition
) -> None:
    with pytest.raises(DisclosureError, match="'as_at' must"):
        write_protected_tables(marts_of([]), tmp_path / "v.duckdb", third_sector_built_in, {"as_at": as_at})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            "UPDATE mart_positions SET code = 'Ask Ann Other' WHERE code = 'support'",
            "a code that 'q4_grants_contracts'",
        ),
        ("UPDATE mart_positions SET responses = responses + 1 WHERE code = 'oppose'", "do not add up to their base"),
        ("DELETE FROM mart_held_back", "do not hold back to a step of 10"),
        ("UPDATE mart_held_back SET responses = 50", "hold back more than they count"),
        ("UPDATE mart_ledger SET line = 'lost'", "no line 'lost'"),
    ],
)
def test_marts_that_do_not_belong_together_are_refused(
    spoil: str, message: str, tmp_path: Path, marts_of: MartsOf, third_sector_built_in: Definition, respondent: Any
) -> None:
    private = marts_of([coded(respondent, "support")] * 12 + [coded(respondent, "oppose")] * 13)
    private.execute(spoil)
    with pytest.raises(DisclosureError, match=message) as refused:
        write_protected_tables(private, tmp_path / "v.duckdb", third_sector_built_in, ABOUT)
    assert "Ann" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


CODES = ("support", "support_with_reservations", "oppose", "unclear", "no_answer")
TYPES = ("voluntary_community_rep", "derby_resident", "derby_business_rep")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    codes=st.lists(st.sampled_from(CODES), min_size=90, max_size=130),
    of=st.lists(st.sampled_from(TYPES), min_size=130, max_size=130),
    start=st.integers(0, 130),
)
def test_members_views_differ_by_whole_steps_or_not_at_all(
    codes: list[str],
    of: list[str],
    start: int,
    marts_of: MartsOf,
    third_sector_built_in: Definition,
    respondent: Any,
) -> None:
    everybody = [coded(respondent, code, types=(kind,)) for code, kind in zip(codes, of, strict=False)]
    stops = sorted({min(stop, len(everybody)) for stop in (start, start + 1, start + 9, 130)})
    rule = Rule.for_members(third_sector_built_in.policy)
    views = []
    for stop in stops:
        with marts_of(everybody[:stop]) as private:
            tables = protected_tables(private, third_sector_built_in, rule, ABOUT)
        views.append({name: table.to_pylist() for name, table in tables.items()})
    for earlier, later in itertools.pairwise(views):
        steps = [question_of(view)["coded_shown"] for view in (earlier, later)]
        assert all(step % 10 == 0 for step in steps)
        for table in ("positions", "positions_by_type"):
            assert earlier[table] == later[table] or steps[1] - steps[0] >= 10
    for view in views:
        cells = [row["responses"] for name in ("positions", "positions_by_type") for row in view[name]]
        assert [count for count in cells if count is not None and 0 < count < 5] == []
