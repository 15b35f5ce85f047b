"""How answers were read, where a reader stood between the respondent and us: kept for each, and what waits counted.

One row = one answer of an e-mail or of a page. Confidential: `suggestion` holds what a machine made of it.
"""

import duckdb

COLUMNS = {
    "field": "VARCHAR",
    "how": "VARCHAR",
    "part": "VARCHAR",
    "confidence": "DOUBLE",
    "review": "VARCHAR",
    "suggestion": "JSON",
    "picture": "BOOLEAN",
}
_STRUCTURE = "[{" + ", ".join(f'"{name}": "{kind}"' for name, kind in COLUMNS.items()) + "}]"

# An officer who released the response has seen it whole: nothing of it waits any more.
_READ = """
CREATE OR REPLACE TEMP TABLE chunk_readings AS
SELECT rid, field, how, part, confidence,
    CASE WHEN response_id NOT IN (SELECT response_id FROM seen) THEN review END AS review, suggestion, picture
FROM (
    SELECT {rid}::BIGINT AS rid, response_id, unnest(json_transform(readings, '{structure}'), recursive := true)
    FROM opened WHERE readings IS NOT NULL
)
"""
_WAITING = """
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT rid, count(*)::INTEGER AS pending FROM chunk_readings WHERE review IS NOT NULL GROUP BY rid
"""

KEPT = "INSERT INTO part.readings SELECT * FROM chunk_readings ANTI JOIN erased USING (rid)"


def read_readings(connection: duckdb.DuckDBPyConnection, rid: str, seen: str | None) -> None:
    """From the relation `opened`, make `chunk_readings` and `waiting(rid, pending)`.

    `rid` is the SQL of a row's number; `seen` the relation of the responses that an officer released, if any.
    """
    released = f"SELECT response_id FROM {seen}" if seen else "SELECT NULL::VARCHAR AS response_id WHERE false"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW seen AS {released}")
    connection.execute(_READ.format(rid=rid, structure=_STRUCTURE))
    connection.execute(_WAITING)
