"""A workbook as XLSX. Every cell is a number, a date or a text: none can be a formula or a link."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from transforms.release.sheets import Sheet


def xlsx_bytes(sheets: Sequence[Sheet], title: str, made_at: datetime) -> bytes:
    """The same sheets give the same bytes: the file's times are `made_at` and the container's own fixed one."""
    out = io.BytesIO()
    # The sheets are small; in memory, nothing of them is written to a temporary folder.
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        heading, wrapped = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True})
        day = book.add_format({"num_format": "d mmmm yyyy", "align": "left"})
        header = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for row, line in enumerate(sheet.lines):
                page.write_string(row, 0, line, heading if row == 0 else None)
            if sheet.table:
                _write_table(page, sheet, header, wrapped, day)
            for column, width in enumerate(sheet.widths):
                page.set_column(column, column, width)
    return out.getvalue()


def _write_table(page: Worksheet, sheet: Sheet, header: Format, wrapped: Format, day: Format) -> None:
    top = len(sheet.lines)
    page.add_table(
        top,
        0,
        top + len(sheet.rows),
        len(sheet.header) - 1,
        {
            "name": sheet.table,
            "autofilter": False,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": name, "header_format": header} for name in sheet.header],
        },
    )
    for row, cells in enumerate(sheet.rows, top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, column, cell, wrapped)
            elif isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            else:
                page.write_number(row, column, cell)
