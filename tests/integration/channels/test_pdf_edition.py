"""The fillable edition: what it says of itself, and that every answer typed into it comes back."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest
from pypdf.generic import NameObject

from ingest.mail.documents.read_pdf import read_pdf
from ingest.parsed import ParsedResponse
from ingest.parsed_response import Reading
from schemas.definition import Definition, load_definition
from schemas.editions.errors import EditionError
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import IDENTITY, form_fields, identity_of, values_from
from schemas.response import RawAnswer

LONG = ("Mae'r fframwaith yn dda: ŵ ŷ â ê. " * 600)[:20_000].strip()
HARD = {
    "q1a_term": "Iawn: Ŵyr, tŷ, ffêr\n\nAil baragraff",
    "q1b_preference": "نفضّل الاسم القديم",
    "q2_place": "同意，但是有保留 (部分)",
    "q3_accountable": "Yes 👍🏽 – we do “support” it… (100% \\ sure)",
    "q4_grants_contracts": "a\n\n\nb\n",
    "q5_full_cost": LONG,
    "q6_monitoring": "tab\there",
    "q7_review": "1. first\n2. second",
    "r1_type": ["voluntary_community_rep", "other"],
    "r1_type_other": "llywodraethwr",
    "r2_organisation": "O'Neil & Sons <Ltd>",
    "r3_role": "Cadeirydd",
}


def response_in(pdf: bytes, definition: Definition) -> ParsedResponse:
    outcome = read_pdf(pdf, definition, "ann@example.org")
    assert outcome.kind == "form", outcome.reason
    assert outcome.response is not None
    return outcome.response


def response_of(answers: dict[str, RawAnswer], language: str) -> ParsedResponse:
    """A whole form of these answers, each read from its form field."""
    readings = tuple(Reading(column, "form_field", "attachment 1") for column in answers)
    return ParsedResponse(answers=answers, language=language, sender="ann@example.org", readings=readings)


def filled_by_pypdf(form: bytes, values: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(form))
    as_written = {name: f"/{value}" if "__" in name else value for name, value in values.items()}
    for page in writer.pages:
        writer.update_page_form_field_values(page, as_written, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("fill", [fill_pdf, filled_by_pypdf])
def test_every_answer_comes_back_whatever_its_script_and_length(
    fill: Callable[[bytes, dict[str, str]], bytes], form: bytes, seed: Definition
) -> None:
    answers: dict[str, RawAnswer] = dict(HARD)
    pdf = fill(form, values_from(answers, seed.questionnaire, "en"))
    assert response_in(pdf, seed) == response_of(answers, "en")


def test_a_form_of_every_kind_of_question_comes_back_in_its_language(parks: Definition) -> None:
    answers: dict[str, RawAnswer] = {
        "q1_use": "other",
        "q1_use_other": "القنوات",
        "q2_visits": "12",
        "q3_last_visit": "27/04/2007",
        "q4_satisfied": "4",
        "q5_proposal": "موافق\n\nمع تحفظ",
        "r1_capacity": ["resident", "group"],
        "r4_age": "from_65",
        "r5_district": "NM1",
        "c3_email": "a@example.org",
        "p1_publish": "no",
    }
    form = build_fillable_pdf(parks, "ar")
    pdf = filled_by_pypdf(form, values_from(answers, parks.questionnaire, "ar"))
    assert response_in(pdf, parks) == response_of(answers, "ar")


def test_a_blank_form_is_a_response_without_answers(form: bytes, seed: Definition) -> None:
    assert response_in(form, seed) == response_of({}, "en")


def test_the_form_is_tagged_titled_and_speaks_its_language(parks: Definition) -> None:
    with pikepdf.open(io.BytesIO(build_fillable_pdf(parks, "ar"))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "ar"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert all(page.obj.Tabs == pikepdf.Name.S for page in pdf.pages)
        with pdf.open_metadata() as about:
            assert about["dc:title"] == parks.questionnaire.title.in_language("ar")
            assert about["pdfuaid:part"] == "1"


def test_every_widget_can_be_relied_on(form: bytes, seed: Definition) -> None:
    expected = {one.name: one for one in form_fields(seed.questionnaire, "en")}
    with pikepdf.open(io.BytesIO(form)) as pdf:
        widgets = {str(one.T): one for one in pdf.Root.AcroForm.Fields}
        assert list(widgets) == [*expected, *IDENTITY]
        for name, one in expected.items():
            widget = widgets[name]
            x1, y1, x2, y2 = (float(edge) for edge in widget.Rect)
            assert x1 < x2
            assert y1 < y2
            assert str(widget.TU) == one.question
            assert "." not in name
            if one.code:
                assert set(widget.AP.N.keys()) == {f"/{one.code}", "/Off"}
            else:
                assert "/MaxLen" not in widget
        hidden = {name: str(widgets[name].V) for name in IDENTITY}
        assert hidden == identity_of(seed, "en")
        font = pdf.Root.AcroForm.DR.Font.YourSayText
        assert "/FontFile2" in font.FontDescriptor
        assert len(font.Widths) == 224
        for page in pdf.pages:
            names = [str(one.T) for one in page.Annots if str(one.get("/T", "")) in expected]
            assert names == [name for name in expected if name in names]


def test_the_form_holds_every_word_that_respondents_are_promised(form: bytes, seed: Definition) -> None:
    text_of_pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(form)).pages]
    # The foot of each page may stand within a paragraph that goes on overleaf.
    edition = f"Consultation {seed.id}, version 1, questionnaire {seed.questionnaire_hash[:12]}; closes 31 May 2007"
    foot = rf"{edition}|\d ?/ ?{len(text_of_pages)}"
    assert len(re.findall(foot, text_of_pages[0])) == 2
    printed = "".join("".join(re.sub(foot, "", text) for text in text_of_pages).split())
    questionnaire = seed.questionnaire
    texts = [questionnaire.title, questionnaire.thanks, *(promise.text for promise in questionnaire.promises)]
    texts += [question.preamble for question in questionnaire.questions if question.preamble]
    texts += [one.label for one in questionnaire.fields()]
    lines = [line for text in texts for line in str(text).splitlines() if line]
    lines += [*str(questionnaire.return_address).splitlines(), "31 May 2007"]
    assert [line for line in lines if "".join(line.split()) not in printed] == []


def test_a_form_of_another_version_or_consultation_is_quarantined(
    form: bytes, seed: Definition, parks: Definition
) -> None:
    old = Definition(seed.questionnaire, seed.policy, "0" * 64, seed.policy_hash)
    assert response_in(form, old).reason == "the form is of another version of the questionnaire"
    assert response_in(form, parks).reason == "the form is of another consultation"


def test_a_form_that_lost_its_identity_is_left_to_an_officer(filled: Callable[..., bytes], seed: Definition) -> None:
    with pikepdf.open(io.BytesIO(filled(q2_place="Yes"))) as pdf:
        for one in pdf.Root.AcroForm.Fields:
            if str(one.T) in IDENTITY:
                one.T = pikepdf.String(f"lost-{one.T}")
        out = io.BytesIO()
        pdf.save(out)
    found = response_in(out.getvalue(), seed)
    assert (found.state, found.answers) == ("in_review", {"q2_place": "Yes"})


def test_several_ticks_of_one_choice_leave_that_question_alone_to_an_officer(parks: Definition) -> None:
    form = build_fillable_pdf(parks, "en")
    values = values_from({"q1_use": "parks", "q2_visits": "3"}, parks.questionnaire, "en") | {"q1_use__both": "both"}
    found = response_in(fill_pdf(form, values), parks)
    assert (found.state, found.reason, found.answers) == ("response", None, {"q2_visits": "3"})
    assert found.readings == (
        Reading("q1_use", "form_field", "attachment 1", 0.0, "several boxes are ticked where one is asked"),
        Reading("q2_visits", "form_field", "attachment 1"),
    )
    assert found.pending == ("q1_use",)


def test_a_box_that_only_shows_its_tick_is_ticked(form: bytes, seed: Definition) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(form))
    for page in writer.pages:
        for one in page.get("/Annots", []):
            widget = one.get_object()
            if widget.get("/T") == "r1_type__derby_resident":
                widget[NameObject("/AS")] = NameObject("/derby_resident")
    out = io.BytesIO()
    writer.write(out)
    assert response_in(out.getvalue(), seed).answers == {"r1_type": ["derby_resident"]}


def test_a_language_that_the_questionnaire_does_not_have_is_refused(seed: Definition) -> None:
    with pytest.raises(EditionError, match="'third-sector-2007' is not in 'cy'"):
        build_fillable_pdf(seed, "cy")


def test_a_form_of_boxes_alone_can_be_made(tmp_path: Path, seed: Definition) -> None:
    example = Path(__file__).parents[3] / "docs/examples/national-security-2016"
    choice = 'kind = "single_choice"\nchoices = [{ code = "a", label = "A" }, { code = "b", label = "B" }]'
    text = (example / "questionnaire.toml").read_text("utf-8").replace('kind = "open_text"', choice)
    (tmp_path / "questionnaire.toml").write_text(text, "utf-8")
    policy = (example / "policy.toml").read_text("utf-8").split("[frames")[0].replace("confidential_text", "tabulated")
    (tmp_path / "policy.toml").write_text(policy, "utf-8")
    definition = load_definition(tmp_path)
    pdf = fill_pdf(build_fillable_pdf(definition, "en"), {"q1_message__b": "b"})
    assert response_in(pdf, definition).answers == {"q1_message": "b"}
