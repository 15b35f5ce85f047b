"""The public server on a loopback port, and what the web tests send to it."""

import base64
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pytest
import requests

from ingest.web.app import create_app
from ingest.web.serve import listen, server_of
from ingest.web.settings import prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.envelope import Envelope
from schemas.response import ResponseDocument, encode_response
from schemas.sealing import make_keys, read_recipients, seal

MAY = datetime(2007, 5, 14, 9, 30, tzinfo=UTC)

_SERVE = """
import sys
from pathlib import Path
from ingest.web.serve import serve_public
from schemas.data_folder import DataFolder
serve_public(DataFolder(Path(sys.argv[1])), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


@contextmanager
def serving(data: DataFolder, clock: SteppedClock, behind: Sequence[str] = ()) -> Iterator[str]:
    settings = prepare_public_server(data)
    app = create_app(settings, clock, SqliteStore(settings.store))
    listening = listen("127.0.0.1", 0)
    server = server_of(app, behind)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MAY)


@pytest.fixture
def serve(data: DataFolder, clock: SteppedClock) -> Callable[[], object]:
    """A context manager that runs the server over the data folder and gives its address."""
    return lambda: serving(data, clock)


@pytest.fixture
def third_sector_url(third_sector: Definition, data: DataFolder, clock: SteppedClock) -> Iterator[str]:
    with serving(data, clock) as url:
        yield url


@pytest.fixture
def parks(publish: Callable[[str], Definition]) -> Definition:
    return publish("parks-and-libraries-2007")


@pytest.fixture
def parks_url(parks: Definition, data: DataFolder, clock: SteppedClock) -> Iterator[str]:
    with serving(data, clock) as url:
        yield url


def make_envelope(
    data: DataFolder, definition: Definition, submission_id: str | None = None, **answers: str
) -> Envelope:
    submission_id = submission_id or str(uuid.uuid4())
    document = ResponseDocument(
        id=submission_id,
        consultation=definition.id,
        questionnaire_hash=definition.questionnaire_hash,
        answers=answers,
    )
    sealed = seal(encode_response(document), read_recipients(data.keys(definition.id) / "recipients.toml"))
    return Envelope(
        id=submission_id,
        consultation=definition.id,
        questionnaire_hash=definition.questionnaire_hash,
        sealed=base64.b64encode(sealed).decode(),
    )


@pytest.fixture
def envelope(data: DataFolder) -> Callable[..., Envelope]:
    """Make the envelope that a device would send for these answers."""
    return partial(make_envelope, data)


@dataclass(frozen=True)
class Quiet:
    """A server that stores nothing while the tests run: for what is only read, or refused."""

    url: str
    data: DataFolder
    definition: Definition

    @property
    def feed_headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {(self.data.public_server / 'feed.token').read_text().strip()}"}

    def envelope(self, **answers: str) -> Envelope:
        return make_envelope(self.data, self.definition, **answers)

    def stored(self) -> int:
        with closing(sqlite3.connect(self.data.public_server / "store.sqlite")) as store:
            return int(store.execute("SELECT count(*) FROM submissions").fetchone()[0])


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    data = DataFolder(tmp_path_factory.mktemp("quiet"))
    definition = publish_definition(BUILT_IN / "third-sector-2007", data.definitions)
    make_keys(data.keys(definition.id), data.recovery(definition.id))
    # Many tests ask this server from one address.
    data.public_server.mkdir(mode=0o700)
    limits = "pages_a_minute_an_address = 100_000\nsubmissions_a_minute_an_address = 100_000\n"
    (data.public_server / "limits.toml").write_text(limits)
    with serving(data, SteppedClock(MAY)) as url:
        yield Quiet(url, data, definition)


@pytest.fixture
def put() -> Callable[[str, Envelope], requests.Response]:
    def send(url: str, one: Envelope) -> requests.Response:
        return requests.put(
            f"{url}/api/consultations/{one.consultation}/submissions/{one.id}",
            data=one.model_dump_json(exclude_none=True),
            headers={"content-type": "application/json"},
            timeout=30,
        )

    return send


@pytest.fixture
def feed_headers(data: DataFolder) -> Callable[[], dict[str, str]]:
    def headers() -> dict[str, str]:
        return {"authorization": f"Bearer {(data.public_server / 'feed.token').read_text().strip()}"}

    return headers


@pytest.fixture
def server_process(data: DataFolder) -> Callable[[], AbstractContextManager[tuple[str, subprocess.Popen[str]]]]:
    """A context manager that runs the server as a process of its own: its address and the process."""

    @contextmanager
    def run() -> Iterator[tuple[str, subprocess.Popen[str]]]:
        process = subprocess.Popen([sys.executable, "-c", _SERVE, str(data.root)], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    return run
