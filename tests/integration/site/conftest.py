"""A data folder with two published consultations, whose releases are made by hand from known figures."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.publication import Publication, build_publication
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.web.conftest import serving
from tests.public_releases import make_release, parks_tables, publish, third_sector_tables

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
APRIL_5, APRIL_9 = datetime(2007, 4, 5, 9, tzinfo=UTC), datetime(2007, 4, 9, 9, tzinfo=UTC)
JUNE = datetime(2007, 6, 8, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    """The data folder and its consultations."""

    data: DataFolder
    third: Definition
    parks: Definition

    def third_release(self, support: int = 155, at: datetime = APRIL_5, audience: str = "public") -> str:
        """A release of the seed's consultation, published."""
        release = _made(self.third, self.data.releases(THIRD), support)
        publish(self.data, self.third, release, at, audience)  # type: ignore[arg-type]
        return release

    def parks_release(self, at: datetime = APRIL_5) -> str:
        release = _made(self.parks, self.data.releases(PARKS), 0)
        publish(self.data, self.parks, release, at)
        return release

    def build(self) -> list[Publication]:
        return [build_publication(self.data, one) for one in (self.third, self.parks)]

    def published_bytes(self, consultation: str = THIRD) -> dict[str, bytes]:
        """Every file of the published tree by its name."""
        folder = self.data.published(consultation)
        return {
            one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()
        }


# Packing takes a second on a busy machine, and the same tables give the same release.
_PACKED: dict[tuple[str, int], Path] = {}


def _made(definition: Definition, releases: Path, support: int) -> str:
    """A release of these tables in the folder, packed once for all tests."""
    packed = _PACKED.get((definition.id, support))
    if packed is None:
        tables = third_sector_tables(support) if definition.id == THIRD else parks_tables()
        made = Path(tempfile.mkdtemp(prefix="packed-"))
        packed = _PACKED[definition.id, support] = made / make_release(definition, made, tables)
    shutil.copytree(packed, releases / packed.name)
    return packed.name


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    for packed in _PACKED.values():
        shutil.rmtree(packed.parent)


@pytest.fixture
def shelf(data: DataFolder, publish: Callable[[str], Definition]) -> Shelf:
    return Shelf(data, publish(THIRD), publish(PARKS))


@pytest.fixture
def visit(shelf: Shelf) -> Callable[..., AbstractContextManager[str]]:
    """A context manager: the public server over the data folder at a moment; its address."""
    return lambda at=JUNE: serving(shelf.data, SteppedClock(at))
