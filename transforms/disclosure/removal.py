"""Local suppression: single values are removed from the rows whose class is still too small or too alike.

Few columns first: rows that agree once one value is taken from each are done. What is left loses every value; where
that is too few rows, the smallest classes that could stand join them, so that no row is left over.
"""

from itertools import combinations

import duckdb

from transforms.disclosure.classes import Classes
from transforms.disclosure.errors import DisclosureError

# So many sets of columns are tried for removal; after the single columns and pairs, one more column at a time.
_MOST_SETS = 60

_GROUPS = """
CREATE OR REPLACE TEMP TABLE groups AS
SELECT {codes}, {sums}, {enough} AS enough FROM working GROUP BY {codes}
"""
_PENDING = "CREATE OR REPLACE TEMP TABLE pending AS SELECT * EXCLUDE (enough) FROM groups WHERE NOT enough"
_REMOVALS = "CREATE OR REPLACE TEMP TABLE removals AS SELECT {codes}, n, 0::BIGINT AS removed FROM groups LIMIT 0"
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS SELECT {key} FROM pending {by} HAVING {enough}
"""
_TAKE = "INSERT INTO removals SELECT {codes}, n, {removed} FROM pending {joined}"
_DELETE = "DELETE FROM pending WHERE EXISTS (SELECT 1 FROM standing WHERE {same})"
_JOIN_SMALLEST = """
INSERT INTO pending SELECT * EXCLUDE (enough) FROM groups WHERE enough ORDER BY n, {codes} LIMIT 1 OFFSET {offset}
"""


def choose_removals(connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int]) -> None:
    """Make `removals`: for each combination at these levels that loses values, which columns (as bits).

    Raises:
        DisclosureError: all rows together are too few or too alike.
    """
    codes = ", ".join(classes.codes(levels))
    connection.execute(_GROUPS.format(codes=codes, sums=classes.sums, enough=classes.enough))
    connection.execute(_PENDING)
    connection.execute(_REMOVALS.format(codes=codes))
    active = [one.place for one, level in zip(classes.columns, levels, strict=True) if level < one.top]
    for removed in _sets(_most_varied_first(connection, classes, levels, active)):
        if not _pending(connection):
            return
        _remove(connection, classes, levels, frozenset(removed))
    offset = 0
    while _pending(connection) and not _remove(connection, classes, levels, frozenset(active)):
        before = _pending(connection)
        connection.execute(_JOIN_SMALLEST.format(codes=codes, offset=offset))
        offset += 1
        if _pending(connection) == before:
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
    found += [tuple(places[:many]) for many in range(3, len(places))]
    return found


def _most_varied_first(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int], active: list[int]
) -> list[int]:
    """The columns with the most values in the rows that are left: taking them away brings most rows together."""
    if not active:
        return []
    codes = classes.codes(levels)
    query = f"SELECT {', '.join(f'count(DISTINCT {codes[place]})' for place in active)} FROM pending"
    many = connection.execute(query).fetchone() or ()
    return [place for _, place in sorted(zip((-int(n) for n in many), active, strict=True))]


def _remove(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: list[int], removed: frozenset[int]
) -> bool:
    """Settle the pending combinations that stand once the columns `removed` are gone; says whether any did."""
    codes = classes.codes(levels)
    key = [code for place, code in enumerate(codes) if place not in removed]
    by = f"GROUP BY {', '.join(key)}" if key else ""
    connection.execute(_STANDING.format(key=", ".join(key) or "true AS found", by=by, enough=classes.enough))
    row = connection.execute("SELECT count(*) FROM standing").fetchone()
    if not row or not row[0]:
        return False
    joined = f"SEMI JOIN standing USING ({', '.join(key)})" if key else ""
    bits = sum(1 << place for place in removed)
    connection.execute(_TAKE.format(codes=", ".join(codes), removed=bits, joined=joined))
    same = " AND ".join(f"standing.{code} = pending.{code}" for code in key) or "true"
    connection.execute(_DELETE.format(same=same))
    return True


def _pending(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM pending").fetchone()
    return int(row[0]) if row else 0
