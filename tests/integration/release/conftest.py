"""Private versions made by hand: the marts that a release is made of, with the layers that it must never touch."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from schemas.definition import BUILT_IN, Definition, load_definition

NEEDLES = ("Needlework Trust of Normanton", "treasurer-needle", "needle words in an answer", "needle@example.org")


def _marts_by_hand() -> ModuleType:
    """The builder of marts that the unit tests of disclosure use."""
    file = Path(__file__).parents[2] / "unit/disclosure/conftest.py"
    spec = importlib.util.spec_from_file_location("marts_by_hand", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_MARTS = _marts_by_hand()


@pytest.fixture
def respondent() -> Any:
    return _MARTS.Respondent


@pytest.fixture
def private_version(tmp_path: Path) -> Callable[..., duckdb.DuckDBPyConnection]:
    """A private version as a real file, with organisation, role, words and sender in its other layers."""

    def build(respondents: list[Any], step: int = 10) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(tmp_path / "private.duckdb"))
        _MARTS.Marts(step).count(respondents).write(connection)
        organisation, role, words, sender = NEEDLES
        connection.execute("CREATE TABLE clean AS SELECT ? AS q2_place, ? AS r1_type_other", [words, words])
        connection.execute("CREATE TABLE masked AS SELECT ? AS q2_place", [words])
        connection.execute(
            "CREATE TABLE vault AS SELECT ? AS r2_organisation, ? AS r3_role, ? AS sender",
            [organisation, role, sender],
        )
        return connection

    return build


@pytest.fixture(scope="session")
def seed() -> Definition:
    return load_definition(BUILT_IN / "third-sector-2007")


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")


@pytest.fixture(scope="session")
def needles() -> tuple[str, ...]:
    return NEEDLES
