"""Keyed rows of one sheet of paper, compared."""

from typing import Any

import pytest

from ingest.parsed import ParsedResponse, parse_artefact
from ingest.post.sheets.sheet import KEYED_MEDIA_TYPE, encode_sheet
from schemas.definition import Definition

NEEDLE = "needle-in-an-answer"


def row(keyer: str, answers: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    given = {"q1a_term": "Good", "r1_type": ["derby_resident"]} if answers is None else answers
    return {"keyer": keyer, "postmark": "2007-03-05", "language": None, "answers": given} | changed


def read(definition: Definition, rows: list[Any], **changed: Any) -> ParsedResponse:
    sheet = {"id": "post-a-1-x", "consultation": definition.id, "questionnaire_hash": definition.questionnaire_hash}
    found = parse_artefact(KEYED_MEDIA_TYPE, encode_sheet(sheet | {"rows": rows} | changed), "post-a-1-x", definition)
    assert len(found) == 1
    assert NEEDLE not in (found[0].reason or "")
    return found[0]


def test_two_rows_that_say_the_same_are_a_response(seed: Definition) -> None:
    assert read(seed, [row("ann"), row("bob")]) == ParsedResponse(
        answers={"q1a_term": "Good", "r1_type": ["derby_resident"]}, postmark="2007-03-05"
    )


def test_two_rows_that_differ_go_to_review_and_only_the_columns_are_named(seed: Definition) -> None:
    other = row("bob", {"q1a_term": NEEDLE, "q2_place": NEEDLE, "r1_type": ["derby_resident"]}, postmark="none")
    assert read(seed, [row("ann"), other]) == ParsedResponse(
        state="in_review",
        reason="the keyed rows differ in: q1a_term, postmark, q2_place",
        answers={"r1_type": ["derby_resident"]},
    )


def test_a_third_row_settles_a_difference(seed: Definition) -> None:
    found = read(seed, [row("ann", {"q2_place": NEEDLE}), row("bob"), row("cat")])
    assert (found.state, found.answers) == ("response", {"q1a_term": "Good", "r1_type": ["derby_resident"]})


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row("ann")], "keyed once: a second person keys it too"),
        ([row("ann"), row("Ann")], "keyed twice by one person"),
    ],
)
def test_one_persons_word_is_not_enough(rows: list[Any], reason: str, seed: Definition) -> None:
    found = read(seed, rows)
    assert (found.state, found.reason) == ("in_review", reason)
    assert found.answers == {"q1a_term": "Good", "r1_type": ["derby_resident"]}


@pytest.mark.parametrize("changed", [{"id": "other"}, {"consultation": "other"}, {"questionnaire_hash": "0" * 64}])
def test_what_is_inside_must_agree_with_what_is_outside(changed: dict[str, str], seed: Definition) -> None:
    assert read(seed, [row("ann"), row("bob")], **changed).state == "quarantined"


@pytest.mark.parametrize(
    "rows",
    [[], [NEEDLE], [{"answers": {"q1a_term": 3}}], [{"answers": NEEDLE}], [row("ann", postmark=[NEEDLE])], NEEDLE],
)
def test_a_sheet_that_is_none_is_quarantined(rows: Any, seed: Definition) -> None:
    assert read(seed, rows).state == "quarantined"
