"""The keying template: an XLSX workbook (or a CSV) into which officers key what is written on paper."""

import csv
from pathlib import Path

import xlsxwriter

from ingest.post.errors import KeyingError
from ingest.post.sheets.columns import (
    FIXED,
    KEYER,
    LANGUAGE,
    POSTMARK,
    RECEIVED,
    SHEET,
    TICK,
    KeyingColumn,
    keying_columns,
)
from schemas.definition import Definition

_ROWS = 1_000
_HELP = {
    "batch": "The name of this batch, the same in every row, such as 2007-03-14-a.",
    SHEET: "The serial number stamped on the response when it arrived. Each is keyed twice: two rows with one serial.",
    KEYER: "Who keyed this row; the two rows of a sheet have different keyers.",
    POSTMARK: "The day of the postmark, YYYY-MM-DD; 'none' where there is none, 'illegible' where it cannot be read.",
    RECEIVED: "The day on which the envelope arrived, YYYY-MM-DD.",
    LANGUAGE: "The language of the form; may be left empty for the first one.",
}


def keying_template(definition: Definition, file: Path) -> None:
    """Write the template for one consultation to `file` (.xlsx or .csv).

    Raises:
        KeyingError: the file's name ends in neither.
    """
    columns = keying_columns(definition)
    if file.suffix.lower() == ".csv":
        with file.open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerow([*FIXED, *(column.name for column in columns)])
    elif file.suffix.lower() == ".xlsx":
        _write_workbook(definition, columns, file)
    else:
        raise KeyingError(f"{file}: a template is written as .xlsx or .csv; name the file so.")


def _write_workbook(definition: Definition, columns: list[KeyingColumn], file: Path) -> None:
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        # Text throughout, so that a workbook changes no '01/02' into a day and no '007' into a number.
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "num_format": "@", "text_wrap": True, "valign": "top"})
        keying = book.add_worksheet("keying")
        names = [*FIXED, *(column.name for column in columns)]
        for position, name in enumerate(names):
            keying.write_string(0, position, name, bold)
        for position, width in enumerate([16, 12, 14, 14, 14, 10, *(_width(column) for column in columns)]):
            keying.set_column(position, position, width, text)
        keying.freeze_panes(1, 2)
        keying.data_validation(1, names.index(LANGUAGE), _ROWS, names.index(LANGUAGE), _list(_languages(definition)))
        for position, column in enumerate(columns, len(FIXED)):
            allowed = [TICK] if column.code else [code for code, _ in column.choices]
            if allowed and len(",".join(allowed)) <= 255:
                keying.data_validation(1, position, _ROWS, position, _list(allowed))
        _write_codes(book, definition, columns, bold, text)


def _languages(definition: Definition) -> list[str]:
    return list(definition.questionnaire.languages)


def _list(values: list[str]) -> dict[str, object]:
    return {
        "validate": "list",
        "source": values,
        "error_title": "Not a code",
        "error_message": "See the sheet 'codes'.",
    }


def _width(column: KeyingColumn) -> int:
    return 12 if column.code else 60 if column.field.kind == "open_text" else 24


def _write_codes(
    book: xlsxwriter.Workbook,
    definition: Definition,
    columns: list[KeyingColumn],
    bold: xlsxwriter.format.Format,
    text: xlsxwriter.format.Format,
) -> None:
    language = definition.questionnaire.languages[0]
    codes = book.add_worksheet("codes")
    codes.set_column(0, 0, 32, text)
    codes.set_column(1, 1, 70, text)
    codes.set_column(2, 2, 60, text)
    lines: list[tuple[str, str, str]] = [("column", "what is asked", "what to key")]
    lines += [(name, help_text, "") for name, help_text in _HELP.items()]
    for column in columns:
        label = column.field.label.in_language(language)
        if column.code:
            meaning = dict(column.choices)[column.code]
            lines.append((column.name, f"{label} {meaning}", f"{TICK} where ticked, empty where not"))
        elif column.choices:
            lines += [(column.name, label, f"{code} = {meaning}") for code, meaning in column.choices]
        else:
            lines.append((column.name, label, "as it is written; empty where there is no answer"))
    for row, line in enumerate(lines):
        for position, cell in enumerate(line):
            codes.write_string(row, position, cell, bold if row == 0 else text)
