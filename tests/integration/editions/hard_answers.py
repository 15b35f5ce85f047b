"""Answers to every question of a definition that programs like to spoil, and what a whole form of them is."""

from collections.abc import Mapping

from ingest.parsed_response import How, ParsedResponse, Reading
from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField
from schemas.fields import OTHER_SUFFIX, Contact, Date, MultipleChoice, Number, OpenText, PostcodeDistrict
from schemas.response import RawAnswer
from tests.integration.editions.conftest import DEFINITIONS

# (definition, language, whether in easy words) of every edition there is.
EDITIONS = [
    (name, language, easy_read)
    for name, definition in DEFINITIONS.items()
    for language in definition.questionnaire.languages
    for easy_read in ((False, True) if definition.easy_read else (False,))
]

LONG = ("Mae'r fframwaith yn dda: ŵ ŷ â ê. " * 600)[:20_000].strip()
LINES = (
    "Iawn: Ŵyr, tŷ, ffêr\n\nAil baragraff",
    "نفضّل الاسم القديم\nلأنه أوضح (100%)",
    "同意，但是有保留 (部分)\n\n\n第三行",
    "Yes 👍🏽 – we do “support” it… (100% \\ sure) 👩‍👩‍👧",
    LONG,
    "[Q1] see above\n1. first\n2.  second  <b>&amp;</b>",
    "a\n\n\nb",
)
TABBED = "tab\there\n\tand here"
ONE_LINE = ("llywodraethwr", "O'Neil & Sons <Ltd>", "山田 太郎", "جمعية الحي", "Zoë 🙂", "[R1.1] x (a\\b)")


def hard_answers(definition: Definition, *, with_tab: bool) -> dict[str, RawAnswer]:
    """An answer to every field, in the order of the questions."""
    answers: dict[str, RawAnswer] = {}
    lines = (*LINES, TABBED) if with_tab else LINES
    for place, one in enumerate(definition.questionnaire.fields()):
        match one:
            case MultipleChoice():
                answers[one.id] = list(one.codes[::2])
            case OpenText():
                answers[one.id] = lines[place % len(lines)]
            case Number():
                answers[one.id] = f"{one.maximum:g}"
            case Date():
                answers[one.id] = f"{one.latest:%d/%m/%Y}"
            case PostcodeDistrict():
                answers[one.id] = "DE1"
            case _ if isinstance(one, ChoiceField):
                answers[one.id] = one.codes[-1] if hasattr(one, "codes") else "4"
            case _:
                answers[one.id] = ONE_LINE[place % len(ONE_LINE)]
        if getattr(one, "has_other", False):
            answers[one.id + OTHER_SUFFIX] = ONE_LINE[place % len(ONE_LINE)]
    return answers


def every_text(definition: Definition) -> list[str]:
    """The columns of every text that may have several lines."""
    return [one.id for one in definition.questionnaire.fields() if isinstance(one, OpenText)]


def is_one_line(definition: Definition, column: str) -> bool:
    """Whether the fillable edition has a field of one line for it."""
    return isinstance(definition.questionnaire.answer_columns()[column], Contact) or column not in every_text(
        definition
    )


def whole_form(answers: Mapping[str, RawAnswer], language: str, how: How, confidence: float = 1.0) -> ParsedResponse:
    """The response of a form of these answers where nothing is in doubt."""
    readings = tuple(Reading(column, how, "attachment 1", confidence) for column in answers)
    return ParsedResponse(answers=dict(answers), language=language, sender="ann@example.org", readings=readings)
