"""The way from answers to form values and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.definition import BUILT_IN, load_definition
from schemas.editions.pdf_fields import answers_from, form_fields, values_from
from schemas.fields import MultipleChoice
from schemas.response import RawAnswer

PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007").questionnaire
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)


@st.composite
def any_answers(draw: st.DrawFn) -> dict[str, RawAnswer]:
    answers: dict[str, RawAnswer] = {}
    for one in form_fields(PARKS, "en"):
        if not draw(st.booleans()):
            continue
        if one.code is None:
            answers[one.column] = draw(TEXT)
        elif isinstance(PARKS.field(one.column), MultipleChoice):
            codes = answers.setdefault(one.column, [])
            assert isinstance(codes, list)
            codes.append(one.code)
        else:
            answers[one.column] = one.code
    return answers


@settings(max_examples=60, deadline=None)
@given(any_answers())
def test_every_answer_comes_back(answers: dict[str, RawAnswer]) -> None:
    found = answers_from(values_from(answers, PARKS, "ar"), PARKS, "ar")
    assert (found.answers, found.doubled) == (answers, ())


def test_two_ticks_where_one_is_asked_are_named_and_not_guessed() -> None:
    values = values_from({"q1_use": "parks", "q4_satisfied": "2"}, PARKS, "en")
    found = answers_from(values | {"q1_use__libraries": "libraries", "q4_satisfied__5": "Yes"}, PARKS, "en")
    assert (found.answers, found.doubled) == ({}, ("q1_use", "q4_satisfied"))
