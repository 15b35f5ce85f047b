"""The command line as its user calls it, and a small consultation of one's own."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.cli import main
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition, load_definition


@dataclass(frozen=True)
class Called:
    """What a call of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


CommandLine = Callable[..., Called]


@pytest.fixture
def yoursay(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """Call `yoursay` with a data folder of the test's own."""
    monkeypatch.setenv("YOURSAY_DATA", str(data.root))

    def call(*arguments: str | Path) -> Called:
        monkeypatch.setattr(sys, "argv", ["yoursay", *map(str, arguments)])
        capsys.readouterr()
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert isinstance(code, int) or code is None
        return Called(code or 0, captured.out, captured.err)

    yield call


QUESTIONNAIRE = """
id = "bus-shelters"
version = "1"
languages = ["en"]
title = "Bus shelters"
asked_by = ["An invented council"]
stated_duration = "one month"
return_by = 2007-04-30
summary = "Where should the next bus shelters stand?"
return_address = "The Council House"
return_ways = ["by post"]
thanks = "Thank you."

[[promises]]
id = "confidence"
text = "What you tell us is treated in confidence."

[[questions]]
number = "1"
[[questions.fields]]
id = "q1_where"
kind = "open_text"
label = "Where should one stand?"

[[questions]]
number = "2"
[[questions.fields]]
id = "q2_often"
kind = "single_choice"
label = "How often do you take the bus?"
choices = [ { code = "daily", label = "Every day" }, { code = "rarely", label = "Rarely" } ]

[[questions]]
number = "3"
[[questions.fields]]
id = "q3_email"
kind = "contact"
detail = "email"
label = "Your e-mail address, if you like"
"""
POLICY = """
consultation = "bus-shelters"
channels = ["web", "import"]
contact_post = "The transport officer"
lawful_basis = "public task"
retention_days_after_final = 30

[dates]
opens = 2007-03-01
closes = 2007-04-30

[closing]
post_grace_days = 0
sync_grace_days = 0

[publication]
verbatim = false
rows = false
organisation_list = false
purpose = "to choose places for shelters"

[linkage.roles]
q3_email = "email"

[disclosure]
q1_where = "confidential_text"
q2_often = "tabulated"
q3_email = "direct_identifier"

[frames.q1_where]
codes = [
    { code = "names_place", label = "Names a place", collapsed = "names_place" },
    { code = "unclear", label = "Unclear", collapsed = "unclear" },
]
"""
MAP = """
name = "survey"

[id]
column = "id"

[received_at]
given = 2007-03-10T12:00:00+00:00

[answers.q1_where]
column = "where"

[answers.q2_often]
column = "often"

[answers.q3_email]
column = "email"
"""
NOW = datetime(2007, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def definition_folder(tmp_path: Path) -> Path:
    """A third consultation, written to a temporary folder: no code knows of it."""
    folder = tmp_path / "bus-shelters"
    folder.mkdir()
    (folder / "questionnaire.toml").write_text(QUESTIONNAIRE, "utf-8")
    (folder / "policy.toml").write_text(POLICY, "utf-8")
    return folder


@pytest.fixture
def import_rows(yoursay: CommandLine, tmp_path: Path) -> Callable[[list[str]], Called]:
    """Import lines of `id,where,often,email` into the consultation."""
    map_file = tmp_path / "map.toml"
    map_file.write_text(MAP, "utf-8")

    def import_lines(lines: list[str]) -> Called:
        file = tmp_path / "rows.csv"
        file.write_text("id,where,often,email\n" + "\n".join(lines) + "\n", "utf-8")
        return yoursay("import", file, "--map", map_file)

    return import_lines


@pytest.fixture
def bus_shelters(yoursay: CommandLine, data: DataFolder, definition_folder: Path) -> Definition:
    """The third consultation, published with keys, on 20 March 2007."""
    write_shifted_clock(data.clock_file, NOW)
    assert yoursay("definition", "publish", "--no-editions", definition_folder).code == 0
    assert yoursay("keys", "new").code == 0
    return load_definition(definition_folder)


@pytest.fixture
def marts_of(yoursay: CommandLine) -> Callable[[Path], dict[str, str]]:
    """Export each mart and the clean layer, sorted by their keys: table -> its text."""

    def export(folder: Path) -> dict[str, str]:
        assert yoursay("export", folder, "--layer", "marts", "--format", "csv").code == 0
        assert yoursay("export", folder / "clean.csv", "--layer", "clean", "--format", "csv").code == 0
        return {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir())}

    return export
