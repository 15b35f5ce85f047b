"""How the answers of messages and pages were read, from a private version, and which of them wait for a person."""

import json
from dataclasses import dataclass, field

import duckdb

from schemas.response import RawAnswer
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

# What counts, or may yet: nobody keys what was replaced, withdrawn or erased.
_LIVE = "line IN ('included', 'merged', 'duplicate', 'in_review')"
_ANSWERS = """
SELECT response_id, channel, line, field, how, part, confidence, review, suggestion, picture
FROM read_answers WHERE {condition} ORDER BY response_id, field
"""


@dataclass(frozen=True)
class ReadAnswer:
    """One answer of one response, and how it was read.

    `column` is empty where it is the text of a letter as a whole. `review` says why a person must look, and is None
    where nobody must. `suggestion` is what a machine made of it, where it did.
    """

    response: str
    channel: str
    line: str
    column: str
    how: str
    part: str
    confidence: float
    review: str | None
    suggestion: RawAnswer | None = field(repr=False)
    picture: bool


def read_pending(warehouse: Warehouse) -> list[ReadAnswer]:
    """The answers of the current version that wait for a person, in the order of their responses.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        return _answers(connection, f"review IS NOT NULL AND {_LIVE}")


def read_answers(warehouse: Warehouse, how: str) -> list[ReadAnswer]:
    """The answers of the current version that were read in one way and do not wait, such as those by `tick`.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        return _answers(connection, f"review IS NULL AND how = $how AND {_LIVE}", how=how)


def _answers(connection: duckdb.DuckDBPyConnection, condition: str, **values: str) -> list[ReadAnswer]:
    rows = connection.execute(_ANSWERS.format(condition=condition), values).fetchall()
    return [
        ReadAnswer(response, channel, line, column, how, part, confidence, review, _suggested(suggestion), picture)
        for response, channel, line, column, how, part, confidence, review, suggestion, picture in rows
    ]


def _suggested(written: str | None) -> RawAnswer | None:
    answer: RawAnswer | None = json.loads(written) if written is not None else None
    return answer
