"""One figure as CSV: a table that any program reads, with what it is of in its last columns."""

import csv
import io
import re

from dashboards.results.figures import Figure, View

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+−]?\d{1,3}(,\d{3})*(\.\d+)?")
_ABOUT = ("Figure", "Status", "As at", "Version", "Consultation")


def csv_of(figure: Figure, view: View) -> bytes:
    """The figure's table by RFC 4180 in UTF-8; counts without separators, other cells as the screen has them."""
    about = view.version.about
    told = (figure.title, view.watermark, about.as_at.isoformat(), about.version, about.consultation)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_safe(one) for one in (*figure.table.columns, *_ABOUT)])
    for row in figure.table.rows:
        writer.writerow([*map(_cell, row), *map(_safe, told)])
    return written.getvalue().encode()


def _cell(printed: str) -> str:
    """`1,234` as 1234 and a difference with a minus that programs know; text so that no spreadsheet runs it."""
    if _NUMBER.fullmatch(printed):
        return printed.replace(",", "").replace("−", "-").removeprefix("+")
    return _safe(printed)


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
