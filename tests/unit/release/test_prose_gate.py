"""Prose says no name from the vault and no six words in a row of an answer; what breaks that names the promise."""

from collections.abc import Iterator

import duckdb
import pytest

from schemas.definition import BUILT_IN, Definition, load_definition
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.promises import check_promises
from transforms.disclosure.prose import Leak, Prose, leaks_of

SENDER = "B. Needle <bob@needle.example>"
ANSWER = "We think that the old Library should stay open on Sundays, for it is the only warm room nearby."


@pytest.fixture(scope="module")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


@pytest.fixture
def private(parks: Definition) -> Iterator[duckdb.DuckDBPyConnection]:
    """A vault with easy and with awkward names, and one answer."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE vault (c1_given_name VARCHAR, c2_family_name VARCHAR, c4_phone VARCHAR,"
            " r2_organisation VARCHAR, r3_role VARCHAR, sender VARCHAR)"
        )
        connection.executemany(
            "INSERT INTO vault VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("Ann", "Quillstone", "01332 555 0199", "Friends of Zzyx Park", "Chair", None),
                (
                    "May",
                    "Grant",
                    None,
                    parks.questionnaire.asked_by[0],
                    "only GP at Duffield",
                    "B. Needle <bob@needle.example>",
                ),
                ("Zoë", "O'Hara-Łuk", None, None, None, None),
            ],
        )
        connection.execute("CREATE TABLE clean AS SELECT $answer AS q5_proposal", {"answer": ANSWER})
        yield connection


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("As Ann said", Leak("report", 2, 2, True)),
        ("as quillstone's letter shows", Leak("report", 2, 2, True)),
        ("QUILLSTONE", Leak("report", 1, 1, True)),
        ("the friends of\nzzyx park wrote", Leak("report", 2, 5, True)),
        ("write to bob@needle.example", Leak("report", 3, 5, True)),
        ("call 01332 555 0199 today", Leak("report", 2, 4, True)),
        ("one is the only GP at Duffield.", Leak("report", 4, 7, True)),
        ("may grant", Leak("report", 1, 2, True)),
        ("a letter of O’Hara-Łuk", Leak("report", 4, 6, True)),
        ("they hold the OLD library should, stay open!", Leak("report", 3, 8, False)),
    ],
)
def test_a_name_or_six_words_are_found(
    text: str, leak: Leak, private: duckdb.DuckDBPyConnection, parks: Definition
) -> None:
    assert leaks_of(parks, Prose({"report": text}, private))[0] == leak


@pytest.mark.parametrize(
    "text",
    [
        "Grant funding may go on. May it do so?",
        "A chair was missing, and so was the Chair.",
        "Northmere Borough Council (invented) asked.",
        "The old library should stay.",
        "The library, the old one, should stay open on Sundays.",
        "",
    ],
)
def test_everyday_words_and_the_consultation_s_own_pass(
    text: str, private: duckdb.DuckDBPyConnection, parks: Definition
) -> None:
    check_promises(parks, prose=Prose({"report": text}, private))


def test_the_questions_may_be_repeated_though_an_answer_repeats_them(
    private: duckdb.DuckDBPyConnection, parks: Definition
) -> None:
    asked = parks.questionnaire.summary.in_language("en")
    assert len(asked.split()) > 6
    private.execute("INSERT INTO clean VALUES ($asked)", {"asked": f"You write: {asked}"})
    check_promises(parks, prose=Prose({"report": asked}, private))


def test_the_program_s_own_sentences_may_be_repeated(private: duckdb.DuckDBPyConnection, parks: Definition) -> None:
    with pytest.raises(PromiseError):
        check_promises(parks, prose=Prose({"README.md": ANSWER}, private))
    check_promises(parks, prose=Prose({"README.md": ANSWER}, private, fixed=(ANSWER,)))


def test_the_message_names_promise_and_place_and_no_word(private: duckdb.DuckDBPyConnection, parks: Definition) -> None:
    with pytest.raises(PromiseError) as refused:
        check_promises(parks, prose=Prose({"paragraph 2": "Most agree, but Ann does not."}, private))
    assert str(refused.value) == (
        "The promise 'confidence' forbids this output: paragraph 2, word 4: a name from the vault."
    )


def test_an_output_for_another_purpose_breaks_the_promise_of_purpose(parks: Definition) -> None:
    check_promises(parks, purpose=parks.policy.publication.purpose)
    with pytest.raises(PromiseError, match="The promise 'purpose' forbids this output: it is for another purpose"):
        check_promises(parks, purpose="to write to supporters")
