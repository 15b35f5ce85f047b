"""A folder of messages into landing: nothing lost, nothing doubled, whenever the process dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.landing import Landed, Landing
from ingest.mail.intake import mailbox
from ingest.mail.intake.land import TOO_LARGE_MEDIA_TYPE, land_mail_folder
from ingest.mail.intake.mailbox import Door
from ingest.parsed import parse_artefact
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from tests.integration.mail.boxes import Write

Opened = Callable[[], dict[str, bytes]]


@pytest.fixture
def inbox(data: DataFolder, third_sector: Definition) -> Path:
    folder = data.inbox(third_sector.id, "email")
    folder.mkdir(parents=True)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_each_message_is_sealed_whole_and_moved_after_the_commit(
    inbox: Path, door: Door, write: Write, landing: Landing, opened: Opened, third_sector: Definition,
) -> None:  # fmt: skip
    raws = [write(f"1. Answer {number}") for number in range(3)]
    for number, raw in enumerate(raws):
        (inbox / f"{number}.eml").write_bytes(raw)
    (inbox / "notes.txt").write_text("stays")
    (inbox / "link.eml").symlink_to(inbox / "notes.txt")
    assert land_mail_folder(inbox, door) == Landed(3, 0, 3)
    assert sorted(opened().values()) == sorted(raws)
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


def test_the_same_message_again_lands_nothing_new(inbox: Path, door: Door, write: Write) -> None:
    for name, text in (("a.eml", "1. One"), ("b.EML", "1. One"), ("c.eml", "1. Two")):
        (inbox / name).write_bytes(write(text))
    assert land_mail_folder(inbox, door) == Landed(2, 1, 2)
    (inbox / "a.eml").write_bytes(write("1. Two"))
    assert land_mail_folder(inbox, door) == Landed(0, 1, 2)
    # A file of that name lay there already: neither is replaced.
    kept = {file.read_bytes() for file in (inbox / "done").iterdir()}
    assert kept == {write("1. One"), write("1. Two")}
    assert len(names(inbox / "done")) == 4


def test_a_missing_or_empty_folder_lands_nothing(inbox: Path, door: Door) -> None:
    assert land_mail_folder(inbox, door) == Landed(0, 0, 0)
    assert land_mail_folder(inbox / "none", door) == Landed(0, 0, 0)


def test_a_message_that_is_too_large_lands_by_its_headers(
    inbox: Path, door: Door, write: Write, landing: Landing, opened: Opened, third_sector: Definition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(mailbox, "MAX_MESSAGE_BYTES", 1_000)
    raw = write("1. Good " * 1_000)
    (inbox / "large.eml").write_bytes(raw)
    assert land_mail_folder(inbox, door) == Landed(1, 0, 1)
    assert names(inbox / "too-large") == ["large.eml"]
    ((artefact_id, body),) = opened().items()
    assert b"Subject: Consultation" in body
    assert b"Good" not in body
    found = parse_artefact(TOO_LARGE_MEDIA_TYPE, body, artefact_id, third_sector)
    assert [(one.state, one.sender) for one in found] == [("quarantined", "ann@example.org")]


LANDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ingest.mail.intake import folders
from ingest.mail.intake import land
from ingest.mail.intake import mailbox
from orchestration.mail_intake import door_of
from schemas.data_folder import DataFolder
from schemas.definition import published_definition

data, stop_at = DataFolder(Path(sys.argv[1])), sys.argv[2]
definition = published_definition(data.definitions, "third-sector-2007")
door = door_of(data, definition)
mailbox.BATCH_MESSAGES = 4
append, move, appended, moved = door.landing.append, folders.move_into, 0, 0

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

door.landing.append, folders.move_into = stopping_append, stopping_move
land.land_mail_folder(data.inbox(definition.id, "email"), door)
"""


@pytest.mark.parametrize(
    "stop_at", ["before commit 1", "after commit 1", "after move 2", "before commit 2", "after move 6"]
)
def test_a_killed_lander_loses_and_doubles_nothing(
    stop_at: str, inbox: Path, door: Door, write: Write, data: DataFolder, landing: Landing, opened: Opened,
) -> None:  # fmt: skip
    raws = [write(f"1. Answer {number}") for number in range(10)]
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
    landed = land_mail_folder(inbox, door)
    assert (before + landed.new, landing.log.last_seq()) == (10, 10)
    assert sorted(opened().values()) == sorted(raws)
    assert names(inbox) == ["done"]
    assert len(names(inbox / "done")) == 10
    assert landing.verify() == []
