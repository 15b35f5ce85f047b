"""What programs read about a release's CSV files: a Frictionless data package (version 2) and CSV on the Web."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES, Column
from transforms.disclosure.vocabulary import in_words
from transforms.release.files import sha256
from transforms.release.licences import LICENCES

_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
_RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
# Arrow's types, as Frictionless and as CSV on the Web call them.
_TYPES = {
    "string": ("string", "string"),
    "int64": ("integer", "integer"),
    "double": ("number", "double"),
    "bool": ("boolean", "boolean"),
    "date32[day]": ("date", "date"),
}
_ROWS_MEANING = "One row is one respondent."
_CODEBOOK_MEANING = "One row is a column of a table, or a code that may stand in it."
_KEYS = {
    "ledger": ["channel", "line"],
    "received_over_time": ["day"],
    "questions": ["field"],
    "respondent_types": ["code"],
    "positions": ["field", "limb", "code"],
    "positions_by_type": ["field", "limb", "code", "type_code"],
    "closed_answers": ["field", "code"],
    "closed_by_type": ["field", "code", "type_code"],
    "number_summary": ["field"],
    "themes": ["field", "theme"],
    "quality": ["measure"],
}


@dataclass(frozen=True)
class DataFile:
    """A CSV file of a release: its path in the package, its bytes, what one row is, and its columns."""

    path: str
    content: bytes
    name: str
    meaning: str
    columns: tuple[Column, ...]


def data_files(
    definition: Definition, tables: Mapping[str, pa.Table], files: Mapping[str, bytes], codebook: pa.Table
) -> list[DataFile]:
    """Every CSV file in `files` with what is known of its columns; `tables` may hold `rows`."""
    found = [
        DataFile(
            path := path_of(name),
            files[path],
            name.replace("_", "-"),
            TABLES[name].meaning if name in TABLES else _ROWS_MEANING,
            TABLES[name].columns if name in TABLES else _columns_of_rows(definition, table),
        )
        for name, table in tables.items()
    ]
    columns = tuple(Column(field.name, field.type, f"the {field.name} described", True) for field in codebook.schema)
    return [*found, DataFile("codebook.csv", files["codebook.csv"], "codebook", _CODEBOOK_MEANING, columns)]


def path_of(table: str) -> str:
    """Where the CSV file of a table lies in the package."""
    return "rows/rows.csv" if table == "rows" else f"tables/{table}.csv"


def data_package(definition: Definition, about: Mapping[str, Any], data: Sequence[DataFile]) -> dict[str, Any]:
    """`datapackage.json`. `about` is the manifest as far as it is known: title, as_at, interim."""
    licence = definition.policy.publication.licence
    terms = LICENCES[licence]
    return {
        "$schema": _PACKAGE,
        "name": definition.id,
        "title": f"{about['title']}: anonymised results",
        "description": f"{_state(about)} This is not a poll: people chose to take part.",
        "version": about["as_at"],
        "created": about["as_at"],
        "licenses": [{"name": licence, "title": terms.title, "path": terms.path}],
        "contributors": [{"title": one, "roles": ["publisher"]} for one in definition.questionnaire.asked_by],
        "resources": [_resource(one) for one in data],
    }


def csv_on_the_web(definition: Definition, about: Mapping[str, Any], data: Sequence[DataFile]) -> dict[str, Any]:
    """`csv-metadata.json`, the same for readers of CSV on the Web."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": f"{about['title']}: anonymised results",
        "dc:description": _state(about),
        "dc:publisher": ", ".join(definition.questionnaire.asked_by),
        "dc:license": LICENCES[definition.policy.publication.licence].path,
        "dialect": {"encoding": "utf-8", "header": True},
        "tables": [_csvw_table(one) for one in data],
    }


def _state(about: Mapping[str, Any]) -> str:
    return f"{'Interim' if about['interim'] else 'Final'} results, as at {about['as_at']}."


def _resource(one: DataFile) -> dict[str, Any]:
    key = {"primaryKey": _KEYS[one.name.replace("-", "_")]} if one.name.replace("-", "_") in _KEYS else {}
    return {
        "$schema": _RESOURCE,
        "name": one.name,
        "path": one.path,
        "type": "table",
        "title": one.name.replace("-", " ").capitalize(),
        "description": one.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(one.content),
        "hash": f"sha256:{sha256(one.content)}",
        "schema": {
            "$schema": _SCHEMA,
            "fields": [_field(column) for column in one.columns],
            "missingValues": [""],
        }
        | key,
    }


def _field(column: Column) -> dict[str, Any]:
    kind = _TYPES[str(column.type)][0]
    words = {"trueValues": ["true"], "falseValues": ["false"]} if kind == "boolean" else {}
    required = {} if column.nullable else {"constraints": {"required": True}}
    return {"name": column.name, "type": kind, "description": column.meaning} | words | required


def _csvw_table(one: DataFile) -> dict[str, Any]:
    return {
        "url": one.path,
        "dc:description": one.meaning,
        "tableSchema": {"columns": [_csvw_column(column) for column in one.columns]},
    }


def _csvw_column(column: Column) -> dict[str, Any]:
    kind = _TYPES[str(column.type)][1]
    return {
        "name": column.name,
        "titles": column.name,
        "datatype": {"base": "boolean", "format": "true|false"} if kind == "boolean" else kind,
        "required": not column.nullable,
        "dc:description": column.meaning,
    }


def _columns_of_rows(definition: Definition, rows: pa.Table) -> tuple[Column, ...]:
    known = definition.questionnaire.answer_columns()
    return tuple(Column(field.name, field.type, in_words(known[field.name].label), True) for field in rows.schema)
