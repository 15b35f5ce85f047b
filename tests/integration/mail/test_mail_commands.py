"""`yoursay mail` as its user calls it."""

import json
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.landing import Landing
from orchestration.builds import warehouse_of
from orchestration.cli import main
from orchestration.running import run_job
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.receipts import reference_of
from tests.certificates import write_certificate
from tests.integration.mail.boxes import Box, Write
from tests.smtp import running_smtp
from transforms.warehouse.read import open_private

NOW = datetime(2007, 3, 20, 12, tzinfo=UTC)


class Called(NamedTuple):
    code: int
    out: str
    err: str


CommandLine = Callable[..., Called]


@pytest.fixture
def yoursay(
    data: DataFolder, third_sector: Definition, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Call `yoursay` in the consultation's data folder, on 20 March 2007."""
    monkeypatch.setenv("YOURSAY_DATA", str(data.root))
    write_shifted_clock(data.clock_file, NOW)

    def call(*arguments: str | Path) -> Called:
        monkeypatch.setattr(sys, "argv", ["yoursay", *map(str, arguments)])
        capsys.readouterr()
        code: int | str | None = 0
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert isinstance(code, int) or code is None
        return Called(code or 0, captured.out, captured.err)

    return call


@pytest.fixture
def inbox(data: DataFolder, third_sector: Definition) -> Path:
    folder = data.inbox(third_sector.id, "email")
    folder.mkdir(parents=True)
    return folder


def settings(data: DataFolder, box: Box, *more: str) -> None:
    (data.root / "mailbox.password").write_text(box.password_file.read_text())
    (data.root / "mailbox.password").chmod(0o600)
    lines = [
        "[mail]",
        'host = "localhost"',
        f"port = {box.server.tls_port}",
        f'ca_file = "{box.server.authority}"',
        f'username = "{box.name}"',
        'password_file = "mailbox.password"',
        *more,
    ]
    (data.root / "sources.toml").write_text("\n".join(lines) + "\n", "utf-8")


def test_the_account_and_the_inbox_are_taken_in_together(
    yoursay: CommandLine, data: DataFolder, inbox: Path, box: Box, write: Write
) -> None:
    settings(data, box)
    box.deliver(write("1. By the account"))
    (inbox / "one.eml").write_bytes(write("1. By a file"))
    assert yoursay("mail") == (0, "2 new, 0 already there; landing is at record 2.\n", "")
    assert yoursay("mail") == (0, "0 new, 0 already there; landing is at record 2.\n", "")


def test_a_folder_is_taken_in_alone(
    yoursay: CommandLine, data: DataFolder, box: Box, write: Write, tmp_path: Path
) -> None:
    settings(data, box)
    box.deliver(write("1. By the account"))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "one.eml").write_bytes(write("1. By a file"))
    assert yoursay("mail", "--folder", folder).out == "1 new, 0 already there; landing is at record 1.\n"


def test_dagster_takes_in_the_account_and_acknowledges(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, box: Box, write: Write, tmp_path: Path
) -> None:
    write_certificate(tmp_path)
    with running_smtp(tmp_path) as smtp:
        settings(
            data, box, "[mail.acknowledgement]", 'host = "127.0.0.1"', f"port = {smtp.port}", 'security = "none"',
            'from_address = "consultation@example.org"',
        )  # fmt: skip
        box.deliver(write(Received="from a by b; Tue, 20 Mar 2007 09:00:00 +0000"))
        run_job(data, "ingest_email", third_sector.id, {})
        assert [one.recipient for one in smtp.taken] == ["ann@example.org"]
        assert yoursay("mail", "acknowledge").out == "0 acknowledged, 0 not to be acknowledged.\n"
    assert box.contents("INBOX") == []


def test_landing_goes_on_where_acknowledgements_cannot_be_sent(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, box: Box, write: Write
) -> None:
    settings(
        data, box, "[mail.acknowledgement]", 'host = "127.0.0.1"', "port = 9", 'security = "none"',
        'from_address = "consultation@example.org"',
    )  # fmt: skip
    box.deliver(write(Received="from a by b; Tue, 20 Mar 2007 09:00:00 +0000"))
    run_job(data, "ingest_email", third_sector.id, {})
    called = yoursay("mail")
    assert (called.code, called.out) == (1, "0 new, 0 already there; landing is at record 1.\n")
    assert called.err == (
        "yoursay: The mail server 127.0.0.1:9 cannot be reached (ConnectionRefusedError); acknowledgements wait, run "
        "it again later.\n"
    )


def test_acknowledgements_that_are_off_are_told(yoursay: CommandLine, data: DataFolder) -> None:
    assert yoursay("mail", "acknowledge") == (
        1,
        "",
        f"yoursay: Acknowledgements are off; a table [mail.acknowledgement] in {data.root / 'sources.toml'} turns them "
        "on.\n",
    )


def test_a_server_that_is_away_stops_no_files(
    yoursay: CommandLine, data: DataFolder, inbox: Path, box: Box, write: Write
) -> None:
    settings(data, box)
    file = data.root / "sources.toml"
    file.write_text(file.read_text().replace(f"port = {box.server.tls_port}", "port = 9"))
    (inbox / "one.eml").write_bytes(write("1. By a file"))
    called = yoursay("mail")
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("yoursay: The mail server localhost cannot be reached (ConnectionRefusedError);")
    assert (inbox / "done" / "one.eml").exists()


def test_the_inbox_lists_what_a_person_has_to_look_at(yoursay: CommandLine, inbox: Path, write: Write) -> None:
    raws = {
        "answers": write("1. Good.\n", Message_ID="<1@x>", Date="Mon, 05 Mar 2007 09:00:00 +0000"),
        "away": write("I am away", Message_ID="<2@x>", Auto_Submitted="auto-replied"),
        "letter": write(
            "Dear council, a secret letter about the whole of it, which I send with my kind regards to all of you.",
            Message_ID="<3@x>",
            Date="Tue, 06 Mar 2007 09:00:00 +0000",
        ),
    }
    for name, raw in raws.items():
        (inbox / f"{name}.eml").write_bytes(raw)
    assert yoursay("mail").code == 0
    assert yoursay("pipeline", "run").code == 0
    listed = json.loads(yoursay("mail", "inbox", "--json").out)
    assert [(one["line"], one["kind"], one["received_at"][:10]) for one in listed] == [
        ("in_review", "a letter without a form: an officer decides", "2007-03-06"),
        ("not_a_response", "an automatic reply", "2007-03-01"),
    ]
    assert [one["response"] for one in listed] == [f"{one['message']}.1" for one in listed]
    table = yoursay("mail", "inbox").out
    assert "an automatic reply" in table
    assert "secret" not in table


@pytest.mark.parametrize("named", ["message", "response", "reference"])
def test_a_message_is_exported_for_a_logged_reason(
    named: str, yoursay: CommandLine, data: DataFolder, third_sector: Definition, inbox: Path, write: Write,
    tmp_path: Path,
) -> None:  # fmt: skip
    raw = write("Where can I read the whole of it?")
    (inbox / "one.eml").write_bytes(raw)
    yoursay("mail")
    (artefact_id,) = landed(data, third_sector)
    name = {
        "message": artefact_id,
        "response": f"{artefact_id}.1",
        "reference": reference_of(third_sector.id, artefact_id).lower(),
    }[named]
    out = tmp_path / "letter.eml"
    called = yoursay("mail", "export", name, out, "--officer", "M. Reed", "--reason", "to answer it")
    assert called == (0, f"{artefact_id} is in {out}; remove the file when it is no longer needed.\n", "")
    assert out.read_bytes() == raw
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    log = data.access_log(third_sector.id)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    (line,) = [json.loads(one) for one in log.read_text("utf-8").splitlines()]
    assert line.pop("at").startswith("2007-03-20T12")
    assert line == {"officer": "M. Reed", "reason": "to answer it", "artefact": artefact_id, "what": "mail export"}


def landed(data: DataFolder, definition: Definition) -> list[str]:
    ids = Landing(data.landing(definition.id), data.clock).log.read()["artefact_id"].to_pylist()
    return [str(artefact_id) for artefact_id in ids]


def test_nothing_is_shown_without_a_reason_or_over_another_file(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, inbox: Path, write: Write, tmp_path: Path
) -> None:
    (inbox / "one.eml").write_bytes(write("Where?"))
    yoursay("mail")
    (artefact_id,), out = landed(data, third_sector), tmp_path / "letter.eml"
    called = yoursay("mail", "export", artefact_id, out, "--officer", "M. Reed", "--reason", " ")
    assert called == (1, "", "yoursay: Say who looks and why, with --officer and --reason; nothing is shown without.\n")
    assert not out.exists()
    out.write_text("mine")
    called = yoursay("mail", "export", artefact_id, out, "--officer", "M. Reed", "--reason", "to answer it")
    assert called == (1, "", f"yoursay: {out}: cannot be made (File exists); name a new file.\n")
    assert out.read_text() == "mine"
    called = yoursay("mail", "export", "mail-none", tmp_path / "x", "--officer", "M. Reed", "--reason", "to answer it")
    assert called == (1, "", "yoursay: No message 'mail-none' has come by e-mail; see 'yoursay mail inbox'.\n")
    assert not data.access_log(third_sector.id).exists()


def test_one_message_id_with_other_answers_is_two_responses_and_a_link_for_an_officer(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, inbox: Path
) -> None:
    for number, text in enumerate(("1. Good.\n2. Yes\n", "1. Bad.\n2. Yes\n", "1. Good.\n2. Yes\n")):
        mail = EmailMessage()
        for name, value in (
            ("From", "ann@example.org"), ("Message-ID", "<same@x>"), ("X-Run", str(number)),
            ("Date", "Mon, 05 Mar 2007 09:00:00 +0000"),
        ):  # fmt: skip
            mail[name] = value
        mail.set_content(text)
        (inbox / f"{number}.eml").write_bytes(mail.as_bytes())
    assert yoursay("mail").out == "2 new, 1 already there; landing is at record 2.\n"
    assert yoursay("pipeline", "run").code == 0
    (email,) = [one for one in json.loads(yoursay("ledger", "--json").out) if one["channel"] == "email"]
    assert (email["received"], email["lines"]["included"]) == (2, 2)
    with open_private(warehouse_of(data, third_sector)) as connection:
        (candidate,) = connection.execute("FROM link_candidates").fetchall()
    first, second = landed(data, third_sector)
    assert set(candidate[:2]) == {f"{first}.1", f"{second}.1"}
