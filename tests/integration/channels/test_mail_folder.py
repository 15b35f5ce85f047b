"""A folder of messages into landing: nothing lost, nothing doubled, whenever the process dies."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.landing import Landed, Landing
from ingest.mail import land
from ingest.mail.land import TOO_LARGE_MEDIA_TYPE, land_mail_folder
from ingest.parsed import parse_artefact
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import Recipients, open_sealed, read_identity, read_recipients

Write = Callable[..., bytes]


@pytest.fixture
def inbox(data: DataFolder, third_sector: Definition) -> Path:
    folder = data.inbox(third_sector.id, "email")
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def landing(data: DataFolder, third_sector: Definition, clock: SteppedClock) -> Landing:
    return Landing(data.landing(third_sector.id), clock)


@pytest.fixture
def recipients(data: DataFolder, third_sector: Definition) -> Recipients:
    return read_recipients(data.keys(third_sector.id) / "recipients.toml")


def opened(landing: Landing, data: DataFolder) -> dict[str, bytes]:
    identity = read_identity(data.keys("third-sector-2007"))
    return {row["artefact_id"]: open_sealed(row["body"], identity) for row in landing.log.read().to_pylist()}


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_each_message_is_sealed_whole_and_moved_after_the_commit(
    inbox: Path, landing: Landing, recipients: Recipients, third_sector: Definition, clock: SteppedClock,
    message: Write, data: DataFolder,
) -> None:  # fmt: skip
    raws = [message(f"1. Answer {number}") for number in range(3)]
    for number, raw in enumerate(raws):
        (inbox / f"{number}.eml").write_bytes(raw)
    (inbox / "notes.txt").write_text("stays")
    (inbox / "link.eml").symlink_to(inbox / "notes.txt")
    assert land_mail_folder(inbox, landing, recipients, third_sector, clock) == Landed(3, 0, 3)
    assert opened(landing, data) == {f"mail-{hashlib.sha256(raw).hexdigest()}": raw for raw in raws}
    row = landing.log.read().to_pylist()[0]
    assert {key: row[key] for key in ("channel", "media_type", "source", "event", "received_at", "consultation")} == {
        "channel": "email",
        "media_type": MAIL_MEDIA_TYPE,
        "source": "mail",
        "event": "submission",
        "received_at": datetime(2007, 3, 1, 9, tzinfo=UTC),
        "consultation": third_sector.id,
    }
    assert names(inbox) == ["done", "link.eml", "notes.txt"]
    assert names(inbox / "done") == ["0.eml", "1.eml", "2.eml"]
    assert landing.verify() == []


def test_the_same_message_again_lands_nothing_new(
    inbox: Path, landing: Landing, recipients: Recipients, third_sector: Definition, clock: SteppedClock, message: Write
) -> None:
    for name, text in (("a.eml", "1. One"), ("b.EML", "1. One"), ("c.eml", "1. Two")):
        (inbox / name).write_bytes(message(text))
    assert land_mail_folder(inbox, landing, recipients, third_sector, clock) == Landed(2, 1, 2)
    (inbox / "a.eml").write_bytes(message("1. Two"))
    assert land_mail_folder(inbox, landing, recipients, third_sector, clock) == Landed(0, 1, 2)
    # A file of that name lay there already: neither is replaced.
    kept = {file.read_bytes() for file in (inbox / "done").iterdir()}
    assert kept == {message("1. One"), message("1. Two")}
    assert len(names(inbox / "done")) == 4


def test_a_missing_or_empty_folder_lands_nothing(
    inbox: Path, landing: Landing, recipients: Recipients, third_sector: Definition, clock: SteppedClock
) -> None:
    assert land_mail_folder(inbox, landing, recipients, third_sector, clock) == Landed(0, 0, 0)
    assert land_mail_folder(inbox / "none", landing, recipients, third_sector, clock) == Landed(0, 0, 0)


def test_a_message_that_is_too_large_lands_by_its_headers(
    inbox: Path, landing: Landing, recipients: Recipients, third_sector: Definition, clock: SteppedClock,
    message: Write, data: DataFolder, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(land, "MAX_MESSAGE_BYTES", 1_000)
    raw = message("1. Good " * 1_000)
    (inbox / "large.eml").write_bytes(raw)
    assert land_mail_folder(inbox, landing, recipients, third_sector, clock) == Landed(1, 0, 1)
    assert names(inbox / "too-large") == ["large.eml"]
    ((artefact_id, body),) = opened(landing, data).items()
    assert artefact_id == f"mail-{hashlib.sha256(raw).hexdigest()}"
    assert b"Subject: Consultation" in body
    assert b"Good" not in body
    found = parse_artefact(TOO_LARGE_MEDIA_TYPE, body, artefact_id, third_sector)
    assert [(one.state, one.sender) for one in found] == [("quarantined", "ann@example.org")]


LANDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from ingest.landing import Landing
from ingest.mail import land
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import published_definition
from schemas.sealing import read_recipients

data, stop_at = DataFolder(Path(sys.argv[1])), sys.argv[2]
definition = published_definition(data.definitions, "third-sector-2007")
clock = SteppedClock(datetime(2007, 3, 1, 12, tzinfo=UTC))
landing = Landing(data.landing(definition.id), clock)
land._BATCH_MESSAGES = 4
append, move, appended, moved = landing.append, land._move, 0, 0

def wait():
    print("here", flush=True)
    sys.stdin.read()

def stopping_append(arrivals):
    global appended
    appended += 1
    if stop_at == f"before commit {appended}":
        wait()
    landed = append(arrivals)
    if stop_at == f"after commit {appended}":
        wait()
    return landed

def stopping_move(*arguments):
    global moved
    move(*arguments)
    moved += 1
    if stop_at == f"after move {moved}":
        wait()

landing.append, land._move = stopping_append, stopping_move
recipients = read_recipients(data.keys(definition.id) / "recipients.toml")
land.land_mail_folder(data.inbox(definition.id, "email"), landing, recipients, definition, clock)
"""


@pytest.mark.parametrize(
    "stop_at", ["before commit 1", "after commit 1", "after move 2", "before commit 2", "after move 6"]
)
def test_a_killed_lander_loses_and_doubles_nothing(
    stop_at: str, inbox: Path, landing: Landing, recipients: Recipients, third_sector: Definition,
    clock: SteppedClock, message: Write, data: DataFolder,
) -> None:  # fmt: skip
    raws = [message(f"1. Answer {number}") for number in range(10)]
    for number, raw in enumerate(raws):
        (inbox / f"{number}.eml").write_bytes(raw)
    lander = subprocess.Popen(
        [sys.executable, "-c", LANDER, str(data.root), stop_at], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert lander.stdout is not None
    assert lander.stdout.readline() == b"here\n"
    os.kill(lander.pid, signal.SIGKILL)
    lander.communicate()
    before = landing.log.last_seq()
    landed = land_mail_folder(inbox, landing, recipients, third_sector, clock)
    assert (before + landed.new, landing.log.last_seq()) == (10, 10)
    assert sorted(opened(landing, data).values()) == sorted(raws)
    assert names(inbox) == ["done"]
    assert len(names(inbox / "done")) == 10
    assert landing.verify() == []
