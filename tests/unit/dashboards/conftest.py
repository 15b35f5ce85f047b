"""A data folder with public versions written by the contract, and what the results server is given of it."""

import runpy
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from argon2 import PasswordHasher

from dashboards import accounts
from dashboards.results.figures import View
from dashboards.results.settings import ResultsSettings, results_settings
from dashboards.results.views import view_of
from schemas.clock import SteppedClock, write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, load_definition

COMMISSION = datetime(2007, 4, 16, 16, tzinfo=UTC)
PAPERS = datetime(2007, 4, 4, 16, tzinfo=UTC)


@pytest.fixture(scope="session")
def publish_version() -> Callable[..., Path]:
    publish: Callable[..., Path] = runpy.run_path(str(Path(__file__).with_name("public_version.py")))["publish_version"]
    return publish


@pytest.fixture(scope="session")
def third_sector() -> Definition:
    return load_definition(BUILT_IN / "third-sector-2007")


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same argon2id with the least work."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts.unknown_name_hash.cache_clear()
    yield
    accounts.unknown_name_hash.cache_clear()


@pytest.fixture
def now() -> SteppedClock:
    return SteppedClock(COMMISSION)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where accounts and sessions go; nothing is there yet."""
    return tmp_path / "accounts.sqlite"


@pytest.fixture(scope="session")
def published(
    tmp_path_factory: pytest.TempPathFactory,
    publish_version: Callable[..., Path],
    third_sector: Definition,
    parks: Definition,
) -> Path:
    """A warehouse: the seed's consultation on the day of the Commission with the papers' view, and the invented one."""
    data = DataFolder(tmp_path_factory.mktemp("published"))
    public = data.warehouse_public(third_sector.id)
    publish_version(public, third_sector, COMMISSION, name="000002-commission")
    publish_version(public, third_sector, PAPERS, name="000001-papers", web=211, as_at_view="2007-04-04T17:00")
    publish_version(
        data.warehouse_public(parks.id),
        parks,
        datetime(2007, 6, 20, tzinfo=UTC),
        name="000001-parks",
        quotes=(("q5_proposal", "More *trees*, please: [NAME] ![x](http://192.0.2.1/y) said so."),),
    )
    return data.root / "warehouse"


@pytest.fixture
def results(data: DataFolder, published: Path) -> ResultsSettings:
    """What the results server is given of a data folder with that warehouse."""
    write_shifted_clock(data.clock_file, COMMISSION)
    shutil.copytree(published, data.root / "warehouse")
    for name in ("third-sector-2007", "parks-and-libraries-2007"):
        shutil.copytree(BUILT_IN / name, data.definitions / name)
    return results_settings(data, ["third-sector-2007", "parks-and-libraries-2007"])


@pytest.fixture
def view(results: ResultsSettings) -> View:
    return view_of(results, "third-sector-2007")


@pytest.fixture
def parks_view(results: ResultsSettings) -> View:
    return view_of(results, "parks-and-libraries-2007")


@pytest.fixture
def query(results: ResultsSettings) -> Callable[..., list[tuple[object, ...]]]:
    """Asks the public file itself."""

    def ask(sql: str, consultation: str = "third-sector-2007") -> list[tuple[object, ...]]:
        public = results.warehouses[consultation]
        file = public / f"{(public / 'CURRENT').read_text().strip()}.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return ask
