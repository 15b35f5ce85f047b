"""The two built-in definitions."""

import pytest

from schemas.definition import BUILT_IN, Definition, load_definition


@pytest.fixture(scope="session")
def seed() -> Definition:
    return load_definition(BUILT_IN / "third-sector-2007")


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")
