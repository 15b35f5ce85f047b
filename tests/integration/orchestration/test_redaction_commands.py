"""Officers decide from the command line what is masked of an answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.read import open_private

ANSWER = "Please ask Katarzyna Nowak about it. The shelter by Meadow Lane leaks when it rains."


@pytest.fixture
def response(
    yoursay: Callable[..., Any], data: DataFolder, bus_shelters: Definition, import_rows: Callable[[list[str]], Any]
) -> str:
    """One response that says a name."""
    assert import_rows([f"1,{ANSWER},daily,"]).code == 0
    assert yoursay("pipeline", "run").code == 0
    with open_private(warehouse_of(data, bus_shelters)) as connection:
        row = connection.execute("SELECT response_id FROM clean").fetchone()
    assert row
    return str(row[0])


def masked(data: DataFolder, definition: Definition) -> str:
    with open_private(warehouse_of(data, definition)) as connection:
        row = connection.execute("SELECT q1_where FROM masked").fetchone()
    assert row
    return str(row[0])


def test_what_is_found_is_shown_to_an_officer_whose_look_is_noted(
    yoursay: Callable[..., Any], data: DataFolder, response: str
) -> None:
    looked = yoursay("redactions", "show", response, "q1_where", "--reason", "review", "--officer", "ann", "--json")
    shown = looked.json
    assert shown["text"] == ANSWER
    assert [(one["words"], one["label"], one["masked"]) for one in shown["finds"]] == [
        ("Katarzyna Nowak", "name", True)
    ]
    noted = json.loads(data.access_log("bus-shelters").read_text("utf-8").splitlines()[-1])
    assert (noted["officer"], noted["reason"], noted["artefact"]) == ("ann", "review", response)
    assert all("Katarzyna" not in str(value) for value in noted.values())


def test_a_decision_is_what_stands_after_the_next_run(
    yoursay: Callable[..., Any], data: DataFolder, bus_shelters: Definition, response: str
) -> None:
    assert masked(data, bus_shelters) == ANSWER.replace("Katarzyna Nowak", "[name]")
    said = ("--reason", "the street says who", "--officer", "ann")
    place = ("redactions", "decide", response, "q1_where")
    assert yoursay(*place, "add", "Meadow Lane", "--label", "address", *said).code == 0
    assert yoursay(*place, "remove", "Katarzyna Nowak", *said).code == 0
    assert yoursay("pipeline", "run").code == 0
    assert masked(data, bus_shelters) == ANSWER.replace("Meadow Lane", "[address]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("q1_where", "remove", "Zzz"),
            "these words are not in the answer to q1_where; copy them from it.",
        ),
        (("q2_often", "remove", "daily"), "'q2_often' is no text that is masked; these are: q1_where."),
        (("q1_where", "add", "mill"), "Say what is hidden, for what is added alone: "),
    ],
)
def test_what_cannot_be_decided_is_said_without_a_word_of_the_answer(
    yoursay: Callable[..., Any], response: str, arguments: tuple[str, ...], said: str
) -> None:
    field, change, words = arguments
    refused = yoursay("redactions", "decide", response, field, change, words, "--reason", "none", "--officer", "ann")
    assert refused.code == 1
    assert said in refused.err
    assert "Katarzyna" not in refused.err
