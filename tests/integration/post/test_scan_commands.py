"""`yoursay scans` as a user calls it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.post.paper import as_pdf, as_picture, filled, printed, white

PARKS = "parks-and-libraries-2007"
TICKS = {"q1_use": ["parks"], "q4_satisfied": ["2"], "r4_age": ["from_65"], "p1_publish": ["yes"]}
Yoursay = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def yoursay(data: DataFolder, publish: Callable[[str], Definition]) -> Yoursay:
    """The command line on a data folder with a published consultation, in May."""
    write_shifted_clock(data.clock_file, datetime(2007, 5, 10, 12, tzinfo=UTC))
    publish(PARKS)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "orchestration.cli", *arguments]
        environment = os.environ | {"YOURSAY_DATA": str(data.root), "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    return run


def test_scans_are_added_once_and_listed_against_the_sheets_that_were_counted(yoursay: Yoursay, tmp_path: Path) -> None:
    file = tmp_path / "tuesday.pdf"
    file.write_bytes(as_pdf([*filled(printed(PARKS), TICKS), white()]))
    options = ("--batch", "Tuesday", "--postmark", "2007-05-08", "--received", "2007-05-09")
    added = json.loads(yoursay("scans", "add", str(file), *options, "--sheets", "3", "--json").stdout)
    assert (added["new"], added["already"]) == (1, 0)
    (said,) = added["files"]
    counted = {name: count for name, count in said["counts"].items() if count}
    assert (said["file"], counted, said["remarks"]) == (
        "tuesday.pdf",
        {"pages": 5, "forms": 1, "form_pages": 4, "blank": 1, "choices_read": 5},
        [],
    )
    again = json.loads(yoursay("scans", "add", str(file), *options, "--json").stdout)
    assert (again["new"], again["already"]) == (0, 1)
    (listed,) = json.loads(yoursay("scans", "list", "--json").stdout)
    assert (listed["batch"], listed["files"], listed["sheets"], listed["agrees"]) == ("Tuesday", 1, 3, "yes")
    assert listed["counts"] == said["counts"]


def test_a_file_that_is_no_scan_is_refused_in_one_sentence(yoursay: Yoursay, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear council")
    refused = yoursay("scans", "add", str(file), "--batch", "A", "--postmark", "none", "--received", "2007-05-09")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"yoursay: {file}: it is no PDF, TIFF, PNG, JPEG or HEIC file, or it is damaged; nothing was taken.\n"
    )


def test_the_table_names_what_a_person_should_know(yoursay: Yoursay, tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    file.write_bytes(as_picture(filled(printed(PARKS), TICKS)[1], "PNG"))
    shown = yoursay("scans", "add", str(file), "--batch", "A", "--postmark", "none", "--received", "2007-05-09").stdout
    assert "one.png: form 1 (page 1): its pages 1, 3 and 4 are missing." in shown
