"""The bytes of a release's files."""

import csv
import io
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.release.files import checksums, csv_bytes, parquet_bytes, sha256, without_formula


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  ="])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert without_formula(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["", "Oppose", "a=b", "'=1", "DE1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_formula(text) == text


@given(st.lists(st.text(), min_size=1))
def test_no_cell_of_a_csv_starts_a_formula(texts: list[str]) -> None:
    written = csv_bytes(pa.table({"text": texts})).decode()
    cells = [row[0] if row else "" for row in csv.reader(io.StringIO(written, newline=""))][1:]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")] == []


def test_csv_has_empty_cells_for_nulls_and_plain_values() -> None:
    table = pa.table(
        {"responses": [10, None], "hidden": [False, True], "day": [date(2007, 3, 1), None], "mean": [-1.5, None]}
    )
    assert csv_bytes(table) == b"responses,hidden,day,mean\n10,false,2007-03-01,-1.5\n,true,,\n"


def test_parquet_is_the_same_bytes_however_the_table_is_chunked() -> None:
    whole = pa.table({"n": list(range(100))})
    chunked = pa.concat_tables([whole.slice(0, 30), whole.slice(30)])
    assert parquet_bytes(whole) == parquet_bytes(chunked)
    assert pd.read_parquet(io.BytesIO(parquet_bytes(whole)))["n"].tolist() == list(range(100))


def test_checksums_are_sorted_lines_for_sha256sum() -> None:
    files = {"b.csv": b"2", "a/x.csv": b"1"}
    assert checksums(files).decode().splitlines() == [f"{sha256(b'1')}  a/x.csv", f"{sha256(b'2')}  b.csv"]
