"""From boxes and spaces to answers: sure ones stand, the others wait for a person, question by question."""

from dataclasses import replace

import pytest

from ingest.parsed_response import ParsedResponse, Reading
from ingest.post.scans.boxes import BoxReading
from ingest.post.scans.form_answers import (
    HANDWRITING,
    NO_TICK,
    NOT_CLEAR,
    NOT_LAID,
    PERHAPS_CORRECTED,
    PRINTED,
    SEVERAL_TICKS,
    pages_in_words,
    response_of,
)
from ingest.post.scans.gather import Form
from ingest.post.scans.recognise import PageFacts
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.print_edition import print_layout
from tests.unit.post.pages import box

EMPTY, TICKED, FILLED, DOUBTFUL = box("empty"), box("ticked"), box("filled"), box("doubtful", "ticked")
SINGLE = {"q1_use": "parks", "q4_satisfied": "3", "r4_age": "from_65", "p1_publish": "yes"}


@pytest.fixture(scope="module")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


def form_with(definition: Definition, boxes: dict[str, BoxReading], written: tuple[str, ...] = ()) -> Form:
    """A form with one tick in every choice of one; `boxes` are `column=code` -> what is read there instead."""
    pages = {}
    for page in print_layout(definition, "en", "standard").pages:
        read = tuple(
            boxes.get(f"{one.column}={one.code}", TICKED if SINGLE.get(one.column) == one.code else EMPTY)
            for one in page.boxes
        )
        pages[page.number] = PageFacts(
            page.number,
            "form",
            "en",
            "standard",
            page.number,
            boxes=read,
            written=tuple(space.column in written for space in page.spaces),
            typed=tuple("" for _ in page.spaces),
        )
    return Form(("en", "standard"), None, 1, pages)


def waiting(response: ParsedResponse) -> dict[str, tuple[str | None, object]]:
    return {one.column: (one.review, one.suggestion) for one in response.readings if one.review}


def test_sure_ticks_are_answers_and_empty_boxes_of_a_choice_of_several_are_none(parks: Definition) -> None:
    response = response_of(form_with(parks, {}), parks)
    assert (response.answers, waiting(response)) == (SINGLE, {})
    assert [one for one in response.readings if one.column == "r1_capacity"] == [
        Reading("r1_capacity", "tick", "page 3", 0.99, picture=True)
    ]


@pytest.mark.parametrize(
    ("boxes", "why", "suggestion"),
    [
        ({"q4_satisfied=3": EMPTY}, NO_TICK, None),
        ({"q4_satisfied=1": TICKED}, SEVERAL_TICKS, None),
        ({"q4_satisfied=3": DOUBTFUL}, NOT_CLEAR, "3"),
        ({"q4_satisfied=1": DOUBTFUL}, NOT_CLEAR, None),
        ({"q4_satisfied=1": FILLED}, PERHAPS_CORRECTED, None),
        ({"q4_satisfied=3": FILLED}, PERHAPS_CORRECTED, "3"),
    ],
    ids=["none", "two", "unclear", "another unclear", "another filled", "filled where others are ticked"],
)
def test_a_choice_of_one_that_is_not_plainly_one_tick_waits(
    parks: Definition, boxes: dict[str, BoxReading], why: str, suggestion: str | None
) -> None:
    response = response_of(form_with(parks, boxes), parks)
    assert waiting(response) == {"q4_satisfied": (why, suggestion)}
    assert response.answers == {name: code for name, code in SINGLE.items() if name != "q4_satisfied"}


def test_who_fills_every_box_means_it(parks: Definition) -> None:
    boxes = {f"{column}={code}": FILLED for column, code in SINGLE.items()}
    response = response_of(form_with(parks, boxes | {"r1_capacity=group": FILLED}), parks)
    assert (response.answers, waiting(response)) == (SINGLE | {"r1_capacity": ["group"]}, {})


def test_several_ticks_are_one_answer_where_several_are_asked(parks: Definition) -> None:
    ticks = {"r1_capacity=resident": TICKED, "r1_capacity=group": TICKED}
    assert response_of(form_with(parks, ticks), parks).answers["r1_capacity"] == ["resident", "group"]


def test_one_unclear_box_of_several_has_the_whole_question_wait_with_what_is_likely(parks: Definition) -> None:
    ticks = {"r1_capacity=resident": TICKED, "r1_capacity=group": DOUBTFUL}
    assert waiting(response_of(form_with(parks, ticks), parks)) == {"r1_capacity": (NOT_CLEAR, ["resident", "group"])}


def test_words_wait_for_a_person_and_printed_ones_have_a_suggestion(parks: Definition) -> None:
    form = form_with(parks, {}, written=("q5_proposal", "q2_visits"))
    second = form.pages[2]
    typed = tuple("Open on Sundays" if there else "" for there in second.written)
    form.pages[2] = replace(second, typed=typed)
    assert waiting(response_of(form, parks)) == {
        "q2_visits": (HANDWRITING, None),
        "q5_proposal": (PRINTED, "Open on Sundays"),
    }


def test_a_page_that_is_missing_has_its_questions_wait(parks: Definition) -> None:
    form = form_with(parks, {})
    del form.pages[4]
    assert set(waiting(response_of(form, parks)).values()) == {("page 4 is missing", None)}
    assert "p1_publish" in response_of(form, parks).pending


def test_a_page_that_could_not_be_laid_on_the_blank_has_its_questions_wait_with_its_picture(parks: Definition) -> None:
    form = form_with(parks, {})
    form.pages[1] = replace(form.pages[1], kind="unregistered", boxes=(), written=(), typed=())
    response = response_of(form, parks)
    assert waiting(response)["q1_use"] == (NOT_LAID, None)
    assert next(one for one in response.readings if one.column == "q1_use").picture


def test_a_question_that_was_not_for_them_may_stay_without_a_tick(parks: Definition) -> None:
    questions = []
    for question in parks.questionnaire.questions:
        fields = tuple(
            one.model_copy(update={"shown_when": type(parks.questionnaire.field("r2_organisation").shown_when)(
                field="r1_capacity", any_of=("group",))}) if one.id == "r4_age" else one
            for one in question.fields
        )  # fmt: skip
        questions.append(question.model_copy(update={"fields": fields}))
    changed = replace(parks, questionnaire=parks.questionnaire.model_copy(update={"questions": tuple(questions)}))
    boxes = {"r4_age=from_65": EMPTY, "r1_capacity=resident": TICKED}
    assert waiting(response_of(form_with(changed, boxes), changed)) == {}
    boxes |= {"r1_capacity=group": TICKED}
    assert waiting(response_of(form_with(changed, boxes), changed)) == {"r4_age": (NO_TICK, None)}


def test_pages_are_named_in_words() -> None:
    assert [pages_in_words(at) for at in ([3], [4, 3], [6, 3, 4, 3])] == ["page 3", "pages 3 and 4", "pages 3, 4 and 6"]
