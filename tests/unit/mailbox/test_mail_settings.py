"""The mailbox's settings: what is needed, and what is said of a fault."""

from pathlib import Path

import pytest

from ingest.mail.intake.mail_settings import AcknowledgementSettings, MailAccount, MailError, mail_settings

WHOLE = """
[mail]
host = "imap.example.org"
username = "consultation"
password_file = "secrets/mailbox.password"
ca_file = "/etc/ca.pem"

[mail.acknowledgement]
host = "smtp.example.org"
security = "starttls"
username = "consultation"
token_file = "secrets/smtp.token"
from_address = "consultation@example.org"
"""


def settings(folder: Path, text: str, consultation: str = "one", published: int = 1) -> object:
    file = folder / "sources.toml"
    file.write_text(text, "utf-8")
    return mail_settings(file, consultation, published)


def test_paths_are_taken_from_the_files_folder_and_ports_from_the_kind_of_line(tmp_path: Path) -> None:
    found = settings(tmp_path, WHOLE)
    assert isinstance(found, MailAccount)
    assert found.acknowledgement
    assert found == MailAccount(
        host="imap.example.org",
        username="consultation",
        password_file=tmp_path / "secrets/mailbox.password",
        ca_file=Path("/etc/ca.pem"),
        acknowledgement=AcknowledgementSettings(
            host="smtp.example.org",
            security="starttls",
            username="consultation",
            token_file=tmp_path / "secrets/smtp.token",
            from_address="consultation@example.org",
        ),
    )
    assert (found.port_for("imap"), found.acknowledgement.port_for("smtp")) == (993, 587)


def test_without_settings_there_is_no_mailbox(tmp_path: Path) -> None:
    assert mail_settings(tmp_path / "sources.toml", "one", 1) is None
    assert settings(tmp_path, '[web]\nurl = "http://127.0.0.1:8701"\n') is None


def test_each_consultation_has_its_own(tmp_path: Path) -> None:
    account = '[[mail]]\nconsultation = "{}"\nhost = "h"\nusername = "{}"\npassword_file = "p"\n'
    text = "".join(account.format(name, name) for name in ("one", "two"))
    found = [settings(tmp_path, text, name, 3) for name in ("one", "two", "three")]
    assert [one.username if isinstance(one, MailAccount) else one for one in found] == ["one", "two", None]


def test_acknowledgements_without_an_account_are_for_a_mailbox_of_files(tmp_path: Path) -> None:
    text = '[mail.acknowledgement]\nhost = "localhost"\nfrom_address = "a@example.org"\n'
    found = settings(tmp_path, text)
    assert not isinstance(found, MailAccount)
    assert found.acknowledgement.from_address == "a@example.org"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('host = "imap.example.org"', "", "mail.host: this key is missing."),
        ('username = "consultation"\npassword_file', 'user = "x"\npassword_file', "mail.user: this key is not known."),
        (
            'ca_file = "/etc/ca.pem"',
            'security = "none"',
            "mail.security: 'none' is for a server on this machine alone; use 'tls' or 'starttls'.",
        ),
        (
            'ca_file = "/etc/ca.pem"',
            'token_file = "t"',
            "mail.token_file: a password_file is given too; keep one of them.",
        ),
        (
            'password_file = "secrets/mailbox.password"',
            "",
            "mail.username: it goes with a password_file or a token_file.",
        ),
        (
            'ca_file = "/etc/ca.pem"',
            'done_folder = "INBOX"',
            "mail.done_folder: the three folders must have names of their own.",
        ),
        (
            'from_address = "consultation@example.org"',
            'from_address = "consultation"',
            "mail.acknowledgement.from_address: 'consultation' is not an e-mail address such as "
            "consultation@example.org.",
        ),
    ],
)
def test_a_fault_is_named_by_file_and_key(old: str, new: str, fault: str, tmp_path: Path) -> None:
    assert old in WHOLE
    with pytest.raises(MailError) as raised:
        settings(tmp_path, WHOLE.replace(old, new))
    assert str(raised.value) == f"{tmp_path / 'sources.toml'}: {fault}"


def test_whose_mailbox_it_is_must_be_said_where_several_are_published(tmp_path: Path) -> None:
    with pytest.raises(MailError, match="say in \\[mail\\] whose mailbox it is, with 'consultation'"):
        settings(tmp_path, WHOLE, published=2)


def test_two_mailboxes_of_one_consultation_are_one_too_many(tmp_path: Path) -> None:
    account = '[[mail]]\nconsultation = "one"\nhost = "h"\nusername = "u"\npassword_file = "p"\n'
    with pytest.raises(MailError, match="two mailboxes are given for 'one'; a consultation has one"):
        settings(tmp_path, account * 2)


@pytest.mark.parametrize("text", ["[mail", 'mail = "x"'])
def test_what_is_no_table_is_told(text: str, tmp_path: Path) -> None:
    with pytest.raises(MailError, match=r"is not TOML; mend it|'mail' must be a table"):
        settings(tmp_path, text)


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    found = settings(tmp_path, WHOLE)
    assert isinstance(found, MailAccount)
    with pytest.raises(MailError, match=r"mailbox\.password is missing; put the secret of imap\.example\.org there"):
        found.secret()
