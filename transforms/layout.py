"""Which columns of a consultation go where: one reading of the definition that every step shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas.definition import Definition
from schemas.policy import LinkageRole
from schemas.questionnaire import OTHER_SUFFIX, AnyField

_ANSWERED_BITS = 62
_TEXT_KINDS = ("open_text", "short_text", "contact")
_CODE_KINDS = ("single_choice", "multiple_choice", "scale", "age_band", "permission", "postcode_district")
NO_TYPE = "none_given"


@dataclass(frozen=True)
class Layout:
    """The columns of one consultation by their use in the warehouse."""

    definition: Definition

    @cached_property
    def answers(self) -> dict[str, AnyField]:
        """Every answer column with its field."""
        return self.definition.questionnaire.answer_columns()

    @cached_property
    def vault(self) -> list[str]:
        """Direct identifiers: kept apart from the answers."""
        return [name for name in self.answers if self.definition.policy.disclosure[name] == "direct_identifier"]

    @cached_property
    def clean(self) -> list[str]:
        """The columns of the clean layer: all but the vault's."""
        return [name for name in self.answers if name not in self.vault]

    def is_text(self, name: str) -> bool:
        """Whether a column holds free words (`<field>_other` does)."""
        one = self.answers[name]
        return name != one.id or one.kind in _TEXT_KINDS

    @cached_property
    def texts(self) -> list[str]:
        """Columns of the clean layer that hold words, and so are masked."""
        return [name for name in self.clean if self.is_text(name)]

    @cached_property
    def open_texts(self) -> list[str]:
        """The answers in which a letter may stand."""
        return [name for name in self.texts if name == self.answers[name].id and self.answers[name].kind == "open_text"]

    @cached_property
    def said(self) -> dict[str, str]:
        """For each text the column with its hash, so that two are compared without being read."""
        return {name: f"said_{n}" for n, name in enumerate(self.texts)}

    @cached_property
    def codes(self) -> list[str]:
        """Columns of the clean layer that are counted by code."""
        return [name for name in self.clean if not self.is_text(name) and self.answers[name].kind in _CODE_KINDS]

    @cached_property
    def numbers(self) -> list[str]:
        return [name for name in self.clean if self.answers[name].kind == "number"]

    @cached_property
    def dates(self) -> list[str]:
        return [name for name in self.clean if self.answers[name].kind == "date"]

    def is_list(self, name: str) -> bool:
        """Whether an answer is a list of codes."""
        one = self.answers[name]
        return name == one.id and one.kind == "multiple_choice"

    @cached_property
    def fields(self) -> list[str]:
        """The ids of the fields, without the texts beside 'other': what `answered` counts."""
        return [one.id for one in self.definition.questionnaire.fields()]

    @cached_property
    def answered_columns(self) -> list[str]:
        """Bit masks of which fields are answered, so that counting them reads no text."""
        return [f"answered_{n}" for n in range((len(self.fields) - 1) // _ANSWERED_BITS + 1)]

    def answered_bit(self, field: str) -> tuple[str, int]:
        """The mask column and the bit of a field."""
        word, bit = divmod(self.fields.index(field), _ANSWERED_BITS)
        return f"answered_{word}", bit

    def answered_words(self) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        """Each mask column with its (bit, field) pairs."""
        for word, name in enumerate(self.answered_columns):
            yield name, list(enumerate(self.fields[word * _ANSWERED_BITS : (word + 1) * _ANSWERED_BITS]))

    @cached_property
    def type_field(self) -> str | None:
        """The field that says who responds."""
        return self.definition.policy.respondent_type_field

    @cached_property
    def facts(self) -> list[str]:
        """The narrow columns of clean that marts are counted from."""
        return ["types", *self.answered_columns, *self.codes, *self.numbers, *self.dates]

    def with_role(self, role: LinkageRole) -> list[str]:
        """The columns that hold this evidence of who responds."""
        return [name for name, given in self.definition.policy.linkage.roles.items() if given == role]


OTHER = OTHER_SUFFIX
