"""The rules as one DuckDB scan: for bulk, where pandera on every row would cost more than the load itself."""

from collections.abc import Callable
from typing import cast

from schemas.definition import Definition
from schemas.frames.casts import cast_expression
from schemas.frames.rule import METADATA_COLUMNS, Rule, RuleName, rules
from schemas.frames.sql_text import identifier, listed, literal

# Few rows fail: the filter finds them in one scan, and only for those the list of broken rules is made.
_CHECKS = """
SELECT response_id, broken."column" AS "column", broken."rule" AS "rule"
FROM (
    SELECT response_id, unnest([
        {cases}
    ]) AS broken
    FROM {relation}
    WHERE {any_broken}
)
WHERE broken IS NOT NULL
"""


def sql_checks(definition: Definition, relation: str) -> str:
    """A SELECT over `relation` (the parsed layer) that yields `response_id`, `column`, `rule` for each broken rule."""
    broken = [(rule, _broken(definition, rule)) for rule in rules(definition)]
    cases = ",\n        ".join(
        f"CASE WHEN {condition} THEN "
        f'struct_pack("column" := {literal(rule.column)}, "rule" := {literal(rule.name)}) END'
        for rule, condition in broken
    )
    return _CHECKS.format(
        cases=cases,
        relation=".".join(identifier(part) for part in relation.split(".")),
        any_broken="\n       OR ".join(condition for _, condition in broken),
    )


def _broken(definition: Definition, rule: Rule) -> str:
    """The condition under which a row breaks the rule; NULL counts as not broken."""
    raw = identifier(rule.column)
    if rule.column in METADATA_COLUMNS:
        value = raw
    else:
        value = cast_expression(definition.questionnaire.answer_columns()[rule.column], rule.column)
    return _CONDITIONS[rule.name](rule, raw, f"({value})")


def _texts(rule: Rule) -> str:
    return listed(cast(tuple[str, ...], rule.params))


def _one(rule: Rule) -> str:
    return literal(rule.params[0])


def _too_long(rule: Rule, raw: str) -> str:
    # Characters are counted only where there are more bytes than that, which is quick to know.
    return f"(strlen({raw}) > {_one(rule)} AND length({raw}) > {_one(rule)})"


def _out_of_range(rule: Rule, value: str) -> str:
    lowest, highest = (literal(parameter) for parameter in rule.params)
    return f"{value} NOT BETWEEN {lowest} AND {highest}"


# The condition that breaks each rule, of the raw text and of the value read from it.
_CONDITIONS: dict[RuleName, Callable[[Rule, str, str], str]] = {
    "language_known": lambda rule, raw, _: f"({raw} IS NULL OR NOT list_contains({_texts(rule)}, {raw}))",
    "questionnaire_known": lambda rule, raw, _: f"{raw} <> {_one(rule)}",
    "fields_known": lambda _, raw, __: f"len({raw}) > 0",
    "max_length": lambda rule, raw, _: _too_long(rule, raw),
    "code_known": lambda rule, _, value: f"NOT list_contains({_texts(rule)}, {value})",
    "codes_known": lambda rule, _, value: f"NOT list_has_all({_texts(rule)}, {value})",
    "readable": lambda _, raw, value: f"({raw} IS NOT NULL AND {value} IS NULL)",
    "in_range": lambda rule, _, value: _out_of_range(rule, value),
    "whole": lambda _, __, value: f"{value} <> floor({value})",
}
