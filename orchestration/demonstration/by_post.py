"""Keying paper: two officers' rows in the template that the system makes, a workbook or a CSV file."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

from ingest.post.sheets.columns import TICK, keying_columns
from ingest.post.sheets.template import keying_template
from orchestration.demonstration.officers import FIRST, SECOND
from orchestration.demonstration.plan import PaperSheet
from schemas.definition import Definition
from schemas.response import RawAnswer


def write_batch(file: Path, batch: str, sheets: Sequence[PaperSheet], definition: Definition) -> None:
    """Key the sheets into a fresh template at `file` (.xlsx or .csv)."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    keying_template(definition, file)
    rows = [row for sheet in sheets for row in _rows(sheet, batch)]
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as handle:
            header = next(csv.reader(handle))
        with file.open("a", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(_cells(row, header, definition) for row in rows)
        return
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    header = [str(cell.value) for cell in page[1]]
    for number, row in enumerate(rows, 2):
        for position, cell in enumerate(_cells(row, header, definition), 1):
            if cell:
                page.cell(number, position, cell)
    book.save(file)


def artefact_prefix(batch: str, serial: str) -> str:
    """How the artefact id of a sheet begins: what follows depends on what was keyed.

    Both names hold letters and digits alone.
    """
    return f"post-{batch}-{serial}-"


def _rows(sheet: PaperSheet, batch: str) -> Iterator[tuple[dict[str, str], dict[str, RawAnswer]]]:
    """Each keying of a sheet: the fixed columns, and the answers."""
    fixed = {
        "batch": batch,
        "sheet": sheet.serial,
        "postmark": sheet.postmark,
        "received": sheet.received_on.isoformat(),
        "language": sheet.form.language,
    }
    yield {**fixed, "keyer": FIRST}, dict(sheet.form.answers)
    if sheet.keyed_twice:
        yield {**fixed, "keyer": SECOND}, {**sheet.form.answers, **dict(sheet.second_keying)}


def _cells(
    row: tuple[dict[str, str], dict[str, RawAnswer]], header: Sequence[str], definition: Definition
) -> list[str]:
    cells, answers = dict(row[0]), row[1]
    for column in keying_columns(definition):
        answer = answers.get(column.answer, "")
        if column.code is None:
            cells[column.name] = str(answer)
        else:
            cells[column.name] = TICK if column.code in answer else ""
    return [cells.get(name, "") for name in header]
