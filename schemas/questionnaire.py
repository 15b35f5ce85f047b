"""The questionnaire: what respondents see. Its hash never changes once published.

A questionnaire has *questions* as they are printed (a number, a preamble) and each question has one or more
*fields*, the places for an answer. An answer is addressed by the field's id everywhere.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.texts import LocalisedText

OTHER_SUFFIX = "_other"
FIELD_ID = r"^[a-z][a-z0-9_]{0,62}$"
LANGUAGE = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
RESERVED_IDS = frozenset({"response_id", "questionnaire_hash", "language", "misfits"})
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Model):
    """One box that can be ticked. `please_say` opens a text beside it (field id + `_other`)."""

    code: str = Field(pattern=FIELD_ID)
    label: LocalisedText
    please_say: bool = False


class ShownWhen(_Model):
    """A field is asked only when another field holds one of these codes."""

    field: str
    any_of: tuple[str, ...] = Field(min_length=1)


class _FieldBase(_Model):
    id: str = Field(pattern=FIELD_ID)
    label: LocalisedText
    hint: LocalisedText | None = None
    shown_when: ShownWhen | None = None


class OpenText(_FieldBase):
    """An answer in the respondent's own words, of any length up to `max_length` characters."""

    kind: Literal["open_text"]
    max_length: int = Field(default=100_000, ge=1)


class ShortText(_FieldBase):
    """One line of text."""

    kind: Literal["short_text"]
    max_length: int = Field(default=1_000, ge=1)


class Contact(_FieldBase):
    """An optional contact detail; what sort it is decides the input's keyboard and autocomplete."""

    kind: Literal["contact"]
    detail: Literal["title", "given_name", "family_name", "email", "phone", "address", "town", "postcode"]
    max_length: int = Field(default=1_000, ge=1)


class _WithChoices(_FieldBase):
    choices: tuple[Choice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent_choices(self) -> Self:
        doubled = first_doubled(self.codes)
        if doubled:
            raise ValueError(f"choices: the code '{doubled}' is used twice")
        if sum(choice.please_say for choice in self.choices) > 1:
            raise ValueError("choices: only one may have please_say")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(choice.code for choice in self.choices)

    @property
    def has_other(self) -> bool:
        return any(choice.please_say for choice in self.choices)


class SingleChoice(_WithChoices):
    """One of the choices."""

    kind: Literal["single_choice"]


class MultipleChoice(_WithChoices):
    """Any number of the choices, none included."""

    kind: Literal["multiple_choice"]


class AgeBand(_WithChoices):
    """One of the bands of age, youngest first."""

    kind: Literal["age_band"]


class Permission(_WithChoices):
    """Permission to publish: the definition's own wording, with the codes `yes` and `no` among the choices."""

    kind: Literal["permission"]

    @model_validator(mode="after")
    def _can_be_given_and_refused(self) -> Self:
        if not {"yes", "no"} <= set(self.codes):
            raise ValueError("choices: a permission needs the codes 'yes' and 'no'")
        return self


class Scale(_FieldBase):
    """A five-point scale; the answer is 1 to 5, `points` are the labels in that order."""

    kind: Literal["scale"]
    points: tuple[LocalisedText, ...] = Field(min_length=5, max_length=5)


class Number(_FieldBase):
    """A number between `minimum` and `maximum`, both allowed."""

    kind: Literal["number"]
    minimum: float = Field(allow_inf_nan=False)
    maximum: float = Field(allow_inf_nan=False)
    whole: bool = True

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("minimum: is above maximum")
        return self


class PostcodeDistrict(_FieldBase):
    """The outward half of a UK postcode, such as DE1."""

    kind: Literal["postcode_district"]


class Date(_FieldBase):
    """A day, written YYYY-MM-DD or DD/MM/YYYY, between `earliest` and `latest`, both allowed."""

    kind: Literal["date"]
    earliest: datetime.date
    latest: datetime.date

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        if self.earliest > self.latest:
            raise ValueError("earliest: is after latest")
        return self


AnyField = Annotated[
    OpenText
    | ShortText
    | Contact
    | SingleChoice
    | MultipleChoice
    | AgeBand
    | Permission
    | Scale
    | Number
    | PostcodeDistrict
    | Date,
    Field(discriminator="kind"),
]
KINDS = (
    "open_text",
    "short_text",
    "contact",
    "single_choice",
    "multiple_choice",
    "age_band",
    "permission",
    "scale",
    "number",
    "postcode_district",
    "date",
)


class Question(_Model):
    """A question as it is printed: its number (none for the questions about you), what comes before it, its fields."""

    number: str | None = None
    heading: LocalisedText | None = None
    preamble: LocalisedText | None = None
    fields: tuple[AnyField, ...] = Field(min_length=1)


class Promise(_Model):
    """A promise made to respondents, and its id, which a failing gate names."""

    id: str = Field(pattern=FIELD_ID)
    text: LocalisedText


class Questionnaire(_Model):
    """What respondents see, complete. See docs/definition.md for each key."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    version: str = Field(min_length=1)
    languages: tuple[str, ...] = Field(min_length=1)
    title: LocalisedText
    asked_by: tuple[str, ...] = Field(min_length=1)
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

    def answer_columns(self) -> dict[str, AnyField]:
        """Every column an answer may have, `<id>_other` included, with the field it belongs to."""
        columns: dict[str, AnyField] = {}
        for one in self.fields():
            columns[one.id] = one
            if isinstance(one, _WithChoices) and one.has_other:
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
                codes = other.codes if isinstance(other, _WithChoices) else ()
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


def first_doubled(values: Sequence[str]) -> str | None:
    """The first value that is there more than once."""
    return next((value for position, value in enumerate(values) if value in values[:position]), None)


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


POSTCODE_DISTRICT = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]?$")
