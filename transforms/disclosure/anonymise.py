"""Rows made anonymous: k rows or more share each combination, with l values or more of each sensitive column.

Coarser columns first (`levels.py`), then single values removed (`removal.py`), all in DuckDB. What comes out is counted
again before it is handed over, and nothing is handed over that does not reach k and l.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from schemas.anonymity import Anonymity
from transforms.disclosure.classes import Classes, prepare_rows
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import ColumnLoss, RowsFindings
from transforms.disclosure.hierarchies import REMOVED, prepare_values
from transforms.disclosure.levels import choose_levels
from transforms.disclosure.removal import choose_removals
from transforms.sql import columns, identifier, literal

_ROWS = """
CREATE OR REPLACE TEMP TABLE coarse AS
SELECT c.key & coalesce(r.kept, {mask}) AS key, coalesce(r.removed, 0) AS removed, c.* EXCLUDE (key)
FROM coded AS c LEFT JOIN removals AS r ON r.key = c.key & {mask}
"""
_LABELLED = """
CREATE OR REPLACE TEMP TABLE labelled_classes AS
SELECT f.key, f.removed, {labels} FROM (SELECT DISTINCT key, removed FROM coarse) AS f {joins}
"""
_JOIN_LABELS = """
LEFT JOIN (SELECT DISTINCT code & {counted} AS code, label_{level} AS label FROM values_{place}) AS v{place}
ON v{place}.code = (f.key >> {shift}) & {counted}
"""
# The order follows from what is shown, so that it tells nothing.
_ANONYMOUS = """
CREATE OR REPLACE TEMP TABLE anonymous AS
SELECT {columns} FROM coarse AS c JOIN labelled_classes AS l USING (key, removed) ORDER BY {order}
"""
_K = "SELECT min(n), count(*) FROM (SELECT count(*) AS n FROM anonymous GROUP BY {by})"
_L = "SELECT min(n) FROM (SELECT count(DISTINCT coalesce({column}::VARCHAR, '')) AS n FROM anonymous GROUP BY {by})"
_REMOVED_OF = "SELECT coalesce(sum(n) FILTER ((removed >> {place}) & 1 = 1), 0) FROM removals"
_LOST_BEFORE = """
WITH detail AS (
    SELECT code & {counted} AS code, (count(*) - 1) / greatest(sum(count(*)) OVER () - 1, 1) AS lost
    FROM values_{place} GROUP BY 1
)
SELECT coalesce(sum(r.n * d.lost), 0) FROM removals AS r JOIN detail AS d ON d.code = (r.key >> {shift}) & {counted}
WHERE (r.removed >> {place}) & 1 = 1
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
    prepare_rows(connection, source, classes, wanted.keep)
    total = _number(connection, "SELECT count(*) FROM coded")
    if total < wanted.k:
        raise DisclosureError(f"There are {total} rows, fewer than {wanted.k}; they cannot be made anonymous.")
    levels = choose_levels(connection, classes, total, wanted.most_removed)
    choose_removals(connection, classes, levels)
    in_order = [name for name in there if name in named]
    _write(connection, classes, levels, in_order, [*wanted.sensitive, *wanted.keep])
    findings = _findings(connection, classes, levels, total)
    _check(findings, wanted)
    return Anonymised(connection.table("anonymous"), findings, tuple(name for name in there if name not in named))


def _write(
    connection: duckdb.DuckDBPyConnection,
    classes: Classes,
    levels: Sequence[int],
    names: Sequence[str],
    others: Sequence[str],
) -> None:
    """Make `anonymous`: the columns `names` in order, of which `others` are no quasi-identifiers."""
    labels, joins = [], []
    for one, level in zip(classes.columns, levels, strict=True):
        place = one.place
        if level == one.top:
            labels.append(f"{literal(REMOVED)} AS l{place}")
            continue
        gone = f"(f.removed >> {place}) & 1 = 1"
        labels.append(f"CASE WHEN {gone} THEN {literal(REMOVED)} ELSE v{place}.label END AS l{place}")
        counted = _counted(classes, place, level)
        joins.append(_JOIN_LABELS.format(place=place, level=level, counted=counted, shift=classes.shift(place)))
    connection.execute(_ROWS.format(mask=classes.mask(levels)))
    connection.execute(_LABELLED.format(labels=", ".join(labels), joins=" ".join(joins)))
    shown = {one.column: f"l.l{one.place} AS {identifier(one.column)}" for one in classes.columns}
    shown |= {name: f"c.o{place} AS {identifier(name)}" for place, name in enumerate(others)}
    order = ["key", "removed", *(f"c.o{place}" for place in range(len(others)))]
    connection.execute(_ANONYMOUS.format(columns=", ".join(shown[name] for name in names), order=", ".join(order)))


def _counted(classes: Classes, place: int, level: int) -> int:
    """The bits of a column's code that count at a level."""
    one = classes.columns[place]
    return (1 << one.bits) - (1 << one.levels[level].bits_off)


def _findings(
    connection: duckdb.DuckDBPyConnection, classes: Classes, levels: Sequence[int], total: int
) -> RowsFindings:
    by = columns(one.column for one in classes.columns)
    counted = connection.execute(_K.format(by=by)).fetchone() or (0, 0)
    varied = [_number(connection, _L.format(column=identifier(name), by=by)) for name in classes.sensitive]
    losses, lost = [], 0.0
    for one, level in zip(classes.columns, levels, strict=True):
        removed, gone = 0, 0.0
        if level < one.top:
            removed = _number(connection, _REMOVED_OF.format(place=one.place))
            bits, shift = _counted(classes, one.place, level), classes.shift(one.place)
            before = _LOST_BEFORE.format(place=one.place, counted=bits, shift=shift)
            # Of the rows whose value was removed all is lost, not only what the level loses.
            gone = removed - float((connection.execute(before).fetchone() or (0.0,))[0])
        losses.append(ColumnLoss(one.column, level, one.top, removed))
        lost += one.levels[level].loss + gone / total
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
