"""What a child that reads hostile files can reach: no network, no secret, no large file."""

import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.mail.child import MessageReader
from schemas.definition import Definition

# A child that tries what it is asked to try, and says what came of it.
PROBE = """
import socket
from ingest.mail.bounded_child import serve

def answer(request):
    try:
        if request.startswith(b"connect"):
            socket.create_connection(("127.0.0.1", int(request[7:])), timeout=5).close()
        else:
            bytearray(int(request))
        return b"done"
    except (OSError, MemoryError) as error:
        return type(error).__name__.encode()

serve(answer, 30, 512 * 1024 * 1024)
"""


def asked(request: bytes) -> bytes:
    process = subprocess.Popen([sys.executable, "-c", PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answer, _ = process.communicate(struct.pack(">Q", len(request)) + request, timeout=120)
    return answer[8:]


def can_leave_the_network() -> bool:
    command = ["unshare", "--net", "true"] if os.getuid() == 0 else ["unshare", "--user", "--net", "true"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_a_child_reaches_no_network_where_the_system_lets_it_be_shut_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = asked(f"connect{server.getsockname()[1]}".encode())
    assert said == (b"OSError" if can_leave_the_network() else b"done")


def test_a_child_gets_no_more_memory_than_is_given() -> None:
    assert asked(b"1000000") == b"done"
    assert asked(str(2 * 1024**3).encode()) == b"MemoryError"


def test_nothing_secret_in_the_environment_is_handed_on(seed: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOURSAY_MAIL_PASSWORD", "hunter-two")
    reader = MessageReader(seed)
    reader.read(b"From: a@example.org\n\n1. Good")
    process = reader._child._process
    assert process is not None
    environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    names = {one.partition(b"=")[0] for one in environment.split(b"\0")}
    reader.end()
    assert b"PATH" in names
    assert b"YOURSAY_MAIL_PASSWORD" not in names
