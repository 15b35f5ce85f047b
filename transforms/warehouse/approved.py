"""What may leave in full: views over a version that join an officer's approval with the respondent's permission.

Nothing is in them unless the definition asks for permission, the respondent gave it, and an officer approved: one text
(masked), or rows. Whoever publishes asks the policy again.
"""

import duckdb

from transforms.layout import Layout
from transforms.sql import columns, identifier, literal

# One row = one included respondent that an officer approved to leave as a row (an approval without a response: all).
_ROWS = """
CREATE OR REPLACE TEMP VIEW approved_rows AS
SELECT {answers} FROM standing_answers AS a
WHERE {permission} = 'yes' AND (
    EXISTS (SELECT 1 FROM approvals WHERE what = 'rows' AND response_id IS NULL)
    OR a.rid IN (SELECT r.rid FROM received AS r JOIN approvals AS p USING (response_id) WHERE p.what = 'rows')
)
"""
# One row = one masked text that an officer approved by itself, and that is still what the respondent says.
_QUOTES = """
CREATE OR REPLACE TEMP VIEW approved_quotes AS
SELECT DISTINCT q.rid, q.field, coalesce(m.text, q.text) AS text
FROM ({texts}) AS q
JOIN outcomes AS o ON o.rid = q.rid
JOIN standing_answers AS s ON s.rid = o.respondent
LEFT JOIN masked_cells AS m ON m.rid = q.rid AND m.field = q.field
WHERE s.{permission} = 'yes' AND o.line IN ('included', 'merged')
    AND (o.respondent NOT IN (SELECT rid FROM composites)
         OR (o.respondent, q.field, q.rid) IN (SELECT (rid, field, member) FROM sources))
"""
_TEXT = """
SELECT a.rid, {field} AS field, a.{column} AS text
FROM answers AS a JOIN received AS r USING (rid) JOIN approvals AS p USING (response_id)
WHERE p.what = 'verbatim' AND coalesce(p.field, {field}) = {field} AND a.{column} IS NOT NULL
"""
_STANDING = """
CREATE OR REPLACE TEMP VIEW standing_answers AS
SELECT a.rid, {columns} FROM answers AS a JOIN outcomes AS o USING (rid) ANTI JOIN composites AS c USING (rid)
WHERE o.line = 'included'
UNION ALL SELECT rid, {columns} FROM composites
"""


def create_approved_views(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Make `approved_rows` and `approved_quotes`; neither exists where the definition asks for no permission."""
    field = layout.definition.policy.publication.permission_field
    if field is None:
        return
    closed = [name for name in layout.clean if not layout.is_text(name)]
    permission = identifier(field)
    connection.execute(_STANDING.format(columns=columns(closed)))
    connection.execute(_ROWS.format(answers=columns(closed, "a"), permission=permission))
    coded = [name for name in layout.texts if name in layout.definition.policy.frames]
    if coded:
        texts = " UNION ALL ".join(_TEXT.format(field=literal(name), column=identifier(name)) for name in coded)
        connection.execute(_QUOTES.format(texts=texts, permission=permission))
