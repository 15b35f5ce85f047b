"""Positions: what officers coded, settled. "Not yet coded" is a state of an answer, never a position.

Of each officer the latest coding of a limb counts. A limb is settled when more than half of the officers who coded it
agree: one coder alone settles it, two who differ leave it open until one of them, or a third, makes a majority.
A field is coded when every limb of its frame is settled; only then do its positions count, so that all its limbs have
the same base. Codes and limbs that are not in the frame are passed over.
"""

import duckdb
import pyarrow as pa

from transforms.layout import Layout

_FRAME_SCHEMA = pa.schema([("field", pa.string()), ("limb", pa.string()), ("code", pa.string())])

# Codings of included respondents; those of a member hold where the member's answer is the respondent's.
_POOLED = """
CREATE OR REPLACE TEMP TABLE pooled AS
WITH member AS (
    SELECT w.response_id, o.rid, o.respondent, o.respondent IN (SELECT rid FROM part.sources) AS linked
    FROM {work} AS w JOIN part.outcomes AS o USING (rid) WHERE o.respondent IS NOT NULL
)
SELECT m.respondent AS rid, c.field, c.limb, c.officer, max(c.seq) AS seq, arg_max(c.code, c.seq) AS code
FROM codings AS c JOIN member AS m USING (response_id)
WHERE (c.field, c.limb, c.code) IN (SELECT (field, limb, code) FROM frame)
    AND (NOT m.linked OR (m.respondent, c.field, m.rid) IN (SELECT (rid, field, member) FROM part.sources))
GROUP BY ALL
"""

_SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT rid, field, limb, code, max(seq) AS seq FROM (
    SELECT rid, field, limb, code, count(*) AS agree,
        max(max(seq)) OVER every AS seq, sum(count(*)) OVER every AS coders
    FROM pooled GROUP BY rid, field, limb, code
    WINDOW every AS (PARTITION BY rid, field, limb)
) WHERE agree * 2 > coders GROUP BY ALL
"""

_CODED = """
INSERT INTO part.coded
SELECT rid, field, max(seq) AS seq FROM settled
GROUP BY rid, field HAVING count(*) = (SELECT count(DISTINCT limb) FROM frame WHERE frame.field = settled.field)
"""

_POSITIONS = """
INSERT INTO part.positions
SELECT rid, field, limb, code FROM settled WHERE (rid, field) IN (SELECT (rid, field) FROM part.coded)
"""


def code(connection: duckdb.DuckDBPyConnection, layout: Layout, work: str) -> None:
    """Fill the part's coded fields and positions for the respondents of the part's outcomes.

    Reads the relation `codings` and `work`, which holds every response of these respondents.
    """
    rows = [
        {"field": field, "limb": limb, "code": one}
        for field, frame in layout.definition.policy.frames.items()
        for limb in frame.limb_ids
        for one in frame.code_ids
    ]
    connection.register("frame", pa.Table.from_pylist(rows, schema=_FRAME_SCHEMA))
    for statement in (_POOLED.format(work=work), _SETTLED, _CODED, _POSITIONS):
        connection.execute(statement)
    connection.unregister("frame")
