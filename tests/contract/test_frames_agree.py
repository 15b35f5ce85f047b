"""The rules of a definition in SQL and in pandera flag the same cells, whatever the columns and the raw answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import frames
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.questionnaire import OTHER_SUFFIX, Question, Questionnaire

SEED, INVENTED = (load_definition(BUILT_IN / name) for name in ("third-sector-2007", "parks-and-libraries-2007"))
CODES = ("yes", "no", "under_16", "i_k", "other")
HASH = "ab" * 32

choices = st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(
    lambda codes: [{"code": code, "label": code, "please_say": code == "other"} for code in codes]
)
bounds = st.tuples(st.integers(-5, 50), st.integers(0, 2_000))


@st.composite
def a_field(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(MORE)))
    return {"id": name, "kind": kind, "label": "?"} | draw(MORE[kind])


MORE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "open_text": st.fixed_dictionaries({"max_length": st.integers(1, 12)}),
    "short_text": st.fixed_dictionaries({"max_length": st.integers(1, 12)}),
    "contact": st.fixed_dictionaries({"detail": st.just("email"), "max_length": st.integers(1, 12)}),
    "single_choice": st.fixed_dictionaries({"choices": choices}),
    "multiple_choice": st.fixed_dictionaries({"choices": choices}),
    "age_band": st.fixed_dictionaries({"choices": choices}),
    "permission": st.just({"choices": [{"code": code, "label": code} for code in ("yes", "no")]}),
    "scale": st.just({"points": list("12345")}),
    "number": st.builds(
        lambda ends, whole: {"minimum": ends[0], "maximum": ends[0] + ends[1], "whole": whole}, bounds, st.booleans()
    ),
    "postcode_district": st.just({}),
    "date": st.just({"earliest": date(1997, 2, 28), "latest": date(2007, 7, 31)}),
}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    given_fields = [draw(a_field(f"q{number}")) for number in range(1, draw(st.integers(1, 5)) + 1)]
    questions = [Question.model_validate({"fields": [one]}) for one in given_fields]
    content = SEED.questionnaire.model_dump() | {"questions": questions, "languages": ("en",)}
    questionnaire = Questionnaire.model_validate(content)
    disclosure = dict.fromkeys(questionnaire.answer_columns(), "tabulated")
    policy = SEED.policy.model_copy(update={"disclosure": disclosure})
    return Definition(questionnaire, policy, HASH, "policy")


spaces = st.sampled_from(["", " ", "\t", "\u00a0", "\u200f", "\n ", "  "])
odd_codes = st.sampled_from([*CODES, "YES", "Yes", "İ_K", "I_\u212a", "ye\u017f", "", " ", "'; DROP TABLE parsed; --"])
numbers = st.one_of(
    st.integers(-9, 3_000).map(str),
    st.integers(-9, 10**7).map(lambda n: f"{n:,}"),
    st.floats(-10, 3_000).map(lambda n: f"{n:.3f}"),
    st.sampled_from(
        ["٣", "۱۲٫۵", "1e3", "0x10", "1_000", "١٬٠٠٠", "+7", "--7", "12,34", "5.", ".5", "9" * 16, "NaN", "inf"]
    ),
)
days = st.one_of(
    st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(str),
    st.dates(date(1990, 1, 1), date(2010, 12, 31)).map(lambda d: f"{d.day}/{d.month}/{d.year}"),
    st.sampled_from(["29/02/2007", "29/02/2004", "2007-2-3", "31/12/07", "2007-04-31", "00/01/2000", "١/٢/٢٠٠٧"]),
)
districts = st.sampled_from(
    ["DE1", "de1 2fs", "DE12FS", "SW1A 1AA", "sw1a1aa", "M1", "W1A", "DE1 2F", "D", "DE", "ße1", "GIR 0AA", "DE1\t2FS"]
)
texts = st.text(max_size=14)
padded = st.tuples(spaces, odd_codes | numbers | days | districts, spaces).map("".join)
raw_texts = st.one_of(st.none(), padded, texts)
raw_lists = st.one_of(st.none(), st.lists(odd_codes, max_size=4))


@st.composite
def tables(draw: st.DrawFn, definition: Definition) -> pa.Table:
    rows = draw(st.integers(1, 6))

    def column(values: st.SearchStrategy[Any], kind: str) -> pa.Array:
        given_values = draw(st.lists(values, min_size=rows, max_size=rows))
        return pa.array(given_values, pa.list_(pa.string()) if kind == "VARCHAR[]" else pa.string())

    columns = {
        "response_id": pa.array([f"artefact.{number}" for number in range(1, rows + 1)]),
        "questionnaire_hash": column(st.sampled_from([HASH, "cd" * 32, None]), "VARCHAR"),
        "language": column(st.sampled_from(["en", "EN", "cy", None]), "VARCHAR"),
        "misfits": column(st.sampled_from([[], None, ["q9"]]), "VARCHAR[]"),
    }
    for name, kind in frames.parsed_struct(definition).items():
        columns[name] = column(raw_lists if kind == "VARCHAR[]" else raw_texts, kind)
    return pa.table(columns)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def sql_failures(connection: duckdb.DuckDBPyConnection, definition: Definition) -> list[frames.Failure]:
    found = connection.execute(frames.sql_checks(definition, "parsed")).fetchall()
    return sorted(frames.Failure(*row) for row in found)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sql_and_pandera_flag_the_same_cells(connection: duckdb.DuckDBPyConnection, data: st.DataObject) -> None:
    definition = data.draw(definitions())
    connection.register("parsed", data.draw(tables(definition)))
    by_sql = sql_failures(connection, definition)
    frame = connection.execute("FROM parsed").df()
    assert by_sql == frames.pandera_failures(definition, frame)
    assert len(set(by_sql)) == len(by_sql)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sql_and_python_read_the_same_values_and_what_passes_keeps_the_clean_contract(
    connection: duckdb.DuckDBPyConnection, data: st.DataObject
) -> None:
    definition = data.draw(definitions())
    table = data.draw(tables(definition))
    connection.register("parsed", table)
    fields = definition.questionnaire.answer_columns()
    casts = ", ".join(f'{frames.cast_expression(field, name)} AS "{name}"' for name, field in fields.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE clean AS SELECT response_id, {casts} FROM parsed")

    typed = connection.execute("FROM clean").to_arrow_table().to_pylist()
    for raw_row, typed_row in zip(table.to_pylist(), typed, strict=True):
        for name, field in fields.items():
            raw = raw_row[name]
            assert typed_row[name] == (None if raw is None else frames.read_answer(field, name, raw))
    types = {name: kind for name, kind, *_ in connection.execute("DESCRIBE clean").fetchall()}
    assert types == {"response_id": "VARCHAR"} | frames.clean_types(definition)

    failed = {failure.response_id for failure in sql_failures(connection, definition)}
    clean = connection.execute("SELECT * FROM clean WHERE NOT list_contains($1, response_id)", [sorted(failed)]).df()
    assert frames.failures(frames.clean_schema(definition), clean) == []


def parsed_row(definition: Definition, **answers: Any) -> pd.DataFrame:
    row = {"response_id": "a.1", "questionnaire_hash": definition.questionnaire_hash, "language": "en", "misfits": []}
    return pd.DataFrame([row | dict.fromkeys(frames.parsed_struct(definition)) | answers])


def test_every_kind_of_wrong_answer_is_flagged_by_name() -> None:
    definition = INVENTED
    frame = parsed_row(
        definition,
        questionnaire_hash="ef" * 32,
        language="cy",
        misfits=["q99"],
        q1_use="swimming",
        q1_use_other="x" * 100_001,
        q2_visits="1001.5",
        q3_last_visit="30/02/2007",
        q4_satisfied="6",
        q5_proposal="x" * 20_001,
        r1_capacity=["resident", "visitor"],
        r4_age="17",
        r5_district="Derby",
        p1_publish="perhaps",
    )
    found = [(failure.column, failure.rule) for failure in frames.pandera_failures(definition, frame)]
    assert found == [
        ("language", "language_known"),
        ("misfits", "fields_known"),
        ("p1_publish", "code_known"),
        ("q1_use", "code_known"),
        ("q1_use_other", "max_length"),
        ("q2_visits", "in_range"),
        ("q2_visits", "whole"),
        ("q3_last_visit", "readable"),
        ("q4_satisfied", "in_range"),
        ("q5_proposal", "max_length"),
        ("questionnaire_hash", "questionnaire_known"),
        ("r1_capacity", "codes_known"),
        ("r4_age", "code_known"),
        ("r5_district", "readable"),
    ]


def test_answers_in_their_usual_shapes_all_pass_and_are_read() -> None:
    definition = INVENTED
    answers = {
        "q1_use": " Parks ",
        "q2_visits": "١٢",
        "q3_last_visit": "27/4/2007",
        "q4_satisfied": "5",
        "r1_capacity": ["Resident"],
        "r5_district": "de1 2fs",
        "p1_publish": "YES",
    }
    assert frames.pandera_failures(definition, parsed_row(definition, **answers)) == []
    fields = definition.questionnaire.answer_columns()
    assert {name: frames.read_answer(fields[name], name, raw) for name, raw in answers.items()} == {
        "q1_use": "parks",
        "q2_visits": 12.0,
        "q3_last_visit": date(2007, 4, 27),
        "q4_satisfied": 5,
        "r1_capacity": ["resident"],
        "r5_district": "DE1",
        "p1_publish": "yes",
    }


def test_an_organisation_without_a_tick_and_a_tick_without_a_name_are_no_failures() -> None:
    frame = parsed_row(SEED, r2_organisation="A group", r1_type=None)
    assert frames.pandera_failures(SEED, frame) == []
    frame = parsed_row(SEED, r1_type=["public_sector_rep"])
    assert frames.pandera_failures(SEED, frame) == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"q2_place": "yes", "r1_type": ["other"]}, []),
        ({"q2_place": ["yes"], "r1_type": "other"}, ["q2_place", "r1_type"]),
        ({"q99": "x", "r1_type_other": "y"}, ["q99"]),
    ],
)
def test_answers_without_a_place_in_the_parsed_layer_are_misfits(
    connection: duckdb.DuckDBPyConnection, answers: dict[str, Any], expected: list[str]
) -> None:
    assert frames.misfits(SEED, answers) == expected
    query = f"SELECT {frames.misfits_expression(SEED, 'answers')} FROM (SELECT $1 AS answers)"
    found = connection.execute(query, [json.dumps(answers)]).fetchone()
    assert found and sorted(found[0]) == expected


def test_a_frame_that_is_not_of_its_layer_is_refused_by_column() -> None:
    frame = parsed_row(SEED, q2_place="a secret opinion")
    with pytest.raises(frames.FrameError, match="the column 'q3_accountable' is missing"):
        frames.pandera_failures(SEED, frame.drop(columns="q3_accountable"))
    doubled = pd.concat([frame, frame])
    with pytest.raises(frames.FrameError, match="'response_id' fails 'one row each'"):
        frames.pandera_failures(SEED, doubled)
    with pytest.raises(frames.FrameError, match=r"'r1_type' fails 'is VARCHAR\[\]'") as caught:
        frames.pandera_failures(SEED, parsed_row(SEED, q2_place="a secret opinion", r1_type="other"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("schema_of", [frames.clean_schema, frames.masked_schema])
def test_no_layer_but_the_vault_holds_a_direct_identifier(schema_of: Callable[[Definition], Any]) -> None:
    masked = pd.DataFrame([{"response_id": "a.1"} | dict.fromkeys(frames.layer_types(SEED))])
    schema = schema_of(SEED)
    assert "r2_organisation" not in masked
    assert frames.failures(schema, masked) == []
    with pytest.raises(frames.FrameError, match="'r2_organisation' identifies people and must not be there"):
        frames.failures(schema, masked.assign(r2_organisation="A group"))


def test_a_typed_value_out_of_its_range_breaks_the_clean_contract() -> None:
    definition = INVENTED
    row = {"response_id": "a.1"} | dict.fromkeys(frames.layer_types(definition))
    frame = pd.DataFrame([row | {"q2_visits": -1.0, "q3_last_visit": pd.Timestamp("2030-01-01"), "q4_satisfied": 9}])
    assert frames.failures(frames.clean_schema(definition), frame) == [
        frames.Failure("a.1", "q2_visits", "in_range"),
        frames.Failure("a.1", "q3_last_visit", "in_range"),
        frames.Failure("a.1", "q4_satisfied", "in_range"),
    ]


def test_the_masked_layer_holds_no_evidence_of_who_responds() -> None:
    roles = INVENTED.policy.linkage.model_copy(update={"roles": {"r5_district": "postcode"}})
    definition = replace(INVENTED, policy=INVENTED.policy.model_copy(update={"linkage": roles}))
    row = {"response_id": "a.1"} | dict.fromkeys(frames.layer_types(definition))
    schema = frames.masked_schema(definition)
    assert frames.failures(schema, pd.DataFrame([row | {"r5_district": "[postcode]"}])) == []
    assert frames.failures(schema, pd.DataFrame([row | {"q5_proposal": "[name] " * 20_000}])) == []
    leaking = pd.DataFrame([row | {"r5_district": "DE1"}])
    assert frames.failures(schema, leaking) == [frames.Failure("a.1", "r5_district", "replaced")]


def test_the_rules_are_data_in_the_order_of_the_columns() -> None:
    rules = frames.rules(SEED)
    assert rules[:3] == (
        frames.Rule("questionnaire_hash", "questionnaire_known", (SEED.questionnaire_hash,)),
        frames.Rule("language", "language_known", ("en",)),
        frames.Rule("misfits", "fields_known"),
    )
    codes = ("voluntary_community_rep", "derby_resident", "public_sector_rep", "derby_business_rep", "other")
    assert frames.Rule("r1_type", "codes_known", codes) in rules
    assert frames.Rule("q1a_term", "max_length", (100_000,)) in rules
    answer_columns = list(SEED.questionnaire.answer_columns())
    assert [rule.column for rule in rules[3:]] == answer_columns
    assert "r1_type" + OTHER_SUFFIX in answer_columns
