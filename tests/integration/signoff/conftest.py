"""A small consultation that is over: every answer coded by two officers, nothing left to do."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.intake import recipients_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.decisions import Coding, Decision
from schemas.definition import Definition, load_definition, publish_definition
from schemas.sealing import make_keys
from tests.integration.desk.running import land
from tests.integration.keying.running import build
from tests.integration.orchestration.conftest import NOW, POLICY, QUESTIONNAIRE, yoursay  # noqa: F401 - a fixture
from transforms.warehouse.read import open_private

CommandLine = Callable[..., Any]
AFTER = datetime(2007, 5, 10, 9, tzinfo=UTC)
PLACES = ("station", "market", "hospital")
SHELTERS = "bus-shelters"
MEETINGS = """
[[meetings]]
id = "papers-sent"
label = "Papers sent to the committee"
at = 2007-05-01T12:00:00+01:00

[[meetings]]
id = "committee"
label = "Transport committee"
at = 2007-05-10T12:00:00+01:00
"""


def answers(numbers: Iterable[int]) -> list[dict[str, Any]]:
    """What respondents say, each in words of their own."""
    return [
        {
            "q1_where": f"Put number {number * 7} by the {PLACES[number % 3]} before number {number * number}",
            "q2_often": "daily" if number % 3 else "rarely",
        }
        for number in numbers
    ]


def decide(data: DataFolder, definition: Definition, officer: str, decisions: list[Decision]) -> None:
    journal = Journal(data.journal(definition.id), data.clock)
    journal.append(officer, decisions, recipients_of(data, definition))


def code_all(data: DataFolder, definition: Definition) -> None:
    """Two officers code every answer of the current version alike."""
    with open_private(warehouse_of(data, definition)) as private:
        found = private.execute("SELECT response_id, q1_where FROM clean ORDER BY ALL").fetchall()
    for officer in ("anna", "ben"):
        coded: list[Decision] = [
            Coding(response=one, field="q1_where", code="names_place", quote=text[:10]) for one, text in found
        ]
        decide(data, definition, officer, coded)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with twelve responses, all coded; the consultation has been over for ten days."""
    root = tmp_path_factory.mktemp("finished")
    folder, data = root / SHELTERS, DataFolder(root / "data")
    folder.mkdir()
    data.root.mkdir()
    (folder / "questionnaire.toml").write_text(QUESTIONNAIRE, "utf-8")
    (folder / "policy.toml").write_text(POLICY + MEETINGS, "utf-8")
    write_shifted_clock(data.clock_file, NOW)
    make_keys(data.keys(SHELTERS), data.recovery(SHELTERS))
    definition = publish_definition(folder, data.definitions)
    land(data, definition, answers(range(1, 13)))
    write_shifted_clock(data.clock_file, AFTER)
    build(data, definition)
    code_all(data, definition)
    build(data, definition)
    return data.root


@pytest.fixture
def data(tmp_path: Path, finished: Path) -> DataFolder:
    """A copy of it for one test."""
    shutil.copytree(finished, tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def over(data: DataFolder) -> Definition:
    """Its consultation."""
    return load_definition(data.definitions / SHELTERS)
