"""Fixtures for the tests of definitions."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.definition import BUILT_IN


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a built-in definition, to be changed."""

    def copied(name: str) -> Path:
        folder = tmp_path / "copy" / name
        shutil.copytree(BUILT_IN / name, folder)
        return folder

    return copied
