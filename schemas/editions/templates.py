"""The template that every edition of the form extends: the questionnaire's words are in it alone."""

from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from schemas.editions.pdf_fields import choices_of, code_of_other
from schemas.editions.phrases import closing_date, condition_of, hint_of
from schemas.editions.wording import wording
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText

HERE = Path(__file__).parent
_CHOICE_KINDS = ("single_choice", "multiple_choice", "age_band", "permission", "scale")
_NARROW_KINDS = ("number", "date", "postcode_district")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


def render(template: str, form: Questionnaire, language: str, **values: object) -> str:
    """A template's HTML for a questionnaire in one language; `values` are the template's own."""
    common = {
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
    return _TEMPLATES.get_template(template).render(common, **values)


def _paragraphs(text: LocalisedText, language: str, number: str | None = None) -> Markup:
    parts = [part.strip() for part in text.in_language(language).split("\n\n") if part.strip()]
    marked = [escape(part).replace("\n", Markup("<br>")) for part in parts]
    if number and marked:
        marked[0] = Markup('<span class="printed-number">{}.</span> {}').format(number, marked[0])
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in marked)
