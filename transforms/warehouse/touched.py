"""Which responses an increment has to settle again: what is new, and whatever what is new can change.

That is everything joined to it by evidence, by an officer's link, or by being a later version; taken until nothing is
added, so each respondent is settled whole and the result is the same as that of a full build.
"""

import duckdb

from transforms.linkage.respondents import MERGING, MOST_SHARED

_EVERYTHING = "CREATE OR REPLACE TEMP TABLE touched AS SELECT rid FROM new_received"

_SEEDS = """
CREATE OR REPLACE TEMP TABLE touched AS
SELECT rid FROM part.received
UNION
SELECT rid FROM new_received WHERE response_id IN (
    SELECT response_id FROM part.codings UNION SELECT response_id FROM part.verdicts
    UNION SELECT first FROM part.links UNION SELECT second FROM part.links
)
UNION
SELECT rid FROM new_received WHERE coalesce(same_as, artefact_id) IN (SELECT relates_to FROM part.events)
"""
_LINKED = """
CREATE OR REPLACE TEMP TABLE linked_rows AS
SELECT a.rid AS one, b.rid AS two
FROM (SELECT DISTINCT first, second FROM new_links) AS l
JOIN new_received AS a ON a.response_id = l.first JOIN new_received AS b ON b.response_id = l.second
"""
_VERSIONS = """
CREATE OR REPLACE TEMP TABLE version_rows AS
SELECT later.rid AS one, earlier.rid AS two
FROM (SELECT rid, relates_to FROM new_received WHERE event = 'supersede') AS later
JOIN new_received AS earlier ON coalesce(earlier.same_as, earlier.artefact_id) = later.relates_to
UNION ALL
SELECT copy.rid, other.rid
FROM (SELECT rid, same_as FROM new_received WHERE same_as IS NOT NULL) AS copy
JOIN new_received AS other ON coalesce(other.same_as, other.artefact_id) = copy.same_as WHERE copy.rid <> other.rid
"""
_FRONTIER = "CREATE OR REPLACE TEMP TABLE frontier AS SELECT rid FROM touched"
# Evidence that too many share links nobody, before and after: it leads nowhere.
_NEXT = f"""
CREATE OR REPLACE TEMP TABLE frontier AS
WITH shown AS (
    SELECT DISTINCT kind, key FROM new_keys WHERE kind IN ({MERGING}) AND rid IN (SELECT rid FROM frontier)
), holder AS (
    SELECT kind, key, rid FROM new_keys JOIN shown USING (kind, key)
), telling AS (
    SELECT kind, key FROM holder LEFT JOIN (SELECT rid, true AS fresh FROM part.received) USING (rid)
    GROUP BY ALL HAVING count(*) > 1 AND (count(*) <= {MOST_SHARED} OR count(*) FILTER (fresh IS NULL) <= {MOST_SHARED})
)
SELECT rid FROM (
    SELECT rid FROM holder JOIN telling USING (kind, key)
    UNION SELECT two FROM linked_rows WHERE one IN (SELECT rid FROM frontier)
    UNION SELECT one FROM linked_rows WHERE two IN (SELECT rid FROM frontier)
    UNION SELECT two FROM version_rows WHERE one IN (SELECT rid FROM frontier)
    UNION SELECT one FROM version_rows WHERE two IN (SELECT rid FROM frontier)
) WHERE rid NOT IN (SELECT rid FROM touched)
"""


def find_touched(connection: duckdb.DuckDBPyConnection, *, everything: bool) -> None:
    """Make `touched(rid)` from the relations of the new version (`new_...`) and what the part adds."""
    if everything:
        connection.execute(_EVERYTHING)
        return
    for statement in (_SEEDS, _LINKED, _VERSIONS, _FRONTIER):
        connection.execute(statement)
    while True:
        connection.execute(_NEXT)
        added = connection.execute("INSERT INTO touched SELECT rid FROM frontier RETURNING 1").fetchall()
        if not added:
            return
