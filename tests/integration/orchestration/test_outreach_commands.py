"""Officers write down who was told of a consultation, and put it right; the gate reads it first."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.definition import Definition

LETTER = "Please put a shelter at the corner by the old mill where we wait in the rain every morning."


@pytest.fixture
def built(yoursay: Callable[..., Any], bus_shelters: Definition, import_rows: Callable[[list[str]], Any]) -> None:
    """A version with one answer."""
    assert import_rows([f"1,{LETTER},daily,a@example.org"]).code == 0
    assert yoursay("pipeline", "run").code == 0


def test_entries_are_added_listed_corrected_and_taken_back(yoursay: Callable[..., Any], built: None) -> None:
    told = ("outreach", "add", "--officer", "ann", "--who", "Older people", "--how")
    assert yoursay(*told, "A letter", "--day", "2007-05-03").code == 0
    assert yoursay(*told, "A visit", "--note", "To the day centre").code == 0
    first, second = yoursay("outreach", "list", "--json").json
    assert [{**one, "entry": None} for one in (first, second)] == [
        {"entry": None, "day": "2007-05-03", "who": "Older people", "how": "A letter", "note": ""},
        {"entry": None, "day": None, "who": "Older people", "how": "A visit", "note": "To the day centre"},
    ]
    corrected = ("outreach", "correct", str(first["entry"]), "--officer", "bob", "--how", "A letter with a form")
    assert yoursay(*corrected).code == 0
    assert yoursay("outreach", "correct", str(second["entry"]), "--withdraw", "--officer", "bob").code == 0
    [left] = yoursay("outreach", "list", "--json").json
    assert {**left, "entry": None} == {**first, "entry": None, "how": "A letter with a form"}
    again = yoursay(*corrected)
    assert (again.code, "yoursay outreach list" in again.err) == (1, True)


def test_an_entry_that_quotes_an_answer_is_refused(yoursay: Callable[..., Any], built: None) -> None:
    note = "They wait at the corner by the old mill every day"
    quoting = yoursay("outreach", "add", "--officer", "ann", "--who", "Riders", "--how", "A visit", "--note", note)
    assert quoting.code == 1
    assert "words in a row of an answer" in quoting.err
    assert "old mill" not in quoting.err
    assert yoursay("outreach", "list", "--json").json == []
