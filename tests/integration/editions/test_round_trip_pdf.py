"""The fillable edition: every answer comes back, whichever program filled it in."""

from collections.abc import Callable, Mapping

import pytest

from ingest.mail.documents.read_pdf import read_pdf
from ingest.parsed_response import ParsedResponse
from schemas.definition import Definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from schemas.response import RawAnswer
from tests.integration.editions.conftest import DEFINITIONS
from tests.integration.editions.hard_answers import EDITIONS, TABBED, every_text, hard_answers, whole_form
from tests.integration.editions.pdf_engines import by_pdf_js, by_pdf_lib, by_pdfium, by_pdfium_pasting, by_pypdf

Fill = Callable[[bytes, Mapping[str, str]], bytes]
ENGINES = pytest.mark.parametrize("fill", [fill_pdf, by_pypdf, by_pdf_lib, by_pdf_js, by_pdfium, by_pdfium_pasting])


def response_in(content: bytes, definition: Definition) -> ParsedResponse:
    outcome = read_pdf(content, definition, "ann@example.org")
    assert outcome.kind == "form", outcome.reason
    assert outcome.response is not None
    return outcome.response


def filled(
    fill: Fill, definition: Definition, language: str, answers: Mapping[str, RawAnswer], easy_read: bool
) -> bytes:
    form = build_fillable_pdf(definition, language, easy_read=easy_read)
    return fill(form, values_from(answers, definition.questionnaire, language))


@ENGINES
@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_every_answer_comes_back(name: str, language: str, easy_read: bool, fill: Fill) -> None:
    definition = DEFINITIONS[name]
    answers = hard_answers(definition, with_tab=False)
    found = response_in(filled(fill, definition, language, answers, easy_read), definition)
    assert found == whole_form(answers, language, "form_field")


@ENGINES
def test_a_tab_comes_back_but_from_pdfium_which_knows_none(fill: Fill, parks: Definition) -> None:
    column = every_text(parks)[0]
    found = response_in(filled(fill, parks, "en", {column: TABBED}, easy_read=False), parks)
    as_pdfium_has_it = {by_pdfium: "", by_pdfium_pasting: " "}
    expected = TABBED.replace("\t", as_pdfium_has_it.get(fill, "\t"))
    assert found == whole_form({column: expected}, "en", "form_field")


@ENGINES
def test_a_blank_form_saved_again_has_no_answers(fill: Fill, parks: Definition) -> None:
    form = build_fillable_pdf(parks, "ar")
    assert response_in(fill(form, {}), parks) == whole_form({}, "ar", "form_field")
