"""Mailboxes that are files: mbox and Maildir, beside single messages."""

import mailbox as standard_mailbox
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.landing import Landed, Landing
from ingest.mail.intake import mailbox
from ingest.mail.intake.land import TOO_LARGE_MEDIA_TYPE, land_mail_folder
from ingest.mail.intake.mailbox import Door
from tests.integration.mail.boxes import Write

Opened = Callable[[], dict[str, bytes]]
FROM = b"From ann@example.org Sat Mar  3 09:00:00 2007\n"


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_every_message_of_an_mbox_file_lands_and_the_file_is_put_away(
    tmp_path: Path, door: Door, write: Write, opened: Opened
) -> None:
    raws = [write(f"1. Answer {n}", Message_ID=f"<{n}@x>") for n in range(3)]
    (tmp_path / "box.mbox").write_bytes(b"".join(FROM + raw + b"\n" for raw in raws))
    (tmp_path / "single.eml").write_bytes(write("1. Single"))
    assert land_mail_folder(tmp_path, door) == Landed(4, 0, 4)
    assert sorted(opened().values()) == sorted([*raws, write("1. Single")])
    assert files(tmp_path / "done") == ["box.mbox", "single.eml"]
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == []


def test_the_line_before_a_message_says_when_it_was_filed(
    tmp_path: Path, door: Door, write: Write, landing: Landing, clock: object
) -> None:
    clock.set(datetime(2007, 4, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    (tmp_path / "box.mbox").write_bytes(FROM + write(Date=None))
    land_mail_folder(tmp_path, door)
    assert landing.log.read()["received_at"].to_pylist() == [datetime(2007, 3, 3, 9, tzinfo=UTC)]


def test_what_the_standard_library_writes_is_read(tmp_path: Path, door: Door, write: Write, opened: Opened) -> None:
    raws = [
        write("1. Good.\n\nFrom my own view it is.\n"),
        write("1. Two\nFrom here on.\n\n\n"),
        write("no line at the end", Message_ID="<3@x>"),
    ]
    box = standard_mailbox.mbox(tmp_path / "box.mbox")
    for raw in raws:
        box.add(raw)
    box.close()
    assert land_mail_folder(tmp_path, door) == Landed(3, 0, 3)
    assert sorted(body.rstrip(b"\n") for body in opened().values()) == sorted(raw.rstrip(b"\n") for raw in raws)


def test_a_line_of_an_answer_that_begins_with_from_divides_nothing(
    tmp_path: Path, door: Door, write: Write, opened: Opened
) -> None:
    # Written by a program that marks no such line.
    raw = write("1. Good.\n\nFrom my own view it is.\nFrom Monday 10:00 to 12:00 I am in.\n")
    (tmp_path / "box.mbox").write_bytes(FROM + raw)
    assert land_mail_folder(tmp_path, door) == Landed(1, 0, 1)
    assert list(opened().values()) == [raw]


@pytest.mark.parametrize("content", [b"", b"\n\n", FROM, FROM + b"\n" + FROM])
def test_an_mbox_file_without_a_message_is_put_away(content: bytes, tmp_path: Path, door: Door) -> None:
    (tmp_path / "box.mbox").write_bytes(content)
    assert land_mail_folder(tmp_path, door) == Landed(0, 0, 0)
    assert (tmp_path / "done" / "box.mbox").read_bytes() == content


def test_a_message_that_is_called_an_mbox_file_is_one_message(
    tmp_path: Path, door: Door, write: Write, opened: Opened
) -> None:
    (tmp_path / "box.mbox").write_bytes(write())
    assert land_mail_folder(tmp_path, door) == Landed(1, 0, 1)
    assert list(opened().values()) == [write()]


def test_the_same_mbox_file_again_adds_nothing_and_replaces_none(tmp_path: Path, door: Door, write: Write) -> None:
    content = FROM + write(Message_ID="<1@x>") + b"\n" + FROM + write("1. Without an id") + b"\n"
    for landed in (Landed(2, 0, 2), Landed(0, 2, 2)):
        (tmp_path / "box.mbox").write_bytes(content)
        assert land_mail_folder(tmp_path, door) == landed
    assert sorted(file.name for file in (tmp_path / "done").iterdir()) == ["box.2.mbox", "box.mbox"]


def test_a_message_is_the_same_in_a_file_of_its_own_and_in_an_mbox_file(
    tmp_path: Path, door: Door, write: Write
) -> None:
    for name, raw in (("a", write("1. One\n\nFrom here.\n", Message_ID="<1@x>")), ("b", write("1. Without an id"))):
        (tmp_path / f"{name}.eml").write_bytes(raw)
        (tmp_path / f"{name}.mbox").write_bytes(FROM + raw.replace(b"\nFrom ", b"\n>From ") + b"\n")
    assert land_mail_folder(tmp_path, door) == Landed(2, 2, 2)


def test_a_message_of_an_mbox_file_that_is_too_large_is_put_aside(
    tmp_path: Path, door: Door, write: Write, landing: Landing, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MAX_MESSAGE_BYTES", 1_000)
    large, small = write("1. Large " * 1_000), write("1. Small")
    (tmp_path / "box.mbox").write_bytes(FROM + large + b"\n" + FROM + small)
    assert land_mail_folder(tmp_path, door) == Landed(2, 0, 2)
    (aside,) = (tmp_path / "too-large").iterdir()
    assert aside.read_bytes() == large
    assert landing.log.read()["media_type"].to_pylist()[0] == TOO_LARGE_MEDIA_TYPE
    assert list(opened().values())[1] == small


def test_an_mbox_file_that_grows_meanwhile_stays_for_the_next_run(
    tmp_path: Path, door: Door, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "box.mbox"
    file.write_bytes(FROM + write("1. One"))
    append = door.landing.append

    def append_while_it_grows(arrivals: object) -> Landed:
        with file.open("ab") as more:
            more.write(b"\n" + FROM + write("1. Two"))
        return append(arrivals)  # type: ignore[arg-type]

    monkeypatch.setattr(door.landing, "append", append_while_it_grows)
    assert land_mail_folder(tmp_path, door) == Landed(1, 0, 1)
    monkeypatch.undo()
    assert land_mail_folder(tmp_path, door) == Landed(1, 1, 2)
    assert not file.exists()


def test_a_maildir_lands_and_its_messages_go_to_a_folder_of_it(
    tmp_path: Path, door: Door, write: Write, landing: Landing, opened: Opened, clock: object
) -> None:
    clock.set(datetime(2007, 4, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    for part in ("cur", "new", "tmp"):
        (tmp_path / "Mail" / part).mkdir(parents=True)
    new, read = write("1. New", Date=None), write("1. Read", Date=None)
    (tmp_path / "Mail/new/1172912400.M1P1.host").write_bytes(new)
    (tmp_path / "Mail/cur/1172998800.M2P2.host:2,S").write_bytes(read)
    (tmp_path / "Mail/tmp/1172998801.M3P3.host").write_bytes(b"half of a mess")
    (tmp_path / "Mail/dovecot-uidlist").write_text("3 V1\n")
    assert land_mail_folder(tmp_path, door) == Landed(2, 0, 2)
    assert list(opened().values()) == [new, read]
    assert landing.log.read()["received_at"].to_pylist() == [
        datetime(2007, 3, 3, 9, tzinfo=UTC),
        datetime(2007, 3, 4, 9, tzinfo=UTC),
    ]
    assert files(tmp_path / "Mail") == [
        ".YourSay done/cur/1172912400.M1P1.host:2,",
        ".YourSay done/cur/1172998800.M2P2.host:2,S",
        ".YourSay done/maildirfolder",
        "dovecot-uidlist",
        "tmp/1172998801.M3P3.host",
    ]
    # The folder itself may be named.
    (tmp_path / "Mail/.YourSay done/cur/1172912400.M1P1.host:2,").replace(tmp_path / "Mail/cur/again:2,")
    assert land_mail_folder(tmp_path / "Mail", door) == Landed(0, 1, 2)
