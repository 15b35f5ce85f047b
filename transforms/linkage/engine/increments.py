"""Adding responses: new rows are compared with their blocks, touched components are grown anew.

    state = begin(connection, "first", roles, weights)
    state = add(connection, state, "later")

The clusters are those of linking everything at once, whatever the order in which the rows came: `rid` alone says which
arrived first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from transforms.linkage.engine.blocking import MOST_IN_BLOCK, candidate_pairs
from transforms.linkage.engine.linking import cluster_scored, count, may_merge, prepare_responses, score_pairs
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.statistics import sample_size
from transforms.linkage.engine.weights import Weights

# Pairs of a new row within the blocks that it is in, of which the first arrivals are compared.
_NEW_PAIRS = """
CREATE OR REPLACE TEMP TABLE link_pairs AS
WITH touched AS (SELECT DISTINCT key FROM link_new_keys),
blocks AS (
    SELECT key, min(rid, {most}) AS members FROM link_keys SEMI JOIN touched USING (key)
    GROUP BY key HAVING count(*) > 1
), placed AS (
    SELECT key, members, unnest(members) AS one FROM blocks
), pairs AS (
    SELECT one, unnest(members) AS other FROM placed WHERE one IN (SELECT rid FROM link_new)
)
SELECT DISTINCT least(one, other) AS a, greatest(one, other) AS b FROM pairs WHERE one <> other
"""
# Rows that an earlier arrival pushed out of the part of a block that is compared.
_PUSHED_OUT = """
CREATE OR REPLACE TEMP TABLE link_pushed AS
WITH touched AS (SELECT DISTINCT key FROM link_new_keys),
before AS (
    SELECT key, min(rid, {most}) AS members FROM link_keys SEMI JOIN touched USING (key)
    WHERE rid NOT IN (SELECT rid FROM link_new) GROUP BY key HAVING count(*) >= {most} - {new}
), after AS (
    SELECT key, max(place) AS last FROM (
        SELECT key, unnest(min(rid, {most})) AS place FROM link_keys SEMI JOIN touched USING (key) GROUP BY key
    ) GROUP BY key
)
SELECT DISTINCT rid FROM (SELECT key, unnest(members) AS rid FROM before) JOIN after USING (key) WHERE rid > last
"""
_LOST = """
CREATE OR REPLACE TEMP TABLE link_lost AS
WITH doubtful AS (
    SELECT a, b FROM link_scored WHERE a IN (SELECT rid FROM link_pushed) OR b IN (SELECT rid FROM link_pushed)
), ends AS (
    SELECT key, max(rid) AS last FROM (
        SELECT key, unnest(min(rid, {most})) AS rid FROM link_keys
        WHERE key IN (SELECT key FROM link_keys WHERE rid IN (SELECT b FROM doubtful)) GROUP BY key
    ) GROUP BY key
), kept AS (
    SELECT DISTINCT d.a, d.b FROM doubtful AS d
    JOIN link_keys AS x ON x.rid = d.a JOIN link_keys AS y ON y.rid = d.b AND y.key = x.key
    JOIN ends ON ends.key = x.key
    WHERE d.b <= ends.last
)
FROM doubtful ANTI JOIN kept USING (a, b)
"""
_STARTS = """
SELECT rid FROM link_new
UNION SELECT unnest([a, b]) FROM (FROM link_lost UNION SELECT a, b FROM link_new_scored)
"""
# Everything that hangs together with a touched row by pairs that could merge.
_TOUCHED = """
CREATE OR REPLACE TEMP TABLE link_touched AS
WITH RECURSIVE reached AS (
    SELECT rid FROM link_starts
    UNION
    SELECT CASE WHEN e.a = r.rid THEN e.b ELSE e.a END FROM reached AS r
    JOIN (SELECT a, b FROM link_scored WHERE {may_merge}) AS e ON e.a = r.rid OR e.b = r.rid
)
SELECT rid FROM reached
"""


@dataclass(frozen=True)
class State:
    """What has been linked, beside the tables `link_rows`, `link_prepared`, `link_keys` and `link_scored`."""

    engine: Engine
    clusters: dict[int, int]


def begin(connection: duckdb.DuckDBPyConnection, source: str, roles: Roles, weights: Weights) -> State:
    """Link the rows of `source` and keep what adding to them needs."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_rows AS SELECT * FROM {source}")
    return _from_scratch(connection, roles, weights)


def add(connection: duckdb.DuckDBPyConnection, state: State, source: str) -> State:
    """Link the new rows of `source` with what there is.

    While the sample in which values are counted changes, everything is linked anew; that is while there are few rows.
    """
    engine = state.engine
    before, counted = _rows(connection), engine.statistics.sampled
    last = _one(connection, f"SELECT max(rid) FROM (SELECT rid FROM link_rows ORDER BY rid LIMIT {counted})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_new_rows AS SELECT * FROM {source}")
    connection.execute("INSERT INTO link_rows BY NAME SELECT * FROM link_new_rows")
    first_new = _one(connection, "SELECT min(rid) FROM link_new_rows")
    if first_new is None:
        return state
    if (
        before == 0
        or last is None
        or first_new < last
        or sample_size(_rows(connection), engine.assumed.sample) != counted
    ):
        return _from_scratch(connection, engine.roles, engine.assumed)
    prepare_responses(connection, "link_new_rows", engine, "link_new", "link_new_keys")
    connection.execute("INSERT INTO link_prepared BY NAME SELECT * FROM link_new")
    connection.execute("INSERT INTO link_keys BY NAME SELECT * FROM link_new_keys")
    new = _one(connection, "SELECT count(*) FROM link_new")
    connection.execute(_NEW_PAIRS.format(most=MOST_IN_BLOCK))
    connection.execute(_PUSHED_OUT.format(most=MOST_IN_BLOCK, new=new))
    connection.execute(_LOST.format(most=MOST_IN_BLOCK))
    least = engine.weights.review
    score_pairs(connection, "link_pairs", "link_prepared", engine, out="link_new_scored", least=least)
    connection.execute("DELETE FROM link_scored WHERE (a, b) IN (SELECT (a, b) FROM link_lost)")
    connection.execute("INSERT INTO link_scored BY NAME SELECT * FROM link_new_scored")
    return replace(state, clusters=_grown_again(connection, state))


def _from_scratch(connection: duckdb.DuckDBPyConnection, roles: Roles, weights: Weights) -> State:
    engine = count(connection, "link_rows", _rows(connection), roles, weights)
    prepare_responses(connection, "link_rows", engine, "link_prepared", "link_keys")
    candidate_pairs(connection, "link_keys", "link_pairs")
    score_pairs(connection, "link_pairs", "link_prepared", engine, out="link_scored", least=engine.weights.review)
    return State(engine, cluster_scored(connection, "link_scored", "link_prepared", engine, "link_completed"))


def _grown_again(connection: duckdb.DuckDBPyConnection, state: State) -> dict[int, int]:
    """The clusters, those of touched components grown anew."""
    rows = {row for (row,) in connection.execute(_STARTS).fetchall()}
    # A cluster that a lost pair held together is grown anew as a whole.
    held = {state.clusters[row] for row in rows if row in state.clusters}
    rows |= {row for row, cluster in state.clusters.items() if cluster in held}
    connection.register("link_starts", pa.table({"rid": pa.array(sorted(rows), pa.int64())}))
    connection.execute(_TOUCHED.format(may_merge=may_merge(state.engine)))
    connection.unregister("link_starts")
    touched = {row for (row,) in connection.execute("SELECT rid FROM link_touched").fetchall()}
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_scored_touched AS"
        " SELECT * FROM link_scored WHERE a IN (FROM link_touched) AND b IN (FROM link_touched)"
    )
    grown = cluster_scored(connection, "link_scored_touched", "link_prepared", state.engine, "link_completed")
    return {row: cluster for row, cluster in state.clusters.items() if row not in touched} | grown


def clusters_of(rows: Iterable[int], clusters: dict[int, int]) -> dict[int, int]:
    """Each row with its cluster, its own where nothing merged with it."""
    return {row: clusters.get(row, row) for row in rows}


def _rows(connection: duckdb.DuckDBPyConnection) -> int:
    return _one(connection, "SELECT count(*) FROM link_rows") or 0


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int | None:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
