"""Which responses may be of one respondent: the engine's keys and scored pairs, kept from build to build.

New responses are compared with their blocks alone. What is kept is that of linking everything at once, however the
responses were cut into builds: caps and samples go by `rid`, the order of arrival.
"""

from dataclasses import dataclass

import duckdb
from pydantic import TypeAdapter

from transforms.layout import Layout
from transforms.linkage.engine.blocking import MOST_IN_BLOCK, candidate_pairs
from transforms.linkage.engine.linking import count, may_merge, prepare_responses, score_pairs
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.normalise import prepare
from transforms.linkage.engine.score import WEIGHED
from transforms.linkage.engine.statistics import sample_size
from transforms.linkage.engine.weights import Weights
from transforms.linkage.evidence import create_source, roles_of, rows_of
from transforms.linkage.tables import LEVELS
from transforms.sql import columns

_ENGINE = TypeAdapter(Engine)
_SOURCE = "linkage_source"
# The rows that are prepared for comparing, as far as this build needs them.
PREPARED = "linkage_prepared"

_ROWS_OF_PART = f"INSERT INTO part.linkage_rows SELECT rid FROM {_SOURCE} WHERE rid IN (SELECT rid FROM part.answers)"
_KEEP_PAIRS = """
INSERT INTO part.linkage_pairs BY NAME
SELECT a, b, weight, against, prior, veto, waits, identity, {may_merge} AS may_merge,
    identity >= {least_identity_to_ask} AS asks, {compared} FROM {scored}
"""
# Whether a response that was counted, or now belongs to those that are, came, went or was read anew.
_SAMPLE_CHANGED = """
SELECT count(*) FROM (SELECT rid FROM part.linkage_rows UNION SELECT rid FROM part.replaced_bodies) WHERE rid <= (
    SELECT max(rid) FROM (SELECT rid FROM old_linkage_rows ORDER BY rid LIMIT $sampled)
)
"""
# Keys that a response had before it was read anew, and has no more: its block has room for a later arrival.
_LEFT_KEYS = """
CREATE OR REPLACE TEMP TABLE linkage_left AS
SELECT DISTINCT key FROM (
    SELECT rid, key FROM old_linkage_keys WHERE rid IN (SELECT rid FROM part.replaced_bodies)
    EXCEPT SELECT rid, key FROM part.linkage_keys
)
"""
_TOUCHED_KEYS = """
CREATE OR REPLACE TEMP TABLE linkage_touched_keys AS
SELECT key FROM part.linkage_keys UNION
SELECT key FROM old_linkage_keys WHERE rid IN (SELECT rid FROM part.replaced_bodies)
"""
_BLOCKS = f"""
CREATE OR REPLACE TEMP TABLE linkage_blocks AS
SELECT key, min(rid, {MOST_IN_BLOCK}) AS members FROM new_linkage_keys SEMI JOIN linkage_touched_keys USING (key)
GROUP BY key
"""
# Pairs of a response that is new or read anew, and all pairs of a block that one left.
_NEW_PAIRS = """
CREATE OR REPLACE TEMP TABLE linkage_new_pairs AS
WITH placed AS (
    SELECT key, members, unnest(members) AS one FROM linkage_blocks WHERE len(members) > 1
), pairs AS (
    SELECT one, unnest(members) AS other FROM placed
    WHERE one IN (SELECT rid FROM part.linkage_rows) OR key IN (FROM linkage_left)
)
SELECT DISTINCT least(one, other) AS a, greatest(one, other) AS b FROM pairs WHERE one <> other
EXCEPT SELECT a, b FROM new_linkage_pairs
"""
# Rows that an earlier arrival pushed out of the part of a block that is compared, and the pairs which that undoes.
_PUSHED = f"""
CREATE OR REPLACE TEMP TABLE linkage_pushed AS
WITH before AS (
    SELECT key, min(rid, {MOST_IN_BLOCK}) AS members FROM old_linkage_keys SEMI JOIN linkage_touched_keys USING (key)
    WHERE rid NOT IN (SELECT rid FROM part.replaced_bodies) GROUP BY key
)
SELECT DISTINCT rid FROM (SELECT key, unnest(members) AS rid FROM before) JOIN linkage_blocks USING (key)
WHERE rid > list_max(members)
"""
_LOST = f"""
INSERT INTO part.linkage_lost
WITH doubtful AS (
    SELECT a, b FROM new_linkage_pairs
    WHERE a IN (SELECT rid FROM linkage_pushed) OR b IN (SELECT rid FROM linkage_pushed)
), keys AS (
    SELECT rid, key FROM new_linkage_keys
    WHERE rid IN (SELECT a FROM doubtful) OR rid IN (SELECT b FROM doubtful)
), ends AS (
    SELECT key, list_max(min(rid, {MOST_IN_BLOCK})) AS last FROM new_linkage_keys SEMI JOIN keys USING (key)
    GROUP BY key
), kept AS (
    SELECT DISTINCT d.a, d.b FROM doubtful AS d
    JOIN keys AS x ON x.rid = d.a JOIN keys AS y ON y.rid = d.b AND y.key = x.key
    JOIN ends ON ends.key = x.key
    WHERE d.b <= ends.last
)
FROM doubtful ANTI JOIN kept USING (a, b)
"""
_ENDS = "CREATE OR REPLACE TEMP TABLE linkage_ends AS SELECT unnest([a, b]) AS rid FROM {pairs}"


@dataclass(frozen=True)
class Extended:
    """The engine that pairs were scored with, and whether everything was scored anew."""

    engine: Engine
    anew: bool


def extend(
    connection: duckdb.DuckDBPyConnection, layout: Layout, weights: Weights, *, previous: bool
) -> Extended | None:
    """Add to the part's linkage tables what its responses need; nothing where nobody tells who responds.

    Reads `new_...` and, with `previous`, `old_...`; leaves the rows it prepared in the table `linkage_prepared`.
    """
    create_source(connection, layout, "new_", _SOURCE)
    connection.execute(_ROWS_OF_PART)
    rows = _one(connection, "SELECT count(*) FROM new_linkage_rows")
    if rows == 0:
        return None
    engine = read_engine(connection, "old_") if previous else None
    if (
        engine is None
        or sample_size(rows, weights.sample) != engine.statistics.sampled
        or _one(connection, _SAMPLE_CHANGED, {"sampled": engine.statistics.sampled})
    ):
        return Extended(_score_anew(connection, layout, weights), anew=True)
    _score_added(connection, engine)
    return Extended(engine, anew=False)


def _score_anew(connection: duckdb.DuckDBPyConnection, layout: Layout, weights: Weights) -> Engine:
    connection.execute("DELETE FROM part.linkage_rows")
    connection.execute(f"INSERT INTO part.linkage_rows SELECT rid FROM {_SOURCE}")
    rows = _one(connection, "SELECT count(*) FROM part.linkage_rows")
    engine = count(connection, _SOURCE, rows, roles_of(layout), weights)
    prepare_responses(connection, _SOURCE, engine, PREPARED, "linkage_new_keys")
    connection.execute("INSERT INTO part.linkage_keys SELECT rid, key FROM linkage_new_keys")
    candidate_pairs(connection, "linkage_new_keys", "linkage_new_pairs")
    _score(connection, engine)
    connection.execute("INSERT INTO part.linkage_engine VALUES ($1)", [_ENGINE.dump_json(engine).decode()])
    connection.execute("INSERT INTO part.linkage_terms SELECT kind, term, times FROM link_terms")
    connection.execute("INSERT INTO part.linkage_sexes SELECT given, sex FROM link_sexes")
    return engine


def _score_added(connection: duckdb.DuckDBPyConnection, engine: Engine) -> None:
    prepare_responses(connection, rows_of(_SOURCE, "part.linkage_rows"), engine, PREPARED, "linkage_new_keys")
    connection.execute("INSERT INTO part.linkage_keys SELECT rid, key FROM linkage_new_keys")
    for statement in (_LEFT_KEYS, _TOUCHED_KEYS, _BLOCKS, _NEW_PAIRS, _PUSHED, _LOST):
        connection.execute(statement)
    prepare_others(connection, engine, "linkage_new_pairs")
    _score(connection, engine)
    for table in ("left", "touched_keys", "blocks", "pushed"):
        connection.execute(f"DROP TABLE linkage_{table}")


def _score(connection: duckdb.DuckDBPyConnection, engine: Engine) -> None:
    """Keep the pairs of `linkage_new_pairs` that weigh enough."""
    weights = engine.weights
    score_pairs(connection, "linkage_new_pairs", PREPARED, engine, out="linkage_scored", least=weights.review)
    connection.execute(
        _KEEP_PAIRS.format(
            scored="linkage_scored",
            may_merge=may_merge(engine),
            least_identity_to_ask=weights.least_identity_to_ask,
            compared=columns([*LEVELS, *(f"{name}_weight" for name in WEIGHED)]),
        )
    )
    for table in ("linkage_new_keys", "linkage_new_pairs", "linkage_scored"):
        connection.execute(f"DROP TABLE {table}")


def prepare_others(connection: duckdb.DuckDBPyConnection, engine: Engine, pairs: str) -> None:
    """Prepare the rows of `pairs` (a, b) that are not prepared yet."""
    connection.execute(_ENDS.format(pairs=pairs))
    connection.execute(f"DELETE FROM linkage_ends WHERE rid IN (SELECT rid FROM {PREPARED})")
    if _one(connection, "SELECT count(*) FROM linkage_ends"):
        prepare_responses(connection, rows_of(_SOURCE, "linkage_ends"), engine, "linkage_others", "linkage_other_keys")
        connection.execute(f"INSERT INTO {PREPARED} BY NAME SELECT * FROM linkage_others")
        connection.execute("DROP TABLE linkage_others")
        connection.execute("DROP TABLE linkage_other_keys")
    connection.execute("DROP TABLE linkage_ends")


def read_engine(connection: duckdb.DuckDBPyConnection, prefix: str) -> Engine | None:
    """The engine of a version, ready to score with; nothing where no response tells who responds."""
    row = connection.execute(f"SELECT engine FROM {prefix}linkage_engine").fetchone()
    if row is None:
        return None
    prepare(connection)
    for table in ("terms", "sexes"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE link_{table} AS SELECT * FROM {prefix}linkage_{table}")
    return _ENGINE.validate_json(row[0])


def _one(connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, int] | None = None) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
