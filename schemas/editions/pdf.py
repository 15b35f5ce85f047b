"""The fillable edition: a tagged PDF (PDF/UA-1) with a form field for every answer, made from the definition."""

import io
from collections.abc import Mapping
from pathlib import Path

import babel
import jinja2
from babel.dates import format_date
from markupsafe import Markup, escape
from weasyprint import HTML

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import ChoiceField, choices_of, code_of_other, form_fields, identity_of
from schemas.editions.widgets import repair_widgets
from schemas.editions.wording import wording
from schemas.fields import AnyField
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText

_HERE = Path(__file__).parent
_CHOICE_KINDS = ("single_choice", "multiple_choice", "age_band", "permission", "scale")
_NARROW_KINDS = ("number", "date", "postcode_district")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


def build_fillable_pdf(definition: Definition, language: str) -> bytes:
    """The form in one of the questionnaire's languages, to be filled in on screen or printed.

    Raises:
        EditionError: the questionnaire is not in that language, or two form fields would have one name.
    """
    form = definition.questionnaire
    if language not in form.languages:
        raise EditionError(f"'{form.id}' is not in '{language}'; its languages: {', '.join(form.languages)}.")
    fields = form_fields(form, language)
    content = _TEMPLATES.get_template("form.html").render(_template_values(definition, language))
    document = HTML(string=content, base_url=f"{_HERE}/").write_pdf(pdf_forms=True, pdf_variant="pdf/ua-1")
    return repair_widgets(io.BytesIO(document), fields, identity_of(definition, language))


def _template_values(definition: Definition, language: str) -> dict[str, object]:
    form = definition.questionnaire
    words = wording(language)
    return {
        "form": form,
        "language": language,
        "direction": form.direction(language),
        "words": words,
        "short_hash": definition.questionnaire_hash[:12],
        "return_by": _long_date(form, language),
        "first_about_you": form.first_about_you(),
        "choice_kinds": _CHOICE_KINDS,
        "narrow_kinds": _NARROW_KINDS,
        "text": lambda text: text.in_language(language),
        "paragraphs": lambda text, number=None: _paragraphs(text, language, number),
        "choices": lambda one: choices_of(one, language),
        "code_of_other": code_of_other,
        "hints": {
            "number": lambda one: words["number"].format(minimum=_plain(one.minimum), maximum=_plain(one.maximum)),
            "date": lambda one: words["day"].format(example=f"{one.latest:%d/%m/%Y}"),
            "postcode_district": lambda _: words["district"],
        },
        "condition": lambda one: _condition(form, one, words, language),
    }


def _long_date(form: Questionnaire, language: str) -> str:
    try:
        return format_date(form.return_by, "d MMMM y", locale=babel.Locale.parse(language, sep="-"))
    except (babel.UnknownLocaleError, ValueError):
        return format_date(form.return_by, "d MMMM y", locale="en_GB")


def _paragraphs(text: LocalisedText, language: str, number: str | None = None) -> Markup:
    parts = [part.strip() for part in text.in_language(language).split("\n\n") if part.strip()]
    marked = [escape(part).replace("\n", Markup("<br>")) for part in parts]
    if number and marked:
        marked[0] = Markup('<span class="printed-number">{}.</span> {}').format(number, marked[0])
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in marked)


def _condition(form: Questionnaire, one: AnyField, words: Mapping[str, str], language: str) -> str:
    assert one.shown_when
    other = form.field(one.shown_when.field)
    assert isinstance(other, ChoiceField)
    labels = dict(choices_of(other, language))
    return words["answer_if"].format(choices="; ".join(labels[code].rstrip(" ?؟:") for code in one.shown_when.any_of))


def _plain(number: float) -> str:
    return f"{number:g}" if not float(number).is_integer() else str(int(number))
