"""What PDF/UA-1 asks of the fillable edition, rule by rule, for every edition and language.

No validator of the whole standard can be taken for granted on every machine: these are its rules on forms, tags, fonts
and headings, asserted on the file itself. In brackets the clause of ISO 14289-1.
"""

import io
from collections.abc import Iterator
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Object, Operator, Pdf

from schemas.editions.easy_words import questionnaire_of
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import EASY_READ, IDENTITY, form_fields, identity_of
from tests.integration.editions.conftest import DEFINITIONS
from tests.integration.editions.hard_answers import EDITIONS

Edition = tuple[str, str, bool]
_SHOWS_TEXT = {Operator(one) for one in ("Tj", "TJ", "'", '"')}
_PAINTS = _SHOWS_TEXT | {Operator(one) for one in ("f", "F", "f*", "B", "B*", "S", "s", "b", "b*", "Do", "sh")}


@pytest.fixture(params=EDITIONS, ids=lambda one: "-".join(map(str, one)))
def edition(request: pytest.FixtureRequest) -> Edition:
    return request.param


@pytest.fixture
def pdf(edition: Edition) -> Iterator[Pdf]:
    name, language, easy_read = edition
    with pikepdf.open(io.BytesIO(build_fillable_pdf(DEFINITIONS[name], language, easy_read=easy_read))) as opened:
        yield opened


def elements(element: Object) -> Iterator[Object]:
    """Every structure element below one, in order."""
    if isinstance(element, Array):
        for one in element:
            yield from elements(one)
    elif isinstance(element, Dictionary) and "/S" in element:
        yield element
        if "/K" in element:
            yield from elements(element.K)


def parents(pdf: Pdf) -> dict[int, Object]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}


def widgets(pdf: Pdf) -> Iterator[Object]:
    for page in pdf.pages:
        yield from (one for one in page.get("/Annots", []) if str(one.get("/T", "")) not in IDENTITY)


def test_the_document_is_tagged_and_says_title_language_and_standard(pdf: Pdf, edition: Edition) -> None:
    name, language, _ = edition
    assert pdf.Root.MarkInfo.Marked  # [7.1]
    assert pdf.Root.ViewerPreferences.DisplayDocTitle  # [7.1]
    assert str(pdf.Root.Lang) == language  # [7.2]
    with pdf.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"  # [5]
        assert about["dc:title"] == DEFINITIONS[name].questionnaire.title.in_language(language)  # [7.1]


def test_every_field_is_a_form_element_of_its_own_and_says_its_question(pdf: Pdf, edition: Edition) -> None:
    name, language, easy_read = edition
    asked = form_fields(questionnaire_of(DEFINITIONS[name], easy_read=easy_read), language)
    spoken = {one.name: one.question for one in asked}
    by_number = parents(pdf)
    found = {}
    for widget in widgets(pdf):
        found[str(widget.T)] = str(widget.TU)  # [7.18.1]
        form = by_number[int(widget.StructParent)]
        assert Name.Form == form.S  # [7.18.4]
        reference = form.K[0] if isinstance(form.K, Array) else form.K
        assert (reference.Type, reference.Obj.objgen) == (Name.OBJR, widget.objgen)
        assert int(widget.F) & 4  # Printed, not hidden.
    assert found == spoken
    assert all(page.obj.Tabs == Name.S for page in pdf.pages)  # [7.18.3]


def test_hidden_fields_are_hidden_and_say_which_edition_it_is(pdf: Pdf, edition: Edition) -> None:
    name, language, easy_read = edition
    hidden = {str(one.T): one for one in pdf.Root.AcroForm.Fields if str(one.T) in IDENTITY}
    values = {key: str(one.V) for key, one in hidden.items()}
    assert values == identity_of(DEFINITIONS[name], language, easy_read=easy_read)
    assert (EASY_READ in values.values()) is easy_read
    assert {int(one.F) for one in hidden.values()} == {2}


def test_every_font_is_embedded(pdf: Pdf) -> None:
    fonts = [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.Font]
    simple = [one for one in fonts if one.Subtype != Name.Type0]
    assert simple
    without = [one.BaseFont for one in simple if not any(f"/FontFile{n}" in one.FontDescriptor for n in ("", "2", "3"))]
    assert without == []  # [7.21.4.1]


def test_everything_drawn_is_tagged_content_or_an_artifact(pdf: Pdf) -> None:
    reached = {one.objgen for one in elements(pdf.Root.StructTreeRoot.K)}
    by_number = parents(pdf)
    for page in pdf.pages:
        owners = by_number[int(page.obj.StructParents)]
        marked: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if operator == Operator("BDC"):
                tagged = operands[0] != Name.Artifact
                assert not tagged or owners[int(operands[1].MCID)].objgen in reached  # [7.1]
                marked.append("content" if tagged else "artifact")
            elif operator == Operator("BMC"):
                marked.append("artifact" if operands[0] == Name.Artifact else "none")
            elif operator == Operator("EMC"):
                marked.pop()
            elif operator in _PAINTS:
                assert {"content", "artifact"} & set(marked)  # [7.1]
            assert not {"content", "artifact"} <= set(marked)  # [7.1]: neither within the other.


def test_every_page_names_version_and_closing_date() -> None:
    document = pypdfium2.PdfDocument(build_fillable_pdf(DEFINITIONS["third-sector-2007"], "en"))
    short = DEFINITIONS["third-sector-2007"].questionnaire_hash[:12]
    line = f"Consultation third-sector-2007, version 1, questionnaire {short}; closes 31 May 2007"
    assert [line in page.get_textpage().get_text_range() for page in document] == [True] * len(document)


def test_the_foot_is_no_content(pdf: Pdf) -> None:
    for page in pdf.pages:
        feet = [operands for operands, operator in pikepdf.parse_content_stream(page) if _is_foot(operands, operator)]
        assert feet  # [7.8]


def _is_foot(operands: object, operator: Operator) -> bool:
    artifact = operator == Operator("BDC") and operands[0] == Name.Artifact  # type: ignore[index]
    return artifact and operands[1].get("/Type") == Name.Pagination  # type: ignore[index]


def test_headings_do_not_skip_a_level(pdf: Pdf) -> None:
    names = [str(one.S) for one in elements(pdf.Root.StructTreeRoot.K)]
    levels = [int(one[2]) for one in names if len(one) == 3 and one.startswith("/H")]
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []  # [7.4.2]
