"""The kinds of field: each is a place for an answer, with what its answer may be."""

import datetime
import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.texts import LocalisedText

OTHER_SUFFIX = "_other"
FIELD_ID = r"^[a-z][a-z0-9_]{0,62}$"
POSTCODE_DISTRICT = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]?$")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def first_doubled(values: Sequence[str]) -> str | None:
    """The first value that is there more than once."""
    return next((value for position, value in enumerate(values) if value in values[:position]), None)


class Strict(BaseModel):
    """A part of a definition: it never changes, and a key it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Strict):
    """One box that can be ticked. `please_say` opens a text beside it (field id + `_other`)."""

    code: str = Field(pattern=FIELD_ID)
    label: LocalisedText
    please_say: bool = False


class ShownWhen(Strict):
    """A field is asked only when another field holds one of these codes."""

    field: str
    any_of: tuple[str, ...] = Field(min_length=1)


class _FieldBase(Strict):
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


class WithChoices(_FieldBase):
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


class SingleChoice(WithChoices):
    """One of the choices."""

    kind: Literal["single_choice"]


class MultipleChoice(WithChoices):
    """Any number of the choices, none included."""

    kind: Literal["multiple_choice"]


class AgeBand(WithChoices):
    """One of the bands of age, youngest first."""

    kind: Literal["age_band"]


class Permission(WithChoices):
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
