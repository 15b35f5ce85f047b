"""Officers describe and correct campaigns and links from the command line; the ledger says the same everywhere."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboards.results.content.ledger import ledger_page
from dashboards.results.figures import View
from dashboards.results.read import read_current
from schemas.data_folder import DataFolder
from schemas.definition import Definition

LETTER = "Please put a shelter at the corner by the old mill where we wait in the rain every morning."
EDITED = LETTER + " My mother is eighty."
IMPORTED = [
    f"1,{LETTER},daily,a@example.org",
    f"2,{LETTER},,",
    f"3,{EDITED},,",
    "4,By the bridge.,rarely,a@example.org",
]


@pytest.fixture
def built(yoursay: Callable[..., Any], bus_shelters: Definition, import_rows: Callable[[list[str]], Any]) -> list[str]:
    """The ids of four responses, three of one letter, in their order."""
    assert import_rows(IMPORTED).code == 0
    assert yoursay("pipeline", "run").code == 0
    [found] = yoursay("campaign", "list", "--json").json
    shown = yoursay("campaign", "show", found["campaign"], "--reason", "to see", "--officer", "ann", "--json").json
    [pair] = yoursay("linkage", "list", "--json").json
    return [*(member["response"] for member in shown), pair["second"]]


def test_campaigns_are_listed_with_who_sent_the_letter_and_what_was_changed(
    yoursay: Callable[..., Any], data: DataFolder, built: list[str]
) -> None:
    one, two, three, _ = built
    listed = yoursay("campaign", "list", "--json").json
    assert listed == [{"campaign": one, "members": 3, "unedited": 2, "description": ""}]
    shown = yoursay("campaign", "show", three, "--reason", "to see", "--officer", "ann", "--json").json
    assert [(member["response"], member["variant"], member["changes"]) for member in shown] == [
        (one, "standard", []),
        (two, "standard", []),
        (three, "edited", ["added: My mother is eighty."]),
    ]
    noted = [json.loads(line) for line in data.access_log("bus-shelters").read_text("utf-8").splitlines()]
    assert {(line["officer"], line["reason"], line["artefact"]) for line in noted} == {("ann", "to see", one)}


def test_a_campaign_is_named_in_words_that_quote_nobody(yoursay: Callable[..., Any], built: list[str]) -> None:
    quoting = yoursay("campaign", "name", built[0], "the corner by the old mill where we wait", "--officer", "ann")
    assert quoting.code == 1
    assert "six words in a row of an answer" in quoting.err.replace("6 words", "six words")
    assert "old mill" not in quoting.err
    assert yoursay("campaign", "name", built[2], "Shelter for the mill", "--officer", "ann").code == 0
    assert yoursay("pipeline", "run").code == 0
    assert [one["description"] for one in yoursay("campaign", "list", "--json").json] == ["Shelter for the mill"]


def test_what_was_said_is_listed_and_taken_back_alone(yoursay: Callable[..., Any], built: list[str]) -> None:
    told = ("--reason", "own words", "--officer", "ann")
    assert yoursay("campaign", "exclude", built[2], *told).code == 0
    assert yoursay("campaign", "name", built[0], "Shelter for the mill", "--officer", "ann").code == 0
    listed = yoursay("campaign", "said", "--json").json
    assert [(one["officer"], one["change"], one["about"], one["reason"]) for one in listed] == [
        ("ann", "excluded", built[2], "own words"),
        ("ann", "named", built[0], "described"),
    ]
    undone = ("campaign", "undo", listed[0]["number"], "--reason", "a slip", "--officer", "bob")
    assert yoursay(*undone).code == 0
    assert [one["change"] for one in yoursay("campaign", "said", "--json").json] == ["named"]
    refused = yoursay(*undone)
    assert (refused.code, "taken back already" in refused.err) == (1, True)
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("campaign", "list", "--json").json == [
        {"campaign": built[0], "members": 3, "unedited": 2, "description": "Shelter for the mill"}
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reject", "eve.1", "--reason", "none"), "There is no campaign 'eve.1'; see 'yoursay campaign list'."),
        (("exclude", "eve.1", "--reason", "none"), "eve.1: of no campaign; see 'yoursay campaign list'."),
        (("register", "mill", "no-such.txt"), "no-such.txt: cannot be read as text; name a text file in UTF-8."),
    ],
)
def test_what_is_not_there_is_said(
    yoursay: Callable[..., Any], built: list[str], arguments: tuple[str, ...], said: str
) -> None:
    assert built
    refused = yoursay("campaign", *arguments, "--officer", "ann")
    assert (refused.code, refused.err.strip()) == (1, f"yoursay: {said}")


def test_a_pair_is_explained_and_decided(yoursay: Callable[..., Any], built: list[str]) -> None:
    one, four = built[0], built[3]
    told = yoursay("linkage", "explain", one, four, "--json").json
    assert ("e-mail", "exact") in {(row["comparison"], row["level"]) for row in told["comparisons"]}
    assert told["sentences"][-1] == "They count as two respondents."
    assert "Weight" in yoursay("linkage", "explain", one, four).out
    decided = yoursay("linkage", "decide", one, four, "same", "--reason", "she wrote so", "--officer", "ann")
    assert decided.code == 0
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("linkage", "explain", one, four, "--json").json["sentences"][1:] == [
        "An officer said that they are of one respondent.",
        f"They count as one respondent, {one}.",
    ]


def test_the_ledger_is_the_same_on_the_command_line_the_screens_and_in_a_release(
    yoursay: Callable[..., Any], data: DataFolder, built: list[str]
) -> None:
    assert built
    paragraph = (
        "4 responses were received. Nothing is taken off: 4 are included. Of these, 2 sent a campaign's letter as it"
        " is, 1 sent one with changes and 1 is an individual's."
    )
    assert paragraph in " ".join(yoursay("ledger").out.split())
    [channel] = [one for one in yoursay("ledger", "--json").json if one["received"]]
    of_which = {"campaign_unedited": 2, "campaign_edited": 1, "organisation": 0, "individual": 1}
    assert channel["of_which"] == of_which
    view = View(read_current(data.warehouse_public("bus-shelters")), datetime(2007, 3, 20, tzinfo=UTC))
    page = ledger_page(view)
    assert page.summary[0] == paragraph
    assert page.figures[1].table.rows[0] == ("Campaign letter as it is", "0", "2", "2")
    draft = yoursay("release", "draft", "--officer", "ann", "--reason", "for the meeting", "--json")
    assert draft.code == 0, draft.err
    [readme] = Path(data.releases("bus-shelters")).glob("*/README.md")
    assert paragraph in readme.read_text("utf-8")
    [table] = Path(data.releases("bus-shelters")).glob("*/tables/of_which.csv")
    rows = [line.split(",") for line in table.read_text("utf-8").splitlines()[1:]]
    assert {kind: int(n) for channel, kind, n in rows if channel == "import"} == of_which


def test_an_officer_gets_from_a_line_of_the_ledger_to_its_responses(
    yoursay: Callable[..., Any], built: list[str]
) -> None:
    one, four = built[0], built[3]
    decided = yoursay("linkage", "decide", one, four, "same", "--reason", "she wrote so", "--officer", "ann")
    assert decided.code == 0
    assert yoursay("pipeline", "run").code == 0
    [merged] = yoursay("ledger", "--line", "merged", "--json").json
    assert (merged["response"], merged["channel"], merged["respondent"]) == (four, "import", one)
    listed = yoursay("ledger", "--line", "included", "--json").json
    assert {row["response"] for row in listed} == set(built[:3])
    refused = yoursay("ledger", "--line", "lost")
    assert refused.code == 1
    assert refused.err.startswith("yoursay: The ledger has no line 'lost'; its lines are: erased, not_a_response")
