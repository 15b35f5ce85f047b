"""MAP.toml: how the columns of somebody else's export become answers. docs/imports.md describes every key."""

import tomllib
import unicodedata
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import IngestError
from ingest.files.tables import Cell, Format, Row, Table, TableLayout
from schemas.definition import Definition
from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.fields import MultipleChoice
from schemas.key_paths import faults_of
from schemas.response import RawAnswer

DEFAULT_MARKS = ("x", "1", "y", "yes", "true", "on", "checked", "selected", "✓")
_MAX_COLUMNS_NAMED = 60


class MapError(IngestError):
    """A map cannot be used; the message names the map's file and key, and what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FilePart(_Part):
    """What the file's name does not say about its layout."""

    format: Format | None = None
    encoding: str = "utf-8-sig"
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    records: str | None = None

    def layout(self) -> TableLayout:
        return TableLayout(self.format, self.encoding, self.delimiter, self.sheet, self.records)


class ColumnPart(_Part):
    """One column."""

    column: str


class TimePart(_Part):
    """When a row was received: a column, or one moment for all rows (and for those whose cell is empty)."""

    column: str | None = None
    format: str | None = None
    zone: str | None = None
    given: datetime | None = None

    @model_validator(mode="after")
    def _complete(self) -> "TimePart":
        if self.column is None and self.given is None:
            raise ValueError("'column' or 'given' is expected")
        if self.given is not None and self.given.tzinfo is None:
            raise ValueError("'given' needs a time zone, such as 2007-05-31T17:00:00+01:00")
        return self


class LanguagePart(_Part):
    """The language of the rows, by a column or one for all."""

    column: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    given: str | None = None


class AnswerPart(_Part):
    """Where the answer to one field comes from: one column, or a column for each choice (`ticked`)."""

    column: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    split: str | None = Field(default=None, min_length=1)
    ticked: dict[str, str] = Field(default_factory=dict)
    marks: tuple[str, ...] = DEFAULT_MARKS

    @model_validator(mode="after")
    def _one_way(self) -> "AnswerPart":
        if (self.column is None) == (not self.ticked):
            raise ValueError("either 'column' or 'ticked' is expected")
        return self


class ImportMap(_Part):
    """A whole map."""

    name: str = Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=60)
    file: FilePart = FilePart()
    id: ColumnPart | None = None
    received_at: TimePart
    sender: ColumnPart | None = None
    language: LanguagePart = LanguagePart()
    answers: dict[str, AnswerPart] = Field(min_length=1)


def read_map(file: Path, definition: Definition) -> ImportMap:
    """The map in `file`, checked against the definition.

    Raises:
        MapError: missing, or a key, a field or a code is wrong.
    """
    try:
        mapping = ImportMap.model_validate(tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError as error:
        raise MapError(f"{file}: there is no such file; docs/imports.md shows how to write one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MapError(f"{file}: not valid TOML: {error}.") from error
    except ValidationError as error:
        key, what = faults_of(error)[0]
        raise MapError(f"{file}: {key}: {what}.") from None
    _check_fields(file, mapping, definition)
    return mapping


def _check_fields(file: Path, mapping: ImportMap, definition: Definition) -> None:
    columns = definition.questionnaire.answer_columns()
    for name, part in mapping.answers.items():
        if name not in columns:
            known = ", ".join(columns)
            raise MapError(f"{file}: answers.{name}: '{definition.id}' has no such field; it has: {known}.")
        one = columns[name]
        if (part.ticked or part.split) and not (isinstance(one, MultipleChoice) and one.id == name):
            raise MapError(f"{file}: answers.{name}: only a multiple choice takes 'ticked' or 'split'.")
        if isinstance(one, ChoiceField) and one.id == name:
            codes = [code for code, _ in choices_of(one, definition.questionnaire.languages[0])]
            for key, targets in (("values", part.values), ("ticked", part.ticked)):
                unknown = [code for code in targets.values() if code not in codes]
                if unknown:
                    raise MapError(f"{file}: answers.{name}.{key}: '{unknown[0]}' is not one of {', '.join(codes)}.")
    zone = mapping.received_at.zone
    try:
        zoneinfo.ZoneInfo(zone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MapError(f"{file}: received_at.zone: '{zone}' is not a time zone.") from error


class Mapper:
    """A map bound to the columns of one table."""

    def __init__(self, mapping: ImportMap, map_file: Path, table: Table, table_file: Path, definition: Definition):
        self._map, self._map_file, self._table_file = mapping, map_file, table_file
        self.definition, self.name = definition, mapping.name
        self._zone = zoneinfo.ZoneInfo(mapping.received_at.zone) if mapping.received_at.zone else definition.zone
        self._fields = definition.questionnaire.answer_columns()
        # Accents may be written in two ways that look the same.
        self._columns = {unicodedata.normalize("NFC", name): name for name in table.columns}
        used = {self._column(key, name) for key, name in self._named()}
        self.unused = tuple(name for name in table.columns if name and name not in used)

    def answers(self, row: Row) -> dict[str, RawAnswer]:
        """The answers in a row; what is empty is left out."""
        found: dict[str, RawAnswer] = {}
        for name, part in self._map.answers.items():
            answer = self._ticked(part, row) if part.ticked else self._answer(name, part, row)
            if answer:
                found[name] = answer
        return found

    def received_at(self, row: Row, number: int) -> datetime:
        """When the row was received, UTC.

        Raises:
            MapError: the cell is empty and no moment is given, or it is not in the format of the map.
        """
        part = self._map.received_at
        cell = self._cell(part.column, row) if part.column else ""
        if not cell:
            if part.given is None:
                raise self._bad_row(number, part.column, "empty, and the map's received_at has no 'given'")
            return part.given.astimezone(UTC)
        moment = _moment(cell, part.format)
        if moment is None:
            form = f"the format '{part.format}'" if part.format else "the form YYYY-MM-DD HH:MM"
            raise self._bad_row(number, part.column, f"not a moment in {form}")
        try:
            return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)
        except OverflowError as error:
            raise self._bad_row(number, part.column, "not a moment that can be") from error

    def sender(self, row: Row) -> str | None:
        """The sender's e-mail address; None where the cell holds none (empty, or masked)."""
        cell = self._cell(self._map.sender.column, row) if self._map.sender else ""
        return cell.lower() if "@" in cell.strip("@") and " " not in cell else None

    def language(self, row: Row) -> str:
        """The language by the column where it names one, else the given one, else the questionnaire's first."""
        part = self._map.language
        given = part.given or self.definition.questionnaire.languages[0]
        cell = self._cell(part.column, row) if part.column else ""
        return part.values.get(cell, cell) or given

    def id_of(self, row: Row, number: int) -> str | None:
        """What identifies the row; None where the map names no column for it.

        Raises:
            MapError: the cell is empty.
        """
        if self._map.id is None:
            return None
        cell = self._cell(self._map.id.column, row)
        if not cell:
            raise self._bad_row(number, self._map.id.column, "empty; every row needs an id, or the map no [id]")
        return cell

    def _named(self) -> Iterator[tuple[str, str]]:
        """(key of the map, column) of every column that the map names."""
        for key in ("id", "received_at", "sender", "language"):
            single = getattr(self._map, key)
            if single is not None and single.column is not None:
                yield f"{key}.column", single.column
        for name, part in self._map.answers.items():
            if part.column is not None:
                yield f"answers.{name}.column", part.column
            for column in part.ticked:
                yield f"answers.{name}.ticked", column

    def _column(self, key: str, name: str) -> str:
        found = self._columns.get(unicodedata.normalize("NFC", name))
        if found is None:
            known = ", ".join(f"'{column[:80]}'" for column in list(self._columns.values())[:_MAX_COLUMNS_NAMED])
            raise MapError(f"{self._map_file}: {key}: '{name}' is no column of {self._table_file}; it has: {known}.")
        return found

    def _raw(self, column: str, row: Row) -> Cell:
        return row.get(self._columns[unicodedata.normalize("NFC", column)], "")

    def _cell(self, column: str, row: Row) -> str:
        raw = self._raw(column, row)
        return (raw if isinstance(raw, str) else "\n".join(raw)).strip()

    def _ticked(self, part: AnswerPart, row: Row) -> list[str]:
        """The codes whose column bears a mark, or repeats its own name as some exports do."""
        codes = []
        for column, code in part.ticked.items():
            cell = self._cell(column, row)
            if cell.casefold() in part.marks or (cell and cell == column):
                codes.append(code)
        return codes

    def _answer(self, name: str, part: AnswerPart, row: Row) -> RawAnswer:
        assert part.column is not None
        raw = self._raw(part.column, row)
        one = self._fields[name]
        if isinstance(one, MultipleChoice) and one.id == name:
            pieces = raw if isinstance(raw, list) else raw.split(part.split) if part.split else [raw]
            return [part.values.get(piece.strip(), piece.strip()) for piece in pieces if piece.strip()]
        text = raw if isinstance(raw, str) else "\n".join(raw)
        return part.values.get(text.strip(), text)

    def _bad_row(self, number: int, column: str | None, what: str) -> MapError:
        return MapError(f"{self._table_file}: row {number}, column '{column}': {what}.")


def _moment(text: str, form: str | None) -> datetime | None:
    """The moment in the map's format, or as a workbook's own moments are written."""
    try:
        return datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
