"""What is in the package: others' validators and readers say so, and another process makes the same bytes."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import odfdo
import openpyxl
import pandas as pd
import pytest
from csvw import CSVW
from frictionless import Package

from schemas.definition import Definition
from transforms.release.build import build_release
from transforms.release.files import sha256

Private = Callable[..., duckdb.DuckDBPyConnection]
ABOUT = {
    "as_at": "2007-04-04T17:00:00+01:00",
    "status": "open",
    "landing_head": "a" * 64,
    "decisions_head": "b" * 64,
    "code_version": "0.1.0",
}


@pytest.fixture
def package(private_version: Private, respondent: Any, parks: Definition, tmp_path: Path) -> Path:
    """A release of two hundred respondents, with rows, and with a quote that a spreadsheet could run."""
    private = private_version([respondent()] * 200)
    private.execute("CREATE VIEW approved_quotes AS SELECT 'q5_proposal' AS field, '=HYPERLINK(1)' AS text")
    private.execute(
        "CREATE TABLE approved_rows AS SELECT 'parks' AS q1_use, 'from_16_to_24' AS r4_age, 'DE1' AS r5_district,"
        " ['worker', 'resident'] AS r1_capacity, 'yes' AS p1_publish FROM range(20)"
    )
    return build_release(private, parks, ABOUT, tmp_path / "releases").folder


def csv_files(package: Path) -> list[str]:
    return sorted(file.relative_to(package).as_posix() for file in package.rglob("*.csv"))


def test_frictionless_finds_the_data_package_valid(package: Path) -> None:
    described = Package(str(package / "datapackage.json"))
    report = described.validate()
    assert report.flatten(["type", "message"]) == []
    assert sorted(resource.path for resource in described.resources) == csv_files(package)
    document = json.loads((package / "datapackage.json").read_bytes())
    assert document["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert document["licenses"][0]["name"] == "OGL-UK-3.0"
    for resource in document["resources"]:
        assert resource["hash"] == f"sha256:{sha256((package / resource['path']).read_bytes())}"


def test_frictionless_finds_a_changed_figure(package: Path) -> None:
    file = package / "tables/ledger.csv"
    file.write_text(file.read_text("utf-8").replace("web,included,", "web,included,many"), "utf-8")
    report = Package(str(package / "datapackage.json")).validate()
    assert {kind for (kind,) in report.flatten(["type"])} >= {"type-error", "hash-count"}


def test_csv_on_the_web_is_valid_and_gives_typed_rows(package: Path) -> None:
    read = CSVW(str(package / "csv-metadata.json"), validate=True)
    assert read.is_valid, read.warnings
    assert sorted(str(table.url) for table in read.tables) == csv_files(package)
    (ledger,) = [table for table in read.tables if str(table.url) == "tables/ledger.csv"]
    included = sum(row["responses"] for row in ledger if row["line"] == "included")
    assert included == 200


def test_csv_on_the_web_finds_a_changed_figure(package: Path) -> None:
    file = package / "tables/ledger.csv"
    file.write_text(file.read_text("utf-8").replace("web,included,", "web,included,many"), "utf-8")
    assert not CSVW(str(package / "csv-metadata.json"), validate=True).is_valid


def sheets_of_xlsx(file: Path) -> dict[str, list[list[object]]]:
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(file)
    }


def sheets_of_ods(file: Path) -> dict[str, list[list[object]]]:
    return {table.name: table.get_values() for table in odfdo.Document(file).body.tables}


def without_padding(sheets: dict[str, list[list[object]]]) -> dict[str, list[list[object]]]:
    """Cells as text, without the empty ones to the right of a line; whole numbers and days as each library has them."""

    def plain(value: object) -> str:
        if isinstance(value, datetime | date):
            return f"{value:%Y-%m-%d}"
        return (
            f"{float(value):g}" if isinstance(value, int | float) or type(value).__name__ == "Decimal" else str(value)
        )

    return {name: [[plain(one) for one in row if one is not None] for row in rows] for name, rows in sheets.items()}


def test_both_workbooks_hold_the_same_and_the_figures_of_the_csv_files(package: Path) -> None:
    xlsx = without_padding(sheets_of_xlsx(package / "tables.xlsx"))
    assert without_padding(sheets_of_ods(package / "tables.ods")) == xlsx
    tables = [name for name in csv_files(package) if name.startswith("tables/")]
    assert list(xlsx) == ["Cover", "Contents", "Notes", *(f"Table_{n + 1}" for n in range(len(tables))), "Codebook"]
    (ledger,) = [rows for rows in xlsx.values() if rows[0] == ["Table 1: Ledger"]]
    csv = pd.read_csv(package / "tables/ledger.csv", dtype=str)
    assert ledger[4:] == csv.to_numpy().tolist()
    assert [row[0] for row in xlsx["Contents"][3:]] == [*(f"Table_{n + 1}" for n in range(len(tables))), "Codebook"]


def test_a_sheet_has_its_title_first_one_named_table_and_no_merged_or_empty_cell(package: Path) -> None:
    book = openpyxl.load_workbook(package / "tables.xlsx")
    ods = odfdo.Document(package / "tables.ods")
    ranges = {one.name: one for one in ods.body.get_named_ranges()}
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        assert sheet["A1"].value
        assert sheet["A2"].value == "This worksheet contains one table."
        assert not sheet.merged_cells.ranges
        cells = [cell.value for row in sheet[table.ref] for cell in row]
        assert [cell for cell in cells if cell is None or cell == ""] == []
        assert sheet[table.ref][-1][-1].coordinate == sheet.dimensions.split(":")[1]
        in_ods = [value for row in ranges[table.name].get_values() for value in row]
        assert ranges[table.name].table_name == sheet.title
        assert (len(in_ods), str(in_ods[0])) == (len(cells), str(cells[0]))
    assert len(ranges) == len(book.worksheets) - 1
    content = zipfile.ZipFile(package / "tables.ods").read("content.xml")
    assert b"number-columns-spanned" not in content


def test_hidden_figures_are_shorthand_that_the_notes_explain(package: Path) -> None:
    sheets = sheets_of_xlsx(package / "tables.xlsx")
    hidden = {
        f"Table {number}": sum(row.count("[c]") for row in rows)
        for number, rows in enumerate((rows for name, rows in sheets.items() if name.startswith("Table_")), 1)
    }
    shown = pd.read_csv(package / "tables/respondent_types.csv")
    (types,) = [rows for rows in sheets.values() if str(rows[0][0]).endswith(": Respondent types")]
    assert sum(row.count("[c]") for row in types) == int(shown[["responses", "base"]].isna().sum().sum())
    assert sum(hidden.values()) > 0
    notes = [str(row[1]) for row in sheets["Notes"][3:]]
    assert any(note.startswith("[c] means confidential") for note in notes)
    assert any(note.startswith("[z] means not applicable") for note in notes)


def test_no_cell_is_a_formula_or_a_link(package: Path) -> None:
    book = openpyxl.load_workbook(package / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "@"))] == []
    assert "'=HYPERLINK(1)" in [cell.value for cell in cells]
    content = zipfile.ZipFile(package / "tables.ods").read("content.xml")
    assert b"table:formula" not in content
    assert b"<text:p>'=HYPERLINK(1)</text:p>" in content
    assert "q5_proposal,'=HYPERLINK(1)" in (package / "tables/quotes.csv").read_text("utf-8")


AGAIN = """
import sys
from datetime import datetime
import pyarrow.parquet as pq
from pathlib import Path
from schemas.definition import BUILT_IN, load_definition
from transforms.release.package import package_files
import json
package, out = Path(sys.argv[1]), Path(sys.argv[2])
definition = load_definition(BUILT_IN / "parks-and-libraries-2007")
manifest = json.loads((package / "manifest.json").read_bytes())
tables = {name: pq.read_table(package / f"tables/{name}.parquet") for name in manifest["tables"]}
rows = pq.read_table(package / "rows/rows.parquet")
for name, content in package_files(definition, manifest, tables, rows).items():
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(content)
"""


def test_another_process_in_another_place_and_zone_makes_the_same_bytes(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", AGAIN, package, out], check=True, env=environment)
    written = {file.relative_to(out).as_posix(): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    as_released = {name: (package / name).read_bytes() for name in written}
    assert [name for name, content in written.items() if content != as_released[name]] == []
    assert set(written) == {f.relative_to(package).as_posix() for f in package.rglob("*") if f.is_file()} - {
        "manifest.json",
        "SHA256SUMS",
    }
