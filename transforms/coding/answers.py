"""The answers that are coded, from a private version: one for each respondent and field, without their words.

Of a respondent with several responses it is the answer that stands. What was coded of another response holds where it
says the same: `standing` names the answer for each place (response and field) that was decided about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from transforms.coding.jobs import Answer
from transforms.layout import Layout
from transforms.sql import identifier, literal, union_all
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse

Place = tuple[str, str]
# So many answers, drawn by a hash, are enough to find what many of them say.
READ_AT_MOST = 20_000
# So many of a field that nobody has coded are looked at; there are more again once they are coded.
OFFERED = 500

_CODABLE = """
SELECT a.rid, o.respondent, {name} AS field FROM answers AS a JOIN outcomes AS o USING (rid)
WHERE o.line = 'included' AND a.{said} IS NOT NULL AND o.respondent NOT IN (SELECT rid FROM composites)
UNION ALL
SELECT s.member, s.rid, s.field FROM sources AS s JOIN answers AS a ON a.rid = s.member
WHERE s.field = {name} AND s.stands AND a.{said} IS NOT NULL
"""
# What is withheld nobody reads who codes.
_READABLE = "FROM ({answers}) ANTI JOIN (SELECT rid, field FROM languages WHERE withheld) USING (rid, field)"
_WITHHELD = """
SELECT r.response_id, l.field, l.language, r.received_at
FROM ({answers}) AS c JOIN languages AS l USING (rid, field) JOIN received AS r USING (rid)
WHERE l.withheld ORDER BY r.received_at, r.response_id, l.field
"""
_STANDING = """
CREATE OR REPLACE TEMP TABLE decided AS
SELECT d.response AS said_of, d.field, c.rid
FROM decided_places AS d JOIN received AS r ON r.response_id = d.response JOIN outcomes AS o ON o.rid = r.rid
JOIN codable AS c ON c.respondent = o.respondent AND c.field = d.field
WHERE o.respondent NOT IN (SELECT rid FROM composites)
    OR (o.respondent, d.field, r.rid) IN (SELECT (rid, field, member) FROM sources)
QUALIFY row_number() OVER (PARTITION BY d.response, d.field ORDER BY c.rid = r.rid DESC, c.rid) = 1
"""
# A letter of a campaign is coded once, by who sent its template unedited, else by who sent it first.
_LETTERS = """
CREATE OR REPLACE TEMP TABLE letters AS
SELECT k.campaign, coalesce(min(k.rid) FILTER (r.response_id = c.template), min(k.rid)) AS respondent, count(*) AS sent
FROM campaign_members AS k JOIN campaigns AS c USING (campaign) JOIN received AS r USING (rid)
WHERE k.variant = 'standard' GROUP BY k.campaign, k.letter
"""
_WITHOUT_COPIES = """
DELETE FROM codable WHERE respondent IN (SELECT rid FROM campaign_members WHERE variant = 'standard')
    AND respondent NOT IN (SELECT respondent FROM letters) AND (rid, field) NOT IN (SELECT (rid, field) FROM decided)
"""
_LETTER_PLACES = """
SELECT r.response_id, c.field, l.campaign, l.sent
FROM codable AS c JOIN letters AS l USING (respondent) JOIN received AS r USING (rid)
"""
_SAMPLE = """
SELECT r.response_id, c.field FROM codable AS c JOIN received AS r USING (rid)
QUALIFY row_number() OVER (PARTITION BY c.field ORDER BY md5(c.field || chr(0) || r.response_id)) <= $twice
"""
_UNCODED = """
CREATE OR REPLACE TEMP TABLE uncoded AS FROM codable ANTI JOIN decided USING (rid, field)
"""
_OFFERED = """
SELECT r.response_id, u.field FROM (
    FROM uncoded QUALIFY row_number() OVER (PARTITION BY field ORDER BY rid) <= $offered
) AS u JOIN received AS r USING (rid) ORDER BY u.field, u.rid
"""
_TOTALS = """
SELECT field, count(*), count(*) FILTER (rid IN (SELECT rid FROM decided AS d WHERE d.field = c.field))
FROM codable AS c GROUP BY ALL
"""
_RECEIVED = """
SELECT r.response_id, r.received_at FROM received AS r WHERE r.response_id IN (SELECT unnest($responses))
"""
_DECIDED = "SELECT d.said_of, d.field, r.response_id FROM decided AS d JOIN received AS r USING (rid)"
_TEXT = "SELECT {column}, language FROM masked WHERE response_id = $response AND {column} IS NOT NULL"
_TEXTS = """
SELECT m.response_id, m.{column} FROM (
    SELECT r.response_id, c.rid FROM ({codable}) AS c JOIN received AS r USING (rid)
    ORDER BY md5(r.response_id) LIMIT $most
) AS drawn JOIN masked AS m USING (response_id) ORDER BY drawn.rid
"""
_SENDER = "SELECT * EXCLUDE (response_id) FROM vault WHERE response_id = $response"
_PLACES = pa.schema([("response", pa.string()), ("field", pa.string())])


@dataclass(frozen=True)
class FieldCount:
    """Of one field: how many answers there are, and of how many nobody said anything yet."""

    answers: int
    uncoded: int


@dataclass(frozen=True)
class Withheld:
    """An answer in another language, which nobody is shown but who redacts and translates it."""

    response: str
    field: str
    language: str
    received_at: datetime


@dataclass(frozen=True)
class Letter:
    """A campaign whose letter an answer is, and how many sent it unedited."""

    campaign: str
    sent: int


@dataclass(frozen=True)
class Answers:
    """What of a version is coded. `offered` are answers that nobody has coded, in the order of their arrival."""

    standing: dict[Place, Place]
    letters: dict[Place, Letter]
    sample: frozenset[Place]
    offered: tuple[Place, ...]
    counts: dict[str, FieldCount]
    received: dict[str, datetime]


def read_answers(warehouse: Warehouse, decided: Iterable[Place], version: str | None = None) -> Answers:
    """The answers of a version (the current one by default), held against the places that officers decided about.

    Raises:
        TransformError: nothing is published yet.
    """
    definition = warehouse.definition
    places = pa.Table.from_pylist([{"response": one, "field": name} for one, name in decided], schema=_PLACES)
    with open_private(warehouse, version) as connection:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE codable AS {_codable(Layout(definition))}")
        connection.register("decided_places", places)
        for statement in (_STANDING, _LETTERS, _WITHOUT_COPIES, _UNCODED):
            connection.execute(statement)
        standing = {(said_of, field): (response, field) for said_of, field, response in _rows(connection, _DECIDED)}
        letters = {(response, field): Letter(*rest) for response, field, *rest in _rows(connection, _LETTER_PLACES)}
        sample = frozenset(_rows(connection, _SAMPLE, twice=definition.policy.coding.coded_twice)) | letters.keys()
        offered = tuple(_rows(connection, _OFFERED, offered=OFFERED))
        counts = {field: FieldCount(answers, answers - coded) for field, answers, coded in _rows(connection, _TOTALS)}
        shown = {response for response, _ in (*standing.values(), *sample, *offered)}
        received = dict(_rows(connection, _RECEIVED, responses=sorted(shown)))
    return Answers(standing, letters, sample, offered, counts, received)


def read_answer(warehouse: Warehouse, place: Place) -> Answer | None:
    """One answer with its words, masked; nothing where the current version has none.

    Raises:
        TransformError: nothing is published yet.
    """
    response, field = place
    with open_private(warehouse) as connection:
        found = _rows(connection, _TEXT.format(column=identifier(field)), response=response)
    return Answer(response, field, found[0][0], found[0][1]) if found else None


def read_withheld(warehouse: Warehouse) -> list[Withheld]:
    """The answers that wait for a translation before they can be coded, in the order of their arrival.

    Raises:
        TransformError: nothing is published yet.
    """
    query = _WITHHELD.format(answers=_answers(Layout(warehouse.definition)))
    with open_private(warehouse) as connection:
        return [Withheld(*row) for row in _rows(connection, query)]


def read_unmasked(warehouse: Warehouse, place: Place) -> str | None:
    """The words of an answer as they came, for who redacts it; nothing where the current version has none.

    Raises:
        TransformError: nothing is published yet.
    """
    response, field = place
    query = f"SELECT {identifier(field)} FROM clean WHERE response_id = $response"
    with open_private(warehouse) as connection:
        found = _rows(connection, query, response=response)
    return found[0][0] if found else None


def read_texts(warehouse: Warehouse, field: str) -> dict[Place, str]:
    """The answers to a field that are coded, masked, in the order of their arrival; of very many a sample.

    Raises:
        TransformError: nothing is published yet.
    """
    query = _TEXTS.format(column=identifier(field), codable=_codable(Layout(warehouse.definition), (field,)))
    with open_private(warehouse) as connection:
        return {(response, field): text for response, text in _rows(connection, query, most=READ_AT_MOST)}


def read_sender(warehouse: Warehouse, response: str) -> dict[str, str]:
    """Who sent a response: its identifiers by the name of their column, `sender` among them; none where none is kept.

    Raises:
        TransformError: nothing is published yet.
    """
    with open_private(warehouse) as connection:
        cursor = connection.execute(_SENDER, {"response": response})
        names = [column[0] for column in cursor.description or ()]
        row = cursor.fetchone()
    return {name: str(value) for name, value in zip(names, row or (), strict=False) if value is not None}


def frames_in_order(definition: Definition) -> list[str]:
    """The fields that are coded, in the order of the questions."""
    return [one.id for one in definition.questionnaire.fields() if one.id in definition.policy.frames]


def _codable(layout: Layout, fields: Sequence[str] | None = None) -> str:
    """SQL: the row of each answer that can be coded now, its respondent and its field."""
    return _READABLE.format(answers=_answers(layout, fields))


def _answers(layout: Layout, fields: Sequence[str] | None = None) -> str:
    """SQL: the row of each answer that is to be coded, its respondent and its field."""
    names = frames_in_order(layout.definition) if fields is None else fields
    parts = [_CODABLE.format(name=literal(name), said=layout.said[name]) for name in names if name in layout.said]
    return union_all(parts) or "SELECT 0::BIGINT AS rid, 0::BIGINT AS respondent, '' AS field WHERE false"


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[tuple]:  # type: ignore[type-arg]
    return connection.execute(query, values).fetchall() if values else connection.execute(query).fetchall()
