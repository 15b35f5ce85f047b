"""Positions: what officers coded, settled. "Not yet coded" is a state of an answer, never a position.

Of each officer the latest coding of a limb counts, unless the officer undid it. A limb is settled when more than half
of the officers who coded it agree: one coder alone settles it, two who differ leave it open until one of them, or a
third coder, makes a majority, or until somebody settles it: a third person, or two who differ, together. A field is
coded when every limb of its frame is settled; only then do its positions count, so that all its limbs have the same
base. Codes and limbs that are not in the frame are passed over.
"""

import duckdb
import pyarrow as pa

from transforms.layout import Layout

# Which themes a coder found stands among the codings under this limb, and in no frame.
THEMES = "~themes"
_FRAME_SCHEMA = pa.schema([("field", pa.string()), ("limb", pa.string()), ("code", pa.string())])

# Codings of included respondents; those of a member hold where the member's answer is the respondent's. Those of a
# campaign's letter hold for who sent it unedited and was not coded by himself.
_POOLED = """
CREATE OR REPLACE TEMP TABLE pooled AS
WITH own_member AS (
    SELECT w.response_id, o.rid, o.respondent, o.respondent IN (SELECT rid FROM part.sources) AS linked
    FROM {work} AS w JOIN part.outcomes AS o USING (rid) WHERE o.respondent IS NOT NULL
), lettered AS (
    SELECT DISTINCT r.response_id, o.rid, o.respondent, k.campaign, k.letter
    FROM codings AS c JOIN new_received AS r USING (response_id) JOIN new_outcomes AS o USING (rid)
    JOIN new_campaign_members AS k ON k.rid = o.respondent WHERE c.campaign IS NOT NULL
), sent_unedited AS (
    SELECT l.response_id, k.rid, k.rid AS respondent, false AS linked
    FROM new_campaign_members AS k JOIN lettered AS l USING (campaign, letter)
    WHERE k.variant = 'standard' AND k.rid <> l.respondent AND k.rid IN (SELECT respondent FROM own_member)
        AND k.rid NOT IN (
            SELECT respondent FROM own_member JOIN codings USING (response_id) WHERE role = 'coding'
        )
), member AS (
    SELECT *, false AS by_letter FROM own_member UNION ALL SELECT *, true AS by_letter FROM sent_unedited
), said AS (
    SELECT *, lower(trim(officer)) AS coder FROM codings WHERE response_id IN (SELECT response_id FROM member)
), undone AS (
    SELECT response_id, field, coder, max(seq) AS until FROM said WHERE role = 'undo' GROUP BY ALL
)
SELECT m.respondent AS rid, c.field, c.limb, c.coder, c.role, max(c.seq) AS seq, arg_max(c.code, c.seq) AS code,
    arg_max(lower(trim(coalesce(c.settled_with, ''))), c.seq) AS settled_with
FROM said AS c JOIN member AS m USING (response_id) LEFT JOIN undone AS u USING (response_id, field, coder)
WHERE ((c.field, c.limb, c.code) IN (SELECT (field, limb, code) FROM frame) OR c.limb = '~themes')
    AND c.seq > coalesce(u.until, 0)
    AND (NOT m.by_letter OR c.campaign IS NOT NULL)
    AND (NOT m.linked OR (m.respondent, c.field, m.rid) IN (SELECT (rid, field, member) FROM part.sources))
GROUP BY ALL
"""
_AGREED = """
CREATE OR REPLACE TEMP TABLE agreed AS
SELECT rid, field, limb, code, max(seq) AS seq FROM (
    SELECT rid, field, limb, code, count(*) AS agree,
        max(max(seq)) OVER every AS seq, sum(count(*)) OVER every AS coders
    FROM pooled WHERE role = 'coding' AND limb <> '~themes' GROUP BY rid, field, limb, code
    WINDOW every AS (PARTITION BY rid, field, limb)
) WHERE agree * 2 > coders GROUP BY ALL
"""
# A third person has not coded the field; two who settle it together both have. Their last word counts.
_SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
WITH coder AS (
    SELECT rid, field, list(DISTINCT coder) AS coders FROM pooled
    WHERE role = 'coding' AND limb <> '~themes' GROUP BY ALL
)
SELECT rid, field, limb, code, seq FROM agreed
UNION ALL
SELECT rid, field, limb, arg_max(p.code, p.seq), max(p.seq)
FROM pooled AS p JOIN coder AS c USING (rid, field) ANTI JOIN agreed USING (rid, field, limb)
WHERE p.role = 'settling' AND p.limb <> '~themes' AND CASE WHEN p.settled_with = '' THEN p.coder NOT IN c.coders
    ELSE p.coder IN c.coders AND p.settled_with IN c.coders AND p.coder <> p.settled_with END
GROUP BY ALL
"""

_CODED = """
INSERT INTO part.coded
SELECT rid, field, max(seq) AS seq FROM settled
GROUP BY rid, field HAVING count(*) = (SELECT count(DISTINCT limb) FROM frame WHERE frame.field = settled.field)
"""

# What each officer last said of the themes: who merges themes later changes what they come to, so it is kept as said.
_THEME_SAID = """
INSERT INTO part.theme_said
SELECT rid, field, coder, role, seq, code AS themes, settled_with FROM pooled WHERE limb = '~themes'
"""
_POSITIONS = """
INSERT INTO part.positions
SELECT rid, field, limb, code FROM settled WHERE (rid, field) IN (SELECT (rid, field) FROM part.coded)
"""


def code(connection: duckdb.DuckDBPyConnection, layout: Layout, work: str) -> None:
    """Fill the part's coded fields, positions and what was said of themes for the respondents of its outcomes.

    Reads the relation `codings` and `work`, which holds every response of these respondents.
    """
    rows = [
        {"field": field, "limb": limb, "code": one}
        for field, frame in layout.definition.policy.frames.items()
        for limb in frame.limb_ids
        for one in frame.code_ids
    ]
    connection.register("frame", pa.Table.from_pylist(rows, schema=_FRAME_SCHEMA))
    for statement in (_POOLED.format(work=work), _AGREED, _SETTLED, _CODED, _POSITIONS, _THEME_SAID):
        connection.execute(statement)
    connection.unregister("frame")
