"""The values of each quasi-identifier with their broader ones, level by level, as small tables of codes and labels.

Table `values_<i>`: label_0 (the value itself), label_1, ... and code_0, code_1, ...; the last level is `*`, removal.
A missing value is an empty one, and stays so until it is removed. Levels are nested: who shares a level shares every
level above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from schemas.anonymity import Hierarchy
from transforms.disclosure.errors import DisclosureError
from transforms.sql import identifier, literal

REMOVED = "*"

_VALUES = """
CREATE OR REPLACE TEMP TABLE values_{place} AS
WITH found AS (SELECT coalesce({column}::VARCHAR, '') AS value, count(*) AS n FROM {source} GROUP BY 1),
labelled AS (SELECT value, n, {labels} FROM found)
SELECT *, {codes} FROM labelled
"""
_SHARE = """
SELECT coalesce(sum(n * (alike - 1)) / nullif(sum(n) * (any_value(many) - 1), 0), 0) FROM (
    SELECT n, count(*) OVER (PARTITION BY code_{level}) AS alike, count(*) OVER () AS many FROM values_{place}
)
"""


@dataclass(frozen=True)
class Generalised:
    """One quasi-identifier: where its values stand, its highest level (removal), and what each level loses (0 to 1)."""

    column: str
    place: int
    top: int
    losses: tuple[float, ...]


def prepare_values(
    connection: duckdb.DuckDBPyConnection, source: str, column: str, place: int, hierarchy: Hierarchy
) -> Generalised:
    """Make `values_<place>` of a column of `source`.

    Raises:
        DisclosureError: a value is not a whole number, or no level names it; the message says how many, never which.
    """
    top = hierarchy.depth + 1
    labels = [f"{label} AS label_{level}" for level, label in enumerate(_labels(hierarchy))]
    codes = [f"dense_rank() OVER (ORDER BY label_{level})::INTEGER AS code_{level}" for level in range(top + 1)]
    connection.execute(
        _VALUES.format(
            place=place,
            column=identifier(column),
            source=identifier(source),
            labels=", ".join(labels),
            codes=", ".join(codes),
        )
    )
    _check_labels(connection, column, place, hierarchy)
    found = [connection.execute(_SHARE.format(place=place, level=level)).fetchone() for level in range(top + 1)]
    return Generalised(column, place, top, tuple(float(one[0]) if one else 0.0 for one in found))


def _labels(hierarchy: Hierarchy) -> Sequence[str]:
    """SQL for the label of each level, from `value`; null where a level does not name it."""
    labels = ["value"]
    for width in hierarchy.bands:
        low = f"(floor(TRY_CAST(value AS BIGINT) / {width}) * {width})::BIGINT"
        labels.append(f"CASE WHEN value = '' THEN '' ELSE {low} || ' to ' || ({low} + {width - 1}) END")
    labels += [f"left(value, {kept})" for kept in hierarchy.keep]
    broader = "value"
    for level in hierarchy.levels:
        names = ", ".join(f"{literal(lower)}: {literal(upper)}" for lower, upper in level.items())
        known = f"map_extract_value(MAP {{{names}}}, {broader})"
        broader = f"(CASE WHEN value = '' THEN coalesce({known}, '') ELSE {known} END)"
        labels.append(broader)
    return [*labels, literal(REMOVED)]


def _check_labels(connection: duckdb.DuckDBPyConnection, column: str, place: int, hierarchy: Hierarchy) -> None:
    for level in range(1, hierarchy.depth + 1):
        query = f"SELECT count(*) FROM values_{place} WHERE label_{level} IS NULL"
        row = connection.execute(query).fetchone()
        if row and row[0] and hierarchy.bands:
            raise DisclosureError(f"'{column}' has {row[0]} values that are no whole numbers; leave out its bands.")
        if row and row[0]:
            raise DisclosureError(
                f"'{column}' has {row[0]} values that level {level} of its hierarchy does not name; add them."
            )
