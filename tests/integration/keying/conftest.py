"""A consultation with filled forms in its mailbox, in which boxes are ticked so that no machine can tell."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboards.accounts import Account, add_account, list_accounts
from dashboards.sessions import open_session
from orchestration.builds import Request, start_build, warehouse_of
from orchestration.cli import main
from orchestration.processes import free_port
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, load_definition, publish_definition, published_definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from schemas.sealing import make_keys
from transforms.warehouse import build as steps
from transforms.warehouse.layers import check_layers
from transforms.warehouse.publish import publish
from transforms.warehouse.read import open_private

ROOT = Path(__file__).parents[3]
NOW = datetime(2007, 5, 14, 9, tzinfo=UTC)
BUILT_IN_PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007")


@dataclass(frozen=True)
class Called:
    """What a call of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def yoursay(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Called]]:
    """Call `yoursay` with a data folder of the test's own, and a text on its standard input."""
    monkeypatch.setenv("YOURSAY_DATA", str(data.root))

    def call(*arguments: str | Path, text: str = "") -> Called:
        monkeypatch.setattr(sys, "argv", ["yoursay", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))
        capsys.readouterr()
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert isinstance(code, int) or code is None
        return Called(code or 0, captured.out, captured.err)

    yield call


@pytest.fixture
def parks(data: DataFolder, tmp_path: Path) -> Callable[..., Definition]:
    """Publish the consultation with these shares, in May 2007."""

    def publish(double_key_share: float = 0, audit_share: float = 0) -> Definition:
        folder = tmp_path / "parks-and-libraries-2007"
        folder.mkdir()
        for file in (BUILT_IN / folder.name).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        with (folder / "policy.toml").open("a", encoding="utf-8") as policy:
            policy.write(f"\n[keying]\ndouble_key_share = {double_key_share}\naudit_share = {audit_share}\n")
        write_shifted_clock(data.clock_file, NOW)
        make_keys(data.keys(folder.name), data.recovery(folder.name))
        return publish_definition(folder, data.definitions)

    return publish


@pytest.fixture(scope="session")
def form() -> bytes:
    """The fillable edition, blank."""
    return build_fillable_pdf(BUILT_IN_PARKS, "en")


@pytest.fixture
def mail(data: DataFolder, form: bytes) -> Callable[..., None]:
    """Put a message with a filled form into the mailbox; several codes of a single choice are all ticked."""

    def send(name: str, **answers: Any) -> None:
        values = values_from(answers, BUILT_IN_PARKS.questionnaire, "en")
        message = written(name, "Please find my form attached.")
        message.add_attachment(fill_pdf(form, values), maintype="application", subtype="pdf", filename="form.pdf")
        put(data, name, message)

    return send


@pytest.fixture
def letter(data: DataFolder) -> Callable[[str, str], None]:
    """Put a message into the mailbox whose text holds the answers."""
    return lambda name, text: put(data, name, written(name, text))


def written(name: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"], message["To"] = f"{name}@example.org", "My form", "post@example.net"
    message["Date"] = "Wed, 02 May 2007 09:00:00 +0000"
    message.set_content(text)
    return message


def put(data: DataFolder, name: str, message: EmailMessage) -> None:
    inbox = data.inbox(BUILT_IN_PARKS.id, "email")
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.eml").write_bytes(message.as_bytes())


@pytest.fixture
def clean(data: DataFolder) -> Callable[..., list[dict[str, Any]]]:
    """Build what is new, and read these columns of the clean layer."""

    def read(*columns: str) -> list[dict[str, Any]]:
        definition = published_definition(data.definitions, BUILT_IN_PARKS.id)
        build(data, definition)
        with open_private(warehouse_of(data, definition)) as connection:
            found = connection.execute("FROM clean ORDER BY response_id").to_arrow_table().to_pylist()
        return [{name: row[name] for name in columns} for row in found]

    return read


def build(data: DataFolder, definition: Definition) -> None:
    """The steps of the pipeline, without Dagster's history."""
    with start_build(data, definition, Request(definition.id)) as one:
        steps.stage(one.staging, one.chunks())
        steps.settle(one.staging)
        check_layers(one.staging)
        steps.code(one.staging)
        steps.count(one.staging)
        publish(one.staging, None)


@dataclass(frozen=True)
class Desk:
    """The desk in a process of its own."""

    address: str
    data: DataFolder

    def client(self, name: str, role: Any = "officer") -> httpx.Client:
        """A browser that is signed in under this name."""
        if name not in {one.name for one in list_accounts(self.data.accounts)}:
            add_account(self.data.accounts, Account(name, role), f"{name}'s long password")
        token = open_session(self.data.accounts, Account(name, role), self.data.clock.now())
        return httpx.Client(base_url=self.address, cookies={"yoursay_session": token}, timeout=60)


@pytest.fixture
def desk(data: DataFolder) -> Iterator[Callable[[], Desk]]:
    """Start the desk over the data folder as it is then."""
    running: list[subprocess.Popen[str]] = []

    def start() -> Desk:
        command = [sys.executable, "-m", "orchestration.cli", "keying", "serve", "--port", str(free_port(0))]
        environment = os.environ | {"YOURSAY_DATA": str(data.root)}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
        running.append(process)
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.startswith("Listening on http://127.0.0.1:"), said
        return Desk(said.split()[-1], data)

    yield start
    for process in running:
        process.terminate()
        process.wait()
