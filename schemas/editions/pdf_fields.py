"""The names of the fillable edition's form fields, and the way between them and answers.

A text is one form field with the answer's name. A choice is one check box for each code, `<field>__<code>`, in every
kind of choice: a box can be unticked again, so that an answer may still be left out. Dots are not allowed in names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.fields import OTHER_SUFFIX, AgeBand, MultipleChoice, Permission, Scale, SingleChoice
from schemas.questionnaire import Questionnaire
from schemas.response import RawAnswer

# Hidden, read-only fields that say which form it is.
IDENTITY = tuple(f"yoursay__{key}" for key in ("consultation", "version", "hash", "language", "edition"))
CONSULTATION, VERSION, HASH, LANGUAGE, EDITION = IDENTITY
EASY_READ, AS_WORDED = "easy_read", "as_worded"
ChoiceField = SingleChoice | AgeBand | Permission | MultipleChoice | Scale
SCALE_CODES = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class FormField:
    """One form field: the answer it belongs to and, for a check box, the code that a tick stands for and its label."""

    name: str
    column: str
    code: str | None
    question: str
    choice: str = ""


@dataclass(frozen=True)
class FormAnswers:
    """What a form's values say; `doubled` are the columns that take one answer and have several ticks."""

    answers: dict[str, RawAnswer]
    doubled: tuple[str, ...]


def form_fields(questionnaire: Questionnaire, language: str) -> list[FormField]:
    """Every form field in the order of the questions; `question` is what assistive technology reads out.

    Raises:
        EditionError: two fields would have one name.
    """
    found: list[FormField] = []
    for question in questionnaire.questions:
        prefix = f"{question.number}. " if question.number else ""
        for one in question.fields:
            label = prefix + one.label.in_language(language)
            if not isinstance(one, ChoiceField):
                found.append(FormField(one.id, one.id, None, label))
                continue
            for code, choice in choices_of(one, language):
                found.append(FormField(f"{one.id}__{code}", one.id, code, f"{label} {choice}", choice))
                if code == code_of_other(one):
                    column = one.id + OTHER_SUFFIX
                    found.append(FormField(column, column, None, f"{label} {choice}"))
    names = [one.name for one in found] + list(IDENTITY)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise EditionError(f"Two fields of the form would be named '{doubled[0]}'; rename one of the fields or codes.")
    return found


def choices_of(one: ChoiceField, language: str) -> list[tuple[str, str]]:
    """(code, label) of each choice; a scale's points are the codes 1 to 5."""
    if isinstance(one, Scale):
        return [(code, p.in_language(language)) for code, p in zip(SCALE_CODES, one.points, strict=True)]
    return [(choice.code, choice.label.in_language(language)) for choice in one.choices]


def code_of_other(one: ChoiceField) -> str | None:
    """The choice beside which there is a place to say what is meant."""
    return None if isinstance(one, Scale) else next((c.code for c in one.choices if c.please_say), None)


def identity_of(definition: Definition, language: str, *, easy_read: bool = False) -> dict[str, str]:
    """The values of the hidden fields."""
    edition = EASY_READ if easy_read else AS_WORDED
    values = (definition.id, definition.questionnaire.version, definition.questionnaire_hash, language, edition)
    return dict(zip(IDENTITY, values, strict=True))


def answers_from(values: Mapping[str, str], questionnaire: Questionnaire, language: str) -> FormAnswers:
    """Answers from form values (name -> text, or for a check box anything but '' and 'Off' when ticked)."""
    answers: dict[str, RawAnswer] = {}
    doubled: list[str] = []
    ticked: dict[str, list[str]] = {}
    for one in form_fields(questionnaire, language):
        value = values.get(one.name, "")
        if one.code is None:
            if value.strip():
                answers[one.column] = value.replace("\r\n", "\n").replace("\r", "\n")
        elif value.strip("/ ") not in ("", "Off"):
            ticked.setdefault(one.column, []).append(one.code)
    for column, codes in ticked.items():
        if isinstance(questionnaire.field(column), MultipleChoice):
            answers[column] = codes
        elif len(codes) == 1:
            answers[column] = codes[0]
        else:
            doubled.append(column)
    return FormAnswers(answers, tuple(doubled))


def values_from(answers: Mapping[str, RawAnswer], questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """The form values that say these answers: the text, or for a check box its code when ticked, else 'Off'."""
    values = {}
    for one in form_fields(questionnaire, language):
        answer = answers.get(one.column, "")
        codes = [answer] if isinstance(answer, str) else answer
        if one.code is None:
            values[one.name] = "\n".join(codes)
        else:
            values[one.name] = one.code if one.code in codes else "Off"
    return values
