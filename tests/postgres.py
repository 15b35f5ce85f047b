"""A real PostgreSQL for tests, from the binaries on the machine, run as an ordinary user in a folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

_ORDINARY = {"user": "nobody", "group": "nogroup", "extra_groups": []}
_START_SECONDS = 60.0


def binaries() -> Path:
    """The folder of `postgres` and `initdb`: the newest of Debian's, else the one on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    found = debian[-1] if debian else shutil.which("initdb")
    assert found, "PostgreSQL is not on this machine: './run test' installs it, or install the package 'postgresql'."
    return Path(found).parent


def _as_ordinary_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return _ORDINARY if os.getuid() == 0 else {}


class PostgresServer:
    """A server that listens on a Unix socket alone. It may be killed and started again over the same data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        subprocess.run(
            [binaries() / "initdb", "-D", folder / "data", "-U", "yoursay", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **_as_ordinary_user(),
        )

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://yoursay@/{database}?host={self._folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"unix_socket_directories={self._folder}", "listen_addresses=", "fsync=on", "max_connections=50"]
        command = [binaries() / "postgres", "-D", self._folder / "data"]
        command += [part for one in settings for part in ("-c", one)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", start_new_session=True, **_as_ordinary_user()
            )
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.address(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None and time.monotonic() < until, (self._folder / "log").read_text()
                time.sleep(0.02)

    def kill(self) -> None:
        """Kill the server and all its processes at once, as a power cut would."""
        assert self._process is not None
        postmaster = self._process.pid
        # Each of its processes leads a group of its own. While it stands still it makes no more of them.
        os.kill(postmaster, signal.SIGSTOP)
        workers = _children_of(postmaster)
        for one in (*workers, postmaster):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait()
        # They have to be gone before another server takes the data.
        while _any_lives(workers):
            time.sleep(0.005)
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def new_database(self) -> str:
        """Make a database of its own; gives its address."""
        self._databases += 1
        name = f"store_{self._databases}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)


def _children_of(process: int) -> list[int]:
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    return [int(pid) for pid, parent in map(str.split, table.splitlines()) if int(parent) == process]


def _any_lives(processes: list[int]) -> bool:
    """A zombie holds nothing any more; when it is reaped is not ours to say."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,stat="], check=True, capture_output=True, text=True).stdout
    states = {int(pid): state for pid, state in map(str.split, table.splitlines())}
    return any(not states.get(one, "Z").startswith("Z") for one in processes)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server with fresh data, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="yoursay-pg-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, _ORDINARY["user"], _ORDINARY["group"])
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
