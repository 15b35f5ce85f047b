"""What people do to a word-processor form: which answers stand all the same, and which a person looks at."""

import io
from collections.abc import Callable
from copy import deepcopy

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.run import Run

from ingest.mail.documents.read_docx import read_docx
from ingest.parsed_response import ParsedResponse, Reading
from schemas.definition import Definition
from schemas.editions.docx_edition import build_docx
from schemas.editions.fill import fill_docx
from schemas.editions.pdf_fields import values_from
from schemas.response import RawAnswer

ANSWERS: dict[str, RawAnswer] = {
    "q1_use": "parks",
    "q2_visits": "12",
    "q5_proposal": "Open them\n\non Sundays",
    "r1_capacity": ["resident", "group"],
    "r2_organisation": "Friends of the Park",
    "p1_publish": "yes",
}
BESIDE = "words stand outside the answer's place"
Change = Callable[[Document], None]


def read_after(change: Change, definition: Definition, *, tags: bool = True) -> ParsedResponse:
    """What is read of the filled form once somebody has changed it, with its tags or without."""
    form = fill_docx(build_docx(definition, "en"), values_from(ANSWERS, definition.questionnaire, "en"))
    document = docx.Document(io.BytesIO(form))
    if not tags:
        for one in list(document.element.body.iter(qn("w:tag"))):
            one.getparent().remove(one)
    change(document)
    out = io.BytesIO()
    document.save(out)
    outcome = read_docx(out.getvalue(), definition, "ann@example.org")
    assert outcome.kind == "form", outcome.reason
    assert outcome.response is not None
    return outcome.response


def nothing(document: Document) -> None:
    """Leave the form as it is."""


def frame_of(document: Document, anchor: str) -> docx.table.Table:
    return next(one for one in document.tables if one.cell(0, 0).text.startswith(f"[{anchor}]"))


def line_of(document: Document, anchor: str) -> docx.text.paragraph.Paragraph:
    return next(one for one in document.paragraphs if one.text.startswith(f"[{anchor}]"))


def take_anchor(document: Document, anchor: str) -> None:
    for run in document.element.body.iter(qn("w:r")):
        if "".join(one.text or "" for one in run.iter(qn("w:t"))) == f"[{anchor}]":
            run.getparent().remove(run)
            return
    raise AssertionError(anchor)


def without(*columns: str) -> dict[str, RawAnswer]:
    return {column: answer for column, answer in ANSWERS.items() if column not in columns}


def in_doubt(response: ParsedResponse) -> list[tuple[str, str | None, object]]:
    return [(one.column, one.review, one.suggestion) for one in response.readings if one.review]


@pytest.mark.parametrize(("tags", "how", "confidence"), [(True, "content_control", 1.0), (False, "anchor", 0.95)])
def test_an_untouched_form_is_in_no_doubt(parks: Definition, tags: bool, how: str, confidence: float) -> None:
    response = read_after(nothing, parks, tags=tags)
    readings = tuple(Reading(one, how, "attachment 1", confidence) for one in ANSWERS)  # type: ignore[arg-type]
    assert response == ParsedResponse(answers=ANSWERS, language="en", sender="ann@example.org", readings=readings)


def test_a_text_whose_mark_was_deleted_is_known_by_its_tag(parks: Definition) -> None:
    response = read_after(lambda document: take_anchor(document, "Q5"), parks)
    assert (response.answers, in_doubt(response)) == (ANSWERS, [])


def test_a_text_that_lost_mark_and_tag_is_suggested_for_the_question_it_stands_at(parks: Definition) -> None:
    response = read_after(lambda document: take_anchor(document, "Q5"), parks, tags=False)
    assert response.state == "response"
    assert response.answers == without("q5_proposal")
    assert in_doubt(response) == [("q5_proposal", "the mark of the question is missing", ANSWERS["q5_proposal"])]


def test_an_answer_whose_mark_stands_twice_waits_with_both_texts(parks: Definition) -> None:
    def double(document: Document) -> None:
        frame = frame_of(document, "Q5")
        again = deepcopy(frame._tbl)
        frame._tbl.addnext(again)
        text = next(one for one in again.iter(qn("w:t")) if one.text == "Open them")
        text.text = "Close them"

    response = read_after(double, parks, tags=False)
    assert response.answers == without("q5_proposal")
    both = "Open them\n\non Sundays\n\nClose them\n\non Sundays"
    assert in_doubt(response) == [("q5_proposal", "the mark of the question stands twice", both)]


@pytest.mark.parametrize("tags", [True, False])
def test_words_below_an_answers_frame_are_added_to_what_a_person_looks_at(parks: Definition, tags: bool) -> None:
    def type_below(document: Document) -> None:
        frame = frame_of(document, "Q5")
        below = docx.text.paragraph.Paragraph(frame._tbl.getnext(), frame._parent)
        below.text = "and in the evening"

    response = read_after(type_below, parks, tags=tags)
    assert response.answers == without("q5_proposal")
    assert in_doubt(response) == [("q5_proposal", BESIDE, "Open them\n\non Sundays\nand in the evening")]


def test_words_between_a_question_and_its_frame_belong_to_it(parks: Definition) -> None:
    def type_above(document: Document) -> None:
        question = next(one for one in document.paragraphs if one.text.startswith("What is your role"))
        question._p.addnext(deepcopy(question._p))
        again = docx.text.paragraph.Paragraph(question._p.getnext(), question._parent)
        again.text = "Treasurer"

    response = read_after(type_above, parks)
    assert response.answers == ANSWERS
    assert in_doubt(response) == [("r3_role", BESIDE, "Treasurer")]


def test_words_in_the_frame_beside_an_untouched_control_wait(parks: Definition) -> None:
    def type_beside(document: Document) -> None:
        frame_of(document, "R3").cell(0, 0).paragraphs[0].add_run(" Treasurer")

    response = read_after(type_beside, parks)
    assert response.answers == ANSWERS
    assert in_doubt(response) == [("r3_role", BESIDE, "Treasurer")]


def test_without_tags_what_is_typed_in_the_frame_is_the_answer(parks: Definition) -> None:
    def type_beside(document: Document) -> None:
        frame_of(document, "R3").cell(0, 0).paragraphs[0].add_run(" Treasurer")

    response = read_after(type_beside, parks, tags=False)
    assert response.answers == ANSWERS | {"r3_role": "Treasurer"}
    assert in_doubt(response) == []


def test_an_answer_may_have_several_paragraphs_and_another_questions_mark_in_it(parks: Definition) -> None:
    def add(document: Document) -> None:
        cell = frame_of(document, "Q5").cell(0, 0)
        cell.add_paragraph()
        cell.add_paragraph("[Q2] is too easy")

    response = read_after(add, parks, tags=False)
    assert response.answers == ANSWERS | {"q5_proposal": "Open them\n\non Sundays\n\n[Q2] is too easy"}
    assert in_doubt(response) == []


def test_a_control_of_several_paragraphs_is_one_answer(parks: Definition) -> None:
    def split(document: Document) -> None:
        paragraph = frame_of(document, "Q5").cell(0, 0).paragraphs[0]._p
        control = next(paragraph.iter(qn("w:sdt")))
        content = control.find(qn("w:sdtContent"))
        run = content[0]
        second = deepcopy(run)
        Run(run, paragraph).text, Run(second, paragraph).text = "Open them", "on Sundays"
        for one in (run, second):
            whole = docx.oxml.OxmlElement("w:p")
            whole.append(one)
            content.append(whole)
        paragraph.addnext(control)

    response = read_after(split, parks)
    assert response.answers == ANSWERS | {"q5_proposal": "Open them\non Sundays"}
    assert in_doubt(response) == []


def test_a_deleted_tracked_text_is_gone_and_an_inserted_one_stands(parks: Definition) -> None:
    def track(document: Document) -> None:
        run = next(one for one in document.element.body.iter(qn("w:t")) if one.text == "12").getparent()
        deleted, inserted = docx.oxml.OxmlElement("w:del"), docx.oxml.OxmlElement("w:ins")
        run.addprevious(deleted)
        run.addprevious(inserted)
        again = deepcopy(run)
        next(again.iter(qn("w:t"))).text = "13"
        deleted.append(run)
        inserted.append(again)

    response = read_after(track, parks)
    assert response.answers == ANSWERS | {"q2_visits": "13"}
    assert in_doubt(response) == []


def test_several_ticks_where_one_is_asked_leave_that_question_alone(parks: Definition) -> None:
    def tick(document: Document) -> None:
        next(one for one in line_of(document, "Q1.2")._p.iter(qn("w:t")) if one.text == "☐").text = "☒"

    for tags in (True, False):
        response = read_after(tick, parks, tags=tags)
        assert response.answers == without("q1_use")
        assert in_doubt(response) == [("q1_use", "several boxes are ticked where one is asked", None)]


@pytest.mark.parametrize("mark", ["x", "X", "✓", "[x]", "☑"])
def test_a_box_overtyped_with_a_tick_is_ticked(parks: Definition, mark: str) -> None:
    def overtype(document: Document) -> None:
        next(one for one in line_of(document, "R4.3")._p.iter(qn("w:t")) if one.text == "☐").text = mark

    response = read_after(overtype, parks, tags=False)
    assert (response.answers, in_doubt(response)) == (ANSWERS | {"r4_age": "from_25_to_44"}, [])


@pytest.mark.parametrize(
    ("words", "review"),
    [
        ("maybe", "what stands in a box is neither a tick nor nothing"),
        ("☐x", "what stands in a box is neither a tick nor nothing"),
    ],
)
def test_a_box_with_words_in_it_waits(parks: Definition, words: str, review: str) -> None:
    def overtype(document: Document) -> None:
        next(one for one in line_of(document, "R4.3")._p.iter(qn("w:t")) if one.text == "☐").text = words

    for tags in (True, False):
        response = read_after(overtype, parks, tags=tags)
        assert response.answers == ANSWERS
        assert in_doubt(response) == [("r4_age", review, None)]


def unwrap(document: Document, *names: str) -> None:
    """Take elements away and leave what is in them, as editors do that do not know them."""
    for name in names:
        for one in reversed(list(document.element.body.iter(qn(name)))):
            for child in list(one) if name != "w:sdtPr" else ():
                one.addprevious(child)
            one.getparent().remove(one)


@pytest.mark.parametrize(
    "names",
    [("w:sdtPr", "w:sdtContent", "w:sdt"), ("w:sdtPr", "w:sdtContent", "w:sdt", "w:tc", "w:tr", "w:tbl")],
    ids=["without-controls", "without-controls-and-frames"],
)
def test_a_form_whose_controls_or_frames_an_editor_dropped_is_read_by_its_marks(
    parks: Definition, names: tuple[str, ...]
) -> None:
    response = read_after(lambda document: unwrap(document, *names), parks)
    assert (response.answers, in_doubt(response)) == (ANSWERS, [])
    assert {one.how for one in response.readings} == {"anchor"}


@pytest.mark.parametrize("prompt", ["Click or tap here to enter text.", "Type your answer here"])
def test_what_word_shows_in_an_emptied_control_is_no_answer(parks: Definition, prompt: str) -> None:
    def empty(document: Document) -> None:
        next(one for one in document.element.body.iter(qn("w:t")) if one.text == "12").text = prompt

    for tags in (True, False):
        response = read_after(empty, parks, tags=tags)
        assert (response.answers, in_doubt(response)) == (without("q2_visits"), [])


def test_words_beside_a_box_wait_with_its_ticks(parks: Definition) -> None:
    def explain(document: Document) -> None:
        line_of(document, "Q1.1").add_run(", but only in summer")

    response = read_after(explain, parks)
    assert response.answers == without("q1_use")
    assert in_doubt(response) == [("q1_use", "words stand beside a box", "parks")]


def test_a_choice_from_which_a_box_was_deleted_waits(parks: Definition) -> None:
    def delete(document: Document) -> None:
        line = line_of(document, "R7.2")._p
        line.getparent().remove(line)

    response = read_after(delete, parks)
    assert response.answers == without("p1_publish")
    assert in_doubt(response) == [("p1_publish", "a box of the question is missing", "yes")]


def test_a_letter_before_the_questions_and_a_comment_are_kept_for_a_person(parks: Definition) -> None:
    def write(document: Document) -> None:
        document.paragraphs[0].insert_paragraph_before("Dear council, thank you for asking.")
        document.add_comment(document.paragraphs[3].runs, "Why so late?", author="Ann")

    response = read_after(write, parks)
    assert response.answers == ANSWERS
    letter = "Dear council, thank you for asking.\nWhy so late?"
    assert in_doubt(response) == [("", "words stand outside the questions", letter)]


def test_a_form_of_another_version_or_consultation_is_quarantined(parks: Definition, third: Definition) -> None:
    form = build_docx(parks, "en")
    old = Definition(parks.questionnaire, parks.policy, "0" * 64, parks.policy_hash)
    reasons = [read_docx(form, one).response for one in (old, third)]
    assert reasons == [
        ParsedResponse("quarantined", "the form is of another version of the questionnaire", language="en"),
        ParsedResponse("quarantined", "the form is of another consultation", language="en"),
    ]


def test_a_form_that_says_nowhere_which_it_is_is_left_to_an_officer(parks: Definition) -> None:
    def forget(document: Document) -> None:
        document.core_properties.subject = ""
        for one in document.paragraphs[-2:]:
            one._p.getparent().remove(one._p)

    response = read_after(forget, parks)
    assert (response.state, response.reason, response.answers) == (
        "in_review",
        "the form does not say which version of the questionnaire it is",
        ANSWERS,
    )


def test_the_identity_survives_in_the_properties_alone(parks: Definition) -> None:
    def forget(document: Document) -> None:
        for one in document.paragraphs[-2:]:
            one._p.getparent().remove(one._p)

    assert read_after(forget, parks).state == "response"


def test_another_document_is_foreign(parks: Definition) -> None:
    document = docx.Document()
    document.add_paragraph("[Q1] A letter that uses one mark")
    out = io.BytesIO()
    document.save(out)
    assert read_docx(out.getvalue(), parks).kind == "foreign"
