"""Which responses an increment has to settle again: what is new, and whatever what is new can change.

That is everything joined to it by a pair that may merge, by an officer's link, by being a later version, or by having
been of one respondent; taken until nothing is added, so each respondent is settled whole and the result is the same as
that of a full build.
"""

import duckdb

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
UNION
SELECT unnest([a, b]) FROM (
    SELECT a, b FROM part.linkage_pairs WHERE may_merge UNION SELECT a, b FROM part.linkage_lost
)
"""
_LINKED = """
CREATE OR REPLACE TEMP TABLE linked_rows AS
SELECT a.rid AS one, b.rid AS two
FROM (SELECT DISTINCT first, second FROM new_links) AS l
JOIN new_received AS a ON a.response_id = l.first JOIN new_received AS b ON b.response_id = l.second
"""
_MERGING = "CREATE OR REPLACE TEMP TABLE merging AS SELECT a, b FROM new_linkage_pairs WHERE may_merge"
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
_NEXT = """
CREATE OR REPLACE TEMP TABLE frontier AS
SELECT rid FROM (
    SELECT b AS rid FROM merging WHERE a IN (SELECT rid FROM frontier)
    UNION SELECT a FROM merging WHERE b IN (SELECT rid FROM frontier)
    UNION SELECT rid FROM old_outcomes WHERE respondent IN (
        SELECT respondent FROM old_outcomes WHERE rid IN (SELECT rid FROM frontier)
    )
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
        connection.execute(_MERGING)
        return
    for statement in (_SEEDS, _MERGING, _LINKED, _VERSIONS, _FRONTIER):
        connection.execute(statement)
    _close(connection)


def find_touched_too(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    """Add to `touched` the rows of the relation `rows` (rid) and all that they can change; whether there were any."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE frontier AS SELECT rid FROM {rows} ANTI JOIN touched USING (rid)")
    found = connection.execute("INSERT INTO touched SELECT rid FROM frontier RETURNING 1").fetchall()
    if found:
        _close(connection)
    return bool(found)


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    while True:
        connection.execute(_NEXT)
        added = connection.execute("INSERT INTO touched SELECT rid FROM frontier RETURNING 1").fetchall()
        if not added:
            return
