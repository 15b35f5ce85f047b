"""Local suppression: single values are removed from the rows whose class is still too small or too alike.

Few columns first: rows that agree once one value is taken from each are done. What is left loses every value; where
that is too few rows, the smallest classes that could stand join them, so that no row is left over.
"""

from collections.abc import Collection
from itertools import combinations

import duckdb

from transforms.disclosure.classes import Classes
from transforms.disclosure.errors import DisclosureError

# Up to so many sets of columns every pair is tried; then one more column at a time.
_MOST_SETS = 60

_GROUPS = """
CREATE OR REPLACE TEMP TABLE groups AS
SELECT key & {mask} AS key, {sums}, {enough} AS enough FROM combos GROUP BY 1
"""
_PENDING = "CREATE OR REPLACE TEMP TABLE pending AS SELECT * EXCLUDE (enough) FROM groups WHERE NOT enough"
_REMOVALS = (
    "CREATE OR REPLACE TEMP TABLE removals AS SELECT key, n, 0::BIGINT AS removed, key AS kept FROM groups LIMIT 0"
)
_ALL_PENDING = "CREATE OR REPLACE TEMP TABLE pending AS SELECT * EXCLUDE (enough) FROM groups"
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
SELECT key & {mask} AS shared FROM pending GROUP BY 1 HAVING {enough}
"""
_TAKE = "INSERT INTO removals SELECT key, n, {removed}, {mask} FROM pending WHERE key & {mask} IN (FROM standing)"
_DELETE = "DELETE FROM pending WHERE key & {mask} IN (FROM standing)"
_VALUES = "SELECT count(DISTINCT key & {mask}) FROM pending"
_JOIN_SMALLEST = """
INSERT INTO pending SELECT * EXCLUDE (enough) FROM groups WHERE enough ORDER BY n, key LIMIT 1 OFFSET {offset}
"""


def choose_removals(connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int]) -> None:
    """Make `removals`: for each combination at these levels that loses values, which columns (as bits), and
    which bits of the combination are kept.

    Raises:
        DisclosureError: all rows together are too few or too alike.
    """
    connection.execute(_GROUPS.format(mask=classes.mask(levels), sums=classes.sums, enough=classes.enough))
    connection.execute(_PENDING)
    connection.execute(_REMOVALS)
    active = [one.place for one, level in zip(classes.columns, levels, strict=True) if level < one.top]
    for removed in _sets(_most_varied_first(connection, classes, levels, active)):
        if not _count(connection, "pending"):
            return
        _remove(connection, classes, levels, removed)
    standing = _number(connection, "SELECT count(*) FROM groups WHERE enough")
    for offset in range(standing + 1):
        if not _count(connection, "pending") or _remove(connection, classes, levels, active):
            return
        connection.execute(_JOIN_SMALLEST.format(offset=offset))
    # Not even with them: those that lost a few values lose all.
    connection.execute(_ALL_PENDING)
    connection.execute("DELETE FROM removals")
    if not _remove(connection, classes, levels, active):
        raise DisclosureError(
            f"These rows cannot be made anonymous: all of them together are fewer than {classes.k}, "
            f"or a sensitive column has fewer than {classes.l} values."
        )


def _sets(places: list[int]) -> list[tuple[int, ...]]:
    """Which columns to remove together, fewest first."""
    found: list[tuple[int, ...]] = [(one,) for one in places]
    pairs = list(combinations(places, 2))
    if len(found) + len(pairs) <= _MOST_SETS:
        found += pairs
    return found + [tuple(places[:many]) for many in range(3, len(places))]


def _most_varied_first(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int], active: list[int]
) -> list[int]:
    """The columns with the most values in the rows that are left: taking them away brings most rows together."""

    def values(place: int) -> int:
        others = [one.place for one in classes.columns if one.place != place]
        row = connection.execute(_VALUES.format(mask=classes.mask(levels, others))).fetchone()
        return int(row[0]) if row else 0

    return sorted(active, key=lambda place: (-values(place), place))


def _remove(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int], removed: Collection[int]
) -> bool:
    """Settle the pending combinations that stand once the columns `removed` are gone; says whether any did."""
    mask = classes.mask(levels, removed)
    connection.execute(_STANDING.format(mask=mask, enough=classes.enough))
    if not _count(connection, "standing"):
        return False
    connection.execute(_TAKE.format(mask=mask, removed=sum(1 << place for place in removed)))
    connection.execute(_DELETE.format(mask=mask))
    return True


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return _number(connection, f"SELECT count(*) FROM {table}")


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
