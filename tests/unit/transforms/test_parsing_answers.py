"""The parsed layer: empties are nothing, spaces go, and no key of an answer is lost unseen."""

import json
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import frames
from schemas.definition import BUILT_IN, load_definition
from transforms.layout import Layout
from transforms.opened import OPENED_SCHEMA
from transforms.parse import parse, with_escapes

DEFINITION = load_definition(BUILT_IN / "third-sector-2007")
LAYOUT = Layout(DEFINITION)


def _parse(answers: str, layout: Layout = LAYOUT) -> dict[str, Any]:
    row = dict.fromkeys(OPENED_SCHEMA.names) | {"response_id": "a.1", "ordinal": 1, "seq": 3, "answers": answers}
    with duckdb.connect() as connection:
        nullable = pa.schema([field.with_nullable(True) for field in OPENED_SCHEMA])
        connection.register("opened", with_escapes(pa.Table.from_pylist([row], schema=nullable)))
        parse(connection, layout, "opened", "parsed")
        (found,) = connection.execute("FROM parsed").to_arrow_table().to_pylist()
    return dict(found)


@pytest.mark.parametrize(
    "empty", ["", "   ", "-", "N/A", " n/a\n", "Not Provided", "none", "\u00a0", "\t*\r\n", "  --" + " " * 90]
)
def test_an_answer_that_says_nothing_is_no_answer(empty: str) -> None:
    assert _parse(json.dumps({"q2_place": empty}))["q2_place"] is None


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  Yes.\n", "Yes."),
        ("none of this", "none of this"),
        ("\u00a0Yes", "Yes"),
        ("Long " * 30 + "\r\n", ("Long " * 30).strip()),
        ("two\n\nlines", "two\n\nlines"),
    ],
)
def test_spaces_round_an_answer_go_and_the_rest_stays(given_text: str, kept: str) -> None:
    assert _parse(json.dumps({"q2_place": given_text}, ensure_ascii=False))["q2_place"] == kept


def test_what_counts_as_empty_is_the_definitions_to_say() -> None:
    strict = Layout(replace(DEFINITION, policy=DEFINITION.policy.model_copy(update={"empties": ("pass",)})))
    parsed = _parse(json.dumps({"q2_place": "PASS", "q7_review": "N/A"}), strict)
    assert (parsed["q2_place"], parsed["q7_review"]) == (None, "N/A")


def test_a_rows_number_grows_with_landing_and_ordinal() -> None:
    assert _parse("{}")["rid"] == 3 * 2**20 + 1


NAMES = st.sampled_from([*LAYOUT.answers, "unknown", "q2_plac", ""])
VALUES = st.text(max_size=12) | st.lists(st.sampled_from(["other", 'a"b', "\\", "ü"]), max_size=3)


@settings(deadline=None, max_examples=40)
@given(
    answers=st.dictionaries(NAMES, VALUES, max_size=5),
    ascii_only=st.booleans(),
    spaced=st.booleans(),
)
def test_every_key_without_a_place_is_found_however_the_json_is_written(
    answers: dict[str, str | list[str]], ascii_only: bool, spaced: bool
) -> None:
    answers = {key: value for key, value in answers.items() if not isinstance(value, list) or key == "r1_type"}
    text = json.dumps(answers, ensure_ascii=ascii_only, separators=(", ", ": ") if spaced else (",", ":"))
    assert sorted(_parse(text)["misfits"]) == sorted(frames.misfits(DEFINITION, answers))
