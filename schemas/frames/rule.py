"""The rules that a definition sets for its answers, as data: derived once, translated to SQL and to pandera."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.definition import Definition
from schemas.questionnaire import OTHER_SUFFIX, AnyField

RuleName = Literal[
    "language_known",  # params: the languages
    "questionnaire_known",  # params: the hash of the questionnaire
    "fields_known",  # the list of misfits is empty
    "max_length",  # params: the number of characters
    "code_known",  # params: the codes
    "codes_known",  # params: the codes
    "readable",  # the raw answer can be read as the field's type
    "in_range",  # params: lowest, highest
    "whole",
    "replaced",  # params: what stands in the value's place
]
Parameter = str | int | float | date

# Beside a `please say` box: as long as an open text may be, so that nobody's words are refused for where they stand.
OTHER_MAX_LENGTH = 100_000
METADATA_COLUMNS = ("questionnaire_hash", "language", "misfits")


@dataclass(frozen=True)
class Rule:
    """One rule of one column. A missing value breaks no rule but `language_known`: every answer may be left out."""

    column: str
    name: RuleName
    params: tuple[Parameter, ...] = ()


def rules(definition: Definition) -> tuple[Rule, ...]:
    """Every rule of the parsed layer, in the order of the columns."""
    metadata = (
        Rule("questionnaire_hash", "questionnaire_known", (definition.questionnaire_hash,)),
        Rule("language", "language_known", definition.questionnaire.languages),
        Rule("misfits", "fields_known"),
    )
    columns = definition.questionnaire.answer_columns()
    return metadata + tuple(rule for name, field in columns.items() for rule in _rules_of(name, field))


def typed_rules(definition: Definition) -> tuple[Rule, ...]:
    """The rules of the clean layer: those that a typed value can still break."""
    return tuple(r for r in rules(definition) if r.column not in METADATA_COLUMNS and r.name != "readable")


def masked_rules(definition: Definition) -> tuple[Rule, ...]:
    """The rules of the masked layer: as clean, but that a mask may make a text longer, and evidence is replaced."""
    roles = definition.policy.linkage.roles
    kept = (r for r in typed_rules(definition) if r.column not in roles and r.name != "max_length")
    return (*kept, *(Rule(name, "replaced", (f"[{role}]",)) for name, role in roles.items()))


def _rules_of(column: str, field: AnyField) -> Iterator[Rule]:
    if column == field.id + OTHER_SUFFIX:
        yield Rule(column, "max_length", (OTHER_MAX_LENGTH,))
        return
    match field.kind:
        case "open_text" | "short_text" | "contact":
            yield Rule(column, "max_length", (field.max_length,))
        case "single_choice" | "age_band" | "permission":
            yield Rule(column, "code_known", field.codes)
        case "multiple_choice":
            yield Rule(column, "codes_known", field.codes)
        case "scale":
            yield Rule(column, "readable")
            yield Rule(column, "in_range", (1, 5))
        case "number":
            yield Rule(column, "readable")
            yield Rule(column, "in_range", (field.minimum, field.maximum))
            if field.whole:
                yield Rule(column, "whole")
        case "date":
            yield Rule(column, "readable")
            yield Rule(column, "in_range", (field.earliest, field.latest))
        case "postcode_district":
            yield Rule(column, "readable")
