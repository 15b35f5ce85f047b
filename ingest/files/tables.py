"""Tables from outside, row by row: CSV, XLSX, a JSON array, NDJSON. Bounded, and every cell as text.

The same table gives the same rows in each of the four formats: whole numbers without '.0', days as YYYY-MM-DD, moments
as YYYY-MM-DDTHH:MM:SS, truth as 'true' or 'false', nothing as nothing. Formulas are never evaluated.
"""

import csv
import json
import math
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal

import ijson
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ingest.errors import IngestError
from ingest.parsed_response import storable_text

Format = Literal["csv", "xlsx", "json", "ndjson"]
Cell = str | list[str]
Row = dict[str, Cell]

MAX_FILE_BYTES = 1024**3
MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_COLUMNS = 2_000
MAX_CELL_CHARACTERS = 1_000_000
MAX_LINE_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 6
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}


class TableError(IngestError):
    """A table cannot be read; the message names the file and the row, never a cell's content."""


@dataclass(frozen=True)
class TableLayout:
    """How to read a file: what its name does not say. `records` is the key under which a JSON file has its array."""

    format: Format | None = None
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    sheet: str | None = None
    records: str | None = None


@dataclass(frozen=True)
class Table:
    """A table: the columns of its first row, and a fresh walk over (row number as people count, row) each time.

    A row has only the cells that are not empty.
    """

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[int, Row]]]


def open_table(file: Path, layout: TableLayout | None = None) -> Table:
    """The table in `file`. For JSON and NDJSON the columns are those of all rows.

    Raises:
        TableError: missing, too large, of no known format, or not what its name says.
    """
    layout = layout or TableLayout()
    if not file.is_file():
        raise TableError(f"{file}: there is no such file.")
    if file.stat().st_size > MAX_FILE_BYTES:
        raise TableError(f"{file}: larger than {MAX_FILE_BYTES // 1024**2} MB; split it.")
    kind = layout.format or _FORMATS.get(file.suffix.lower())
    if kind is None:
        raise TableError(f"{file}: of no known format; use .csv, .xlsx, .json (an array) or .ndjson.")
    if kind in ("csv", "xlsx"):
        lines = _csv_lines if kind == "csv" else _xlsx_lines
        header = _header(file, next(iter(lines(file, layout)), []))
        return Table(header, lambda: _with_header(file, header, lines(file, layout)))
    objects = partial(_json_objects, file, layout.records) if kind == "json" else partial(_ndjson_objects, file)
    columns: dict[str, None] = {}
    for _, row in _rows_of(file, objects()):
        columns.update(dict.fromkeys(row))
        if len(columns) > MAX_COLUMNS:
            raise TableError(f"{file}: more than {MAX_COLUMNS} columns.")
    return Table(tuple(columns), lambda: _rows_of(file, objects()))


def cell_text(value: Any) -> str:
    """One value as text, the same whatever format it comes from."""
    if value is None or isinstance(value, str):
        return storable_text(value or "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime):
        # A workbook keeps a day as its midnight.
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _header(file: Path, cells: list[Any]) -> tuple[str, ...]:
    names = [cell_text(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise TableError(f"{file}: the first row has no column names.")
    if len(names) > MAX_COLUMNS:
        raise TableError(f"{file}: more than {MAX_COLUMNS} columns.")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise TableError(f"{file}: two columns are named '{doubled[0]}'; rename one.")
    return tuple(names)


def _with_header(file: Path, header: tuple[str, ...], lines: Iterable[list[Any]]) -> Iterator[tuple[int, Row]]:
    for number, cells in enumerate(lines, 1):
        if number == 1:
            continue
        if any(cell not in (None, "") for cell in cells[len(header) :]):
            raise TableError(f"{file}: row {number} has more cells than the first row has names.")
        row: Row = {}
        for name, value in zip(header, cells, strict=False):
            text = cell_text(value)
            if name and text.strip():
                row[name] = _bounded(f"{file}: row {number}", name, text)
        if row:
            yield number, row


def _csv_lines(file: Path, layout: TableLayout) -> Iterator[list[Any]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        with file.open(encoding=layout.encoding, newline="") as handle:
            start = handle.read(65_536)
            handle.seek(0)
            if "\0" in start:
                raise TableError(f"{file}: not a CSV file, though its name says so.")
            delimiter = layout.delimiter or _delimiter(start)
            yield from csv.reader(handle, delimiter=delimiter, strict=True)
    except UnicodeDecodeError as error:
        raise TableError(f"{file}: not in the encoding '{layout.encoding}'; save it as CSV in UTF-8.") from error
    except (LookupError, TypeError) as error:
        raise TableError(f"{file}: the encoding or delimiter that the map names is not known.") from error
    except csv.Error as error:
        raise TableError(f"{file}: not a proper CSV file (quotes, or a cell too long); save it again.") from error


def _delimiter(start: str) -> str:
    first = start.split("\n", maxsplit=1)[0]
    return max((",", ";", "\t"), key=first.count)


def _xlsx_lines(file: Path, layout: TableLayout) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise TableError(f"{file}: unpacks to more than {MAX_UNPACKED_BYTES // 1024**3} GB; split it.")
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise TableError(f"{file}: not an XLSX workbook, though its name says so.") from error
    try:
        if layout.sheet is not None and layout.sheet not in book.sheetnames:
            raise TableError(f"{file}: no sheet '{layout.sheet}'; it has: {', '.join(book.sheetnames)}.")
        sheet = book[layout.sheet] if layout.sheet else book.worksheets[0]
        for cells in sheet.iter_rows(values_only=True):
            yield list(cells)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise TableError(f"{file}: the workbook is damaged.") from error
    finally:
        book.close()


def _json_objects(file: Path, records: str | None) -> Iterator[Any]:
    path = f"{records}.item" if records else "item"
    try:
        with file.open("rb") as handle:
            if handle.read(3) != b"\xef\xbb\xbf":
                handle.seek(0)
            yield from ijson.items(handle, path)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        raise TableError(f"{file}: not a JSON array of objects.") from error


def _ndjson_objects(file: Path) -> Iterator[Any]:
    with file.open("rb") as handle:
        number = 0
        while line := handle.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise TableError(f"{file}: line {number} is longer than {MAX_LINE_BYTES // 1024**2} MB.")
            line = line.removeprefix(b"\xef\xbb\xbf").strip()
            try:
                if line:
                    yield json.loads(line.decode(), parse_float=Decimal)
            except (ValueError, RecursionError) as error:
                raise TableError(f"{file}: line {number} is not a JSON object in UTF-8.") from error


def _rows_of(file: Path, objects: Iterable[Any]) -> Iterator[tuple[int, Row]]:
    for number, one in enumerate(objects, 1):
        if not isinstance(one, dict):
            raise TableError(f"{file}: entry {number} is not a JSON object.")
        row: Row = {}
        _flatten(f"{file}: entry {number}", "", one, row, 0)
        if row:
            yield number, row


def _flatten(where: str, prefix: str, value: dict[str, Any], row: Row, depth: int) -> None:
    """Objects in objects become columns with dots: `{"answers": {"q1": ...}}` is the column `answers.q1`."""
    if depth > _MAX_DEPTH:
        raise TableError(f"{where} is nested too deeply.")
    for key, inner in value.items():
        name = storable_text(f"{prefix}{key}").strip()
        if isinstance(inner, dict):
            _flatten(where, f"{name}.", inner, row, depth + 1)
        elif isinstance(inner, list):
            if any(isinstance(one, dict | list) for one in inner):
                raise TableError(f"{where}, column '{name}': a list of more than single values.")
            cells = [_bounded(where, name, cell_text(one)) for one in inner]
            if filled := [cell for cell in cells if cell.strip()]:
                row[name] = filled
        elif (text := cell_text(inner)).strip():
            row[name] = _bounded(where, name, text)


def _bounded(where: str, name: str, text: str) -> str:
    if len(text) > MAX_CELL_CHARACTERS:
        raise TableError(f"{where}, column '{name}': longer than {MAX_CELL_CHARACTERS} characters.")
    return text
