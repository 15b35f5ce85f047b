"""`yoursay campaigns`: from one Parquet file to another, whatever else the first one holds."""

import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks._letters import DEVELOPMENT_SEEDS, answers
from benchmarks._letters_scores import score
from orchestration.cli import main

LETTER = (
    "The library in Chapel Lane is the only warm room within two miles where anybody may sit down without buying "
    "something. Closing it on Saturdays would shut out everyone who works during the week."
)
OWN = "The allotment holders mow the path behind the hall, and a gate with a code would stop the motorbikes for good."


class Called(NamedTuple):
    code: int
    out: str
    err: str


CommandLine = Callable[..., Called]


@pytest.fixture
def campaigns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Call `yoursay campaigns`."""

    def call(*arguments: str | Path) -> Called:
        monkeypatch.setattr(sys, "argv", ["yoursay", "campaigns", *map(str, arguments)])
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert isinstance(code, int) or code is None
        return Called(code or 0, captured.out, captured.err)

    return call


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of another system: names of its own, columns of all kinds."""
    rows = [("q-3", LETTER), ("q-1", LETTER.lower()), ("q-2", OWN), ("q-5", None), ("q-4", LETTER + " Please keep it.")]
    source = tmp_path / "answers.parquet"
    pq.write_table(
        pa.table(
            {
                "when": [datetime.datetime(2026, 1, n + 1, tzinfo=datetime.UTC) for n in range(len(rows))],
                "ref": [ref for ref, _ in rows],
                "ticks": [["a", "b"]] * len(rows),
                "what you said": [text for _, text in rows],
                "place": [{"x": 1.5, "y": None}] * len(rows),
            }
        ),
        source,
        row_group_size=2,
    )
    return source


def test_every_row_gets_its_campaign_in_the_rows_order(campaigns: CommandLine, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "campaigns.parquet"
    called = campaigns(table, "--id", "ref", "--text", "what you said", "--out", out, "--json")
    assert (called.code, called.err) == (0, "")
    assert called.out.split() == '{ "responses": 5, "campaigns": 1, "members": 3, "standard": 2, "edited": 1 }'.split()
    written = pq.read_table(out)
    assert written.schema == pa.schema(
        {"response_id": pa.string(), "campaign_id": pa.string(), "similarity": pa.float64(), "variant": pa.string()}
    )
    rows = [tuple(row.values()) for row in written.to_pylist()]
    assert rows[:4] == [
        ("q-3", "q-1", 1.0, "standard"), ("q-1", "q-1", 1.0, "standard"),
        ("q-2", None, None, None), ("q-5", None, None, None),
    ]  # fmt: skip
    assert rows[4][:2] + rows[4][3:] == ("q-4", "q-1", "edited")
    assert 0.9 < rows[4][2] < 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.parquet", "campaigns.parquet"]


def test_known_letters_name_their_campaigns(campaigns: CommandLine, table: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters.parquet"
    pq.write_table(
        pa.table({"campaign_id": ["libraries", "gates"], "text": [LETTER, OWN + " We ask for it."]}), letters
    )
    out = tmp_path / "campaigns.parquet"
    assert campaigns(table, "--id", "ref", "--text", "what you said", "--out", out, "--letters", letters).code == 0
    ids = pq.read_table(out)["campaign_id"].to_pylist()
    assert ids == ["libraries", "libraries", "gates", None, "libraries"]


@pytest.mark.parametrize(
    "kind", [pa.int32(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_ids_may_be_of_any_plain_type(campaigns: CommandLine, tmp_path: Path, kind: pa.DataType) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    ids = pa.array([12, 7], pa.int32()) if kind == pa.int32() else pa.array(["12", "7"]).cast(kind)
    pq.write_table(pa.table({"n": ids, "t": pa.array([LETTER, LETTER]).dictionary_encode()}), source)
    assert campaigns(source, "--id", "n", "--text", "t", "--out", out).code == 0
    written = pq.read_table(out)
    expected = ([12, 7], [7, 7]) if kind == pa.int32() else (["12", "7"], ["12", "12"])
    assert (written["response_id"].to_pylist(), written["campaign_id"].to_pylist()) == expected


@pytest.mark.parametrize(
    ("id_column", "text_column", "sentence"),
    [
        ("id", "what you said", "has no column 'id'; its columns are: when, ref, ticks, what you said, place."),
        ("ref", "answer", "has no column 'answer'; its columns are: when, ref, ticks, what you said, place."),
        ("ref", "when", "Column 'when' of {source} holds timestamp[us, tz=UTC], not text; name a column of text."),
        ("place", "ref", "not ids; name a column of plain values."),
        ("what you said", "ref", "1 rows of {source} have no id in column 'what you said'; give every row one."),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    campaigns: CommandLine, table: Path, tmp_path: Path, id_column: str, text_column: str, sentence: str
) -> None:
    out = tmp_path / "campaigns.parquet"
    called = campaigns(table, "--id", id_column, "--text", text_column, "--out", out)
    assert (called.code, called.out) == (1, "")
    assert sentence.format(source=table) in called.err
    assert called.err.count("\n") == 1
    assert not out.exists()


def test_ids_that_do_not_tell_rows_apart_are_refused(campaigns: CommandLine, tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"n": [1, 2, 1], "t": ["a", "b", "c"]}), source)
    called = campaigns(source, "--id", "n", "--text", "t", "--out", tmp_path / "out.parquet")
    assert called.err == (
        f"yoursay: Column 'n' of {source} has 1 ids more than once; name a column that tells rows apart.\n"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "{source} cannot be read (No such file or directory); name a Parquet file."),
        (b"id,text\n1,Hello\n", "{source} is no Parquet file; convert it, for example with DuckDB."),
    ],
)
def test_a_source_that_is_no_parquet_file_is_refused(
    campaigns: CommandLine, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    source = tmp_path / "in.csv"
    if content is not None:
        source.write_bytes(content)
    called = campaigns(source, "--id", "id", "--text", "text", "--out", tmp_path / "out.parquet")
    assert (called.code, called.err) == (1, f"yoursay: {sentence.format(source=source)}\n")


def test_a_known_letter_that_is_too_short_is_refused(campaigns: CommandLine, table: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters.parquet"
    pq.write_table(pa.table({"campaign_id": ["yes"], "text": ["Yes to this."]}), letters)
    out = tmp_path / "out.parquet"
    called = campaigns(table, "--id", "ref", "--text", "what you said", "--out", out, "--letters", letters)
    assert called.err == (
        "yoursay: The known letter of campaign 'yes' has fewer than 45 letters; register all of it.\n"
    )


def test_an_empty_table_has_no_campaigns(campaigns: CommandLine, tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"n": pa.array([], pa.int64()), "t": pa.array([], pa.string())}), source)
    assert campaigns(source, "--id", "n", "--text", "t", "--out", out).code == 0
    assert pq.read_table(out).num_rows == 0


@pytest.mark.parametrize("seed", DEVELOPMENT_SEEDS)
def test_campaigns_of_known_texts_are_found(campaigns: CommandLine, tmp_path: Path, seed: int) -> None:
    truth = list(answers(seed, 6_000))
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"n": range(len(truth)), "t": [answer.text for answer in truth]}), source)
    assert campaigns(source, "--id", "n", "--text", "t", "--out", out).code == 0
    found = score(truth, pq.read_table(out)["campaign_id"].to_pylist())
    assert found.f1 >= 0.99
    assert found.found_of_kind["mail_merge"] >= 0.95
    assert found.false_alarms <= 0.001


@pytest.mark.parametrize("out", ["", "nowhere/out.parquet"])
def test_a_place_that_cannot_be_written_is_refused(
    campaigns: CommandLine, table: Path, tmp_path: Path, out: str
) -> None:
    called = campaigns(table, "--id", "ref", "--text", "what you said", "--out", tmp_path / out)
    assert (called.code, called.err) == (
        1,
        f"yoursay: {tmp_path / out} cannot be written (no such folder, or it is one); choose another place.\n",
    )
