"""Synthetic responses of the seed's shape, about 1.6 KB of JSON each, made in bulk from a seed.

They are word salad, not opinions: what matters is their size, how many cells are empty, how many hold something to be
masked, and how many respondents write twice.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.opened import CHUNK_ROWS, OPENED_SCHEMA

SEED = 2007
_WORDS = (
    "community group support fund grant contract voluntary sector council service people city cluster network term "
    "report meeting partner agency monitoring review small large local health care youth older carers work paid cost "
    "full recovery principle plan level place voice trust clear open shared agree with the and of for that this would "
    "should could more less better often never because however although need want think believe many few some all"
).split()
_TELLING = (
    "please write to me at person{n}@example.org about this.",
    "my number is 01332 {n:06d} if you want to talk.",
    "we meet at our hall in DE{d} {e}AB every week.",
    "I live near DE{d} {e}QQ and walk there.",
    "see www.example.org/page{n} for our view.",
)
_EMPTIES = ("N/A", "-", "n/a", "none", "not provided", "")
_OPEN = (
    "q1a_term", "q1b_preference", "q2_place", "q3_accountable", "q4_grants_contracts", "q5_full_cost", "q6_monitoring",
    "q7_review",
)  # fmt: skip
_TYPES = (
    [],
    ["voluntary_community_rep"],
    ["derby_resident"],
    ["derby_resident", "voluntary_community_rep"],
    ["public_sector_rep"],
    ["derby_business_rep"],
    ["other"],
)
_ROWS = """
SELECT n,
    struct_pack({fields}) AS answers
FROM (SELECT unnest(range($first, $last)) AS n)
"""
_OPENED = """
SELECT
    'r' || lpad(n::VARCHAR, 9, '0') || '-' || hex(hash(n)) || '.1' AS response_id,
    'r' || lpad(n::VARCHAR, 9, '0') || '-' || hex(hash(n)) AS artefact_id,
    1::INTEGER AS ordinal,
    n + 1 AS seq,
    TIMESTAMPTZ '2007-06-10 08:00:00+00' AS known_at,
    'submission' AS event,
    NULL::VARCHAR AS relates_to,
    CASE WHEN n % 10 < 7 THEN 'web' WHEN n % 10 < 9 THEN 'email' ELSE 'post' END AS channel,
    $questionnaire_hash AS questionnaire_hash,
    TIMESTAMPTZ '2007-03-01 08:00:00+00' + INTERVAL ((n * 7) % 7900000) SECOND AS received_at,
    NULL::TIMESTAMPTZ AS device_time,
    NULL::TIMESTAMPTZ AS started_at,
    CASE WHEN n % 10 = 9 THEN 'none' END AS postmark,
    'en' AS language,
    CASE WHEN n % 10 IN (7, 8) THEN 'person' || (hash(n, 'sender') % $people)::VARCHAR || '@example.org' END AS sender,
    'response' AS state,
    NULL::VARCHAR AS reason,
    to_json(answers)::VARCHAR AS answers,
    NULL::VARCHAR AS readings,
    NULL::VARCHAR AS same_as
FROM made
"""


def _sentences(rng: random.Random, count: int) -> list[str]:
    """Sentences of 7 to 13 words; some hold a year, few hold something that must be masked."""
    made = []
    for n in range(count):
        words = rng.choices(_WORDS, k=rng.randint(7, 13))
        if n % 25 == 0:
            words.insert(4, str(rng.randint(1990, 2007)))
        text = " ".join(words).capitalize() + "."
        if n % 40 == 0:
            text += ' They said "yes".\n'
        if n % 60 == 0:
            text += " " + rng.choice(_TELLING).format(
                n=rng.randint(0, 999_999), d=rng.randint(1, 24), e=rng.randint(1, 9)
            )
        made.append(text)
    return made


def _text(field: str) -> str:
    """SQL: two to four sentences, now and then an empty in words."""
    picks = [f"s[1 + (hash(n, '{field}', {i}) % len(s))::BIGINT]" for i in range(4)]
    long = " || ' ' || ".join(picks)
    short = " || ' ' || ".join(picks[:2])
    return (
        f"CASE WHEN hash(n, '{field}') % 100 < 12 THEN e[1 + (hash(n, '{field}') % len(e))::BIGINT]"
        f" WHEN hash(n, '{field}') % 100 < 50 THEN {short} ELSE {long} END"
    )


def opened_chunks(first: int, last: int, chunk_rows: int, questionnaire_hash: str) -> Iterator[pa.Table]:
    """Opened responses number `first` to `last` - 1 as Arrow tables of OPENED_SCHEMA, the same for the same numbers."""
    rng = random.Random(SEED)
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(
        "CREATE TABLE pool AS SELECT $s AS s, $e AS e", {"s": _sentences(rng, 5_000), "e": list(_EMPTIES)}
    )
    connection.execute("CREATE TABLE types AS SELECT $t::VARCHAR[][] AS t", {"t": [list(one) for one in _TYPES]})
    fields = [f"{field} := {_text(field)}" for field in _OPEN]
    fields.append("r1_type := t[1 + (hash(n, 'type') % len(t))::BIGINT]")
    fields.append(
        "r2_organisation := CASE WHEN hash(n, 'org') % 3 = 0"
        " THEN 'Group ' || (hash(n, 'o') % 40000)::VARCHAR ELSE '' END"
    )
    fields.append("r3_role := CASE WHEN hash(n, 'org') % 6 = 0 THEN 'Chair' ELSE '' END")
    rows = _ROWS.replace("{fields}", ", ".join(fields)).replace("FROM (", "FROM pool, types, (")
    people = max(1_000, last)
    for start in range(first, last, chunk_rows):
        stop = min(start + chunk_rows, last)
        connection.execute(f"CREATE OR REPLACE TABLE made AS {rows}", {"first": start, "last": stop})
        table = connection.execute(
            _OPENED, {"questionnaire_hash": questionnaire_hash, "people": people}
        ).to_arrow_table()
        yield table.cast(OPENED_SCHEMA)
    connection.close()


def write_both_forms(folder: Path, first: int, last: int, questionnaire_hash: str) -> None:
    """Write responses `first` to `last` - 1 into `folder`: opened (`.arrow`, in chunks), and the same as `.ndjson`."""
    folder.mkdir(parents=True)
    for number, chunk in enumerate(opened_chunks(first, last, CHUNK_ROWS, questionnaire_hash)):
        with pa.ipc.new_file(folder / f"{number:04d}.arrow", chunk.schema) as writer:
            writer.write_table(chunk)
        lines = chunk["answers"].to_pylist()
        (folder / f"{number:04d}.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "last").write_text(str(last), "utf-8")
