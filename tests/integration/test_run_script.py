"""`run` tells people what to do when it cannot go on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "run"


def call(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) | ({"PATH": path} if path else {})
    return subprocess.run([str(RUN), *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def path_without_python(tmp_path: Path) -> str:
    """A PATH with what a shell script needs, and no Python."""
    for name in ("bash", "env", "dirname", "cat", "sha256sum", "find", "sort", "id", "sed"):
        found = shutil.which(name)
        assert found
        (tmp_path / name).symlink_to(found)
    return str(tmp_path)


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    result = call("tset")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "There is no command 'tset'; use one of: demo, test, up, bench, yoursay, lock.\n"


def test_an_unknown_benchmark_is_answered_with_those_there_are() -> None:
    result = call("bench", "nonsense")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Say which benchmark: ./run bench NAME, where NAME is one of:")
    assert " etl" in result.stderr


def test_a_machine_without_python_is_told_which_to_install(tmp_path: Path, path_without_python: str) -> None:
    copy = tmp_path / "clone"
    copy.mkdir()
    shutil.copy(RUN, copy / "run")
    shutil.copytree(RUN.parent / "requirements", copy / "requirements")
    shutil.copy(RUN.parent / "pyproject.toml", copy / "pyproject.toml")
    result = subprocess.run(
        [str(copy / "run"), "demo"], env={"PATH": path_without_python}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "YourSay needs Python 3.11, which was not found: install it (with pip and venv), then run this again."
    )
