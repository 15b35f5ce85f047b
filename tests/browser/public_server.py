"""The public server as a process that can be killed and started again on its port, and what it has received."""

import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, publish_definition
from schemas.response import ResponseDocument, decode_response
from schemas.sealing import Identity, make_keys, open_sealed, read_secret

_SERVE = """
import sys
from pathlib import Path
from ingest.web.serve import serve_public
from schemas.data_folder import DataFolder
serve_public(DataFolder(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]), lambda address: print(address, flush=True))
"""
_EVENTS = "SELECT event, id, relates_to, sealed FROM submissions WHERE consultation = ? ORDER BY sequence"


@dataclass(frozen=True)
class Event:
    """One line of what the server committed; `response` is opened with the pipeline's key."""

    event: str
    id: str
    relates_to: str | None
    response: ResponseDocument | None


@dataclass
class PublicServer:
    """A data folder with every built-in consultation, and the server over it."""

    data: DataFolder
    port: int
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        # A service worker needs a secure address, which "localhost" is without TLS.
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-c", _SERVE, str(self.data.root), str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("http://"), "the public server did not start"

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def events(self, consultation: str) -> list[Event]:
        """Everything committed for a consultation, in order, opened."""
        identity = Identity(read_secret(self.data.keys(consultation) / "pipeline.key"))
        with closing(sqlite3.connect(self.data.public_server / "store.sqlite")) as store:
            rows = store.execute(_EVENTS, (consultation,)).fetchall()
        return [
            Event(event, submission, relates_to, decode_response(open_sealed(sealed, identity)) if sealed else None)
            for event, submission, relates_to, sealed in rows
        ]

    def responses(self, consultation: str) -> list[ResponseDocument]:
        return [one.response for one in self.events(consultation) if one.response is not None]


def new_server(folder: Path, now: datetime) -> PublicServer:
    """Every built-in consultation in a new data folder, at that moment of its clock; not started yet."""
    data = DataFolder(folder)
    for built_in in BUILT_IN.iterdir():
        definition = publish_definition(built_in, data.definitions)
        make_keys(data.keys(definition.id), data.recovery(definition.id))
    write_shifted_clock(data.clock_file, now)
    with socket.create_server(("127.0.0.1", 0)) as free:
        return PublicServer(data, free.getsockname()[1])
