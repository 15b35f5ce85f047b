"""Answers in a text to questionnaires of other shapes: letters as numbers, choices with reasons, no numbers at all."""

import tomllib

import pytest

from ingest.mail.texts.read_body import read_body
from schemas.questionnaire import Questionnaire

HEAD = """
id = "streets-2020"
version = "1"
languages = ["en", "cy"]
title = { en = "Streets and squares", cy = "Strydoedd a sgwariau" }
asked_by = ["An invented council"]
stated_duration = { en = "a month", cy = "mis" }
return_by = 2020-01-01
summary = { en = "We want to hear from you.", cy = "Rydym am glywed gennych." }
return_address = { en = "Here", cy = "Yma" }
return_ways = [{ en = "by post", cy = "drwy'r post" }]
thanks = { en = "Thank you very much.", cy = "Diolch yn fawr iawn." }
promises = [{ id = "p", text = { en = "It is confidential.", cy = "Mae'n gyfrinachol." } }]
"""
AGREE = """
kind = "single_choice"
label = { en = "Do you agree?", cy = "Ydych chi'n cytuno?" }
choices = [
    { code = "yes", label = { en = "Yes", cy = "Ydw" } },
    { code = "no", label = { en = "No", cy = "Nac ydw" } },
]
"""
NUMBERED = f"""{HEAD}
[[questions]]
number = "A1"
[[questions.fields]]
id = "a1"
{AGREE}
[[questions.fields]]
id = "a1_why"
kind = "open_text"
label = {{ en = "Please explain your answer.", cy = "Esboniwch eich ateb." }}

[[questions]]
number = "A2"
preamble = {{ en = "We will close the High Street to cars.", cy = "Byddwn yn cau'r Stryd Fawr i geir." }}
[[questions.fields]]
id = "a2"
{AGREE}
[[questions.fields]]
id = "a2_why"
kind = "open_text"
label = {{ en = "Please explain your answer.", cy = "Esboniwch eich ateb." }}

[[questions]]
number = "2.1"
[[questions.fields]]
id = "trees"
kind = "open_text"
label = {{ en = "Any views on trees?", cy = "Unrhyw farn am goed?" }}

[[questions]]
[[questions.fields]]
id = "more"
kind = "open_text"
label = {{ en = "Anything else?", cy = "Unrhyw beth arall?" }}

[[questions]]
[[questions.fields]]
id = "name_full"
kind = "short_text"
label = {{ en = "Your full name", cy = "Eich enw llawn" }}
"""
UNNUMBERED = f"""{HEAD}
[[questions]]
[[questions.fields]]
id = "opinion"
kind = "open_text"
label = {{ en = "What did you think of the event?", cy = "Beth oedd eich barn am y digwyddiad?" }}

[[questions]]
[[questions.fields]]
id = "happy"
{AGREE}
"""


def questionnaire(text: str) -> Questionnaire:
    return Questionnaire.model_validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            "A1. Yes, because it is good\nA2. No\n2.1 Plant more",
            {"a1": "yes", "a1_why": "because it is good", "a2": "no", "trees": "Plant more"},
        ),
        (
            "A1 (a) Yes\n(b) Because\nA2a: No\nA2b: Not so\n2.1. Plant",
            {"a1": "yes", "a1_why": "Because", "a2": "no", "a2_why": "Not so", "trees": "Plant"},
        ),
        (
            "A1. Do you agree? Yes\nPlease explain your answer. It is good\n"
            "A2. We will close the High Street to cars.\nDo you agree? No\nPlease explain your answer.\nBad idea",
            {"a1": "yes", "a1_why": "It is good", "a2": "no", "a2_why": "Bad idea"},
        ),
        ("A1. Ydw\n2.1. Mwy\n\nUnrhyw beth arall? Na\n", {"a1": "yes", "trees": "Mwy", "more": "Na"}),
        (
            "2.1 More\n\nAnything else?\nYes, there is.\n\nAnd more of it.\nYour full name: Ann Example\n\nThank you",
            {"trees": "More", "more": "Yes, there is.\n\nAnd more of it.", "name_full": "Ann Example"},
        ),
    ],
)
def test_numbers_of_other_shapes_and_reasons_behind_a_choice_are_read(text: str, answers: dict[str, str]) -> None:
    found = read_body(text, questionnaire(NUMBERED))
    assert found is not None
    assert (found.answers, [one for one in found.readings if one.review]) == (answers, [])


def test_the_language_is_known_by_the_questionnaires_own_words() -> None:
    found = read_body("A1. Ydw\n2.1. Rydym am glywed mwy gennych", questionnaire(NUMBERED))
    assert found is not None
    assert found.language == "cy"


def test_amounts_begin_no_answer() -> None:
    found = read_body("A1. Yes\nA2. No, it cost\n2.1 million pounds", questionnaire(NUMBERED))
    assert found is not None
    assert found.answers == {"a1": "yes", "a2": "no", "a2_why": "it cost\n2.1 million pounds"}


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            "What did you think of the event?\nLovely.\n\nIndeed.\n\nDo you agree? Yes",
            {"opinion": "Lovely.\n\nIndeed.", "happy": "yes"},
        ),
        ("> What did you think of the event?\n\nLovely.", {"opinion": "Lovely."}),
        ("Do you agree? No", {"happy": "no"}),
    ],
)
def test_a_questionnaire_without_numbers_is_read_by_its_printed_words(text: str, answers: dict[str, str]) -> None:
    found = read_body(text, questionnaire(UNNUMBERED))
    assert found is not None
    assert found.answers == answers


@pytest.mark.parametrize("text", ["It was lovely.", "1. Lovely\n2. Yes", "I agree."])
def test_where_nothing_says_which_question_it_answers_nothing_is_guessed(text: str) -> None:
    assert read_body(text, questionnaire(UNNUMBERED)) is None
