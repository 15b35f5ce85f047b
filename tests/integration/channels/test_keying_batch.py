"""A keying batch: from the template to landing and back."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.errors import IngestError
from ingest.landing import Landed, Landing
from ingest.parsed import ParsedResponse
from ingest.post.errors import KeyingError
from ingest.post.sheets.columns import FIXED, keying_columns
from ingest.post.sheets.keying import land_keying_batch, sheet_stem
from ingest.post.sheets.template import keying_template
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import read_recipients

ResponsesIn = Callable[[Landing, Definition], list[ParsedResponse]]
NEEDLE = "needle-in-an-answer"
ROW = {"batch": "b1", "sheet": "1", "postmark": "2007-05-03", "received": "2007-05-04"}


class Post:
    """One consultation's landing, with a template to key into."""

    def __init__(
        self, definition: Definition, data: DataFolder, clock: SteppedClock, folder: Path, responses_in: ResponsesIn
    ) -> None:
        self._responses_in = responses_in
        self.definition, self.clock, self.folder = definition, clock, folder
        self.landing = Landing(data.landing(definition.id), clock)
        self._keys = data.keys(definition.id)
        self.header = [*FIXED, *(column.name for column in keying_columns(definition))]

    def xlsx(self, *rows: dict[str, Any]) -> Path:
        file = self.folder / "batch.xlsx"
        keying_template(self.definition, file)
        book = openpyxl.load_workbook(file)
        for number, row in enumerate(rows, 2):
            for name, value in row.items():
                book["keying"].cell(number, self.header.index(name) + 1, value)
        book.save(file)
        return file

    def csv(self, *rows: dict[str, str]) -> Path:
        file = self.folder / "batch.csv"
        keying_template(self.definition, file)
        with file.open("a", encoding="utf-8", newline="") as handle:
            csv.DictWriter(handle, self.header).writerows(rows)
        return file

    def land(self, file: Path) -> Landed:
        recipients = read_recipients(self._keys / "recipients.toml")
        return land_keying_batch(file, self.landing, recipients, self.definition, self.clock)

    def records(self) -> list[dict[str, Any]]:
        return self.landing.log.read().to_pylist()

    def responses(self) -> list[ParsedResponse]:
        return self._responses_in(self.landing, self.definition)


@pytest.fixture
def post(
    publish: Callable[[str], Definition],
    data: DataFolder,
    clock: SteppedClock,
    tmp_path: Path,
    responses_in: ResponsesIn,
) -> Post:
    clock.set(datetime(2007, 6, 1, 12, tzinfo=UTC))
    return Post(publish("parks-and-libraries-2007"), data, clock, tmp_path, responses_in)


def test_a_sheet_keyed_twice_alike_is_a_response_in_both_kinds_of_file(post: Post) -> None:
    answers = {
        "q1_use": "other",
        "q1_use_other": "canals",
        "q2_visits": "12",
        "q3_last_visit": "2007-04-27",
        "q4_satisfied": "4",
        "q5_proposal": "Yes,\nبالتأكيد 漢字",
        "r1_capacity=resident": "x",
        "r1_capacity=group": "X",
    }
    expected = ParsedResponse(
        answers={key: value for key, value in answers.items() if "=" not in key}
        | {"r1_capacity": ["resident", "group"]},
        language="ar",
        postmark="2007-05-03",
    )
    rows = [ROW | {"language": "ar", "keyer": keyer} | answers for keyer in ("ann", "bob")]
    # A workbook may hold numbers and days as such; a CSV file holds all as text.
    as_cells = [row | {"q2_visits": 12, "q4_satisfied": 4, "received": datetime(2007, 5, 4)} for row in rows]
    assert post.land(post.xlsx(*as_cells)) == Landed(1, 0, 1)
    assert post.responses() == [expected]
    assert post.land(post.csv(*rows)) == Landed(0, 1, 1)
    (record,) = post.records()
    assert record["artefact_id"].startswith(sheet_stem("b1", "1") + "-")
    assert (record["channel"], record["received_at"]) == ("post", datetime(2007, 5, 4, 11, tzinfo=UTC))


def test_a_second_keyers_row_supersedes_what_was_keyed_once(post: Post) -> None:
    first = ROW | {"keyer": "ann", "q5_proposal": "Yes"}
    assert post.land(post.csv(first)) == Landed(1, 0, 1)
    assert post.land(post.csv(first, ROW | {"keyer": "bob", "q5_proposal": "Yes"})) == Landed(1, 0, 2)
    assert [one.state for one in post.responses()] == ["in_review", "response"]
    before, after = post.records()
    assert (after["event"], after["relates_to"]) == ("supersede", before["artefact_id"])
    assert post.land(post.csv(first)) == Landed(0, 1, 2)


def test_sheets_of_one_serial_in_two_batches_are_two(post: Post) -> None:
    rows = [ROW | {"batch": batch, "keyer": keyer} for batch in ("b1", "b-1") for keyer in ("ann", "bob")]
    assert post.land(post.csv(*rows)) == Landed(2, 0, 2)
    assert {row["event"] for row in post.records()} == {"submission"}


def test_a_formula_is_kept_as_text_and_never_evaluated(post: Post) -> None:
    rows = [ROW | {"keyer": keyer, "q5_proposal": "=1+1"} for keyer in ("ann", "bob")]
    post.land(post.xlsx(*rows))
    assert post.responses()[0].answers == {"q5_proposal": "=1+1"}


@pytest.mark.parametrize(
    ("changed", "column", "what"),
    [
        ({"sheet": ""}, "sheet", "empty"),
        ({"keyer": " "}, "keyer", "empty"),
        ({"batch": "x" * 81}, "batch", "longer than 80 characters"),
        ({"postmark": "soon"}, "postmark", "neither a day (YYYY-MM-DD) nor 'none' nor 'illegible'"),
        ({"received": "03/05/2007"}, "received", "not a day (YYYY-MM-DD)"),
        ({"received": "2007-06-02"}, "received", "a day that has not come yet"),
        ({"language": "cy"}, "language", "not one of en, ar"),
        ({"r1_capacity=group": NEEDLE}, "r1_capacity=group", "neither empty nor an x"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_landed(
    changed: dict[str, str], column: str, what: str, post: Post
) -> None:
    good = ROW | {"keyer": "ann", "q5_proposal": NEEDLE}
    file = post.csv(good, good | changed)
    with pytest.raises(KeyingError) as error:
        post.land(file)
    assert str(error.value) == f"{file}: row 3, column '{column}': {what}."
    assert post.records() == []


def test_a_sheet_was_received_on_one_day(post: Post) -> None:
    file = post.csv(ROW | {"keyer": "ann"}, ROW | {"keyer": "bob", "received": "2007-05-05"})
    with pytest.raises(KeyingError, match="row 3, column 'received': another day than in the sheet's first row"):
        post.land(file)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("sheet,keyer", "the column 'batch' is missing; make a new template."),
        (
            "batch,sheet,keyer,postmark,received,q1",
            "the column 'q1' is not one of the template's; make a new template.",
        ),
        ("", "the first row has no column names."),
        ("sheet,sheet", "two columns are named 'sheet'; rename one."),
    ],
)
def test_a_wrong_header_names_the_column(header: str, what: str, post: Post) -> None:
    file = post.folder / "batch.csv"
    file.write_text(f"{header}\n", "utf-8")
    with pytest.raises(IngestError) as error:
        post.land(file)
    assert str(error.value) == f"{file}: {what}"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("scan.pdf", b"%PDF", "a keying batch is an .xlsx or .csv file, as 'yoursay keying template' writes it."),
        ("batch.xlsx", b"not a workbook", "not an XLSX workbook, though its name says so."),
        ("batch.csv", b"a\0b", "not a CSV file, though its name says so."),
        ("batch.csv", b"\xff\xfeb\xe9", "not in the encoding 'utf-8-sig'; save it as CSV in UTF-8."),
    ],
)
def test_a_wrong_type_of_file_is_said_in_a_sentence(name: str, content: bytes, what: str, post: Post) -> None:
    file = post.folder / name
    file.write_bytes(content)
    with pytest.raises(IngestError) as error:
        post.land(file)
    assert str(error.value) == f"{file}: {what}"


def test_the_template_explains_every_column_and_offers_the_codes(post: Post) -> None:
    file = post.xlsx()
    book = openpyxl.load_workbook(file)
    assert [cell.value for cell in book["keying"][1]] == post.header
    explained = {row[0] for row in book["codes"].iter_rows(min_row=2, values_only=True)}
    assert explained == set(post.header)
    lists = {str(one.sqref): one.formula1 for one in book["keying"].data_validations.dataValidation}
    assert '"parks,libraries,both,neither,other"' in lists.values()
    with pytest.raises(KeyingError, match=r"a template is written as \.xlsx or \.csv"):
        keying_template(post.definition, post.folder / "batch.pdf")
