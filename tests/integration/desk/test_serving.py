"""The commands that serve the desk, each in a process of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from schemas.data_folder import DataFolder
from schemas.definition import Definition

ROOT = Path(__file__).parents[3]


def start(data: DataFolder, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", *command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"YOURSAY_DATA": str(data.root)},
    )


@pytest.mark.parametrize("command", [("serve", "desk"), ("keying", "serve")])
def test_the_desk_is_served_and_a_second_one_on_its_port_says_so(
    command: tuple[str, str], data: DataFolder, parks: Definition
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with start(data, *command, "--port", str(port)) as serving:
        assert serving.stderr is not None
        try:
            assert serving.stderr.readline() == f"Listening on http://127.0.0.1:{port}\n"
            refused, asked = (httpx.get(f"http://127.0.0.1:{port}/{path}") for path in ("work", "sign-in"))
            assert (refused.status_code, asked.status_code) == (401, 200)
            with start(data, *command, "--port", str(port)) as second:
                assert second.communicate()[1] == (
                    f"yoursay: 127.0.0.1 port {port} cannot be used; choose another port.\n"
                )
            assert second.returncode == 1
        finally:
            serving.terminate()
