"""Linking a Parquet file: rows are read where they are needed, clusters and pairs are written as Parquet."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.linkage.engine.errors import LinkageError
from transforms.linkage.engine.linking import count, link
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.score import WEIGHED
from transforms.linkage.engine.weights import Weights
from transforms.sql import columns, identifier, literal
from transforms.warehouse.connection import connect

# Order of arrival: by the moment, where there is one, then by the id.
_ARRIVALS = """
CREATE OR REPLACE TEMP TABLE link_arrivals AS
SELECT row_number() OVER (ORDER BY {received} NULLS LAST, {id}::VARCHAR, file_row_number) AS rid, file_row_number,
    {id} AS response_id
FROM read_parquet({file}, file_row_number = true)
"""
_RESPONSES = """
CREATE OR REPLACE TEMP VIEW link_responses AS
SELECT a.rid, {columns} FROM read_parquet({file}, file_row_number = true) AS r
JOIN link_arrivals AS a USING (file_row_number)
"""
_BROKEN_IDS = (
    "SELECT count(*) FILTER (response_id IS NULL), count(response_id) - count(DISTINCT response_id) FROM link_arrivals"
)
# Several threads wait for one another and cost a tenth more.
_THREADS = 1
_CLUSTERS = """
COPY (
    SELECT a.response_id, first.response_id AS cluster_id
    FROM link_clusters AS c JOIN link_arrivals AS a USING (rid) JOIN link_arrivals AS first ON first.rid = c.cluster
    ORDER BY a.rid
) TO {out} (FORMAT parquet)
"""
_PAIRS = """
COPY (
    SELECT x.response_id AS response_id_a, y.response_id AS response_id_b, weight, band, against, prior, {weighed}
    FROM link_pairs_found AS p JOIN link_arrivals AS x ON x.rid = p.a JOIN link_arrivals AS y ON y.rid = p.b
    ORDER BY p.weight DESC, p.a, p.b
) TO {out} (FORMAT parquet)
"""
_COUNTS = """
SELECT (SELECT count(*) FROM link_clusters), (SELECT count(DISTINCT cluster) FROM link_clusters),
    (SELECT count(*) FROM link_pairs_found WHERE band = 'merge'),
    (SELECT count(*) FROM link_pairs_found WHERE band = 'review')
"""


@dataclass(frozen=True)
class Linked:
    """What linking a file came to."""

    engine: Engine
    responses: int
    respondents: int
    merged_pairs: int
    review_pairs: int


def link_file(source: Path, roles: Roles, weights: Weights, clusters: Path, pairs: Path | None = None) -> Linked:
    """Link the responses of a Parquet file and write the clusters, and the pairs where a file for them is given.

    Raises:
        LinkageError: the file cannot be read or written, lacks a column, or its ids are not unique.
    """
    with _opened(source, roles) as connection:
        engine = link(connection, "link_responses", roles, weights)
        try:
            connection.execute(_CLUSTERS.format(out=literal(str(clusters))))
            if pairs is not None:
                weighed = ", ".join(f"{name}, {name}_weight" for name in WEIGHED)
                connection.execute(_PAIRS.format(out=literal(str(pairs)), weighed=weighed))
        except duckdb.IOException:
            raise LinkageError(f"{clusters} or {pairs} cannot be written; is their folder there?") from None
        row = connection.execute(_COUNTS).fetchone()
        assert row is not None
        return Linked(engine, *row)


@contextmanager
def counted_file(source: Path, roles: Roles, weights: Weights) -> Iterator[tuple[duckdb.DuckDBPyConnection, Engine]]:
    """A connection on which a Parquet file is `link_responses`, and what was counted in its first rows.

    Raises:
        LinkageError: as `link_file`.
    """
    with _opened(source, roles) as connection:
        row = connection.execute("SELECT count(*) FROM link_arrivals").fetchone()
        assert row is not None
        yield connection, count(connection, "link_responses", row[0], roles, weights)


@contextmanager
def _opened(source: Path, roles: Roles) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="yoursay-link-") as spill, connect(Path(spill), _THREADS) as connection:
        connection.execute("SET preserve_insertion_order = false")
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(source))})").fetchall()
        except duckdb.Error:
            raise LinkageError(f"{source} cannot be read as a Parquet file.") from None
        names = [name for name, *_ in described]
        roles.check(names, str(source))
        received = identifier(roles.received_at) if roles.received_at else "NULL"
        file = literal(str(source))
        connection.execute(_ARRIVALS.format(received=received, id=identifier(roles.id), file=file))
        _check_ids(connection, source, roles)
        # A column of the name rid would stand in the way of the order of arrival.
        named = columns((name for name in names if name not in {"rid", "file_row_number"}), "r")
        connection.execute(_RESPONSES.format(columns=named, file=file))
        yield connection


def _check_ids(connection: duckdb.DuckDBPyConnection, source: Path, roles: Roles) -> None:
    row = connection.execute(_BROKEN_IDS).fetchone()
    assert row is not None
    missing, doubled = row
    if missing:
        raise LinkageError(f"{source}: {missing} rows have no '{roles.id}'; every response needs an id.")
    if doubled:
        raise LinkageError(f"{source}: {doubled} rows have a '{roles.id}' that another row has; ids must be unique.")
