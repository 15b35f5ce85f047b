"""The word-processor edition: every answer typed into it comes back, from Word's controls and from LibreOffice."""

import io
from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn

from ingest.mail.documents.read_docx import read_docx
from ingest.mail.documents.read_odt import read_odt
from ingest.parsed_response import ParsedResponse
from schemas.definition import Definition
from schemas.editions.docx_edition import build_docx
from schemas.editions.errors import EditionError
from schemas.editions.fill import fill_docx
from schemas.editions.pdf_fields import values_from
from tests.integration.editions.conftest import DEFINITIONS
from tests.integration.editions.hard_answers import EDITIONS, TABBED, every_text, hard_answers, whole_form
from tests.integration.editions.office import saved_by_libreoffice

ANCHOR = 0.95


def filled(definition: Definition, language: str, *, easy_read: bool) -> tuple[bytes, dict[str, object]]:
    answers = hard_answers(definition, with_tab=True)
    answers[every_text(definition)[-1]] = TABBED
    form = build_docx(definition, language, easy_read=easy_read)
    return fill_docx(form, values_from(answers, definition.questionnaire, language)), dict(answers)


def response_in(content: bytes, definition: Definition, suffix: str = "docx") -> ParsedResponse:
    read = read_odt if suffix == "odt" else read_docx
    outcome = read(content, definition, "ann@example.org")
    assert outcome.kind == "form", outcome.reason
    assert outcome.response is not None
    return outcome.response


@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_every_answer_typed_into_a_control_comes_back(name: str, language: str, easy_read: bool) -> None:
    definition = DEFINITIONS[name]
    content, answers = filled(definition, language, easy_read=easy_read)
    assert response_in(content, definition) == whole_form(answers, language, "content_control")


@pytest.fixture(scope="module", params=["docx", "odt"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """(ending, every edition filled in and saved by LibreOffice)."""
    folder = tmp_path_factory.mktemp("office")
    forms = {file_name(*one): filled(DEFINITIONS[one[0]], one[1], easy_read=one[2])[0] for one in EDITIONS}
    forms["blank.docx"] = build_docx(DEFINITIONS["parks-and-libraries-2007"], "ar")
    return request.param, saved_by_libreoffice(forms, request.param, folder)


def file_name(name: str, language: str, easy_read: bool) -> str:
    return f"{name}-{language}{'-easy' if easy_read else ''}.docx"


@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_every_answer_comes_back_from_what_libreoffice_saves(
    name: str, language: str, easy_read: bool, saved: tuple[str, dict[str, bytes]]
) -> None:
    definition = DEFINITIONS[name]
    suffix, documents = saved
    found = response_in(documents[file_name(name, language, easy_read)], definition, suffix)
    answers = filled(definition, language, easy_read=easy_read)[1]
    assert found == whole_form(answers, language, "anchor", ANCHOR)


@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_a_blank_form_is_a_response_without_answers(name: str, language: str, easy_read: bool) -> None:
    definition = DEFINITIONS[name]
    form = build_docx(definition, language, easy_read=easy_read)
    assert response_in(form, definition) == whole_form({}, language, "content_control")


def test_a_blank_form_saved_by_libreoffice_is_a_response_without_answers(
    parks: Definition, saved: tuple[str, dict[str, bytes]]
) -> None:
    suffix, documents = saved
    assert response_in(documents["blank.docx"], parks, suffix) == whole_form({}, "ar", "anchor")


@pytest.mark.parametrize(("name", "language", "easy_read"), EDITIONS)
def test_the_same_edition_is_the_same_bytes(name: str, language: str, easy_read: bool) -> None:
    definition = DEFINITIONS[name]
    first = build_docx(definition, language, easy_read=easy_read)
    assert first == build_docx(definition, language, easy_read=easy_read)


def test_the_document_says_what_it_is_and_reads_from_the_right_side(parks: Definition) -> None:
    document = docx.Document(io.BytesIO(build_docx(parks, "ar")))
    about = document.core_properties
    short = parks.questionnaire_hash[:12]
    assert (about.title, about.language, about.subject) == (
        parks.questionnaire.title.in_language("ar"),
        "ar",
        f"[YourSay: parks-and-libraries-2007, 1, {short}, ar, as_worded]",
    )
    foot = document.sections[0].footer.paragraphs[0].text
    assert foot == f"الاستشارة parks-and-libraries-2007، الإصدار 1، الاستمارة {short}؛ آخر موعد 31 يوليو 2007"
    said = [one for one in document.paragraphs if one.text]
    directed = [one for one in said if one._p.pPr is not None and one._p.pPr.find(qn("w:bidi")) is not None]
    assert [one.text for one in said if one not in directed] == [about.subject, "     "]
    spoken = document.styles.element.find(qn("w:docDefaults")).iter(qn("w:lang"))
    assert [one.get(qn("w:bidi")) for one in spoken] == ["ar"]


def test_headings_do_not_skip_a_level(third: Definition, parks: Definition) -> None:
    for definition in (third, parks):
        document = docx.Document(io.BytesIO(build_docx(definition, "en")))
        levels = [int(one.style.name[-1]) for one in document.paragraphs if one.style.name.startswith("Heading")]
        assert levels[0] == 1
        assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


def test_a_language_or_an_edition_that_there_is_not_is_refused(third: Definition, hard: Definition) -> None:
    with pytest.raises(EditionError, match="'third-sector-2007' is not in 'cy'"):
        build_docx(third, "cy")
    with pytest.raises(EditionError, match="'hard-2026' has no easy-read edition"):
        build_docx(hard, "cy", easy_read=True)
