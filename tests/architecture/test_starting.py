"""A command starts with what it needs, and waits for no other's libraries."""

import subprocess
import sys

import pytest

HEAVY = {"cv2", "dagster", "duckdb", "numba", "pandas", "pyarrow", "scipy", "sklearn", "streamlit", "weasyprint"}


@pytest.mark.parametrize("command", [["accounts", "list"], ["definition", "check"], ["serve", "public"], ["live"]])
def test_a_small_command_loads_no_large_library(command: list[str]) -> None:
    code = f"""
import contextlib, io, sys
from orchestration.cli import app
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    app({[*command, "--help"]})
print(*sorted({HEAVY} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
