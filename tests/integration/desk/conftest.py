"""The invented consultation with answers, and officers who code them at the desk."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definition
from tests.integration.desk.reviewing import Reviewer
from tests.integration.desk.running import Coder, land
from tests.integration.keying.conftest import yoursay  # noqa: F401 - a fixture
from tests.integration.keying.running import PARKS, Desk, build, publish_parks, run_desk
from transforms.warehouse.read import open_private

Answers = list[dict[str, Any]]


@pytest.fixture
def parks(data: DataFolder, tmp_path: Path) -> Definition:
    """The consultation, in May 2007."""
    return publish_parks(data, tmp_path)


@pytest.fixture
def arrive(data: DataFolder, parks: Definition) -> Callable[[Answers], list[str]]:
    """Land responses and build; the ids of the responses."""

    def land_and_build(answers: Answers) -> list[str]:
        found = land(data, parks, answers)
        build(data, parks)
        return found

    return land_and_build


@pytest.fixture
def desk(data: DataFolder) -> Iterator[Callable[[], Desk]]:
    """Start the desk over the data folder as it is then."""
    with ExitStack() as running:
        yield lambda: running.enter_context(run_desk(data))


@pytest.fixture
def coders(desk: Callable[[], Desk]) -> Callable[..., list[Coder]]:
    """Officers of these names at one desk."""

    def start(*names: str) -> list[Coder]:
        running = desk()
        return [Coder(running.client(name)) for name in names]

    return start


@pytest.fixture
def officers(desk: Callable[[], Desk]) -> Callable[..., list[Reviewer]]:
    """Officers of these names on the pages of review, at one desk."""

    def start(*names: str) -> list[Reviewer]:
        running = desk()
        return [Reviewer(running.client(name)) for name in names]

    return start


@pytest.fixture
def positions(data: DataFolder) -> Callable[[], list[tuple[str, str, str]]]:
    """Build what is new, and read the positions that stand: respondent, limb, code."""

    def read() -> list[tuple[str, str, str]]:
        definition = published_definition(data.definitions, PARKS.id)
        build(data, definition)
        with open_private(warehouse_of(data, definition)) as connection:
            return connection.execute("SELECT respondent, limb, code FROM coded_positions ORDER BY ALL").fetchall()

    return read
