"""The engine, run over a table: from rows to scored pairs and clusters."""

import math

import duckdb
import pyarrow as pa

from transforms.linkage.engine.answers import find_answer_columns
from transforms.linkage.engine.blocking import candidate_pairs, make_keys
from transforms.linkage.engine.cluster import Edge, Verdicts, components, grow
from transforms.linkage.engine.compare import compare_answers, compare_identity
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.normalise import normalise, prepare
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.score import NUMBERS_OVER_NAMES, score, score_answers
from transforms.linkage.engine.statistics import (
    count_agreement,
    count_terms,
    fit_to_numbers,
    prepare_rows,
    sample_size,
)
from transforms.linkage.engine.weights import Weights

# The weights' prior is that of a full sample. Each time that there are half as many responses, two of them are twice as
# often of one person; down to so few.
_FEWEST = 1_024
# Of a component larger than this only the pairs that a key found are compared.
MOST_IN_COMPONENT = 60

_MAY_MERGE = (
    "((weight >= {merge} OR (against = 'home' AND family_name IN ('exact', 'similar') AND address <> 'different'"
    " AND given_name IN ('exact', 'nickname', 'similar') AND weight >= {merge_at_home}))"
    " AND identity >= {least_identity} AND NOT veto AND NOT waits)"
)
_EDGES = "SELECT a, b, weight FROM {scored} WHERE {may_merge}"
# Rows that hang together are compared each with each, whatever key found them: one pair may keep two clusters apart.
_UNSEEN = """
CREATE OR REPLACE TEMP TABLE link_unseen AS
SELECT x.rid AS a, y.rid AS b FROM link_components AS x JOIN link_components AS y USING (component)
ANTI JOIN {scored} AS s ON s.a = x.rid AND s.b = y.rid
WHERE x.rid < y.rid
"""
_APART = "SELECT a, b FROM {scored} WHERE veto OR weight < {worst}"
_NUMBERED = "SELECT a, b FROM {scored} WHERE numbers_weight >= {enough} AND weight >= {merge} AND NOT veto"
_CLUSTERS = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT rid, coalesce(cluster, rid) AS cluster FROM {prepared} LEFT JOIN link_found USING (rid)
"""
# What a pair came to: both in one cluster, or for an officer to look at. All others are separate.
_BANDS = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT s.*, CASE WHEN x.cluster = y.cluster THEN 'merge' ELSE 'review' END AS band
FROM {scored} AS s JOIN {clusters} AS x ON x.rid = s.a JOIN {clusters} AS y ON y.rid = s.b
WHERE x.cluster = y.cluster OR (weight >= {review} AND identity >= {least_identity})
"""


def count(connection: duckdb.DuckDBPyConnection, source: str, rows: int, roles: Roles, weights: Weights) -> Engine:
    """Count what weights need in the first of `rows` rows of `source`, which has `rid`, the order of arrival.

    The rows that were counted stay prepared in the table `link_sample_prepared`.
    """
    sampled = sample_size(rows, weights.sample)
    prepare(connection)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE link_sample AS SELECT * FROM {source} ORDER BY rid LIMIT {sampled}"
    )
    answers = find_answer_columns(connection, "link_sample", roles)
    normalise(connection, "link_sample", roles, answers, "link_sample_normalised")
    count_terms(connection, "link_sample_normalised")
    prepare_rows(connection, "link_sample_normalised", sampled, weights.most_rare, "link_sample_prepared")
    statistics = count_agreement(connection, "link_sample_prepared", sampled, answers, weights)
    fitted = fit_to_numbers(connection, weights)
    fitted = fitted.model_copy(update={"prior": weights.prior + of_fewer(sampled, weights.sample)})
    for table in ("link_sample", "link_sample_normalised"):
        connection.execute(f"DROP TABLE {table}")
    return Engine(roles, answers, weights, fitted, statistics)


def of_fewer(sampled: int, full: int) -> float:
    """What the prior is more, in bits, where a sample is not full."""
    return max(0.0, math.log2(full / max(sampled, _FEWEST)))


def prepare_responses(connection: duckdb.DuckDBPyConnection, source: str, engine: Engine, out: str, keys: str) -> None:
    """Make the prepared rows `out` of a source's rows, and the table `keys` of their keys."""
    normalise(connection, source, engine.roles, engine.answers, "link_normalised")
    prepare_rows(connection, "link_normalised", engine.statistics.sampled, engine.weights.most_rare, out)
    connection.execute("DROP TABLE link_normalised")
    make_keys(connection, out, engine.answers, keys)


def score_pairs(
    connection: duckdb.DuckDBPyConnection, pairs: str, prepared: str, engine: Engine, *, out: str, least: float | None
) -> None:
    """Make the table `out` of scored pairs: those that weigh `least` or more, or all."""
    compare_identity(connection, pairs, prepared, engine.answers, "link_identity", hopeful=least is not None)
    score(connection, "link_identity", engine, "link_weighed", least)
    compare_answers(connection, "link_weighed", prepared, engine.answers, "link_compared")
    score_answers(connection, "link_compared", engine, out)
    if least is not None:
        connection.execute(f"DELETE FROM {out} WHERE weight < {least}")
    for table in ("link_identity", "link_weighed", "link_compared"):
        connection.execute(f"DROP TABLE {table}")


def cluster_scored(
    connection: duckdb.DuckDBPyConnection, scored: str, prepared: str, engine: Engine, completed: str
) -> dict[int, int]:
    """Each row that merges with the first arrival of its cluster.

    Makes the table `completed` of the pairs that clustering had to compare beyond those that a key found.
    """
    return grow(*edges_and_verdicts(connection, scored, prepared, engine, completed))


def may_merge(engine: Engine) -> str:
    """SQL: whether a scored pair may merge without an officer."""
    weights = engine.weights
    return _MAY_MERGE.format(
        merge=weights.merge, merge_at_home=weights.merge_at_home, least_identity=weights.least_identity
    )


def edges_and_verdicts(
    connection: duckdb.DuckDBPyConnection, scored: str, prepared: str, engine: Engine, completed: str
) -> tuple[list[Edge], Verdicts]:
    """What clusters are grown from: the pairs that may merge, and which rows are told apart or share a number.

    Makes the table `completed` as `cluster_scored` does.
    """
    weights = engine.weights
    merging = may_merge(engine)
    found = connection.execute(_EDGES.format(scored=scored, may_merge=merging)).fetchall()
    _list_unseen(connection, components((a, b) for a, b, _ in found), scored)
    score_pairs(connection, "link_unseen", prepared, engine, out=completed, least=None)
    both = f"(SELECT * FROM {scored} UNION ALL BY NAME SELECT * FROM {completed})"
    edges = [Edge(*row) for row in connection.execute(_EDGES.format(scored=both, may_merge=merging)).fetchall()]
    apart = connection.execute(_APART.format(scored=both, worst=weights.worst_in_cluster)).fetchall()
    numbered = connection.execute(
        _NUMBERED.format(scored=both, enough=NUMBERS_OVER_NAMES, merge=weights.merge)
    ).fetchall()
    return edges, Verdicts(frozenset(apart), frozenset(numbered))


def _list_unseen(connection: duckdb.DuckDBPyConnection, found: list[list[int]], scored: str) -> None:
    small = [(row, rows[0]) for rows in found if 2 < len(rows) <= MOST_IN_COMPONENT for row in rows]
    rows, firsts = [row for row, _ in small], [first for _, first in small]
    members = pa.table({"rid": pa.array(rows, pa.int64()), "component": pa.array(firsts, pa.int64())})
    connection.register("link_components", members)
    connection.execute(_UNSEEN.format(scored=scored))
    connection.unregister("link_components")


def record_clusters(
    connection: duckdb.DuckDBPyConnection, clusters: dict[int, int], scored: str, prepared: str, engine: Engine
) -> None:
    """Make `link_clusters` (rid, cluster) for all rows, and `link_pairs_found` with each pair's band."""
    found = pa.table({"rid": pa.array(clusters.keys(), pa.int64()), "cluster": pa.array(clusters.values(), pa.int64())})
    connection.register("link_found", found)
    connection.execute(_CLUSTERS.format(out="link_clusters", prepared=prepared))
    connection.unregister("link_found")
    connection.execute(
        _BANDS.format(
            out="link_pairs_found",
            scored=scored,
            clusters="link_clusters",
            review=engine.weights.review,
            least_identity=engine.weights.least_identity_to_ask,
        )
    )


def link(connection: duckdb.DuckDBPyConnection, source: str, roles: Roles, weights: Weights) -> Engine:
    """Link all rows of `source`, which has `rid`, the order of arrival, beside the columns of the roles.

    Makes the temporary tables `link_clusters` (rid, cluster) and `link_pairs_found`: the pairs that merged or wait for
    an officer, with each comparison's level and weight, and `band`.
    """
    row = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    assert row is not None
    engine = count(connection, source, row[0], roles, weights)
    prepare_responses(connection, source, engine, "link_prepared", "link_keys")
    candidate_pairs(connection, "link_keys", "link_pairs")
    score_pairs(connection, "link_pairs", "link_prepared", engine, out="link_scored", least=weights.review)
    clusters = cluster_scored(connection, "link_scored", "link_prepared", engine, "link_completed")
    connection.execute("INSERT INTO link_scored BY NAME SELECT * FROM link_completed")
    record_clusters(connection, clusters, "link_scored", "link_prepared", engine)
    for table in ("link_prepared", "link_keys", "link_pairs", "link_scored", "link_completed"):
        connection.execute(f"DROP TABLE {table}")
    return engine
