"""What is in the package: others' validators and readers say so, and another process makes the same bytes."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import odfdo
import openpyxl
import pandas as pd
import pikepdf
import pytest
from csvw import CSVW
from frictionless import Package

from schemas.definition import Definition
from transforms.disclosure.errors import PromiseError
from transforms.release.build import build_release
from transforms.release.errors import ReleaseError
from transforms.release.files import sha256
from transforms.release.risk_answers import RiskAnswers, read_risk_answers

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
        "CREATE TABLE approved_rows AS SELECT ['parks', 'both'][1 + i % 2] AS q1_use,"
        " 'from_16_to_24' AS r4_age, 'DE1' AS r5_district,"
        " ['worker', 'resident'] AS r1_capacity, 'yes' AS p1_publish FROM range(120) AS t(i)"
    )
    private.execute("CHECKPOINT")
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
import json, sys
from pathlib import Path
import duckdb
from schemas.definition import BUILT_IN, load_definition
from transforms.release.build import build_release
definition = load_definition(BUILT_IN / "parks-and-libraries-2007")
with duckdb.connect(sys.argv[1], read_only=True) as private:
    print(build_release(private, definition, json.loads(sys.argv[3]), Path(sys.argv[2])).id)
"""


def test_another_process_in_another_place_and_zone_makes_the_same_bytes(package: Path, tmp_path: Path) -> None:
    copy = shutil.copy(tmp_path / "private.duckdb", tmp_path / "copy.duckdb")
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    command = [sys.executable, "-c", AGAIN, copy, tmp_path / "again", json.dumps(ABOUT)]
    said = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    again = tmp_path / "again" / said.stdout.strip()
    files = {file.relative_to(package): file.read_bytes() for file in package.rglob("*") if file.is_file()}
    written = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}
    assert sorted(name for name in {**files, **written} if files.get(name) != written.get(name)) == []
    assert again.name == package.name


def test_the_risk_report_is_a_page_and_a_tagged_pdf_and_holds_what_an_officer_answered(
    private_version: Private, respondent: Any, parks: Definition, tmp_path: Path
) -> None:
    file = tmp_path / "risk.toml"
    file.write_text(
        '[intruder.press]\nanswer = "Two papers named the topic, none a person."\n'
        '[[overrides]]\nwhat = "The age band is shown."\nreason = "The council asked for it."\n',
        "utf-8",
    )
    risk = read_risk_answers(file, "anna", datetime(2007, 4, 4, 15, tzinfo=UTC))
    folder = build_release(private_version([respondent()] * 200), parks, ABOUT, tmp_path / "releases", risk=risk).folder
    page = (folder / "risk-report.html").read_text("utf-8")
    for said in ("Two papers named the topic, none a person.", "The age band is shown.", "The council asked for it."):
        assert said in page
    with pikepdf.open(folder / "risk-report.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert RiskAnswers.model_validate(manifest["risk"]) == risk


def test_an_answer_about_the_risk_passes_the_gate(
    private_version: Private, respondent: Any, parks: Definition, tmp_path: Path
) -> None:
    file = tmp_path / "risk.toml"
    file.write_text('[intruder.press]\nanswer = "The Needlework Trust of Normanton was in the news."\n', "utf-8")
    risk = read_risk_answers(file, "anna", datetime(2007, 4, 4, 15, tzinfo=UTC))
    with pytest.raises(PromiseError, match=r"intruder\.press, words 2 to 5: a name from the vault"):
        build_release(private_version([respondent()] * 200), parks, ABOUT, tmp_path / "releases", risk=risk)
    assert not (tmp_path / "releases").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[intruder.weather]\nanswer = 'Fine.'\n", "the test has no question 'weather'"),
        ("[intruder.press]\n", "intruder.press.answer: Field required"),
        ("intruder = 3", "cannot be read as TOML"),
        ("[[overrides]]\nwhat = 'x'\nreason = ''\n", "overrides.0.reason"),
    ],
)
def test_a_file_of_answers_that_is_wrong_is_named(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "risk.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(ReleaseError, match=message):
        read_risk_answers(file, "anna", datetime(2007, 4, 4, 15, tzinfo=UTC))
