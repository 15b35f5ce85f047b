"""What waits for an officer as a whole: responses in quarantine or in review, with the rules they break. Never a value.

A response of which single answers wait is not here but in the keying queue (`transforms.warehouse.readings`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from schemas.response import RawAnswer
from transforms.checks import find_failing
from transforms.layout import Layout
from transforms.opened import OPENED_SCHEMA
from transforms.parse import parse, with_escapes
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

_HELD = """
SELECT response_id, channel, line, received_at, coalesce(reason, '')
FROM responses WHERE line IN ('in_quarantine', 'in_review') AND state <> 'response' ORDER BY received_at, response_id
"""
_BROKEN = """
SELECT response_id, "column", rule FROM quarantine ORDER BY ALL
"""
_LATE = """
SELECT response_id, channel, received_at, coalesce(postmark, '') FROM responses WHERE line = 'out_of_time'
ORDER BY received_at, response_id
"""
_WORDS = {
    "language_known": "the language is none of the questionnaire's",
    "questionnaire_known": "it was made with another questionnaire",
    "fields_known": "it has answers to questions that were not asked",
    "max_length": "it is longer than the form allows",
    "code_known": "it is none of the choices",
    "codes_known": "something in it is none of the choices",
    "readable": "it cannot be read as this kind of answer",
    "in_range": "it is outside of what can be answered",
    "whole": "it is not a whole number",
}


@dataclass(frozen=True)
class Broken:
    """One rule that one column of a response breaks; the column is empty where it is the response as a whole."""

    column: str
    rule: str


@dataclass(frozen=True)
class Held:
    """A response that waits."""

    response: str
    channel: str
    line: str
    received_at: str
    reason: str
    broken: tuple[Broken, ...]

    @property
    def why(self) -> str:
        """In words: the reason it was given, else the rules by column."""
        return self.reason or "; ".join(f"{one.column}: {one.rule}" if one.column else one.rule for one in self.broken)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"why": self.why}


def read_quarantine(warehouse: Warehouse) -> list[Held]:
    """Everything that waits in the current version, first come first.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        broken: dict[str, list[Broken]] = {}
        for response, column, rule in connection.execute(_BROKEN).fetchall():
            broken.setdefault(response, []).append(Broken(column, rule))
        return [
            Held(response, channel, line, received_at.isoformat(), reason, tuple(broken.get(response, ())))
            for response, channel, line, received_at, reason in connection.execute(_HELD).fetchall()
        ]


def read_late(warehouse: Warehouse) -> list[tuple[str, str, datetime, str]]:
    """What came too late in the current version: (response, channel, received at, postmark), first come first.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        return connection.execute(_LATE).fetchall()


def rule_in_words(rule: str) -> str:
    """What is wrong, as a sentence goes on after the question."""
    return _WORDS.get(rule, rule)


def broken_still(definition: Definition, opened: pa.Table, corrections: Mapping[str, RawAnswer]) -> list[Broken]:
    """The rules that one opened response (`OPENED_SCHEMA`) would break with these corrections.

    Raises:
        CheckFailed: its answers cannot be read at all.
    """
    row = opened.to_pylist()[0]
    answers = json.loads(row["answers"] or "{}") | dict(corrections)
    mended = row | {"answers": json.dumps(answers, ensure_ascii=False), "state": "response", "reason": None}
    with duckdb.connect() as connection:
        layout = Layout(definition)
        connection.register("opened", with_escapes(pa.Table.from_pylist([mended], schema=OPENED_SCHEMA)))
        parse(connection, layout, "opened", "parsed")
        find_failing(connection, layout, any_released=False)
        found = connection.execute('SELECT "column", rule FROM failing ORDER BY ALL').fetchall()
    return [Broken(column, rule) for column, rule in found]
