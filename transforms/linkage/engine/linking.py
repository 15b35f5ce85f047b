"""The engine, run over a table: from rows to scored pairs and clusters."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from transforms.linkage.engine.answers import AnswerColumns, find_answer_columns
from transforms.linkage.engine.blocking import candidate_pairs, make_keys
from transforms.linkage.engine.cluster import Edge, components, grow
from transforms.linkage.engine.compare import compare_answers, compare_identity
from transforms.linkage.engine.normalise import normalise, prepare
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.score import score, score_answers, worth_comparing
from transforms.linkage.engine.statistics import (
    Statistics,
    count_agreement,
    count_terms,
    prepare_rows,
    sample_size,
)
from transforms.linkage.engine.weights import Weights

# Pairs inside components larger than this are not all compared: only those that a key found.
MOST_IN_COMPONENT = 60

# Rows that a component holds are compared each with each, whatever key found them.
_COMPLETED = """
CREATE OR REPLACE TEMP TABLE link_pairs AS
SELECT x.rid AS a, y.rid AS b FROM link_component AS x JOIN link_component AS y USING (component)
WHERE x.rid < y.rid AND x.size <= {most}
ANTI JOIN {scored} AS s ON s.a = x.rid AND s.b = y.rid
"""


@dataclass(frozen=True)
class Engine:
    """What a table is linked with: its roles and answers, the weights, and what was counted in its first rows."""

    roles: Roles
    answers: AnswerColumns
    weights: Weights
    statistics: Statistics


def count(connection: duckdb.DuckDBPyConnection, source: str, rows: int, roles: Roles, weights: Weights) -> Engine:
    """Count what weights need in the first of `rows` rows of `source`, which has `rid`, the order of arrival."""
    sampled = sample_size(rows)
    prepare(connection)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE link_sample AS SELECT * FROM {source} ORDER BY rid LIMIT {sampled}"
    )
    answers = find_answer_columns(connection, "link_sample", roles)
    normalise(connection, "link_sample", roles, answers, "link_sample_normalised")
    count_terms(connection, "link_sample_normalised")
    prepare_rows(connection, "link_sample_normalised", sampled, weights.most_rare, "link_sample_prepared")
    statistics = count_agreement(connection, "link_sample_prepared", sampled, answers, weights)
    for table in ("link_sample", "link_sample_normalised", "link_sample_prepared"):
        connection.execute(f"DROP TABLE {table}")
    return Engine(roles, answers, weights, statistics)


def prepare_responses(connection: duckdb.DuckDBPyConnection, source: str, engine: Engine, out: str, keys: str) -> None:
    """Make the prepared rows `out` of a source's rows, and the table `keys` of their keys."""
    normalise(connection, source, engine.roles, engine.answers, "link_normalised")
    prepare_rows(connection, "link_normalised", engine.statistics.sampled, engine.weights.most_rare, out)
    connection.execute("DROP TABLE link_normalised")
    make_keys(connection, out, engine.answers, keys)


def score_pairs(
    connection: duckdb.DuckDBPyConnection, pairs: str, prepared: str, engine: Engine, out: str, least: float
) -> None:
    """Make the table `out` of the pairs that weigh `least` or more, scored."""
    compare_identity(connection, pairs, prepared, "link_identity")
    score(connection, "link_identity", engine.weights, engine.statistics, "link_weighed")
    worth_comparing(connection, "link_weighed", engine.weights, least, "link_worth")
    compare_answers(connection, "link_worth", prepared, engine.answers, "link_compared")
    score_answers(connection, "link_compared", engine.answers, engine.weights, engine.statistics, out)
    connection.execute(f"DELETE FROM {out} WHERE weight < {least}")
    for table in ("link_identity", "link_weighed", "link_worth", "link_compared"):
        connection.execute(f"DROP TABLE {table}")
