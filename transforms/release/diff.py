"""What changed from one release to the next: tables, rows and cells, read from their protected tables alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.release.check import read_manifest

HIDDEN, NOT_THERE = "hidden", "-"
# The words of a row, and which of those with the same words it is.
_Key = tuple[tuple[str, ...], int]
_Rows = Mapping[_Key, Mapping[str, str]]


@dataclass(frozen=True)
class CellChange:
    """One number that is another, as it is shown: `hidden` where it is hidden, `-` where its row is not there."""

    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class TableChange:
    """One table before and after: its rows, how many counts are hidden, and the numbers that differ.

    `rows_before` is None where the table was not there, `rows_after` where it is not any more. `came` and `went` count
    the rows whose words are in one of the two alone.
    """

    table: str
    rows_before: int | None
    rows_after: int | None
    came: int
    went: int
    hidden_before: int
    hidden_after: int
    cells: tuple[CellChange, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything at all is different."""
        return bool(self.cells or self.came or self.went) or self.rows_before != self.rows_after


def diff_releases(before: Path, after: Path) -> list[TableChange]:
    """Each table of two releases, which lie in these folders and were verified, by its name.

    A row is known by its words; its numbers are what changes.
    """
    first, second = _tables(before), _tables(after)
    return [_diff(name, first.get(name), second.get(name)) for name in sorted(first.keys() | second.keys())]


def _tables(folder: Path) -> dict[str, pa.Table]:
    return {name: pq.read_table(folder / f"tables/{name}.parquet") for name in read_manifest(folder)["tables"]}


def _diff(name: str, before: pa.Table | None, after: pa.Table | None) -> TableChange:
    first, second = _rows(before), _rows(after)
    cells = [
        CellChange(", ".join(key[0]), column, old, new)
        for key in sorted(first.keys() | second.keys())
        for column in sorted(first.get(key, {}).keys() | second.get(key, {}).keys())
        if (old := _shown(first, key, column)) != (new := _shown(second, key, column))
    ]
    return TableChange(
        name,
        None if before is None else before.num_rows,
        None if after is None else after.num_rows,
        len(second.keys() - first.keys()),
        len(first.keys() - second.keys()),
        _hidden(before),
        _hidden(after),
        tuple(cells),
    )


def _shown(rows: _Rows, key: _Key, column: str) -> str:
    return rows[key].get(column, NOT_THERE) if key in rows else NOT_THERE


def _rows(table: pa.Table | None) -> _Rows:
    """Words of a row -> its numbers by their columns. Whether a count is hidden follows from its absence."""
    if table is None:
        return {}
    numbers = [field.name for field in table.schema if _is_number(field.type)]
    words = [field.name for field in table.schema if not _is_number(field.type) and field.name != HIDDEN]
    met: Counter[tuple[str, ...]] = Counter()
    found: dict[_Key, dict[str, str]] = {}
    for row in table.to_pylist():
        key = tuple(str(row[name]) for name in words if row[name] is not None)
        found[key, met[key]] = {name: HIDDEN if row[name] is None else str(row[name]) for name in numbers}
        met[key] += 1
    return found


def _hidden(table: pa.Table | None) -> int:
    if table is None or HIDDEN not in table.column_names:
        return 0
    return sum(table[HIDDEN].to_pylist())


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
