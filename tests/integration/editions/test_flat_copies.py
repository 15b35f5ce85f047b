"""Copies of the fillable edition that lost their fields: boxes stand where they are clear, texts wait for a person."""

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pikepdf import Array, Name

from ingest.mail.documents.read_pdf import read_pdf
from ingest.parsed_response import ParsedResponse, Reading
from schemas.definition import Definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import ChoiceField, values_from
from schemas.editions.print_edition import build_print_edition
from schemas.response import RawAnswer
from tests.integration.editions.conftest import DEFINITIONS
from tests.integration.editions.hard_answers import EDITIONS, LONG, hard_answers
from tests.integration.editions.pdf_engines import by_pypdf

pytestmark = pytest.mark.filterwarnings("ignore:This document has")
CUT = "read from a copy without form fields, where a long answer may be truncated"
TICKS: dict[str, RawAnswer] = {"q1_use": "parks", "q4_satisfied": "5", "r1_capacity": ["resident", "group"]}
ANSWERS = TICKS | {"q2_visits": "12", "q5_proposal": "Open them\non Sundays", "r2_organisation": "Friends"}
Change = Callable[[bytes], bytes]


def flattened(form: bytes) -> bytes:
    """By pikepdf: what each field shows becomes part of its page."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        pdf.flatten_annotations()
        if "/AcroForm" in pdf.Root:
            del pdf.Root.AcroForm
        return saved(pdf)


def flattened_by_pdfium(form: bytes) -> bytes:
    document = pypdfium2.PdfDocument(form)
    document.init_forms()
    for page in document:
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)
        page.close()
    out = io.BytesIO()
    document.save(out)
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        if "/AcroForm" in pdf.Root:
            del pdf.Root.AcroForm
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def scaled(form: bytes) -> bytes:
    """As a printer's driver fits pages to its margins: on letter paper, smaller, moved."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        for page in pdf.pages:
            page.contents_add(pdf.make_stream(b"q 0.9 0 0 0.9 28 14 cm"), prepend=True)
            page.contents_add(pdf.make_stream(b"Q"))
            page.MediaBox = Array([0, 0, 612, 792])
            for box in ("/TrimBox", "/BleedBox", "/CropBox"):
                if box in page:
                    del page[box]
        return saved(pdf)


def turned_around(form: bytes) -> bytes:
    """The last page first."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        pdf.pages.reverse()
        return saved(pdf)


def two_on_a_sheet(form: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(form)) as pdf, pikepdf.new() as sheets:
        for first in range(0, len(pdf.pages), 2):
            sheets.add_blank_page(page_size=(842, 595))
            for side, page in enumerate(pdf.pages[first : first + 2]):
                half = pikepdf.Rectangle(421 * side, 0, 421 * (side + 1), 595)
                sheets.pages[-1].add_overlay(page, half)
        return saved(sheets)


def turned_by_a_viewer(form: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(form)) as pdf:
        for page, turn in zip(pdf.pages, (90, 180, 270, 90, 180), strict=False):
            page.rotate(turn, relative=True)
        return saved(pdf)


def with_another_corner(form: bytes) -> bytes:
    """Pages that do not begin at nought."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        for page in pdf.pages:
            page.MediaBox = Array([-30, -50, 595, 842])
            page.CropBox = Array([-20, -40, 590, 842])
            for box in ("/TrimBox", "/BleedBox"):
                if box in page:
                    del page[box]
        return saved(pdf)


def as_it_is(form: bytes) -> bytes:
    return form


def copy_of(definition: Definition, language: str, answers: dict[str, RawAnswer], *, easy_read: bool = False) -> bytes:
    form = build_fillable_pdf(definition, language, easy_read=easy_read)
    return flattened(by_pypdf(form, values_from(answers, definition.questionnaire, language)))


def response_in(content: bytes, definition: Definition) -> ParsedResponse:
    outcome = read_pdf(content, definition, "ann@example.org")
    assert outcome.kind == "form", outcome.reason
    assert outcome.response is not None
    return outcome.response


def is_choice(definition: Definition, column: str) -> bool:
    field = definition.questionnaire.answer_columns()[column]
    return isinstance(field, ChoiceField) and column == field.id


@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_every_box_is_read_and_every_text_waits(name: str, language: str, easy_read: bool) -> None:
    definition = DEFINITIONS[name]
    answers = hard_answers(definition, with_tab=False)
    found = response_in(copy_of(definition, language, answers, easy_read=easy_read), definition)
    boxes = {column: answer for column, answer in answers.items() if is_choice(definition, column)}
    assert (found.state, found.language, found.answers) == ("response", language, boxes)
    assert found.pending == tuple(column for column in answers if column not in boxes)
    assert {one.review for one in found.readings if one.review} == {CUT}
    assert {one.how for one in found.readings if one.column in boxes} <= {"tick"}


CHANGES = [as_it_is, scaled, turned_around, two_on_a_sheet, turned_by_a_viewer, with_another_corner]


@pytest.mark.parametrize("flatten", [flattened, flattened_by_pdfium])
@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_read_however_its_pages_lie(change: Change, flatten: Change, parks: Definition) -> None:
    form = build_fillable_pdf(parks, "en")
    values = values_from(ANSWERS, parks.questionnaire, "en")
    found = response_in(change(flatten(by_pypdf(form, values))), parks)
    assert (found.state, found.answers) == ("response", TICKS)
    texts = {one.column: (one.how, one.review, one.confidence, one.suggestion) for one in found.readings if one.review}
    assert texts == {
        column: ("clipped_text", CUT, 0.5, answer) for column, answer in ANSWERS.items() if column not in TICKS
    }


def test_each_reading_names_its_page(parks: Definition) -> None:
    copy = copy_of(parks, "en", ANSWERS)
    count = len(pypdfium2.PdfDocument(copy))
    found, turned = response_in(copy, parks), response_in(turned_around(copy), parks)
    pages = [int(one.part.removeprefix("attachment 1, page ")) for one in found.readings]
    assert (pages[0], sorted(pages)) == (1, pages)
    assert [one.part for one in turned.readings] == [f"attachment 1, page {count + 1 - page}" for page in pages]


def test_a_long_answer_is_cut_and_says_so(parks: Definition) -> None:
    found = response_in(copy_of(parks, "en", {"q5_proposal": LONG}), parks)
    (reading,) = found.readings
    assert (found.answers, reading.column, reading.review) == ({}, "q5_proposal", CUT)
    assert isinstance(reading.suggestion, str)
    assert len(reading.suggestion) < len(LONG)
    assert LONG.startswith(reading.suggestion.replace("\n", " ")[:60])


def test_the_questions_of_a_missing_page_wait(parks: Definition) -> None:
    with pikepdf.open(io.BytesIO(copy_of(parks, "en", ANSWERS))) as pdf:
        del pdf.pages[0]
        found = response_in(saved(pdf), parks)
    missing = [one for one in found.readings if one.review == "the page of the question is missing"]
    assert missing[0] == Reading("q1_use", "tick", "attachment 1", 0.0, "the page of the question is missing")
    assert "q1_use" not in found.answers
    assert "r1_capacity" in found.answers


def test_several_ticks_leave_that_question_alone(parks: Definition) -> None:
    form = build_fillable_pdf(parks, "en")
    values = values_from(ANSWERS, parks.questionnaire, "en") | {"q1_use__both": "both"}
    found = response_in(flattened(by_pypdf(form, values)), parks)
    assert found.answers == {column: answer for column, answer in TICKS.items() if column != "q1_use"}
    doubled = next(one for one in found.readings if one.column == "q1_use")
    assert doubled.review == "several boxes are ticked where one is asked"


def drawn_on(form: bytes, name: str, content: str) -> bytes:
    """The form with a drawing in one of its fields, whose sides are 1 long for it."""
    with pikepdf.open(io.BytesIO(form)) as pdf:
        for page in pdf.pages:
            for one in page.get("/Annots", []):
                if str(one.get("/T", "")) == name:
                    x1, y1, x2, y2 = (float(edge) for edge in one.Rect)
                    frame = f"q {x2 - x1} 0 0 {y2 - y1} {x1} {y1} cm {content} Q"
                    page.contents_add(pdf.make_stream(frame.encode()), prepend=True)
        return flattened(saved(pdf))


def test_a_faint_speck_in_a_box_leaves_its_question_to_a_person(parks: Definition) -> None:
    form = build_fillable_pdf(parks, "en")
    found = response_in(drawn_on(form, "r4_age__from_65", "0.45 0.45 0.1 0.1 re f"), parks)
    assert found.answers == {}
    assert [(one.column, one.review) for one in found.readings] == [
        ("r4_age", "a box of the question is neither clearly ticked nor clearly empty")
    ]


def test_handwriting_in_a_text_field_is_told_though_it_cannot_be_read(parks: Definition) -> None:
    form = build_fillable_pdf(parks, "en")
    found = response_in(drawn_on(form, "q5_proposal", "0.01 w 0.1 0.5 m 0.3 0.8 l 0.5 0.4 l 0.8 0.6 l S"), parks)
    assert found.answers == {}
    assert [(one.column, one.review, one.suggestion) for one in found.readings] == [
        ("q5_proposal", "something is written that cannot be read from this copy", None)
    ]


def test_a_blank_copy_has_no_answers(parks: Definition) -> None:
    assert response_in(copy_of(parks, "ar", {}), parks) == ParsedResponse(language="ar", sender="ann@example.org")


def test_a_copy_of_another_version_is_quarantined(parks: Definition, third: Definition) -> None:
    copy = copy_of(parks, "en", ANSWERS)
    old = Definition(parks.questionnaire, parks.policy, "0" * 64, parks.policy_hash)
    assert [response_in(copy, one).reason for one in (old, third)] == [
        "the form is of another version of the questionnaire",
        "the form is of another consultation",
    ]


def test_the_print_edition_is_none_of_these_and_goes_to_the_reader_of_paper(parks: Definition) -> None:
    assert read_pdf(build_print_edition(parks, "en", "standard", [None]), parks).kind == "foreign"


def test_fields_without_the_form_around_them_are_still_read_as_a_copy(parks: Definition) -> None:
    form = fill_pdf(build_fillable_pdf(parks, "en"), values_from(TICKS, parks.questionnaire, "en"))
    with pikepdf.open(io.BytesIO(form)) as pdf:
        del pdf.Root.AcroForm
        for page in pdf.pages:
            for one in page.get("/Annots", []):
                one.Subtype = Name.Stamp
        found = response_in(saved(pdf), parks)
    assert found.answers == TICKS
