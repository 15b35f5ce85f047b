"""Questions and answers in the words of the form, for pages that set answers beside each other."""

from ingest.post.keyed.queue import question_of
from schemas.definition import Definition
from schemas.editions.pdf_fields import choices_of
from schemas.fields import Scale, WithChoices


def question_in_words(column: str, definition: Definition) -> str:
    """The printed number of a column's question and its wording."""
    number, wording = question_of(column, definition)
    return f"{number}. {wording}" if number else wording


def answer_in_words(column: str, value: object, definition: Definition) -> str:
    """An answer as a person reads it: of choices their labels."""
    one = definition.questionnaire.answer_columns()[column]
    codes = value if isinstance(value, list | tuple) else [value]
    labels: dict[str, str] = {}
    if one.id == column and isinstance(one, WithChoices | Scale):
        labels = dict(choices_of(one, definition.questionnaire.languages[0]))
    return "; ".join(labels.get(str(code), str(code)) for code in codes)
