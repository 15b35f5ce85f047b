"""From opened rows to the parsed layer: each answer a text of its own, empties gone. One row = one response.

The JSON of a response is read once. Working over every byte of long answers is what costs, so a text is trimmed or
held against the list of empties only where its length or its ends ask for it.
"""

import json
import re

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import frames
from transforms.errors import CheckFailed
from transforms.layout import Layout
from transforms.sql import identifier, literal

# Spaces of every sort that people paste, and the invisible marks of right-to-left text.
_SPACES = " \t\r\n\u00a0\u200e\u200f\ufeff"
_ANY_SPACE = r"[\s\p{Z}\x{FEFF}\x{200E}\x{200F}]*"

# A row's number, from its place in landing: it grows with arrival, so that look-ups and "the last ones" read little.
ORDINALS = 1 << 20
_STEP = 1 << 18
RID = f"(seq * {ORDINALS} + ordinal)"

_PARSED = """
SELECT rid, response_id, artefact_id, ordinal, seq, known_at, event, relates_to, channel, questionnaire_hash,
    received_at, device_time, started_at, postmark, language, sender, state, reason, same_as,
    {accounted} AS accounted,
    {normalised}
FROM (
    SELECT {rid}::BIGINT AS rid, *, json_transform(coalesce(answers, '{{}}'), {structure}) AS a FROM {source}
)
"""
_MISFITS = """
CREATE OR REPLACE TEMP TABLE {target}_misfits AS
SELECT response_id, {misfits} AS misfits FROM {source}
WHERE response_id IN (SELECT response_id FROM {target}_rows WHERE NOT accounted)
"""
_ANY_MISFITS = "SELECT 1 FROM {target}_misfits WHERE len(misfits) > 0 LIMIT 1"
_VIEW_WITHOUT_MISFITS = """
CREATE OR REPLACE TEMP VIEW {target} AS SELECT * EXCLUDE (accounted), []::VARCHAR[] AS misfits FROM {target}_rows
"""
_VIEW = """
CREATE OR REPLACE TEMP VIEW {target} AS
SELECT p.* EXCLUDE (accounted), coalesce(m.misfits, []::VARCHAR[]) AS misfits
FROM {target}_rows AS p LEFT JOIN {target}_misfits AS m USING (response_id)
"""


def with_escapes(opened: pa.Table) -> pa.Table:
    """Opened rows with a column `escapes`: how many backslashes the JSON of the answers holds."""
    answers = pc.fill_null(opened["answers"], "").combine_chunks()
    _, offsets, text = answers.buffers()
    ends = np.frombuffer(offsets, np.int32)[answers.offset : answers.offset + len(answers) + 1]
    places = _places_of(np.frombuffer(text or b"", np.uint8), ord("\\"))
    counts = np.searchsorted(places, ends[1:]) - np.searchsorted(places, ends[:-1])
    return opened.append_column("escapes", pa.array(counts, pa.int64()))


def _places_of(text: npt.NDArray[np.uint8], byte: int) -> npt.NDArray[np.intp]:
    """Where a byte is in a text; in steps that stay in the processor's cache."""
    steps = range(0, len(text), _STEP)
    found = [np.flatnonzero(text[start : start + _STEP] == byte) + start for start in steps]
    return np.concatenate(found) if found else np.empty(0, np.intp)


def parse(connection: duckdb.DuckDBPyConnection, layout: Layout, source: str, target: str) -> None:
    """Make the view `target` of the parsed layer from the relation `source` of OPENED_SCHEMA with `escapes`.

    The rows are held as an Arrow table, not as one of DuckDB's: making statistics of long texts that are read a few
    times and dropped costs more than parsing them.

    Raises:
        CheckFailed: answers are no JSON object.
    """
    try:
        rows = connection.execute(_parsed(layout, source)).to_arrow_table()
    except duckdb.InvalidInputException:
        raise CheckFailed("The opened rows hold answers that are no JSON object; parse the landing again.") from None
    connection.register(f"{target}_rows", rows)
    exact = frames.misfits_expression(layout.definition, "answers")
    connection.execute(_MISFITS.format(source=source, target=target, misfits=f"coalesce({exact}, []::VARCHAR[])"))
    any_doubt = connection.execute(_ANY_MISFITS.format(target=target)).fetchone()
    connection.execute((_VIEW if any_doubt else _VIEW_WITHOUT_MISFITS).format(target=target))


def _parsed(layout: Layout, source: str) -> str:
    """SQL: the parsed rows; `accounted` tells that no key of the answers is without a place."""
    struct = frames.parsed_struct(layout.definition)
    structure = json.dumps({name: ["VARCHAR"] if kind == "VARCHAR[]" else "VARCHAR" for name, kind in struct.items()})
    empties = layout.definition.policy.empties
    normalised = ",\n    ".join(
        f"{_list(f'a.{identifier(name)}') if layout.is_list(name) else _text(f'a.{identifier(name)}', empties)}"
        f" AS {identifier(name)}"
        for name in struct
    )
    return _PARSED.format(
        source=source, rid=RID, structure=literal(structure), normalised=normalised, accounted=_accounted(layout)
    )


def _text(value: str, empties: tuple[str, ...]) -> str:
    """SQL: the text without spaces round it; NULL when nothing or one of `empties` is left."""
    nothing = literal(f"(?i){_ANY_SPACE}(?:{'|'.join(re.escape(one) for one in empties)})?{_ANY_SPACE}")
    short = max((len(one.encode()) for one in empties), default=0) + 8
    ends = " OR ".join(f"ends_with({value}, {space})" for space in ("' '", "chr(10)"))
    ragged = f"({value} NOT BETWEEN '!' AND '~~' OR {ends})"
    spaces = literal(_SPACES)
    return (
        f"CASE WHEN (strlen({value}) <= {short} OR {ragged}) AND regexp_full_match({value}, {nothing}) THEN NULL"
        f" WHEN {ragged} THEN rtrim(ltrim({value}, {spaces}), {spaces}) ELSE {value} END"
    )


def _list(value: str) -> str:
    return f"CASE WHEN len({value}) > 0 THEN {value} END"


def _accounted(layout: Layout) -> str:
    """SQL: whether the known answers account for every byte of the JSON, so that there can be no other key in it.

    Looking at the keys means reading the JSON again, so only what is not accounted for is read twice. Each backslash is
    an escape and one byte longer than what it stands for; where that does not add up (an escaped backslash, a character
    by its number) the JSON is read.
    """
    parts = []
    for name in layout.answers:
        value = f"a.{identifier(name)}"
        if layout.is_list(name):
            brackets = f"CASE WHEN len({value}) > 0 THEN 1 ELSE 2 END"
            size = f"strlen(array_to_string({value}, '')) + len({value}) * 3 + {brackets}"
        else:
            size = f"strlen({value}) + 2"
        parts.append(f"coalesce({size} + {len(name) + 4}, 0)")
    whole = f"strlen(answers) = {' + '.join(parts)} + 1 + escapes AND NOT contains(answers, chr(92) || chr(92))"
    return f"(answers IS NULL OR coalesce({whole}, false))"
