"""Acknowledgements by a real server: once for each message of a person, to nobody else, and nothing quoted."""

import email
import email.policy
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.landing import Landing
from ingest.mail.acknowledging.acknowledge import Acknowledged
from ingest.mail.intake.land import land_mail_folder
from ingest.mail.intake.mail_settings import MailError
from ingest.mail.intake.mailbox import Door
from orchestration.mail_intake import acknowledge_mail
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.receipts import reference_of
from schemas.sealing import write_secret
from tests.certificates import write_certificate
from tests.integration.mail.boxes import Write
from tests.smtp import SmtpServer, running_smtp

NOW = datetime(2007, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    folder = tmp_path / "certificate"
    folder.mkdir()
    write_certificate(folder)
    return folder


@pytest.fixture
def smtp(certificate: Path) -> Iterator[SmtpServer]:
    with running_smtp(certificate) as server:
        yield server


@pytest.fixture
def settle(data: DataFolder, smtp: SmtpServer, certificate: Path) -> Callable[..., None]:
    """Write the settings; further lines go to the acknowledgement's table."""

    def write_settings(*lines: str, security: str = "starttls", port: int | None = None) -> None:
        (data.root / "sources.toml").write_text(
            "[mail.acknowledgement]\n"
            f'host = "localhost"\nport = {port or smtp.port}\nsecurity = "{security}"\n'
            f'ca_file = "{certificate / "authority.pem"}"\n'
            'from_address = "consultation@council.example.org"\nfrom_name = "Your City, Your Say"\n'
            + "\n".join(lines)
            + "\n",
            "utf-8",
        )

    write_settings()
    return write_settings


@pytest.fixture
def land(tmp_path: Path, door: Door, data: DataFolder) -> Callable[..., list[str]]:
    """Land messages; gives the artefact ids of all that are landed."""
    write_shifted_clock(data.clock_file, NOW)
    folder = tmp_path / "messages"
    folder.mkdir()

    def land_messages(*raws: bytes) -> list[str]:
        for number, raw in enumerate(raws):
            (folder / f"{number:03}.eml").write_bytes(raw)
        land_mail_folder(folder, door)
        return [str(one) for one in door.landing.log.read(columns=["artefact_id"])["artefact_id"].to_pylist()]

    return land_messages


def test_a_persons_message_is_acknowledged_with_its_reference_and_nothing_else(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    (artefact_id,) = land(write("1. A secret answer", Subject="A secret subject", Message_ID="<one@example.org>"))
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    (taken,) = smtp.taken
    assert (taken.sender, taken.recipient) == ("", "ann@example.org")
    assert "STARTTLS" in smtp.commands
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    reference = reference_of(third_sector.id, artefact_id)
    assert {name: value for name, value in message.items() if name not in ("Date", "Message-ID")} == {
        "From": '"Your City, Your Say" <consultation@council.example.org>',
        "To": "ann@example.org",
        "Subject": f"We have received your message: {reference}",
        "In-Reply-To": "<one@example.org>",
        "References": "<one@example.org>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert message["Date"].datetime.date() == NOW.date()
    text = message.get_content()
    assert f"Your reference is {reference}." in text
    assert "A Joint Commissioning Framework for the Third Sector" in text
    assert "secret" not in taken.content.decode().lower()


def test_a_second_run_and_a_second_copy_send_nothing(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    raw = write(Message_ID="<one@example.org>")
    land(raw)
    acknowledge_mail(data, third_sector)
    assert acknowledge_mail(data, third_sector) == Acknowledged()
    land(b"Received: from a by b; Thu, 1 Mar 2007 10:00:00 +0000\n" + raw)
    assert acknowledge_mail(data, third_sector) == Acknowledged()
    land(write("2. Another", From="Bob <bob@example.org>", Message_ID="<two@example.org>"))
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    assert [one.recipient for one in smtp.taken] == ["ann@example.org", "bob@example.org"]


NOT_ANSWERED = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; x=y"},
    {"Precedence": "bulk"},
    {"Precedence": "List"},
    {"List_Id": "<a.example.org>"},
    {"List_Unsubscribe": "<mailto:a@example.org>"},
    {"X_Auto_Response_Suppress": "OOF"},
    {"X_Autoreply": "yes"},
    {"X_Spam_Flag": "YES"},
    {"Return_Path": "<>"},
    {"Subject": "Automatic reply: Consultation"},
    {"Subject": "Undelivered Mail Returned to Sender"},
    {"From": "no-reply@example.org"},
    {"From": "Bounces <list-bounces@example.org>"},
    {"From": "MAILER-DAEMON@example.org"},
    {"From": "news+noreply@example.org"},
    {"From": "consultation@council.example.org"},
    {"From": "Ann <ann@example.org>, Bob <bob@example.org>"},
    {"From": "Ann"},
    {"From": "ann@localhost"},
    {"From": None},
    {"Date": "Mon, 19 Feb 2007 09:00:00 +0000", "Received": "from a by b; Mon, 19 Feb 2007 09:00:00 +0000"},
]


def test_nobody_else_is_answered(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    raws = [write(f"1. {n}", Message_ID=f"<{n}@x>", **headers) for n, headers in enumerate(NOT_ANSWERED)]
    report = write(Message_ID="<report@x>").replace(b"text/plain;", b"multipart/report; report-type=delivery-status;")
    assert len(land(*raws, report)) == len(NOT_ANSWERED) + 1
    assert acknowledge_mail(data, third_sector) == Acknowledged(not_due=len(NOT_ANSWERED) + 1)
    assert smtp.taken == []


def test_messages_by_a_person_that_look_a_little_like_it_are_answered(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    senders = ["norman.reply@example.org", "root.and.branch@example.org", "o'neill@example.org", "request@example.org"]
    land(
        *(write(f"1. {n}", From=f'"{sender}" <{sender}>', Message_ID=f"<{n}@x>", Auto_Submitted="no")
          for n, sender in enumerate(senders))
    )  # fmt: skip
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=4)
    assert [one.recipient for one in smtp.taken] == senders


def test_the_hours_bound_lets_the_others_wait_in_their_order(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    settle("per_hour = 2")
    land(*(write(f"1. {n}", From=f"p{n}@example.org", Message_ID=f"<{n}@x>") for n in range(5)))
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=2, waiting=3)
    assert acknowledge_mail(data, third_sector) == Acknowledged(waiting=3)
    write_shifted_clock(data.clock_file, NOW + timedelta(hours=1, minutes=5))
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=2, waiting=1)
    assert [one.recipient for one in smtp.taken] == [f"p{n}@example.org" for n in range(4)]


def test_one_sender_gets_no_more_than_the_days_bound(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    settle("per_address_per_day = 2")
    land(*(write(f"1. {n}", Message_ID=f"<{n}@x>") for n in range(5)))
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=2, not_due=3)
    assert len(smtp.taken) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "content"])
def test_what_the_server_puts_off_is_sent_later(
    command: str, land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    smtp.reply = lambda word: "451 not now" if word == command else None
    assert acknowledge_mail(data, third_sector) == Acknowledged(waiting=1)
    smtp.reply = lambda word: None
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA", "content"])
def test_what_the_server_refuses_is_not_tried_again(
    command: str, land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    smtp.reply = lambda word: "550 no such person" if word == command else None
    assert acknowledge_mail(data, third_sector) == Acknowledged(refused=1)
    smtp.reply = lambda word: None
    assert acknowledge_mail(data, third_sector) == Acknowledged()
    assert smtp.taken == []


def test_a_server_that_takes_nothing_from_us_says_so_and_all_wait(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    smtp.reply = lambda word: "550 no empty sender here" if word == "MAIL" else None
    with pytest.raises(MailError, match="takes no mail from ''; set 'return_path'"):
        acknowledge_mail(data, third_sector)
    settle('return_path = "bounces@council.example.org"')
    smtp.reply = lambda word: None
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    assert smtp.taken[0].sender == "bounces@council.example.org"


def test_a_line_that_breaks_before_the_message_sends_it_later(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(*(write(f"1. {n}", From=f"p{n}@example.org", Message_ID=f"<{n}@x>") for n in range(3)))
    broken: list[str] = []

    def break_once(word: str) -> str | None:
        if word == "RCPT" and not broken:
            broken.append(word)
            return ""
        return None

    smtp.reply = break_once
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=2, waiting=1)
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    assert sorted(one.recipient for one in smtp.taken) == [f"p{n}@example.org" for n in range(3)]


def test_a_line_that_breaks_when_the_server_has_it_all_sends_it_once(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    smtp.reply = lambda word: "" if word == "content" else None
    assert acknowledge_mail(data, third_sector) == Acknowledged(unknown=1)
    smtp.reply = lambda word: None
    assert acknowledge_mail(data, third_sector) == Acknowledged()
    assert len(smtp.taken) == 1


SENDER = """
import sys
from pathlib import Path
from orchestration.mail_intake import acknowledge_mail
from schemas.data_folder import DataFolder
from schemas.definition import published_definition

data = DataFolder(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
acknowledge_mail(data, published_definition(data.definitions, "third-sector-2007"))
"""


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA", "content", "QUIT"])
def test_a_killed_run_sends_none_twice(
    command: str, land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(*(write(f"1. {n}", From=f"p{n}@example.org", Message_ID=f"<{n}@x>") for n in range(2)))
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(data.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert sender.stdout
    assert sender.stdout.readline() == b"ready\n"

    def kill(word: str) -> str | None:
        if word != command:
            return None
        os.kill(sender.pid, signal.SIGKILL)
        return ""

    smtp.reply = kill
    sender.communicate(b"\n")
    assert sender.returncode == -signal.SIGKILL
    smtp.reply = lambda word: None
    done = acknowledge_mail(data, third_sector)
    recipients = [one.recipient for one in smtp.taken]
    assert len(recipients) == len(set(recipients))
    # Of one that was under way nobody can tell; the other is sent.
    expected = {"EHLO": Acknowledged(sent=2), "QUIT": Acknowledged()}
    assert done == expected.get(command, Acknowledged(sent=1, unknown=1))


def test_by_implicit_tls_and_with_a_password(
    land: Callable[..., list[str]], settle: Callable[..., None], certificate: Path, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    write_secret(data.root / "smtp.password", "a-password")
    with running_smtp(certificate, implicit_tls=True) as server:
        settle('username = "sender"', 'password_file = "smtp.password"', security="tls", port=server.port)
        assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
        assert server.taken[0].login == "\0sender\0a-password"


def test_by_access_token(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    write_secret(data.root / "smtp.token", "a-token")
    settle('username = "sender"', 'token_file = "smtp.token"')
    assert acknowledge_mail(data, third_sector) == Acknowledged(sent=1)
    assert smtp.taken[0].login == "user=sender\1auth=Bearer a-token\1\1"


def test_a_refused_login_is_told_without_the_secret(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    write_secret(data.root / "smtp.password", "a-password")
    settle('username = "sender"', 'password_file = "smtp.password"')
    smtp.reply = lambda word: "535 not with a-password" if word == "AUTH" else None
    with pytest.raises(MailError) as raised:
        acknowledge_mail(data, third_sector)
    assert str(raised.value) == (
        f"The mail server localhost does not let its user in; check 'username' and {data.root / 'smtp.password'} of "
        "[mail.acknowledgement]."
    )


def test_a_server_that_nobody_vouches_for_gets_nothing(
    land: Callable[..., list[str]], settle: Callable[..., None], smtp: SmtpServer, data: DataFolder,
    third_sector: Definition, write: Write,
) -> None:  # fmt: skip
    land(write())
    settings = data.root / "sources.toml"
    settings.write_text(re.sub(r"ca_file = .*\n", "", settings.read_text()))
    with pytest.raises(MailError, match="The certificate of localhost is not trusted"):
        acknowledge_mail(data, third_sector)
    assert "MAIL" not in smtp.commands


def test_without_settings_none_is_sent(
    land: Callable[..., list[str]], data: DataFolder, third_sector: Definition, write: Write
) -> None:
    land(write())
    assert acknowledge_mail(data, third_sector) is None
    assert not data.acknowledgements(third_sector.id).exists()


def test_the_log_holds_no_address_and_is_for_its_owner_alone(
    land: Callable[..., list[str]], settle: Callable[..., None], data: DataFolder, third_sector: Definition,
    write: Write, landing: Landing,
) -> None:  # fmt: skip
    land(write())
    acknowledge_mail(data, third_sector)
    file = data.acknowledgements(third_sector.id)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"ann@example.org" not in file.read_bytes().lower()
