"""A consultation with filled forms in its mailbox, in which boxes are ticked so that no machine can tell."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from orchestration.builds import warehouse_of
from orchestration.cli import main
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from tests.integration.keying.running import PARKS, Desk, build, publish_parks, run_desk
from transforms.warehouse.read import open_private


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
    return lambda **shares: publish_parks(data, tmp_path, **shares)


@pytest.fixture(scope="session")
def form() -> bytes:
    """The fillable edition, blank."""
    return build_fillable_pdf(PARKS, "en")


@pytest.fixture
def mail(data: DataFolder, form: bytes) -> Callable[..., None]:
    """Put a message with a filled form into the mailbox; several codes of a single choice are all ticked."""

    def send(name: str, **answers: Any) -> None:
        values = values_from(answers, PARKS.questionnaire, "en")
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
    inbox = data.inbox(PARKS.id, "email")
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.eml").write_bytes(message.as_bytes())


@pytest.fixture
def clean(data: DataFolder) -> Callable[..., list[dict[str, Any]]]:
    """Build what is new, and read these columns of the clean layer."""

    def read(*columns: str) -> list[dict[str, Any]]:
        definition = published_definition(data.definitions, PARKS.id)
        build(data, definition)
        with open_private(warehouse_of(data, definition)) as connection:
            found = connection.execute("FROM clean ORDER BY response_id").to_arrow_table().to_pylist()
        return [{name: row[name] for name in columns} for row in found]

    return read


@pytest.fixture
def desk(data: DataFolder) -> Iterator[Callable[[], Desk]]:
    """Start the desk over the data folder as it is then."""
    with ExitStack() as running:
        yield lambda: running.enter_context(run_desk(data))
