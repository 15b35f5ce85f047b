"""The needle search finds what is there in any form, and a register shows that a line was changed."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.rights.needles import Needles, files_with
from orchestration.rights.places import drop_quoting_views
from schemas.definition import BUILT_IN, load_definition
from schemas.register import RegisterError, entries, note
from transforms.warehouse.versions import Warehouse, as_at_versions

QUOTE = 'Öl beside the "old" clock tower'


def test_a_needle_is_found_as_text_as_wide_text_as_json_and_as_ciphertext(tmp_path: Path) -> None:
    needles = Needles((QUOTE,), (b"\x00sealed\xff" * 4,))
    contents = {
        "text": QUOTE.encode(),
        "wide": QUOTE.encode("utf-16-le"),
        "json": json.dumps({"q": QUOTE}).encode(),
        "sealed": b"before" + b"\x00sealed\xff" * 4 + b"after",
        "other": b"beside the new clock tower",
        "empty": b"",
    }
    for name, content in contents.items():
        (tmp_path / "below").mkdir(exist_ok=True)
        (tmp_path / "below" / name).write_bytes(b"x" * 70_000 * bool(content) + content)
    found, read = files_with(tmp_path, needles)
    assert ([file.name for file in found], read) == (["json", "sealed", "text", "wide"], 6)
    assert "clock" not in repr(needles)


def test_a_view_as_at_a_moment_that_quotes_it_goes_and_counts_stay(tmp_path: Path) -> None:
    warehouse = Warehouse(
        tmp_path / "private", tmp_path / "public", load_definition(BUILT_IN / "third-sector-2007"), "", ""
    )
    warehouse.public.mkdir()
    for version, text in (("one", f"She says: {QUOTE} is best"), ("two", "Nothing of the kind")):
        with duckdb.connect(str(warehouse.public / f"{version}.duckdb")) as connection:
            connection.execute("CREATE TABLE quotes AS SELECT 'q1' AS field, $text AS text", {"text": text})
    (warehouse.public / "as-at.json").write_text('{"2007-04-04T17:00": "one", "2007-04-10T17:00": "two"}')
    assert drop_quoting_views(warehouse, Needles((QUOTE,))) == 1
    assert as_at_versions(warehouse) == {"2007-04-10T17:00": "two"}
    assert [file.name for file in warehouse.public.glob("*.duckdb")] == ["two.duckdb"]


def test_entries_are_read_as_they_were_noted_and_a_changed_line_is_found(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "register.jsonl"
    noted = [{"what": "hold", "reason": "a review — Prüfung"}, {"what": "hold_lifted"}, {"what": "final"}]
    for entry in noted:
        note(file, entry)
    assert entries(file) == noted
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:1] + lines[2:]))
    with pytest.raises(RegisterError, match=r"line 2 is not as it was written"):
        entries(file)
    file.write_bytes(b"".join(lines).replace(b"review", b"revenue"))
    with pytest.raises(RegisterError, match=r"line 2 is not as it was written"):
        note(file, {"what": "final"})


def test_a_line_that_a_killed_writer_left_half_written_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "register.jsonl"
    note(file, {"what": "hold"})
    file.write_bytes(file.read_bytes() + b'{"what": "ha')
    assert entries(file) == [{"what": "hold"}]
    note(file, {"what": "hold_lifted"})
    assert entries(file) == [{"what": "hold"}, {"what": "hold_lifted"}]
