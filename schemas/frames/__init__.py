"""From a definition, the contract of the data at three layers, and the checks that hold it.

*parsed*: one row = one response. `response_id`, `questionnaire_hash`, `language`, `misfits` and a raw text for each
answer column (a list of texts for a multiple choice), empties already NULL.
*clean*: the same answers typed, direct identifiers apart in the vault. *masked*: clean with its texts masked.

`rules` derives the rules once, as data. `sql_checks` (bulk) and `pandera_failures` (micro-batches) are made from that
one list and flag the same cells; what they report is row, column and rule, never a value.
"""

from schemas.frames.casts import (
    cast_expression,
    clean_types,
    duckdb_type,
    layer_types,
    misfits,
    misfits_expression,
    parsed_struct,
    read_answer,
)
from schemas.frames.contract import Failure, FrameError, clean_schema, failures, masked_schema, pandera_failures
from schemas.frames.rule import Rule, masked_rules, rules, typed_rules
from schemas.frames.sql import sql_checks

__all__ = [
    "Failure",
    "FrameError",
    "Rule",
    "cast_expression",
    "clean_schema",
    "clean_types",
    "duckdb_type",
    "failures",
    "layer_types",
    "masked_rules",
    "masked_schema",
    "misfits",
    "misfits_expression",
    "pandera_failures",
    "parsed_struct",
    "read_answer",
    "rules",
    "sql_checks",
    "typed_rules",
]
