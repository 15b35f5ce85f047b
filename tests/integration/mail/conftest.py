"""A consultation that takes mail, messages to it, and a mail server."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.landing import Landing
from ingest.mail.intake.mailbox import Door
from orchestration.mail_intake import mail_key
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import open_sealed, read_identity, read_recipients
from tests.dovecot import DovecotServer, running_dovecot
from tests.integration.mail.boxes import Box, Write, new_box


@pytest.fixture(scope="session")
def write() -> Write:
    """Write a message: a text, its attachments, headers (an underscore stands for a hyphen; None leaves one out)."""

    def write_message(text: str = "1. Good.\n", *files: bytes, **headers: str | None) -> bytes:
        mail = EmailMessage()
        usual: dict[str, str | None] = {
            "From": "Ann Example <Ann@Example.org>",
            "To": "post@example.net",
            "Subject": "Consultation",
            "Date": "Thu, 01 Mar 2007 09:00:00 +0000",
        }
        for name, value in (usual | headers).items():
            if value is not None:
                mail[name.replace("_", "-")] = value
        mail.set_content(text)
        for file in files:
            mail.add_attachment(file, maintype="application", subtype="octet-stream", filename="form.bin")
        if mail.is_multipart():
            mail.set_boundary("=_parts")
        return mail.as_bytes()

    return write_message


@pytest.fixture
def landing(data: DataFolder, third_sector: Definition, clock: SteppedClock) -> Landing:
    return Landing(data.landing(third_sector.id), clock)


@pytest.fixture
def door(data: DataFolder, landing: Landing, third_sector: Definition, clock: SteppedClock) -> Door:
    recipients = read_recipients(data.keys(third_sector.id) / "recipients.toml")
    return Door(landing, recipients, third_sector, clock, mail_key(data, third_sector))


@pytest.fixture
def opened(data: DataFolder, landing: Landing) -> Callable[[], dict[str, bytes]]:
    """What is landed, by artefact id, opened."""

    def open_all() -> dict[str, bytes]:
        identity = read_identity(data.keys("third-sector-2007"))
        return {row["artefact_id"]: open_sealed(row["body"], identity) for row in landing.log.read().to_pylist()}

    return open_all


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def box(dovecot: DovecotServer, tmp_path: Path) -> Box:
    """An empty account."""
    return new_box(dovecot, tmp_path)
