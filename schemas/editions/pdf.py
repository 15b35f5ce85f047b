"""The fillable edition: a tagged PDF (PDF/UA-1) with a form field for every answer, made from the definition."""

import io
from pathlib import Path

import jinja2
from markupsafe import Markup, escape
from weasyprint import HTML

from schemas.definition import Definition
from schemas.editions.easy_words import questionnaire_of
from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import choices_of, code_of_other, form_fields, identity_of
from schemas.editions.phrases import closing_date, condition_of, edition_line, hint_of
from schemas.editions.widgets import repair_widgets
from schemas.editions.wording import wording
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText

_HERE = Path(__file__).parent
_CHOICE_KINDS = ("single_choice", "multiple_choice", "age_band", "permission", "scale")
_NARROW_KINDS = ("number", "date", "postcode_district")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


def build_fillable_pdf(definition: Definition, language: str, *, easy_read: bool = False) -> bytes:
    """The form in one of the questionnaire's languages, to be filled in on screen or printed.

    Raises:
        EditionError: the questionnaire is not in that language, has no easy words where they are asked for, or two
            form fields would have one name.
    """
    form = questionnaire_of(definition, easy_read=easy_read)
    if language not in form.languages:
        raise EditionError(f"'{form.id}' is not in '{language}'; its languages: {', '.join(form.languages)}.")
    fields = form_fields(form, language)
    content = _TEMPLATES.get_template("form.html").render(
        **_template_values(form, language), foot=edition_line(definition, language), easy_read=easy_read
    )
    document = HTML(string=content, base_url=f"{_HERE}/").write_pdf(pdf_forms=True, pdf_variant="pdf/ua-1")
    return repair_widgets(io.BytesIO(document), fields, identity_of(definition, language, easy_read=easy_read))


def _template_values(form: Questionnaire, language: str) -> dict[str, object]:
    return {
        "form": form,
        "language": language,
        "direction": form.direction(language),
        "words": wording(language),
        "return_by": closing_date(form, language),
        "first_about_you": form.first_about_you(),
        "choice_kinds": _CHOICE_KINDS,
        "narrow_kinds": _NARROW_KINDS,
        "text": lambda text: text.in_language(language),
        "paragraphs": lambda text, number=None: _paragraphs(text, language, number),
        "choices": lambda one: choices_of(one, language),
        "code_of_other": code_of_other,
        "hint": lambda one: hint_of(one, language),
        "condition": lambda one: condition_of(form, one, language),
    }


def _paragraphs(text: LocalisedText, language: str, number: str | None = None) -> Markup:
    parts = [part.strip() for part in text.in_language(language).split("\n\n") if part.strip()]
    marked = [escape(part).replace("\n", Markup("<br>")) for part in parts]
    if number and marked:
        marked[0] = Markup('<span class="printed-number">{}.</span> {}').format(number, marked[0])
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in marked)
