"""The gate names the promise that an output would break, whoever made the output."""

from typing import Any

import pyarrow as pa
import pytest

from schemas.definition import Definition
from transforms.disclosure.contract import table_of
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.promises import check_promises


def position(**changed: Any) -> pa.Table:
    row = {
        "field": "q4_grants_contracts",
        "limb": "whole",
        "limb_label": "The answer as a whole",
        "code": "oppose",
        "label": "Oppose",
        "responses": 12,
        "hidden": False,
        "base": 40,
        "collapsed": False,
    } | changed
    return table_of("positions", [tuple(row.values())])


def test_a_table_in_the_definition_s_words_passes(third_sector_built_in: Definition) -> None:
    check_promises(third_sector_built_in, {"positions": position()})


@pytest.mark.parametrize("column", ["field", "limb", "limb_label", "code", "label"])
def test_no_word_of_a_table_may_come_from_elsewhere(column: str, third_sector_built_in: Definition) -> None:
    with pytest.raises(PromiseError, match=rf"The promise 'confidence' .* 'positions.{column}'") as refused:
        check_promises(third_sector_built_in, {"positions": position(**{column: "Ann Other of Ashbourne Road"})})
    assert "Ann" not in str(refused.value)


def test_a_table_that_was_not_agreed_is_refused(third_sector_built_in: Definition) -> None:
    with pytest.raises(PromiseError, match=r"promise 'confidence' .* no protected table 'organisations'"):
        check_promises(third_sector_built_in, {"organisations": pa.table({"name": ["A trust"]})})


def test_a_column_that_was_not_agreed_is_refused(third_sector_built_in: Definition) -> None:
    wider = position().append_column("r2_organisation", pa.array(["A trust"]))
    with pytest.raises(PromiseError, match="'positions' may not have a column 'r2_organisation'"):
        check_promises(third_sector_built_in, {"positions": wider})


def test_identifying_fields_are_not_among_the_questions(third_sector_built_in: Definition) -> None:
    label = str(third_sector_built_in.questionnaire.field("r3_role").label)
    row = ("r3_role", None, label, "short_text", 40, 30, None, None)
    with pytest.raises(PromiseError, match=r"'questions\.field'"):
        check_promises(third_sector_built_in, {"questions": table_of("questions", [row])})


def test_the_seed_lets_no_quote_leave(third_sector_built_in: Definition) -> None:
    quotes = table_of("quotes", [("q2_place", "A word")])
    with pytest.raises(PromiseError, match=r"promise 'confidence' .* no verbatim answer"):
        check_promises(third_sector_built_in, {"quotes": quotes})


def test_the_seed_lets_no_rows_leave(third_sector_built_in: Definition) -> None:
    with pytest.raises(PromiseError, match=r"promise 'confidence' .* no rows"):
        check_promises(third_sector_built_in, row_columns=["r1_type"])


def test_rows_may_hold_closed_answers(parks: Definition) -> None:
    check_promises(parks, row_columns=["q1_use", "q4_satisfied", "r4_age", "r5_district"])


@pytest.mark.parametrize("column", ["q5_proposal", "q1_use_other", "r2_organisation", "c3_email", "response_id"])
def test_rows_may_hold_no_text_and_no_identifier(column: str, parks: Definition) -> None:
    with pytest.raises(PromiseError, match=f"'{column}'"):
        check_promises(parks, row_columns=["q1_use", column])


def test_a_careless_class_does_not_let_text_into_rows(parks: Definition) -> None:
    classes = {**parks.policy.disclosure, "q1_use_other": "tabulated", "r3_role": "quasi_identifier"}
    careless = Definition(
        parks.questionnaire, parks.policy.model_copy(update={"disclosure": classes}), "0" * 64, "0" * 64
    )
    for column in ("q1_use_other", "r3_role"):
        with pytest.raises(PromiseError, match=f"'{column}', which is text"):
            check_promises(careless, row_columns=[column])


def test_districts_pass_and_other_words_in_their_place_do_not(parks: Definition) -> None:
    def districts(code: str, label: str) -> dict[str, pa.Table]:
        return {"closed_answers": table_of("closed_answers", [("r5_district", code, label, 10, False, 40)])}

    check_promises(parks, districts("DE22", "DE22"))
    check_promises(parks, districts("other_districts", "All other districts"))
    for code, label in (("DE22", "Ann Other"), ("DE22 1AA", "DE22 1AA")):
        with pytest.raises(PromiseError, match="not a postcode district"):
            check_promises(parks, districts(code, label))
