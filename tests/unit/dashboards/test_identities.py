"""Whom the provider knows, and what is done to their accounts."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dashboards.account_changes import add_known_account, change_role, remove_account
from dashboards.accounts import Account, add_account, check_password
from dashboards.errors import DashboardError
from dashboards.identities import KnownAs, account_of, bind_account, list_known
from dashboards.sessions import find_session, open_session
from dashboards.sign_in_register import SignInNote, note_sign_in, noted_sign_ins, register_heads
from dashboards.store import open_store
from schemas.data_folder import DataFolder
from schemas.register import RegisterError

ISSUER = "https://login.example.org"
ADA = Account("ada", "member")
# The store as it was before providers.
OLD_STORE = """
CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, password_hash TEXT NOT NULL, demo INTEGER NOT NULL)
WITHOUT ROWID;
CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    opened_at REAL NOT NULL, seen_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE sign_in_attempts (subject TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX sign_in_attempts_by_subject ON sign_in_attempts (subject, at);
INSERT INTO accounts VALUES ('old', 'officer', 'x', 0);
PRAGMA user_version = 1;
"""


def events(data: DataFolder) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "at"} for one in noted_sign_ins(data.sign_ins)]


def test_one_subject_of_one_provider_has_one_account(data: DataFolder) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    with pytest.raises(DashboardError, match=r"This person has an account already; see 'yoursay accounts list'\."):
        add_known_account(data, Account("eve", "officer"), KnownAs(ISSUER, "1"), "root")
    add_known_account(data, Account("eve", "officer"), KnownAs("https://other.example", "1"), "root")
    assert account_of(data.accounts, ISSUER, "1") == ADA
    assert account_of(data.accounts, "https://other.example", "1") == Account("eve", "officer")
    assert account_of(data.accounts, ISSUER, "2") is None
    # What was refused is not noted as done.
    assert [(one["event"], one["account"]) for one in events(data)] == [
        ("account added", "ada"),
        ("account added", "eve"),
    ]


def test_one_address_waits_for_one_account(data: DataFolder) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, email="ada@example.org"), "root")
    with pytest.raises(DashboardError, match="This person has an account already"):
        add_known_account(data, Account("eve", "officer"), KnownAs(ISSUER, email="ADA@example.org"), "root")
    assert bind_account(data.accounts, "https://other.example", "1", "ada@example.org") is None
    assert bind_account(data.accounts, ISSUER, "1", "Ada@example.org") == ADA
    assert bind_account(data.accounts, ISSUER, "2", "ada@example.org") is None
    assert list_known(data.accounts) == [(ADA, KnownAs(ISSUER, subject="1"))]


def test_who_is_known_by_a_subject_gets_no_second_account_by_an_address(data: DataFolder) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    add_known_account(data, Account("eve", "publisher"), KnownAs(ISSUER, email="ada@example.org"), "root")
    assert bind_account(data.accounts, ISSUER, "1", "ada@example.org") == ADA
    assert dict(list_known(data.accounts))[Account("eve", "publisher")] == KnownAs(ISSUER, email="ada@example.org")


@pytest.mark.parametrize("password", ["", "x", "a long password"])
def test_no_password_opens_an_account_of_the_provider(data: DataFolder, password: str) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    assert check_password(data.accounts, "ada", password, "192.0.2.1", data.clock.now()) is None


@pytest.mark.parametrize(
    ("subject", "email", "message"),
    [
        (None, None, "An account is known by a subject or by an e-mail address: give one of them."),
        ("1", "a@b.example", "An account is known by a subject or by an e-mail address: give one of them."),
        ("", None, "A subject has 1 to 255 characters that can be printed."),
        ("x" * 256, None, "A subject has 1 to 255 characters that can be printed."),
        ("a\n", None, "A subject has 1 to 255 characters that can be printed."),
        (None, "nobody", "That is no e-mail address."),
        (None, "@b.example", "That is no e-mail address."),
        (None, "a b@c.example", "That is no e-mail address."),
        (None, "a@" + "b" * 260, "That is no e-mail address."),
    ],
)
def test_by_what_somebody_can_be_known(subject: str | None, email: str | None, message: str) -> None:
    with pytest.raises(DashboardError) as refused:
        KnownAs(ISSUER, subject, email)
    assert str(refused.value) == message


def test_changes_count_at_once_and_are_noted(data: DataFolder) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    token = open_session(data.accounts, ADA, data.clock.now())
    change_role(data, " ADA ", "officer", "root")
    assert find_session(data.accounts, token, data.clock.now()) == Account("ada", "officer")
    remove_account(data, "ada", "root")
    assert find_session(data.accounts, token, data.clock.now()) is None
    assert account_of(data.accounts, ISSUER, "1") is None
    told = {"account": "ada", "screen": "command line", "by": "root"}
    assert events(data) == [
        {"event": "account added", **told, "what": "member"},
        {"event": "role changed", **told, "what": "member to officer"},
        {"event": "account removed", **told, "what": "officer"},
    ]


@pytest.mark.parametrize(
    ("name", "role", "message"),
    [
        ("nobody", "officer", "There is no such account; see 'yoursay accounts list'."),
        ("ada", "owner", "'owner' is no role; choose one of member, officer, publisher, engineer."),
    ],
)
def test_a_change_that_cannot_be_is_refused(data: DataFolder, name: str, role: Any, message: str) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    with pytest.raises(DashboardError) as refused:
        change_role(data, name, role, "root")
    assert str(refused.value) == message
    assert len(events(data)) == 1


def test_a_change_that_cannot_be_noted_does_not_happen(data: DataFolder) -> None:
    add_known_account(data, ADA, KnownAs(ISSUER, "1"), "root")
    (register,) = data.sign_ins.glob("*.jsonl")
    register.write_text(register.read_text() * 2)
    with pytest.raises(RegisterError):
        change_role(data, "ada", "publisher", "root")
    with pytest.raises(RegisterError):
        add_known_account(data, Account("eve", "officer"), KnownAs(ISSUER, "2"), "root")
    assert list_known(data.accounts) == [(ADA, KnownAs(ISSUER, subject="1"))]


def test_each_year_has_a_register_that_shows_what_was_changed(data: DataFolder) -> None:
    now = data.clock.now()
    for year in (2007, 2008):
        for name in ("ada", "eve"):
            note_sign_in(
                data.sign_ins,
                now.replace(year=year, day=1),
                SignInNote("signed in", name, "desk", "192.0.2.1", "officer"),
            )
    assert [(one["at"][:4], one["account"]) for one in noted_sign_ins(data.sign_ins)] == [
        ("2007", "ada"),
        ("2007", "eve"),
        ("2008", "ada"),
        ("2008", "eve"),
    ]
    assert list(register_heads(data.sign_ins)) == ["2007", "2008"]
    file = data.sign_ins / "2007.jsonl"
    file.write_text(file.read_text().replace("ada", "eve", 1))
    with pytest.raises(RegisterError, match=r"2007\.jsonl: line 2 is not as it was written"):
        noted_sign_ins(data.sign_ins)


def test_an_older_store_is_brought_up_to_date_and_keeps_its_accounts(tmp_path: Path) -> None:
    store = tmp_path / "accounts.sqlite"
    with sqlite3.connect(store) as old:
        old.executescript(OLD_STORE)
    add_account(store, Account("new", "member"), "a long password")
    assert list_known(store) == [(Account("new", "member"), None), (Account("old", "officer"), None)]
    assert layout(store) == layout_of_a_new_store(tmp_path / "new.sqlite")


def layout(store: Path) -> list[tuple[str, str]]:
    """The tables and indexes of a store, written alike."""
    with open_store(store) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, "".join(sql.split())) for name, sql in rows]


def layout_of_a_new_store(file: Path) -> list[tuple[str, str]]:
    add_account(file, Account("new", "member"), "a long password")
    return layout(file)
