"""The files of a release, from what may leave: data, workbooks, codebook, metadata, licence and README."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES
from transforms.ledger_words import ledger_paragraph
from transforms.release.codebook import codebook_document, codebook_table
from transforms.release.files import csv_bytes, json_bytes, parquet_bytes
from transforms.release.licences import licence_text
from transforms.release.metadata import csv_on_the_web, data_files, data_package, path_of
from transforms.release.readme import readme
from transforms.release.sheets import workbook_sheets
from transforms.release.xlsx import xlsx_bytes


def package_files(
    definition: Definition, about: Mapping[str, Any], tables: Mapping[str, pa.Table], rows: pa.Table | None
) -> dict[str, bytes]:
    """Every file but the manifest and the checksums, by its path in the package. The same inputs give the same bytes.

    Args:
        about: the manifest as far as it is known without the files.
        tables: the protected tables.
        rows: rows of respondents, where they may leave.
    """
    # It takes half a second to import, which a command that makes no release should not wait for.
    from transforms.release.ods import ods_bytes

    tables = {name: tables[name] for name in TABLES if name in tables}
    data = tables | ({"rows": rows} if rows is not None else {})
    columns = rows.column_names if rows is not None else []
    codebook = codebook_table(definition, list(tables), columns)
    files = {path_of(name): csv_bytes(table) for name, table in data.items()}
    files |= {f"{path_of(name).removesuffix('.csv')}.parquet": parquet_bytes(table) for name, table in data.items()}
    files["codebook.csv"] = csv_bytes(codebook)
    files["codebook.json"] = json_bytes(codebook_document(definition, list(tables), columns))
    described = data_files(definition, data, files, codebook)
    files["datapackage.json"] = json_bytes(data_package(definition, about, described))
    files["csv-metadata.json"] = json_bytes(csv_on_the_web(definition, about, described))
    sheets = workbook_sheets(definition, about, tables, codebook)
    title, as_at = f"{about['title']}: anonymised results", datetime.fromisoformat(about["as_at"])
    files["tables.ods"] = ods_bytes(sheets, title, as_at)
    files["tables.xlsx"] = xlsx_bytes(sheets, title, as_at)
    asked_by = definition.questionnaire.asked_by
    files["LICENCE.txt"] = licence_text(definition.policy.publication.licence, about["title"], asked_by).encode()
    files["README.md"] = readme(about, definition.zone, _ledger(tables)).encode()
    return files


def _ledger(tables: Mapping[str, pa.Table]) -> str:
    """The ledger in words, as the command line and the screens say it."""
    lines, kinds = (tables[name].to_pylist() if name in tables else [] for name in ("ledger", "of_which"))
    return ledger_paragraph(
        {(row["channel"], row["line"]): row["responses"] for row in lines},
        {(row["channel"], row["kind"]): row["responses"] for row in kinds},
    )
