"""Fixtures that every room's tests may use."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.sealing import make_keys


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that stands at noon on the consultation's first day until it is set."""
    return SteppedClock(datetime(2007, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir()
    return folder


@pytest.fixture
def publish(data: DataFolder) -> Callable[[str], Definition]:
    """Publish a built-in consultation into the data folder and make its keys."""

    def publish_built_in(consultation: str) -> Definition:
        definition = publish_definition(BUILT_IN / consultation, data.definitions)
        make_keys(data.keys(consultation), data.recovery(consultation))
        return definition

    return publish_built_in


@pytest.fixture
def third_sector(publish: Callable[[str], Definition]) -> Definition:
    """The seed's consultation, published with keys."""
    return publish("third-sector-2007")


@pytest.fixture
def retry_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that failed is tried again at once, not after seconds that grow."""
    monkeypatch.setattr("dagster.RetryPolicy.calculate_delay", lambda policy, attempt: 0)
