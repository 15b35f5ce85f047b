"""Whom the sign-in provider names: each is known by issuer and subject, and has one account here or none."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from dashboards.accounts import Account, insert_account
from dashboards.errors import DashboardError
from dashboards.store import open_store

MAX_SUBJECT_LENGTH = 255
MAX_EMAIL_LENGTH = 254
_BY_SUBJECT = """
SELECT name, role, demo
FROM identities JOIN accounts ON accounts.name = identities.account
WHERE issuer = ? AND subject = ?
"""
_BY_EMAIL = """
SELECT name, role, demo
FROM invitations JOIN accounts ON accounts.name = invitations.account
WHERE issuer = ? AND email = ?
"""
_LISTED = """
SELECT name, role, demo, coalesce(identities.issuer, invitations.issuer), subject, email
FROM accounts
LEFT JOIN identities ON identities.account = name
LEFT JOIN invitations ON invitations.account = name
ORDER BY name
"""


@dataclass(frozen=True)
class KnownAs:
    """How a provider knows somebody: by its subject, or by an e-mail address until they first sign in."""

    issuer: str
    subject: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        if (self.subject is None) == (self.email is None):
            raise DashboardError("An account is known by a subject or by an e-mail address: give one of them.")
        if self.subject is not None and not is_subject(self.subject):
            raise DashboardError(f"A subject has 1 to {MAX_SUBJECT_LENGTH} characters that can be printed.")
        if self.email is not None and not is_email(self.email):
            raise DashboardError("That is no e-mail address.")


def is_subject(text: object) -> bool:
    """Whether this can be a provider's subject."""
    return isinstance(text, str) and 1 <= len(text) <= MAX_SUBJECT_LENGTH and text.isprintable()


def is_email(text: object) -> bool:
    """Whether this has the shape of an e-mail address."""
    if not isinstance(text, str) or not text.isprintable() or len(text) > MAX_EMAIL_LENGTH:
        return False
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and " " not in text


def insert_known(connection: sqlite3.Connection, account: Account, known_as: KnownAs) -> str:
    """Add an account for somebody whom the provider knows, in the transaction of `connection`; its name.

    Raises:
        DashboardError: the name is taken or not usable, or that person has an account.
    """
    name = insert_account(connection, account)
    try:
        if known_as.subject is not None:
            connection.execute("INSERT INTO identities VALUES (?, ?, ?)", (known_as.issuer, known_as.subject, name))
        else:
            email = (known_as.email or "").casefold()
            connection.execute("INSERT INTO invitations VALUES (?, ?, ?)", (known_as.issuer, email, name))
    except sqlite3.IntegrityError as error:
        raise DashboardError("This person has an account already; see 'yoursay accounts list'.") from error
    return name


def account_of(store: Path, issuer: str, subject: str) -> Account | None:
    """The account of whom the provider knows by this subject."""
    with open_store(store) as connection:
        row = connection.execute(_BY_SUBJECT, (issuer, subject)).fetchone()
    return Account(row[0], row[1], bool(row[2])) if row else None


def bind_account(store: Path, issuer: str, subject: str, email: str) -> Account | None:
    """Bind the account that waits for this verified address to the subject, for good. None where none waits.

    From then on the address counts for nothing: who gets it later is somebody else.
    """
    with open_store(store) as connection:
        known = connection.execute(_BY_SUBJECT, (issuer, subject)).fetchone()
        row = known or connection.execute(_BY_EMAIL, (issuer, email.casefold())).fetchone()
        if row is None:
            return None
        if known is None:
            connection.execute("DELETE FROM invitations WHERE account = ?", (row[0],))
            connection.execute("INSERT INTO identities VALUES (?, ?, ?)", (issuer, subject, row[0]))
    return Account(row[0], row[1], bool(row[2]))


def list_known(store: Path) -> list[tuple[Account, KnownAs | None]]:
    """Every account by name, and how the provider knows who has it; None where it opens with a password."""
    with open_store(store) as connection:
        rows = connection.execute(_LISTED).fetchall()
    return [
        (Account(name, role, bool(demo)), KnownAs(issuer, subject, email) if issuer else None)
        for name, role, demo, issuer, subject, email in rows
    ]
