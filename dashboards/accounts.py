"""Accounts of the council's screens: who may sign in, and what they are there for."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboards.errors import DashboardError
from dashboards.sign_in_limits import count_attempt, forget_attempts
from dashboards.store import open_store

Role = Literal["member", "officer", "publisher", "engineer"]
ROLES: tuple[Role, ...] = get_args(Role)
MAX_NAME_LENGTH = 100
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 1_000
_HASHER = PasswordHasher()


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in. `demo` accounts exist in a demonstration's data folder alone."""

    name: str
    role: Role
    demo: bool = False


def add_account(store: Path, account: Account, password: str) -> None:
    """Add an account with its password, which is kept as an argon2id hash. Passwords open demonstrations alone.

    Raises:
        DashboardError: the name is taken or not usable, the role unknown, or the password too short or too long.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise DashboardError(f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters.")
    with open_store(store) as connection:
        insert_account(connection, account, _HASHER.hash(password))


def insert_account(connection: sqlite3.Connection, account: Account, password_hash: str = "") -> str:
    """Add an account in the transaction of `connection`; the name as it is kept. No password fits an empty hash.

    Raises:
        DashboardError: the name is taken or not usable, or the role unknown.
    """
    name = normalised(account.name)
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise DashboardError(f"An account's name has 1 to {MAX_NAME_LENGTH} characters.")
    if not name.isprintable():
        raise DashboardError("An account's name has only characters that can be printed.")
    check_role_exists(account.role)
    try:
        connection.execute(
            "INSERT INTO accounts (name, role, password_hash, demo) VALUES (?, ?, ?, ?)",
            (name, account.role, password_hash, account.demo),
        )
    except sqlite3.IntegrityError as error:
        raise DashboardError(f"The account '{name}' exists already.") from error
    return name


def check_role_exists(role: str) -> None:
    """Pass one of the roles.

    Raises:
        DashboardError: it is none.
    """
    if role not in ROLES:
        raise DashboardError(f"'{role}' is no role; choose one of {', '.join(ROLES)}.")


def list_accounts(store: Path) -> list[Account]:
    """Every account, by name."""
    with open_store(store) as connection:
        rows = connection.execute("SELECT name, role, demo FROM accounts ORDER BY name").fetchall()
    return [Account(name, role, bool(demo)) for name, role, demo in rows]


def account_exists(store: Path, name: str) -> str | None:
    """The name as it is kept, where an account has it."""
    name = normalised(name[: MAX_NAME_LENGTH + 1])
    with open_store(store) as connection:
        row = connection.execute("SELECT name FROM accounts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def check_password(store: Path, name: str, password: str, address: str, now: datetime) -> Account | None:
    """The account, if name and password belong together; None if not.

    An unknown name costs the same hashing as a known one. Every attempt counts before the password is looked at,
    so that attempts made at the same time count too.

    Args:
        address: where the request came from, for the limits.

    Raises:
        TooManyAttempts: one of the limits is reached; says when to try again.
    """
    name = normalised(name[: MAX_NAME_LENGTH + 1])
    with open_store(store) as connection:
        count_attempt(connection, name, address, now)
        row = connection.execute("SELECT role, demo, password_hash FROM accounts WHERE name = ?", (name,)).fetchone()
    if len(password) > MAX_PASSWORD_LENGTH:
        return None
    # Outside the transaction: hashing takes long on purpose, and nobody else has to wait for it.
    if not _verify(row[2] if row else unknown_name_hash(), password) or row is None:
        return None
    with open_store(store) as connection:
        forget_attempts(connection, name, address)
        if _HASHER.check_needs_rehash(row[2]):
            rehashed = (_HASHER.hash(password), name, row[2])
            connection.execute("UPDATE accounts SET password_hash = ? WHERE name = ? AND password_hash = ?", rehashed)
    return Account(name, row[0], bool(row[1]))


@cache
def unknown_name_hash() -> str:
    """What a password is compared with when nobody has the name: the hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_urlsafe())


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def normalised(name: str) -> str:
    """A name as it is kept, however it was typed."""
    return name.strip().casefold()
