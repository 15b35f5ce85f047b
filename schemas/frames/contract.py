"""The rules as pandera schemas, for micro-batches and for asset checks.

pandera's own error holds the failing values; it never leaves this module. What does is row, column and rule.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.frames.casts import Typed, clean_types, layer_types, parsed_struct, read_answer
from schemas.frames.rule import METADATA_COLUMNS, Rule, RuleName, masked_rules, rules, typed_rules


class FrameError(YourSayError):
    """A frame is not of its layer at all: a column is missing, of another type, or should not be there."""


@dataclass(frozen=True, order=True)
class Failure:
    """One rule broken by one cell."""

    response_id: str
    column: str
    rule: str


def pandera_failures(definition: Definition, frame: pd.DataFrame) -> list[Failure]:
    """Every broken rule of a frame of the parsed layer, sorted.

    Raises:
        FrameError: the frame is not of the parsed layer.
    """
    return failures(_parsed_schema(definition), frame)


def clean_schema(definition: Definition) -> pa.DataFrameSchema:
    """The contract of the clean layer: `response_id` and the typed answers, the vault's direct identifiers apart.

    Columns that are no answers may stand beside them.
    """
    return _layer_schema(definition, typed_rules(definition))


def masked_schema(definition: Definition) -> pa.DataFrameSchema:
    """The contract of the masked layer: as clean, and evidence of who responds is replaced by its role."""
    return _layer_schema(definition, masked_rules(definition))


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Failure]:
    """Every broken rule of a frame under `schema`, sorted.

    Raises:
        FrameError: the frame is broken as a whole; names the columns, never a value.
    """
    by_id = frame.reset_index(drop=True)
    try:
        schema.validate(by_id, lazy=True)
    except pa.errors.SchemaErrors as error:
        rows = [_case(*case) for case in error.failure_cases[_CASE].itertuples(index=False)]
    else:
        return []
    broken = sorted({_structural(column, check) for column, check, index in rows if index is None})
    if broken:
        raise FrameError(f"The frame is not of its layer: {'; '.join(broken)}. Rebuild it from landing.") from None
    ids = by_id["response_id"]
    return sorted({Failure(str(ids[index]), column, check) for column, check, index in rows if index is not None})


def _parsed_schema(definition: Definition) -> pa.DataFrameSchema:
    types = {"questionnaire_hash": "VARCHAR", "language": "VARCHAR", "misfits": "VARCHAR[]"}
    fields = definition.questionnaire.answer_columns()

    def reader(column: str) -> Callable[[Any], Typed | None]:
        if column in METADATA_COLUMNS:
            return lambda raw: cast(Typed, raw)
        return lambda raw: read_answer(fields[column], column, raw)

    columns = {
        name: _column(kind, [_raw_check(rule, reader(name)) for rule in rules(definition) if rule.column == name])
        for name, kind in (types | parsed_struct(definition)).items()
    }
    return pa.DataFrameSchema({"response_id": _RESPONSE_ID, **columns})


def _layer_schema(definition: Definition, rules_of_layer: tuple[Rule, ...]) -> pa.DataFrameSchema:
    types = layer_types(definition)
    columns = {
        name: _column(kind, [_typed_check(rule) for rule in rules_of_layer if rule.column == name])
        for name, kind in types.items()
    }
    vault = [name for name in clean_types(definition) if name not in types]
    absent = [pa.Check(lambda frame, name=name: name not in frame, name=f"absent: {name}") for name in vault]
    return pa.DataFrameSchema({"response_id": _RESPONSE_ID, **columns}, checks=absent)


def _column(kind: str, checks: Sequence[pa.Check]) -> pa.Column:
    return pa.Column(nullable=True, checks=[pa.Check(_IS_OF_TYPE[kind], name=f"is {kind}"), *checks])


def _raw_check(rule: Rule, read: Callable[[Any], Typed | None]) -> pa.Check:
    def holds(raw: Any) -> bool:
        if _is_missing(raw):
            return rule.name != "language_known"
        value = read(_plain(raw))
        if rule.name == "readable":
            return value is not None
        return value is None or _holds(rule, value)

    return pa.Check(lambda column: column.map(holds), name=rule.name, ignore_na=False)


def _typed_check(rule: Rule) -> pa.Check:
    def holds(value: Any) -> bool:
        return _is_missing(value) or _holds(rule, _plain(value))

    return pa.Check(lambda column: column.map(holds), name=rule.name, ignore_na=False)


def _holds(rule: Rule, value: Any) -> bool:
    """Whether a value that is there, and typed, keeps the rule."""
    return bool(_HOLDS[rule.name](rule.params, value))


_HOLDS: dict[RuleName, Callable[[tuple[Any, ...], Any], bool]] = {
    "language_known": lambda languages, value: value in languages,
    "questionnaire_known": lambda hashes, value: value in hashes,
    "fields_known": lambda _, value: not value,
    "max_length": lambda limit, value: len(value) <= limit[0],
    "code_known": lambda codes, value: value in codes,
    "replaced": lambda role, value: value == role[0],
    "codes_known": lambda codes, value: set(value) <= set(codes),
    "in_range": lambda ends, value: ends[0] <= value <= ends[1],
    "whole": lambda _, value: value == math.floor(value),
}


def _is_missing(value: Any) -> bool:
    return not isinstance(value, (str, list, np.ndarray)) and bool(pd.isna(value))


def _plain(value: Any) -> Any:
    """A cell as plain Python: DuckDB hands lists over as arrays, pandas days as timestamps."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


def _all_are(*types: type) -> Callable[["pd.Series[Any]"], bool]:
    return lambda column: all(isinstance(value, types) for value in column if not _is_missing(value))


_IS_OF_TYPE: dict[str, Callable[["pd.Series[Any]"], bool]] = {
    "VARCHAR": _all_are(str),
    "VARCHAR[]": _all_are(list, np.ndarray),
    "TINYINT": _all_are(int, float, np.integer),
    "DOUBLE": _all_are(int, float, np.integer),
    "DATE": _all_are(date, pd.Timestamp),
}
_RESPONSE_ID = pa.Column(checks=pa.Check(lambda ids: bool(ids.notna().all() and ids.is_unique), name="one row each"))


_CASE = ["column", "check", "failure_case", "index"]


def _case(column: object, check: str, failing: object, index: Any) -> tuple[str, str, int | None]:
    """One failure without its value; the missing column of a `column_in_dataframe` is all that is kept of it."""
    return (
        str(failing if check == "column_in_dataframe" else column),
        check,
        None if _is_missing(index) else int(index),
    )


def _structural(column: str, check: str) -> str:
    """What is wrong with the frame, in words that hold no value of it."""
    if check == "column_in_dataframe":
        return f"the column '{column}' is missing"
    if check.startswith("absent: "):
        return f"'{check.removeprefix('absent: ')}' identifies people and must not be there"
    return f"'{column}' fails '{check}'"
