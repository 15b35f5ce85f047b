"""Imports of what was collected elsewhere: four formats, one result."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.errors import IngestError
from ingest.files import tables
from ingest.files.import_file import ImportResult, import_file
from ingest.landing import Landing
from ingest.parsed import ParsedResponse
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.sealing import make_keys, open_sealed, read_identity, read_recipients

ResponsesIn = Callable[[Landing, Definition], list[ParsedResponse]]
EXAMPLE = Path(__file__).parents[3] / "docs/examples/national-security-2016"
NEEDLE = "needle-in-an-answer"
COLUMNS = ["Response ID", "Submitted", "Which?", "Visits", "What do you think?", "As a resident", "As a group", "Mail"]
ROWS: list[list[Any]] = [
    ["r-1", datetime(2007, 5, 3, 9, 30), "Parks", 12, "Good;\nŵ, بالتأكيد 漢字 😀", "x", None, "Ann@Example.org"],
    ["r-2", datetime(2007, 7, 4), "Libraries", 3.5, "  Hm  ", "", "As a group", "*"],
    ["r-3", datetime(2007, 5, 5, 10), "Swimming", None, None, "no", "yes", None],
]
MAP = """
name = "survey_tool"
[id]
column = "Response ID"
[received_at]
column = "Submitted"
format = "%d/%m/%Y %H:%M"
zone = "Europe/London"
[sender]
column = "Mail"
[answers.q1_use]
column = "Which?"
values = { Parks = "parks", Libraries = "libraries" }
[answers.q2_visits]
column = "Visits"
[answers.q5_proposal]
column = "What do you think?"
[answers.r1_capacity]
ticked = { "As a resident" = "resident", "As a group" = "group" }
"""
TINY_MAP = """
name = "tiny"
[received_at]
given = 2007-05-03T09:00:00Z
[answers.q5_proposal]
column = "A"
"""
EXPECTED = [
    ParsedResponse(
        answers={
            "q1_use": "parks",
            "q2_visits": "12",
            "q5_proposal": "Good;\nŵ, بالتأكيد 漢字 😀",
            "r1_capacity": ["resident"],
        },
        sender="ann@example.org",
    ),
    ParsedResponse(
        answers={"q1_use": "libraries", "q2_visits": "3.5", "q5_proposal": "  Hm  ", "r1_capacity": ["group"]}
    ),
    ParsedResponse(answers={"q1_use": "Swimming", "r1_capacity": ["group"]}),
]
TIMES = [
    datetime(2007, 5, 3, 8, 30, tzinfo=UTC),
    datetime(2007, 7, 1, tzinfo=UTC),  # Not later than the clock.
    datetime(2007, 5, 5, 9, tzinfo=UTC),
]


class Importer:
    """One consultation's landing, and a folder for files."""

    def __init__(self, source: Path, data: DataFolder, folder: Path, responses_in: ResponsesIn) -> None:
        self._responses_in = responses_in
        self.definition: Definition = publish_definition(source, data.definitions)
        make_keys(data.keys(self.definition.id), data.root / "recovery.key")
        self.clock = SteppedClock(datetime(2007, 7, 1, tzinfo=UTC))
        self.landing = Landing(data.landing(self.definition.id), self.clock)
        self.folder, self._keys = folder, data.keys(self.definition.id)

    def run(self, file: Path, mapping: str = MAP) -> ImportResult:
        map_file = self.folder / "map.toml"
        map_file.write_text(mapping, "utf-8")
        recipients = read_recipients(self._keys / "recipients.toml")
        return import_file(file, map_file, self.definition, self.landing, recipients, self.clock)

    def records(self) -> list[dict[str, Any]]:
        return self.landing.log.read().to_pylist()

    def documents(self) -> list[dict[str, Any]]:
        identity = read_identity(self._keys)
        return [json.loads(open_sealed(row["body"], identity)) for row in self.records()]

    def responses(self) -> list[ParsedResponse]:
        return self._responses_in(self.landing, self.definition)


@pytest.fixture
def importer(data: DataFolder, tmp_path: Path, responses_in: ResponsesIn) -> Importer:
    return Importer(BUILT_IN / "parks-and-libraries-2007", data, tmp_path, responses_in)


def as_text(value: Any) -> Any:
    return value.strftime("%d/%m/%Y %H:%M") if isinstance(value, datetime) else value


def write(folder: Path, kind: str, rows: list[list[Any]] = ROWS, columns: list[str] = COLUMNS) -> Path:
    """The same table in one of the four formats."""
    file = folder / f"export.{kind}"
    objects = [
        {name: as_text(value) for name, value in zip(columns, row, strict=True) if value is not None} for row in rows
    ]
    if kind == "csv":
        with file.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([columns, *([as_text(value) for value in row] for row in rows)])
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in [columns, *rows]:
            book.active.append(row)
        book.save(file)
    elif kind == "json":
        file.write_text(json.dumps(objects), "utf-8")
    else:
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects), "utf-8")
    return file


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "ndjson"])
def test_every_format_gives_the_same_responses(kind: str, importer: Importer) -> None:
    result = importer.run(write(importer.folder, kind))
    assert (result.rows, result.new, result.already, result.superseding, result.last_seq) == (3, 3, 0, 0, 3)
    assert importer.responses() == EXPECTED
    records = importer.records()
    assert [row["received_at"] for row in records] == TIMES
    assert {(row["channel"], row["source"]) for row in records} == {("import", "import-survey_tool")}


def test_the_row_is_kept_as_it_was(importer: Importer) -> None:
    importer.run(write(importer.folder, "csv"))
    assert importer.documents()[1]["source_row"] == {
        "Response ID": "r-2",
        "Submitted": "04/07/2007 00:00",
        "Which?": "Libraries",
        "Visits": "3.5",
        "What do you think?": "  Hm  ",
        "As a group": "As a group",
        "Mail": "*",
    }


def test_imported_twice_nothing_is_new(importer: Importer) -> None:
    file = write(importer.folder, "csv")
    importer.run(file)
    result = importer.run(file)
    assert (result.rows, result.new, result.already, result.last_seq) == (3, 0, 3, 3)


def test_a_mended_map_or_a_changed_row_supersedes(importer: Importer) -> None:
    importer.run(write(importer.folder, "csv"))
    mended = MAP.replace("values = { Parks", 'values = { Swimming = "neither", Parks')
    result = importer.run(write(importer.folder, "csv"), mended)
    assert (result.new, result.already, result.superseding) == (1, 2, 1)
    changed = [[*row[:4], "Changed", *row[5:]] if row[0] == "r-1" else row for row in ROWS]
    result = importer.run(write(importer.folder, "csv", changed), mended)
    assert (result.new, result.already, result.superseding) == (1, 2, 1)
    records = importer.records()
    assert [(row["event"], row["relates_to"]) for row in records[3:]] == [
        ("supersede", records[2]["artefact_id"]),
        ("supersede", records[0]["artefact_id"]),
    ]
    assert importer.run(write(importer.folder, "csv")).new == 0


def test_equal_rows_without_an_id_are_as_many_responses(importer: Importer) -> None:
    mapping = MAP.replace('[id]\ncolumn = "Response ID"\n', "")
    file = write(importer.folder, "ndjson", [ROWS[0], ROWS[2], ROWS[0], ROWS[0]])
    assert importer.run(file, mapping).new == 4
    assert importer.run(file, mapping).new == 0
    assert [one.answers for one in importer.responses()] == [EXPECTED[n].answers for n in (0, 2, 0, 0)]
    # In another order the same rows are the same rows.
    assert importer.run(write(importer.folder, "json", [ROWS[2], ROWS[0], ROWS[0], ROWS[0]]), mapping).new == 0


def test_two_rows_with_one_id_are_both_kept(importer: Importer) -> None:
    other = ["r-1", *ROWS[1][1:]]
    assert importer.run(write(importer.folder, "csv", [ROWS[0], other])).new == 2
    assert {row["event"] for row in importer.records()} == {"submission"}


def test_a_run_that_stopped_halfway_goes_on(importer: Importer) -> None:
    importer.run(write(importer.folder, "csv", ROWS[:2]))
    result = importer.run(write(importer.folder, "csv"))
    assert (result.new, result.already) == (1, 2)


def test_several_codes_in_one_cell_and_lists_are_split(importer: Importer) -> None:
    mapping = """
name = "lists"
[received_at]
given = 2007-05-03T09:00:00+01:00
[language]
column = "Lang"
values = { Arabic = "ar" }
given = "en"
[answers.r1_capacity]
column = "as.what"
split = ";"
values = { "A resident" = "resident" }
"""
    file = importer.folder / "lists.json"
    content = {"data": [{"as": {"what": "A resident; worker"}, "Lang": "Arabic"}, {"as": {"what": ["A resident"]}}]}
    file.write_text(json.dumps(content), "utf-8")
    assert importer.run(file, mapping + '[file]\nrecords = "data"\n').unused_columns == ()
    assert importer.responses() == [
        ParsedResponse(answers={"r1_capacity": ["resident", "worker"]}, language="ar"),
        ParsedResponse(answers={"r1_capacity": ["resident"]}, language="en"),
    ]
    assert importer.records()[0]["received_at"] == datetime(2007, 5, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Which?"', '"Wich?"', "{map}: answers.q1_use.column: 'Wich?' is no column of {file}; it has: 'Response ID', "
         "'Submitted', 'Which?', 'Visits', 'What do you think?', 'As a resident', 'As a group', 'Mail'."),
        ('"As a group"', '"As group"', "{map}: answers.r1_capacity.ticked: 'As group' is no column of"),
        ('"Submitted"', '"When"', "{map}: received_at.column: 'When' is no column of {file}"),
        ("[answers.q2_visits]", "[answers.q9]", "{map}: answers.q9: 'parks-and-libraries-2007' has no such field"),
        ('"parks"', '"park"', "{map}: answers.q1_use.values: 'park' is not one of parks, libraries, both,"),
        ("[answers.q2_visits]", "[answers.q2_visits]\nsplit=';'", "{map}: answers.q2_visits: only a multiple choice"),
        ("format =", "fromat =", "{map}: received_at.fromat: this key is not known."),
        ('"Europe/London"', '"Derby"', "{map}: received_at.zone: 'Derby' is not a time zone."),
        ('"survey_tool"', '"Survey Tool"', "{map}: name: "),
        ("[sender]", "[sender", "{map}: not valid TOML"),
        ("%d/%m/%Y %H:%M", "%d.%m.%Y", "{file}: row 2, column 'Submitted': not a moment in the format '%d.%m.%Y'."),
    ],
)  # fmt: skip
def test_a_wrong_map_names_the_key_and_the_column(old: str, new: str, message: str, importer: Importer) -> None:
    file = write(importer.folder, "csv", [[*ROWS[0][:4], NEEDLE, *ROWS[0][5:]]])
    with pytest.raises(IngestError) as error:
        importer.run(file, MAP.replace(old, new))
    expected = message.format(map=importer.folder / "map.toml", file=file)
    assert str(error.value).startswith(expected)
    assert NEEDLE not in str(error.value)
    assert importer.records() == []


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 3_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("none.csv", None, "there is no such file."),
        ("export.pdf", b"x", "of no known format; use .csv, .xlsx, .json (an array) or .ndjson."),
        ("export.csv", b"", "the first row has no column names."),
        ("export.csv", b"A\nr-1,too,many\n", "row 2 has more cells than the first row has names."),
        ("export.csv", b'A\n"r-1', "not a proper CSV file (quotes, or a cell too long); save it again."),
        ("export.xlsx", b"PK\x03\x04rubbish", "not an XLSX workbook, though its name says so."),
        ("export.xlsx", bomb(), "unpacks to more than 0 GB; split it."),
        ("export.json", b'{"a": 1}', None),
        ("export.json", b'[{"a": 1}', "not a JSON array of objects."),
        ("export.json", b"[1]", "entry 1 is not a JSON object."),
        ("export.json", b'[{"a": [[1]]}]', "entry 1, column 'a': a list of more than single values."),
        ("export.json", b'[{"a":' * 9 + b"1" + b"}]" * 9, "entry 1, column 'a': a list of more than single values."),
        ("export.json", b'[{"a":' + b'{"b":' * 20 + b"1" + b"}" * 20 + b"}]", "entry 1 is nested too deeply."),
        ("export.ndjson", b'{"a": 1}\n{"a":', "line 2 is not a JSON object in UTF-8."),
        ("export.ndjson", b"\xff\n", "line 1 is not a JSON object in UTF-8."),
        (
            "export.ndjson",
            b'{"a": "' + b"x" * 1_000_001 + b'"}',
            "entry 1, column 'a': longer than 1000000 characters.",
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(
    name: str, content: bytes | None, what: str | None, importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 1_000_000)
    file = importer.folder / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(IngestError) as error:
        importer.run(file, TINY_MAP)
    assert what is None or str(error.value) == f"{file}: {what}"
    assert importer.records() == []


def test_an_export_of_e_mails_with_masked_senders_is_imported_by_the_example(
    data: DataFolder, tmp_path: Path, responses_in: ResponsesIn
) -> None:
    importer = Importer(EXAMPLE, data, tmp_path, responses_in)
    importer.clock.set(datetime(2017, 1, 1, tzinfo=UTC))
    letter = {
        "Subject/Sujet": "Privacy",
        "Body/Corps": "Dear Minister,\nplease keep letters private.\n*",
        "FromName/DuNom": "*",
        "FromAddress/DeL'Addresse": "*",
        "ToAddress/àL’Adresse": "consultation",
        "Attachments": "",
    }
    other = letter | {"Body/Corps": "Quelque chose d'autre : « é »", "CCName/NomEnCC": "Ann"}
    file = tmp_path / "e-mails.json"
    file.write_text(json.dumps([letter] * 5 + [other] + [letter] * 2, ensure_ascii=False), "utf-8")
    mapping = (EXAMPLE / "map.toml").read_text("utf-8")
    assert importer.run(file, mapping).new == 8
    assert importer.run(file, mapping).new == 0
    texts = [letter["Body/Corps"]] * 5 + [other["Body/Corps"]] + [letter["Body/Corps"]] * 2
    assert importer.responses() == [ParsedResponse(answers={"q1_message": text}) for text in texts]
    assert len({row["artefact_id"] for row in importer.records()}) == 8
    opens, closes = importer.definition.opens_at(), importer.definition.closes_at()
    assert all(opens <= row["received_at"] < closes for row in importer.records())


def test_rows_go_in_at_a_rate_that_takes_twenty_thousand_in_a_minute(importer: Importer) -> None:
    rows = [[f"r-{number}", *ROWS[number % 3][1:]] for number in range(4_000)]
    result = importer.run(write(importer.folder, "csv", rows))
    assert result.new == 4_000
    assert result.cpu_seconds * 20_000 / 4_000 < 60
