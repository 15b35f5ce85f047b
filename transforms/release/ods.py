"""A workbook as OpenDocument spreadsheet. Every cell is a number, a date or a text: none can be a formula."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from odfdo import Cell as OdsCell
from odfdo import Column, Document, Row, Style, Table

from transforms.release.sheets import Cell, Sheet

_TITLE, _HEADER, _WIDE = "title", "header", "wide"
_CM_A_CHARACTER = 0.2
# A container holds no time before this one.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MIMETYPE = "mimetype"


def ods_bytes(sheets: Sequence[Sheet], title: str, made_at: datetime) -> bytes:
    """The same sheets give the same bytes: the file's times are `made_at` and the container's own fixed one."""
    document = Document("spreadsheet")
    document.meta.title = title
    document.meta.creation_date = made_at.replace(tzinfo=None)
    document.meta.date = made_at.replace(tzinfo=None)
    document.language = "en-GB"
    document.insert_style(Style("table-cell", name=_TITLE, area="text", bold=True, size="14pt"), automatic=True)
    document.insert_style(Style("table-cell", name=_HEADER, area="text", bold=True), automatic=True)
    body = document.body
    body.clear()
    for width in sorted({width for sheet in sheets for width in sheet.widths}):
        document.insert_style(
            Style("table-column", name=f"{_WIDE}{width}", width=f"{width * _CM_A_CHARACTER:.2f}cm"), automatic=True
        )
    for sheet in sheets:
        table = _table(sheet)
        body.append(table)
        if sheet.table:
            first, last = len(sheet.lines), len(sheet.lines) + len(sheet.rows)
            table.set_named_range(sheet.table, (0, first, len(sheet.header) - 1, last))
    out = io.BytesIO()
    document.save(out)
    return _with_fixed_times(out.getvalue())


def _table(sheet: Sheet) -> Table:
    table = Table(sheet.name)
    for width in sheet.widths:
        table.append(Column(style=f"{_WIDE}{width}"))
    lines = [[_cell(line, _TITLE if number == 0 else None)] for number, line in enumerate(sheet.lines)]
    header = [[_cell(name, _HEADER) for name in sheet.header]] if sheet.table else []
    for cells in [*lines, *header, *([_cell(one) for one in cells] for cells in sheet.rows)]:
        row = Row()
        row.extend_cells(cells)
        table.append(row)
    return table


def _cell(value: Cell, style: str | None = None) -> OdsCell:
    return OdsCell(value, style=style)


def _with_fixed_times(content: bytes) -> bytes:
    """The same container in a fixed order with one fixed time; its type comes first and uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(name for name in old.namelist() if not name.endswith("/"))
        for name in sorted(names, key=lambda one: one != _MIMETYPE):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == _MIMETYPE else zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
