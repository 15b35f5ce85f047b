"""Of which: the respondents that are included, by whether a campaign's letter, an organisation or an individual speaks.

Each is counted once, for the first that applies.
"""

import duckdb

from transforms.layout import Layout
from transforms.sql import identifier

KINDS = ("campaign_unedited", "campaign_edited", "organisation", "individual")

_COUNT = """
INSERT INTO part.mart_of_which
SELECT r.channel, CASE
        WHEN m.variant = 'edited' THEN 'campaign_edited'
        WHEN m.variant IS NOT NULL THEN 'campaign_unedited'
        WHEN o.rid IN (SELECT respondent FROM speaks_for_one) THEN 'organisation'
        ELSE 'individual' END AS kind,
    count(*)
FROM new_outcomes AS o JOIN new_received AS r USING (rid) LEFT JOIN new_campaign_members AS m USING (rid)
WHERE o.line = 'included' GROUP BY ALL
"""
_SPEAKS_FOR_ONE = """
CREATE OR REPLACE TEMP TABLE speaks_for_one AS
SELECT DISTINCT o.respondent
FROM new_outcomes AS o LEFT JOIN new_answers AS a USING (rid) LEFT JOIN new_identifiers AS i USING (rid)
WHERE o.respondent IS NOT NULL AND {names_one}
"""


def count(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Fill the part's `mart_of_which` from the new version's relations."""
    named = [f"{'i' if name in layout.vault else 'a'}.{identifier(name)}" for name in layout.with_role("organisation")]
    names_one = f"coalesce({', '.join(named)}) IS NOT NULL" if named else "false"
    connection.execute(_SPEAKS_FOR_ONE.format(names_one=names_one))
    connection.execute(_COUNT)
    connection.execute("DROP TABLE speaks_for_one")
