"""The questionnaire: what respondents see. Its hash never changes once published.

A questionnaire has *questions* as they are printed (a number, a preamble) and each question has one or more
*fields*, the places for an answer (`schemas.fields` has their kinds). An answer is addressed by the field's id
everywhere.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, Field, model_validator

from schemas.fields import (
    FIELD_ID,
    KINDS,
    OTHER_SUFFIX,
    POSTCODE_DISTRICT,
    AgeBand,
    AnyField,
    Choice,
    Contact,
    Date,
    MultipleChoice,
    Number,
    OpenText,
    Permission,
    PostcodeDistrict,
    Scale,
    ShortText,
    ShownWhen,
    SingleChoice,
    Strict,
    Text,
    WithChoices,
    first_doubled,
)
from schemas.texts import LocalisedText

__all__ = [
    "FIELD_ID",
    "KINDS",
    "OTHER_SUFFIX",
    "POSTCODE_DISTRICT",
    "RIGHT_TO_LEFT",
    "AgeBand",
    "AnyField",
    "Choice",
    "Contact",
    "Date",
    "MultipleChoice",
    "Number",
    "OpenText",
    "Permission",
    "PostcodeDistrict",
    "Promise",
    "Question",
    "Questionnaire",
    "Scale",
    "ShortText",
    "ShownWhen",
    "SingleChoice",
]

LANGUAGE = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
RESERVED_IDS = frozenset({"response_id", "questionnaire_hash", "language", "misfits"})
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


class Question(Strict):
    """A question as it is printed: its number (none for the questions about you), what comes before it, its fields."""

    number: str | None = None
    heading: LocalisedText | None = None
    preamble: LocalisedText | None = None
    fields: tuple[AnyField, ...] = Field(min_length=1)


class Promise(Strict):
    """A promise made to respondents, and its id, which a failing gate names."""

    id: str = Field(pattern=FIELD_ID)
    text: LocalisedText


class Questionnaire(Strict):
    """What respondents see, complete. See docs/definition.md for each key."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    version: str = Field(min_length=1)
    languages: tuple[str, ...] = Field(min_length=1)
    title: LocalisedText
    asked_by: tuple[Text, ...] = Field(min_length=1)
    notice: LocalisedText | None = None
    published_on: LocalisedText | None = None
    stated_duration: LocalisedText
    return_by: datetime.date
    summary: LocalisedText
    before_questions: LocalisedText | None = None
    before_about_you: LocalisedText | None = None
    promises: tuple[Promise, ...] = Field(min_length=1)
    return_address: LocalisedText
    return_ways: tuple[LocalisedText, ...] = Field(min_length=1)
    other_formats: LocalisedText | None = None
    thanks: LocalisedText
    questions: tuple[Question, ...] = Field(min_length=1)

    def fields(self) -> Iterator[AnyField]:
        """Every field in the order of the questions."""
        for question in self.questions:
            yield from question.fields

    def field(self, field_id: str) -> AnyField:
        """The field of that id. Raises KeyError."""
        for one in self.fields():
            if one.id == field_id:
                return one
        raise KeyError(field_id)

    def first_about_you(self) -> int | None:
        """The position of the first question without a number after the numbered ones: those are about you."""
        numbered = [position for position, question in enumerate(self.questions) if question.number]
        after = (numbered[-1] + 1) if numbered else 0
        return after if after < len(self.questions) else None

    def answer_columns(self) -> dict[str, AnyField]:
        """Every column an answer may have, `<id>_other` included, with the field it belongs to."""
        columns: dict[str, AnyField] = {}
        for one in self.fields():
            columns[one.id] = one
            if isinstance(one, WithChoices) and one.has_other:
                columns[one.id + OTHER_SUFFIX] = one
        return columns

    def direction(self, language: str) -> str:
        """`rtl` or `ltr`, for HTML."""
        return "rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_ids()
        self._check_conditions()
        self._check_languages()
        return self

    def _check_ids(self) -> None:
        for path, one in self._fields_by_path():
            if one.id in RESERVED_IDS:
                raise ValueError(f"{path}.id: '{one.id}' is a column of its own in every frame; choose another id")
            beside = one.id.removesuffix(OTHER_SUFFIX)
            if beside != one.id and any(other.id == beside for other in self.fields()):
                raise ValueError(f"{path}.id: '{one.id}' is kept for the text beside a choice of '{beside}'")
        doubled = first_doubled([one.id for one in self.fields()])
        if doubled:
            raise ValueError(f"questions: the field id '{doubled}' is used twice")
        doubled = first_doubled([promise.id for promise in self.promises])
        if doubled:
            raise ValueError(f"promises: the id '{doubled}' is used twice")

    def _check_conditions(self) -> None:
        asked: dict[str, AnyField] = {}
        for path, one in self._fields_by_path():
            condition = one.shown_when
            if condition is not None:
                other = asked.get(condition.field)
                if other is None:
                    raise ValueError(f"{path}.shown_when.field: '{condition.field}' is not asked before '{one.id}'")
                codes = other.codes if isinstance(other, WithChoices) else ()
                unknown = sorted(set(condition.any_of) - set(codes))
                if unknown:
                    raise ValueError(f"{path}.shown_when.any_of: '{unknown[0]}' is no choice of '{other.id}'")
            asked[one.id] = one

    def _fields_by_path(self) -> Iterator[tuple[str, AnyField]]:
        """Every field with its key path, such as `questions[2].fields[1]`."""
        for number, question in enumerate(self.questions, 1):
            for position, one in enumerate(question.fields, 1):
                yield f"questions[{number}].fields[{position}]", one

    def _check_languages(self) -> None:
        expected = frozenset(self.languages)
        doubled = first_doubled(self.languages)
        if doubled:
            raise ValueError(f"languages: '{doubled}' is given twice")
        malformed = [language for language in self.languages if not re.fullmatch(LANGUAGE, language)]
        if malformed:
            raise ValueError(f"languages: '{malformed[0]}' is not a language code such as 'en' or 'zh-Hant'")
        for path, text in _texts(self, ""):
            if text.languages == {""} and len(self.languages) == 1:
                continue
            missing = sorted(expected - text.languages)
            extra = sorted(text.languages - expected)
            if missing:
                raise ValueError(f"{path}: there is no text in '{missing[0]}'")
            if extra:
                raise ValueError(f"{path}: {_language_name(extra[0])} is not one of the questionnaire's languages")


def _language_name(language: str) -> str:
    return f"'{language}'" if language else "a text without a language"


def _texts(value: object, path: str) -> Iterator[tuple[str, LocalisedText]]:
    """Every localised text below `value` with its key path."""
    if isinstance(value, LocalisedText):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), f"{path}.{name}".lstrip("."))
    elif isinstance(value, tuple):
        for position, item in enumerate(value, 1):
            yield from _texts(item, f"{path}[{position}]")
