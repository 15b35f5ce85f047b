"""The columns of a keying batch, from the definition: what the template has and the reader expects."""

from dataclasses import dataclass

from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField, choices_of, code_of_other
from schemas.fields import OTHER_SUFFIX, AnyField, MultipleChoice

BATCH, SHEET, KEYER, POSTMARK, RECEIVED, LANGUAGE = "batch", "sheet", "keyer", "postmark", "received", "language"
FIXED = (BATCH, SHEET, KEYER, POSTMARK, RECEIVED, LANGUAGE)
TICK = "x"


@dataclass(frozen=True)
class KeyingColumn:
    """One answer column. A multiple choice has a column for each code, `<field>=<code>`, ticked with an x."""

    name: str
    answer: str
    code: str | None
    field: AnyField
    choices: tuple[tuple[str, str], ...] = ()


def keying_columns(definition: Definition) -> list[KeyingColumn]:
    """The answer columns in the order of the questions."""
    language = definition.questionnaire.languages[0]
    found: list[KeyingColumn] = []
    for one in definition.questionnaire.fields():
        if not isinstance(one, ChoiceField):
            found.append(KeyingColumn(one.id, one.id, None, one))
            continue
        choices = tuple(choices_of(one, language))
        if isinstance(one, MultipleChoice):
            found += [KeyingColumn(f"{one.id}={code}", one.id, code, one, choices) for code, _ in choices]
        else:
            found.append(KeyingColumn(one.id, one.id, None, one, choices))
        if code_of_other(one) is not None:
            found.append(KeyingColumn(one.id + OTHER_SUFFIX, one.id + OTHER_SUFFIX, None, one))
    return found
