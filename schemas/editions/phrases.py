"""What editions print beside the questionnaire's own words: hints, conditions, the closing date, the foot."""

import babel
from babel.dates import format_date

from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.editions.wording import wording
from schemas.fields import AnyField, Date, Number, PostcodeDistrict
from schemas.questionnaire import Questionnaire


def closing_date(questionnaire: Questionnaire, language: str) -> str:
    """The last day, written out in the language; in English where the language is not known to the library."""
    try:
        locale = babel.Locale.parse(language, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        locale = babel.Locale("en", "GB")
    return format_date(questionnaire.return_by, "d MMMM y", locale=locale)


def edition_line(definition: Definition, language: str) -> str:
    """Which consultation, version and questionnaire it is, and until when: the line at the foot of an edition."""
    questionnaire = definition.questionnaire
    return wording(language)["foot"].format(
        id=questionnaire.id,
        version=questionnaire.version,
        hash=definition.questionnaire_hash[:12],
        date=closing_date(questionnaire, language),
    )


def hint_of(one: AnyField, language: str) -> str:
    """The hint printed under a question: its own, else what its kind needs; '' for none."""
    if one.hint is not None:
        return one.hint.in_language(language)
    words = wording(language)
    match one:
        case Number():
            return words["number"].format(minimum=_plain(one.minimum), maximum=_plain(one.maximum))
        case Date():
            return words["day"].format(example=f"{one.latest:%d/%m/%Y}")
        case PostcodeDistrict():
            return words["district"]
        case _:
            return ""


def condition_of(questionnaire: Questionnaire, one: AnyField, language: str) -> str:
    """When a question is to be answered, in words; '' for always."""
    if one.shown_when is None:
        return ""
    other = questionnaire.field(one.shown_when.field)
    assert isinstance(other, ChoiceField)
    labels = dict(choices_of(other, language))
    choices = "; ".join(labels[code].rstrip(" ?؟:") for code in one.shown_when.any_of)
    return wording(language)["answer_if"].format(choices=choices)


def _plain(number: float) -> str:
    return f"{number:g}" if not float(number).is_integer() else str(int(number))
