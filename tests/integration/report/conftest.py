"""A consultation that is over, with an approved dataset and the sections of its report."""

import shutil
from pathlib import Path

import pytest

from orchestration import reports
from orchestration.releases import check_release, make_release, manifest_sha256
from schemas.data_folder import DataFolder
from schemas.definition import Definition, load_definition
from tests.integration.orchestration.conftest import yoursay  # noqa: F401 - a fixture
from tests.integration.signoff.conftest import SHELTERS, finished  # noqa: F401 - a fixture
from transforms.release import life
from transforms.release.life import Deed
from transforms.report.said_did import YouSaid

SECTIONS = {
    "committee": "Transport committee",
    "report_of": "The transport officer",
    "recommendation": "- To note that {questions/q1_where/coded} answers are coded\n- To choose the places",
    "background": "The council has money for shelters. Phase 1 was in 2006.\n\nThis paper follows.",
    "equalities": "The form was on paper, too. Help cost 0.50 pounds a call.",
    "financial": "Shelters cost 12,000 pounds each.",
    "legal": "None.",
    "personnel": "None.",
    "priorities": "Getting about.",
    "contact": "The transport officer",
    "question.q1_where": "Most name a place: {positions/q1_where/whole/names_place/responses}.",
}
ENTRY = YouSaid(
    field="q1_where",
    said="Shelters are wanted by the station.",
    did="The first of 3 shelters stands there.",
    paragraphs=("2.1 Places", "4.3 Order of work"),
    figure="positions/q1_where/whole/names_place/responses",
)


@pytest.fixture(scope="session")
def approved(tmp_path_factory: pytest.TempPathFactory, finished: Path) -> tuple[Path, str]:  # noqa: F811
    """The data folder with a dataset that two people have approved, and its id."""
    root = tmp_path_factory.mktemp("approved") / "data"
    shutil.copytree(finished, root)
    data = DataFolder(root)
    definition = load_definition(data.definitions / SHELTERS)
    release = make_release(data, definition, None).release.id
    releases, sha256 = data.releases(SHELTERS), manifest_sha256(data, definition, release)
    life.draft(releases, release, Deed("anna", data.clock.now()), manifest_sha256=sha256)
    checked = check_release(data, definition, release)
    life.take_checks(releases, release, Deed("anna", data.clock.now()), problems=checked.problems)
    life.approve(releases, release, Deed("ben", data.clock.now()), manifest_sha256=sha256)
    return root, release


@pytest.fixture
def data(tmp_path: Path, approved: tuple[Path, str]) -> DataFolder:
    """A copy of it for one test."""
    shutil.copytree(approved[0], tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def over(data: DataFolder) -> Definition:
    return load_definition(data.definitions / SHELTERS)


@pytest.fixture
def dataset(approved: tuple[Path, str]) -> str:
    """The dataset that the report is on."""
    return approved[1]


@pytest.fixture
def written(data: DataFolder, over: Definition) -> None:
    """Every section that the report needs, and an entry of what was done."""
    for section, text in SECTIONS.items():
        reports.keep_section(data, over, section, text)
    reports.add_said_did(data, over, ENTRY)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, approved: tuple[Path, str]) -> Path:
    """The folder of the report, drafted once; its files are only read."""
    root = tmp_path_factory.mktemp("report") / "data"
    shutil.copytree(approved[0], root)
    folder = DataFolder(root)
    definition = load_definition(folder.definitions / SHELTERS)
    for section, text in SECTIONS.items():
        reports.keep_section(folder, definition, section, text)
    reports.add_said_did(folder, definition, ENTRY)
    return reports.draft_report(folder, definition, approved[1], Deed("anna", folder.clock.now())).release.folder
