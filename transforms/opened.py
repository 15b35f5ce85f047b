"""What the transforms take in: opened responses and the events about artefacts, as Arrow tables.

Confidentiality: an opened table holds answers and senders in clear; it lives in memory alone.
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from transforms.errors import CheckFailed

_TIME = pa.timestamp("us", tz="UTC")

# One row = one response: (artefact, ordinal). `answers` is a JSON object, field -> text or list of texts, as given.
# `readings` is a JSON list of how each was read (`transforms.readings`), where a reader stood between; else null.
# `same_as` is the artefact that the same submission is, should it come by web too: the id inside a sealed file.
OPENED_SCHEMA = pa.schema(
    [
        pa.field("response_id", pa.string(), nullable=False),
        pa.field("artefact_id", pa.string(), nullable=False),
        pa.field("ordinal", pa.int32(), nullable=False),
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("known_at", _TIME, nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("relates_to", pa.string()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("questionnaire_hash", pa.string()),
        pa.field("received_at", _TIME, nullable=False),
        pa.field("device_time", _TIME),
        pa.field("started_at", _TIME),
        pa.field("postmark", pa.string()),
        pa.field("language", pa.string(), nullable=False),
        pa.field("sender", pa.string()),
        pa.field("state", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("answers", pa.string()),
        pa.field("readings", pa.string()),
        pa.field("same_as", pa.string()),
    ]
)

# One row = one withdrawal or tombstone; `relates_to` is the artefact it is about.
EVENTS_SCHEMA = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("known_at", _TIME, nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("relates_to", pa.string(), nullable=False),
    ]
)

STATES = ("response", "not_a_response", "in_review", "quarantined")

# The rows that are worked on at once: a row group of the part (a multiple of 2,048), held twice in memory.
CHUNK_ROWS = 61_440


def in_chunks(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Tables joined until they hold `CHUNK_ROWS` rows or more; none is cut."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(one.num_rows for one in waiting) >= CHUNK_ROWS:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def check_frame(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """`table` with the columns of `schema`, in its order and types.

    Raises:
        CheckFailed: a column is missing or of another type, a value is null that may not be, a state or an ordinal
            is unknown, or an id is there twice in this table.
    """
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise CheckFailed(f"The opened rows have no column '{missing[0]}'; parse the landing again.")
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise CheckFailed(f"The opened rows leave '{field.name}' out; parse the landing again.")
    try:
        table = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise CheckFailed(
            "The opened rows hold a column of another type than agreed; parse the landing again."
        ) from error
    if "response_id" in schema.names:
        _check_values(table)
    return table


def _check_values(table: pa.Table) -> None:
    if table.num_rows and not pc.all(pc.is_in(table["state"], pa.array(STATES))).as_py():
        raise CheckFailed("The opened rows hold a state that is not known; parse the landing again.")
    if table.num_rows and pc.min(table["ordinal"]).as_py() < 1:
        raise CheckFailed("The opened rows hold an ordinal below 1; parse the landing again.")
    if pc.count_distinct(table["response_id"]).as_py() != table.num_rows:
        raise CheckFailed("The opened rows hold an id of a response twice; parse the landing again.")
