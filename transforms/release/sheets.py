"""The sheets of a release's workbook, whatever its file format: cover, contents, notes, then one table a sheet.

They follow the government's conventions for statistics in spreadsheets: the title is in the first cell, a table has one
row of headings and no merged or empty cells, and what is not a figure is a shorthand in square brackets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES
from transforms.disclosure.vocabulary import coded_fields
from transforms.figure_words import FEW_MORE, SUM_OVER_TYPES
from transforms.release.files import without_formula
from transforms.release.licences import LICENCES

HIDDEN, NOT_APPLICABLE = "[c]", "[z]"
SHORTHAND = {
    HIDDEN: "confidential: the figure is hidden so that nobody can be told from it",
    NOT_APPLICABLE: "not applicable: there is no such figure for this row",
}
_ONE_TABLE = "This worksheet contains one table."
_SHORTHAND_USED = "Some cells hold shorthand in square brackets; the worksheet 'Notes' explains it."
_WIDEST, _WIDE_TEXT = 60, 100
Cell = str | int | float | date


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines of text, a cell each in the first column, then at most one table.

    Attributes:
        name: what its tab says.
        lines: the title first.
        table: the table's own name, by which a program finds it; empty where there is none.
        header: the headings of the table's columns.
        rows: its cells, without an empty one.
    """

    name: str
    lines: tuple[str, ...]
    table: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """How wide each column is, in characters."""
        if not self.table:
            return (_WIDE_TEXT,)
        columns = zip(self.header, *self.rows, strict=True)
        return tuple(min(_WIDEST, 2 + max(map(_width, column))) for column in columns)


def workbook_sheets(
    definition: Definition, about: Mapping[str, Any], tables: Mapping[str, pa.Table], codebook: pa.Table
) -> list[Sheet]:
    """Every sheet of a release.

    Args:
        about: the manifest as far as it is known: title, interim, as_at, notice, protection.
        tables: the protected tables, by name; rows of respondents are for programs, and in no sheet.
        codebook: what every column and code means.
    """
    data = [_table_sheet(definition, name, number, table) for number, (name, table) in enumerate(tables.items(), 1)]
    dictionary = Sheet(
        "Codebook",
        (
            "Codebook: every table, column and code of this release",
            _ONE_TABLE,
            _SHORTHAND_USED,
        ),
        "codebook",
        *_cells(codebook, frozenset(), {}),
    )
    return [_cover(definition, about), _contents([*data, dictionary]), _notes(about), *data, dictionary]


def _cover(definition: Definition, about: Mapping[str, Any]) -> Sheet:
    as_at = f"{datetime.fromisoformat(about['as_at']).astimezone(definition.zone):%-d %B %Y, %H:%M}"
    licence = LICENCES[definition.policy.publication.licence]
    lines = [
        f"{about['title']}: anonymised results",
        f"Interim results, as at {as_at}. They will change." if about["interim"] else f"Final results, as at {as_at}.",
        *([about["notice"]] if about["notice"] else []),
        f"Asked by: {', '.join(definition.questionnaire.asked_by)}",
        "This is not a poll: people chose to take part, so the counts say what was said.",
        f"The information was given {about['purpose']}, and is used for that alone.",
        f"Contact: {definition.policy.contact_post}",
        f"Licence: {licence.title}, {licence.path}",
        "The worksheet 'Contents' lists the tables. The worksheet 'Notes' says what shorthand and rounding mean.",
    ]
    return Sheet("Cover", tuple(map(without_formula, lines)))


def _contents(sheets: list[Sheet]) -> Sheet:
    rows = tuple((sheet.name, sheet.lines[0]) for sheet in sheets)
    lines = ("Contents", _ONE_TABLE)
    return Sheet("Contents", lines, "contents", ("Worksheet", "Title"), rows)


def _notes(about: Mapping[str, Any]) -> Sheet:
    protection = about["protection"]
    notes = [
        *(f"{short} means {meaning}." for short, meaning in SHORTHAND.items()),
        f"Counts under {protection['threshold']} are hidden, and others with them, so that nothing hidden follows.",
        f"Counts are rounded to the nearest {protection['rounding']}, so they may not add up; the ledger is exact.",
        f"Where a question has fewer than {protection['detail_from']} answers, similar codes are joined.",
        SUM_OVER_TYPES,
        "An answer that is not coded yet is in no base, and is not counted as no answer.",
        "A text that a spreadsheet could take for a formula has an apostrophe before it.",
    ]
    if protection["step"] > 1:
        notes.append(f"Answers count in whole steps of {protection['step']} respondents; the last few wait.")
    else:
        notes.append(FEW_MORE)
    rows = tuple((f"Note {number}", note) for number, note in enumerate(notes, 1))
    return Sheet("Notes", ("Notes", _ONE_TABLE), "notes", ("Note", "Text"), rows)


def _table_sheet(definition: Definition, name: str, number: int, table: pa.Table) -> Sheet:
    shape = TABLES[name]
    not_coded = {one.id for one in definition.questionnaire.fields()} - {one.id for one in coded_fields(definition)}
    shown = table.drop_columns(["hidden"]) if "hidden" in table.column_names else table
    figures = frozenset(column.name for column in shape.columns if column.type != pa.string())
    header, rows = _cells(shown, figures, dict.fromkeys(("coded", "coded_shown"), not_coded))
    lines = [f"Table {number}: {_heading(name)}", _ONE_TABLE, shape.meaning]
    if any(cell in SHORTHAND for row in rows for cell in row):
        lines.append(_SHORTHAND_USED)
    return Sheet(f"Table_{number}", tuple(lines), name, header, rows)


def _cells(
    table: pa.Table, figures: frozenset[str], without: Mapping[str, set[str]]
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Headings and cells. An empty figure is a hidden one, but in the columns and of the fields `without` any."""
    rows = tuple(
        tuple(
            _cell(
                value, HIDDEN if name in figures and row.get("field") not in without.get(name, ()) else NOT_APPLICABLE
            )
            for name, value in row.items()
        )
        for row in table.to_pylist()
    )
    return tuple(map(_heading, table.column_names)), rows


def _cell(value: object, empty: Cell) -> Cell:
    if value is None or value == "":
        return empty
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float | date):
        return value
    return without_formula(str(value))


def _heading(name: str) -> str:
    """`received_over_time` as `Received over time`."""
    return name.replace("_", " ").capitalize()


def _width(cell: Cell) -> int:
    return len("30 September 2007") if isinstance(cell, date) else len(str(cell))
