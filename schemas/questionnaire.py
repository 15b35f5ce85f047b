"""The questionnaire: what respondents see. Its hash never changes once published.

A questionnaire has *questions* as they are printed (a number, a preamble) and each question has one or more
*fields*, the places for an answer. An answer is addressed by the field's id everywhere.
"""

import datetime
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.texts import LocalisedText

OTHER_SUFFIX = "_other"
FIELD_ID = r"^[a-z][a-z0-9_]{0,62}$"
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


class Scale(_FieldBase):
    """A five-point scale; the answer is 1 to 5, `points` are the labels in that order."""

    kind: Literal["scale"]
    points: tuple[LocalisedText, ...] = Field(min_length=5, max_length=5)


class Number(_FieldBase):
    """A number between `minimum` and `maximum`, both allowed."""

    kind: Literal["number"]
    minimum: float
    maximum: float
    whole: bool = True


class PostcodeDistrict(_FieldBase):
    """The outward half of a UK postcode, such as DE1."""

    kind: Literal["postcode_district"]


class Date(_FieldBase):
    """A day, written YYYY-MM-DD or DD/MM/YYYY, between `earliest` and `latest`, both allowed."""

    kind: Literal["date"]
    earliest: datetime.date
    latest: datetime.date


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
KINDS = tuple(
    [
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
    ]
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
    version: str
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
    def _consistent(self) -> "Questionnaire":
        ids = [one.id for one in self.fields()]
        columns = list(self.answer_columns())
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        if doubled:
            raise ValueError(f"questions: the field id '{doubled[0]}' is used twice")
        clash = [i for i in ids if i.endswith(OTHER_SUFFIX) and columns.count(i) and i[: -len(OTHER_SUFFIX)] in ids]
        if clash:
            raise ValueError(f"questions: the field id '{clash[0]}' is kept for the text beside 'other'")
        seen: list[str] = []
        for one in self.fields():
            if one.shown_when:
                self._check_condition(one, seen)
            if isinstance(one, _WithChoices):
                if len(set(one.codes)) != len(one.codes):
                    raise ValueError(f"field '{one.id}': choices: a code is used twice")
                if sum(choice.please_say for choice in one.choices) > 1:
                    raise ValueError(f"field '{one.id}': choices: only one may have please_say")
            if isinstance(one, Permission) and not {"yes", "no"} <= set(one.codes):
                raise ValueError(f"field '{one.id}': choices: a permission needs the codes 'yes' and 'no'")
            if isinstance(one, Number) and one.minimum > one.maximum:
                raise ValueError(f"field '{one.id}': minimum is above maximum")
            if isinstance(one, Date) and one.earliest > one.latest:
                raise ValueError(f"field '{one.id}': earliest is after latest")
            seen.append(one.id)
        self._check_languages()
        return self

    def _check_condition(self, one: AnyField, seen: list[str]) -> None:
        assert one.shown_when
        if one.shown_when.field not in seen:
            raise ValueError(f"field '{one.id}': shown_when.field '{one.shown_when.field}' is not asked before it")
        other = self.field(one.shown_when.field)
        codes = other.codes if isinstance(other, _WithChoices) else ()
        unknown = sorted(set(one.shown_when.any_of) - set(codes))
        if unknown:
            raise ValueError(f"field '{one.id}': shown_when.any_of '{unknown[0]}' is no choice of '{other.id}'")

    def _check_languages(self) -> None:
        expected = frozenset(self.languages)
        for path, text in _texts(self, ""):
            if text.languages == {""} and len(self.languages) == 1:
                continue
            missing = sorted(expected - text.languages)
            extra = sorted(text.languages - expected)
            if missing:
                raise ValueError(f"{path}: no text in '{missing[0]}'")
            if extra:
                raise ValueError(f"{path}: '{extra[0]}' is not one of the questionnaire's languages")


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
