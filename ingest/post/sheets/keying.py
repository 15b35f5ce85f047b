"""A keying batch into landing: every sheet of paper one artefact, its keyed rows sealed together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ingest.files.tables import Row, open_table
from ingest.files.versions import latest_versions, superseding, version_id
from ingest.landing import Arrival, Landed, Landing
from ingest.parsed_response import is_day
from ingest.post.errors import KeyingError
from ingest.post.sheets.columns import (
    BATCH,
    FIXED,
    KEYER,
    LANGUAGE,
    POSTMARK,
    RECEIVED,
    SHEET,
    KeyingColumn,
    keying_columns,
)
from ingest.post.sheets.sheet import KEYED_MEDIA_TYPE, encode_sheet
from schemas.clock import Clock
from schemas.definition import Definition
from schemas.response import RawAnswer
from schemas.sealing import Recipients, seal

_SUFFIXES = (".csv", ".xlsx")
_MARKS = frozenset({"x", "1", "y", "yes", "true", "✓", "✗"})
_MAX_ROWS = 100_000


@dataclass(frozen=True)
class _KeyedRow:
    batch: str
    sheet: str
    keyer: str
    postmark: str
    received: date
    language: str | None
    answers: dict[str, RawAnswer]


def land_keying_batch(
    file: Path, landing: Landing, recipients: Recipients, definition: Definition, clock: Clock
) -> Landed:
    """Land the sheets keyed in `file` (.xlsx or .csv, as `keying_template` writes them).

    A sheet is known by its batch and serial. The same batch again lands nothing new; a sheet keyed again with
    something else (a second keyer's row, a correction) supersedes its earlier version.

    Raises:
        KeyingError: a wrong type of file, column or cell (named, never its content); nothing of the file was landed.
        TableError: the file cannot be read; nothing of it was landed.
    """
    if file.suffix.lower() not in _SUFFIXES:
        raise KeyingError(f"{file}: a keying batch is an .xlsx or .csv file, as 'yoursay keying template' writes it.")
    table = open_table(file)
    columns = keying_columns(definition)
    _check_header(file, table.columns, columns)
    sheets: dict[tuple[str, str], list[_KeyedRow]] = {}
    today = clock.now().astimezone(definition.zone).date()
    for number, row in table.rows():
        if number > _MAX_ROWS:
            raise KeyingError(f"{file}: more than {_MAX_ROWS} rows; split the batch.")
        where = f"{file}: row {number}"
        keyed = _keyed_row(where, row, columns, definition, today)
        of_sheet = sheets.setdefault((keyed.batch, keyed.sheet), [])
        of_sheet.append(keyed)
        if keyed.received != of_sheet[0].received:
            raise _bad_cell(where, RECEIVED, "another day than in the sheet's first row")
    latest = latest_versions(landing, "post-")
    return landing.append(superseding(_arrivals(sheets, definition, recipients, clock), latest))


def _check_header(file: Path, have: tuple[str, ...], columns: list[KeyingColumn]) -> None:
    expected = [*FIXED, *(column.name for column in columns)]
    unknown = [name for name in have if name and name not in expected]
    if unknown:
        raise KeyingError(f"{file}: the column '{unknown[0][:80]}' is not one of the template's; make a new template.")
    missing = [name for name in expected if name not in have and name != LANGUAGE]
    if missing:
        raise KeyingError(f"{file}: the column '{missing[0]}' is missing; make a new template.")


def _keyed_row(where: str, row: Row, columns: list[KeyingColumn], definition: Definition, today: date) -> _KeyedRow:
    cells = {name: cell if isinstance(cell, str) else "\n".join(cell) for name, cell in row.items()}
    fixed = {name: cells.get(name, "").strip() for name in FIXED}
    for name in (BATCH, SHEET, KEYER, POSTMARK, RECEIVED):
        if not fixed[name]:
            raise _bad_cell(where, name, "empty")
        if len(fixed[name]) > 80:
            raise _bad_cell(where, name, "longer than 80 characters")
    postmark = fixed[POSTMARK].casefold()
    if postmark not in ("none", "illegible") and not is_day(postmark):
        raise _bad_cell(where, POSTMARK, "neither a day (YYYY-MM-DD) nor 'none' nor 'illegible'")
    if not is_day(fixed[RECEIVED]):
        raise _bad_cell(where, RECEIVED, "not a day (YYYY-MM-DD)")
    received = date.fromisoformat(fixed[RECEIVED])
    if received > today:
        raise _bad_cell(where, RECEIVED, "a day that has not come yet")
    if fixed[LANGUAGE] and fixed[LANGUAGE] not in definition.questionnaire.languages:
        raise _bad_cell(where, LANGUAGE, f"not one of {', '.join(definition.questionnaire.languages)}")
    answers = _answers(where, cells, columns)
    return _KeyedRow(fixed[BATCH], fixed[SHEET], fixed[KEYER], postmark, received, fixed[LANGUAGE] or None, answers)


def _answers(where: str, cells: dict[str, str], columns: list[KeyingColumn]) -> dict[str, RawAnswer]:
    answers: dict[str, RawAnswer] = {}
    ticked: dict[str, list[str]] = {}
    for column in columns:
        cell = cells.get(column.name, "").replace("\r\n", "\n").strip()
        if not cell:
            continue
        if column.code is None:
            answers[column.answer] = cell
        elif cell.casefold() in _MARKS:
            ticked.setdefault(column.answer, []).append(column.code)
        else:
            raise _bad_cell(where, column.name, "neither empty nor an x")
    return answers | ticked


def _arrivals(
    sheets: dict[tuple[str, str], list[_KeyedRow]], definition: Definition, recipients: Recipients, clock: Clock
) -> Iterator[Arrival]:
    now = clock.now()
    for (batch, serial), rows in sheets.items():
        stem = sheet_stem(batch, serial)
        content = {
            "consultation": definition.id,
            "questionnaire_hash": definition.questionnaire_hash,
            "batch": batch,
            "sheet": serial,
            "rows": [
                {"keyer": row.keyer, "postmark": row.postmark, "language": row.language, "answers": row.answers}
                for row in sorted(rows, key=lambda row: row.keyer)
            ],
        }
        artefact_id = version_id(stem, encode_sheet(content))
        # A day is all that is known: its noon, where the council is.
        received_at = datetime.combine(rows[0].received, time(12), definition.zone).astimezone(UTC)
        yield Arrival(
            artefact_id=artefact_id,
            consultation=definition.id,
            questionnaire_hash=definition.questionnaire_hash,
            channel="post",
            media_type=KEYED_MEDIA_TYPE,
            received_at=min(received_at, now),
            source=f"post-{batch}",
            body=seal(encode_sheet(content | {"id": artefact_id}), recipients),
        )


def sheet_stem(batch: str, serial: str) -> str:
    """How the artefact id of a sheet begins: what follows depends on what was keyed."""
    return f"post-{_name(batch)}-{_name(serial)}"


def _name(text: str) -> str:
    """A batch's name or a serial as part of an id: letters and digits as they are, everything else by its number."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"_{ord(letter):x}_" for letter in text)


def _bad_cell(where: str, column: str, what: str) -> KeyingError:
    return KeyingError(f"{where}, column '{column}': {what}.")
