"""From opened rows to the parsed layer: each answer a text of its own, empties gone. One row = one response.

The JSON of a response is read once. Working over every byte of long answers is what costs, so a text is trimmed or
held against the list of empties only where its length or its ends ask for it.
"""

import json
import re

from schemas import frames
from transforms.layout import Layout
from transforms.sql import identifier, literal

# Spaces of every sort that people paste, and the invisible marks of right-to-left text.
_SPACES = " \t\r\n\u00a0\u200e\u200f\ufeff"
_ANY_SPACE = r"[\s\p{Z}\x{FEFF}\x{200E}\x{200F}]*"

# A row's number, from its place in landing: it grows with arrival, so that look-ups and "the last ones" read little.
ORDINALS = 1 << 20
RID = f"(seq * {ORDINALS} + ordinal)"

_PARSED = """
CREATE OR REPLACE TEMP TABLE {target} AS
SELECT rid, response_id, artefact_id, ordinal, seq, known_at, event, relates_to, channel, questionnaire_hash,
    received_at, device_time, started_at, postmark, language, sender, state, reason,
    {misfits} AS misfits,
    {normalised}
FROM (
    SELECT {rid}::BIGINT AS rid, *, json_transform(coalesce(answers, '{{}}'), {structure}) AS a FROM {source}
)
"""

_DROP_PARSED = "DROP TABLE IF EXISTS {target}"


def parsed_table(layout: Layout, source: str, target: str) -> str:
    """SQL that makes the temporary table `target` of the parsed layer from the relation `source` of OPENED_SCHEMA."""
    struct = frames.parsed_struct(layout.definition)
    structure = json.dumps({name: ["VARCHAR"] if kind == "VARCHAR[]" else "VARCHAR" for name, kind in struct.items()})
    empties = layout.definition.policy.empties
    normalised = ",\n    ".join(
        f"{_list(f'a.{identifier(name)}') if layout.is_list(name) else _text(f'a.{identifier(name)}', empties)}"
        f" AS {identifier(name)}"
        for name in struct
    )
    return _PARSED.format(
        target=target,
        source=source,
        rid=RID,
        structure=literal(structure),
        normalised=normalised,
        misfits=_misfits(layout),
    )


def _text(value: str, empties: tuple[str, ...]) -> str:
    """SQL: the text without spaces round it; NULL when nothing or one of `empties` is left."""
    nothing = literal(f"(?i){_ANY_SPACE}(?:{'|'.join(re.escape(one) for one in empties)})?{_ANY_SPACE}")
    short = max((len(one.encode()) for one in empties), default=0) + 8
    ragged = f"({value} < '!' OR ends_with({value}, ' ') OR ends_with({value}, chr(10)))"
    spaces = literal(_SPACES)
    return (
        f"CASE WHEN (strlen({value}) <= {short} OR {ragged}) AND regexp_full_match({value}, {nothing}) THEN NULL"
        f" WHEN {ragged} THEN rtrim(ltrim({value}, {spaces}), {spaces}) ELSE {value} END"
    )


def _list(value: str) -> str:
    return f"CASE WHEN len({value}) > 0 THEN {value} END"


def _misfits(layout: Layout) -> str:
    """SQL: the keys of the answers that have no place, [] where there are none.

    Looking at the keys means reading the JSON again. Where the known answers account for every byte of it there can be
    no other key, so only the rest is read twice. Each backslash is an escape and one byte longer than what it stands
    for; where that does not add up (an escaped backslash, a character by its number) the JSON is read.
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
    exact = frames.misfits_expression(layout.definition, "answers")
    escapes = (
        "CASE WHEN contains(answers, chr(92)) THEN strlen(answers) - strlen(replace(answers, chr(92), '')) ELSE 0 END"
    )
    known = f"strlen(answers) = {' + '.join(parts)} + 1 + {escapes} AND NOT contains(answers, chr(92) || chr(92))"
    return f"CASE WHEN answers IS NULL OR ({known}) THEN []::VARCHAR[] ELSE coalesce({exact}, []::VARCHAR[]) END"
