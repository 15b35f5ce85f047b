"""Accounts: hashes, names, roles, and what an unknown name costs."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dashboards.accounts as accounts
from dashboards.accounts import Account, add_account, check_password, list_accounts, unknown_name_hash
from dashboards.errors import DashboardError

NOW = datetime(2007, 4, 16, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
HASHER_IN_USE = accounts._HASHER


def test_a_password_is_kept_as_an_argon2id_hash_alone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_HASHER", HASHER_IN_USE)
    add_account(store, Account("Ada", "member"), PASSWORD)
    kept = sqlite3.connect(store).execute("SELECT name, role, password_hash FROM accounts").fetchall()
    assert [(name, role) for name, role, _ in kept] == [("ada", "member")]
    assert kept[0][2].startswith("$argon2id$")
    assert extract_parameters(kept[0][2]) == extract_parameters(PasswordHasher().hash("x"))
    assert [file for file in store.parent.glob("accounts*") if PASSWORD.encode() in file.read_bytes()] == []


def test_the_store_is_readable_by_its_owner_alone(store: Path) -> None:
    add_account(store, Account("ada", "member"), PASSWORD)
    assert {file.stat().st_mode & 0o777 for file in store.parent.glob("accounts*")} == {0o600}


@pytest.mark.parametrize("typed", ["ada", " Ada ", "ADA"])
def test_the_right_password_gives_the_account_however_the_name_is_written(store: Path, typed: str) -> None:
    add_account(store, Account("ada", "publisher"), PASSWORD)
    assert check_password(store, typed, PASSWORD, "192.0.2.1", NOW) == Account("ada", "publisher")


@pytest.mark.parametrize("typed", ["", PASSWORD.upper(), PASSWORD + " ", "x" * 5_000])
def test_another_password_gives_nothing(store: Path, typed: str) -> None:
    add_account(store, Account("ada", "member"), PASSWORD)
    assert check_password(store, "ada", typed, "192.0.2.1", NOW) is None


def test_an_unknown_name_is_hashed_like_a_known_one(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Watching(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_HASHER", Watching())
    add_account(store, Account("ada", "member"), PASSWORD)
    assert check_password(store, "ada", "wrong password", "192.0.2.1", NOW) is None
    assert check_password(store, "nobody", "wrong password", "192.0.2.1", NOW) is None
    assert [extract_parameters(one) for one in verified] == [extract_parameters(unknown_name_hash())] * 2


def test_a_hash_made_with_less_work_is_made_anew_at_sign_in(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_account(store, Account("ada", "member"), PASSWORD)
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert check_password(store, "ada", PASSWORD, "192.0.2.1", NOW) == Account("ada", "member")
    kept = sqlite3.connect(store).execute("SELECT password_hash FROM accounts").fetchone()[0]
    assert extract_parameters(kept).time_cost == 2
    assert check_password(store, "ada", PASSWORD, "192.0.2.1", NOW) == Account("ada", "member")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=12, max_size=60), st.text(min_size=12, max_size=60))
def test_only_the_same_characters_open_an_account(store: Path, right: str, other: str) -> None:
    store.unlink(missing_ok=True)
    add_account(store, Account("ada", "member"), right)
    opened = check_password(store, "ada", other, "192.0.2.1", NOW)
    assert (opened is not None) == (right == other)


@pytest.mark.parametrize(
    ("account", "password", "message"),
    [
        (Account(" ", "member"), PASSWORD, "An account's name has 1 to 100 characters."),
        (Account("ada", "owner"), PASSWORD, "'owner' is no role; choose one of member, officer, publisher, engineer."),
        (Account("ada", "member"), "short", "A password has 12 to 1000 characters."),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_a_sentence(
    store: Path, account: Account, password: str, message: str
) -> None:
    with pytest.raises(DashboardError) as refused:
        add_account(store, account, password)
    assert str(refused.value) == message


def test_a_name_is_given_once(store: Path) -> None:
    add_account(store, Account("ada", "member"), PASSWORD)
    with pytest.raises(DashboardError, match="The account 'ada' exists already"):
        add_account(store, Account("ADA", "publisher"), PASSWORD)
    assert list_accounts(store) == [Account("ada", "member")]
