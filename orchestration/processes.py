"""Starting several servers as processes of their own and stopping them together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import YourSayError

READY_SECONDS = 90
STOP_SECONDS = 10


class ProcessError(YourSayError):
    """A server did not start, or ended by itself."""


@dataclass(frozen=True)
class Server:
    """A server to start: its name for people, its command, and what it gets of the environment.

    With an `address` it is ready once the path `ready` answers there; with a `log` its output goes to that file.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    address: str = ""
    ready: str = "/"
    log: Path | None = None


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", name, *arguments]


def environment(**more: str) -> dict[str, str]:
    """What a server gets of this process's environment: enough to run, none of its secrets."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    return {name: os.environ[name] for name in kept if name in os.environ} | more


def free_port(preferred: int) -> int:
    """`preferred` on loopback where it is free, else one that is."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProcessError("No free port was found on this machine.")


class Running:
    """Servers that are running; a context manager that stops them in the end."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Running":
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            for server in self._servers:
                self._processes.append(_start(server))
            for server, process in zip(self._servers, self._processes, strict=True):
                _wait_until_ready(server, process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self) -> None:
        """Until one of them ends.

        Raises:
            ProcessError: names the one that ended.
        """
        while True:
            for server, process in zip(self._servers, self._processes, strict=True):
                if process.poll() is not None:
                    raise ProcessError(f"{server.name} ended by itself (exit code {process.returncode}).")
            time.sleep(0.5)

    def stop(self) -> None:
        """Ask each to end; one that does not within ten seconds is killed."""
        for process in self._processes:
            _signal_group(process, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()


def _start(server: Server) -> subprocess.Popen[bytes]:
    with ExitStack() as stack:
        output = stack.enter_context(server.log.open("ab")) if server.log else None
        return subprocess.Popen(  # noqa: S603 - our own commands
            server.command, env=dict(server.environment), start_new_session=True, stdout=output, stderr=output
        )


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while server.address:
        try:
            urllib.request.urlopen(server.address + server.ready, timeout=5).close()  # noqa: S310 - our own loopback address
            return
        except urllib.error.HTTPError:
            return
        except (OSError, urllib.error.URLError):
            if process.poll() is not None:
                raise ProcessError(f"{server.name} did not start (exit code {process.returncode}).") from None
            if time.monotonic() > deadline:
                raise ProcessError(f"{server.name} did not answer within {READY_SECONDS} seconds.") from None
            time.sleep(0.1)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
