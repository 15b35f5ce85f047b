"""Rows made anonymous: k rows or more share each combination, with l values or more of each sensitive column.

Coarser columns first (`levels.py`), then single values removed (`removal.py`), all in DuckDB. What comes out is counted
again before it is handed over, and nothing is handed over that does not reach k and l.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from schemas.anonymity import Anonymity
from transforms.disclosure.classes import Classes, prepare_combos
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import ColumnLoss, RowsFindings
from transforms.disclosure.hierarchies import REMOVED, prepare_values
from transforms.disclosure.levels import choose_levels
from transforms.disclosure.removal import choose_removals
from transforms.sql import columns, identifier, literal

_ANONYMOUS = """
CREATE OR REPLACE TEMP TABLE anonymous AS
SELECT {columns} FROM coded {joins} LEFT JOIN removals AS r ON {same} ORDER BY ALL
"""
_K = "SELECT min(n), count(*) FROM (SELECT count(*) AS n FROM anonymous GROUP BY {by})"
_L = "SELECT min(n) FROM (SELECT count(DISTINCT coalesce({column}::VARCHAR, '')) AS n FROM anonymous GROUP BY {by})"
_REMOVED_OF = "SELECT coalesce(sum(n) FILTER ((removed >> {place}) & 1 = 1), 0) FROM removals"
_KEPT_LOSS = """
SELECT coalesce(sum(r.n * v.loss), 0) FROM removals AS r JOIN (
    SELECT code_{level} AS code, any_value(alike) AS loss FROM (
        SELECT code_{level}, (count(*) OVER (PARTITION BY code_{level}) - 1) / greatest(count(*) OVER () - 1, 1)
            AS alike
        FROM values_{place}
    ) GROUP BY ALL
) AS v ON v.code = r.c{place}_{level} WHERE (r.removed >> {place}) & 1 = 1
"""


@dataclass(frozen=True)
class Anonymised:
    """Anonymous rows, sorted so that their order tells nothing; what was found; and the columns that were left out."""

    rows: duckdb.DuckDBPyRelation
    findings: RowsFindings
    left_out: tuple[str, ...]


def anonymise(connection: duckdb.DuckDBPyConnection, source: str, wanted: Anonymity) -> Anonymised:
    """Make the rows of a table anonymous.

    Quasi-identifiers come out as text: a value, a broader one, or `*` where it was removed. Columns that `wanted` does
    not name are left out. The rows lie in a temporary table of the connection until the next call.

    Args:
        connection: in which `source` is a table or view; temporary tables are made in it.
        source: the table's name.
        wanted: which columns, how they are made coarser, and what must be reached.

    Raises:
        DisclosureError: a column is missing, a hierarchy does not fit its values, or k and l cannot be reached.
    """
    there = connection.table(identifier(source)).columns
    named = [*wanted.quasi_identifiers, *wanted.sensitive, *wanted.keep]
    missing = [name for name in named if name not in there]
    if missing:
        raise DisclosureError(f"The rows have no column '{missing[0]}'; they have: {', '.join(there)}.")
    quasi = tuple(
        prepare_values(connection, source, name, place, hierarchy)
        for place, (name, hierarchy) in enumerate(wanted.quasi_identifiers.items())
    )
    classes = Classes(quasi, wanted.sensitive, wanted.k, wanted.l)
    prepare_combos(connection, source, classes, wanted.keep)
    total = _number(connection, "SELECT count(*) FROM coded")
    if total < wanted.k:
        raise DisclosureError(f"There are {total} rows, fewer than {wanted.k}; they cannot be made anonymous.")
    levels = choose_levels(connection, classes, int(total * wanted.most_removed))
    choose_removals(connection, classes, levels)
    in_order = [name for name in there if name in named]
    _write(connection, classes, levels, in_order)
    findings = _findings(connection, classes, levels, total)
    _check(findings, wanted)
    return Anonymised(connection.table("anonymous"), findings, tuple(name for name in there if name not in named))


def _write(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], names: Sequence[str]
) -> None:
    """Make `anonymous`."""
    label = {
        one.column: f"CASE WHEN (coalesce(r.removed, 0) >> {one.place}) & 1 = 1 THEN {literal(REMOVED)}"
        f" ELSE v{one.place}.label_{level} END AS {identifier(one.column)}"
        for one, level in zip(classes.columns, levels, strict=True)
    }
    places = [(one.place, level) for one, level in zip(classes.columns, levels, strict=True)]
    connection.execute(
        _ANONYMOUS.format(
            columns=", ".join(label.get(name, f"coded.{identifier(name)}") for name in names),
            joins=" ".join(f"JOIN values_{p} AS v{p} ON v{p}.code_0 = coded.c{p}_0" for p, _ in places),
            same=" AND ".join(f"r.c{p}_{level} = v{p}.code_{level}" for p, level in places),
        )
    )


def _findings(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], total: int
) -> RowsFindings:
    by = columns(one.column for one in classes.columns)
    counted = connection.execute(_K.format(by=by)).fetchone() or (0, 0)
    varied = [_number(connection, _L.format(column=identifier(name), by=by)) for name in classes.sensitive]
    losses, lost = [], 0.0
    for one, level in zip(classes.columns, levels, strict=True):
        removed = _number(connection, _REMOVED_OF.format(place=one.place)) if level < one.top else 0
        losses.append(ColumnLoss(one.column, level, one.top, removed))
        coarser = connection.execute(_KEPT_LOSS.format(place=one.place, level=level)).fetchone() or (0.0,)
        # Of the rows whose value was removed all is lost, not only what the level loses.
        gone = removed - float(coarser[0]) if level < one.top else 0.0
        lost += one.losses[level] + gone / total
    touched = _number(connection, "SELECT coalesce(sum(n), 0) FROM removals WHERE removed <> 0")
    k, many = int(counted[0]), int(counted[1])
    return RowsFindings(total, k, min(varied, default=None), many, touched, round(lost / len(losses), 4), tuple(losses))


def _check(findings: RowsFindings, wanted: Anonymity) -> None:
    if findings.k < wanted.k or (findings.l is not None and findings.l < wanted.l):
        raise DisclosureError(
            f"The rows reach k = {findings.k} and l = {findings.l}, not {wanted.k} and {wanted.l}; nothing was written."
        )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
