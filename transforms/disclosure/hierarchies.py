"""The values of each quasi-identifier with their broader ones, as small tables of codes and labels.

Table `values_<i>`: one row = one value: `value`, `n` rows, `label_0` (itself), `label_1`, ... and `code`. The bits of a
code are its place at each level, the broadest first, so that values that share a level differ in the bits below it
alone. A missing value is an empty one, and stays so until it is removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from schemas.anonymity import Hierarchy
from transforms.disclosure.errors import DisclosureError
from transforms.sql import identifier, literal

REMOVED = "*"
# So many bits fit a BIGINT with its sign.
SMALL = 62

_LABELLED = """
CREATE OR REPLACE TEMP TABLE labelled AS
WITH found AS (SELECT coalesce({column}::VARCHAR, '') AS value, count(*) AS n FROM {source} GROUP BY 1)
SELECT value, n, {labels} FROM found
"""
_PLACED = "CREATE OR REPLACE TEMP TABLE placed AS SELECT *, {places} FROM labelled"
_PLACE = "dense_rank() OVER (PARTITION BY {above} ORDER BY label_{level}) - 1 AS place_{level}"
_VALUES = "CREATE OR REPLACE TEMP TABLE values_{place} AS SELECT value, n, {labels}, {code} AS code FROM placed"
_LOSS = """
SELECT coalesce(sum(n * (alike - 1)) / nullif(sum(n) * (any_value(many) - 1), 0), 0), count(DISTINCT label) FROM (
    SELECT n, {label} AS label, count(*) OVER (PARTITION BY {label}) AS alike, count(*) OVER () AS many FROM labelled
)
"""


@dataclass(frozen=True)
class Level:
    """One level of a column: how many of a code's lowest bits it leaves out, what it loses (0 to 1), and its values."""

    bits_off: int
    loss: float
    values: int


@dataclass(frozen=True)
class Generalised:
    """One quasi-identifier: its place, how many bits a code has, and its levels; the last one is removal."""

    column: str
    place: int
    bits: int
    levels: tuple[Level, ...]

    @property
    def top(self) -> int:
        return len(self.levels) - 1


def prepare_values(
    connection: duckdb.DuckDBPyConnection, source: str, column: str, place: int, hierarchy: Hierarchy
) -> Generalised:
    """Make `values_<place>` of a column of `source`.

    Raises:
        DisclosureError: a value is not a whole number, or no level names it; the message says how many, never which.
    """
    names = [f"label_{level}" for level in range(hierarchy.depth + 1)]
    labels = [f"{label} AS {name}" for label, name in zip(_labels(hierarchy), names, strict=True)]
    connection.execute(_LABELLED.format(column=identifier(column), source=identifier(source), labels=", ".join(labels)))
    _check_labels(connection, column, hierarchy)
    above = [*names[1:], "true"]
    places = [_PLACE.format(above=parent, level=level) for level, parent in enumerate(above)]
    connection.execute(_PLACED.format(places=", ".join(places)))
    highest = connection.execute(
        f"SELECT {', '.join(f'max(place_{n})' for n in range(len(names)))} FROM placed"
    ).fetchone()
    widths = [int(one or 0).bit_length() for one in highest or ()]
    off = [sum(widths[:level]) for level in range(len(widths) + 1)]
    kind = "BIGINT" if off[-1] <= SMALL else "HUGEINT"
    code = " + ".join(f"(place_{level}::{kind} << {bits})" for level, bits in enumerate(off[:-1]))
    connection.execute(_VALUES.format(place=place, labels=", ".join(names), code=code))
    return Generalised(column, place, off[-1], tuple(_levels(connection, names, off)))


def _levels(connection: duckdb.DuckDBPyConnection, names: Sequence[str], off: Sequence[int]) -> list[Level]:
    found = []
    for label, bits in zip([*names, literal(REMOVED)], off, strict=True):
        row = connection.execute(_LOSS.format(label=label)).fetchone() or (0.0, 0)
        found.append(Level(bits, float(row[0]), int(row[1])))
    return found


def _labels(hierarchy: Hierarchy) -> Sequence[str]:
    """SQL for the label of each level but removal, from `value`; null where a level does not name it."""
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
    return labels


def _check_labels(connection: duckdb.DuckDBPyConnection, column: str, hierarchy: Hierarchy) -> None:
    for level in range(1, hierarchy.depth + 1):
        row = connection.execute(f"SELECT count(*) FROM labelled WHERE label_{level} IS NULL").fetchone()
        if row and row[0] and hierarchy.bands:
            raise DisclosureError(f"'{column}' has {row[0]} values that are no whole numbers; leave out its bands.")
        if row and row[0]:
            raise DisclosureError(
                f"'{column}' has {row[0]} values that level {level} of its hierarchy does not name; add them."
            )
