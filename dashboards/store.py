"""The SQLite file behind the council's screens: accounts, sessions, sign-ins on their way. Tables and opening only."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY_SECONDS = 10.0
# One step for each version of the file; a file that is older takes the steps that it has not had.
_STEPS = (
    """
    CREATE TABLE accounts (
        name TEXT PRIMARY KEY,
        role TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        demo INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
        opened_at REAL NOT NULL,
        seen_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sign_in_attempts (subject TEXT NOT NULL, at REAL NOT NULL);
    CREATE INDEX sign_in_attempts_by_subject ON sign_in_attempts (subject, at);
    """,
    """
    CREATE TABLE identities (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        account TEXT NOT NULL UNIQUE REFERENCES accounts (name) ON DELETE CASCADE,
        PRIMARY KEY (issuer, subject)
    ) WITHOUT ROWID;
    CREATE TABLE invitations (
        issuer TEXT NOT NULL,
        email TEXT NOT NULL,
        account TEXT NOT NULL UNIQUE REFERENCES accounts (name) ON DELETE CASCADE,
        PRIMARY KEY (issuer, email)
    ) WITHOUT ROWID;
    CREATE TABLE provider_sign_ins (
        state_hash TEXT PRIMARY KEY,
        browser_hash TEXT NOT NULL,
        nonce TEXT NOT NULL,
        code_verifier TEXT NOT NULL,
        redirect_uri TEXT NOT NULL,
        after TEXT NOT NULL,
        begun_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_account ON sessions (account);
    """,
    """
    CREATE TABLE visits (
        account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
        consultation TEXT NOT NULL,
        session_hash TEXT NOT NULL,
        seen TEXT NOT NULL,
        before TEXT,
        PRIMARY KEY (account, consultation)
    ) WITHOUT ROWID;
    """,
)


@contextmanager
def open_store(file: Path) -> Iterator[sqlite3.Connection]:
    """A short connection to the store, in one transaction that commits unless the block raises.

    The file is made on first use, readable by its owner alone. Times in it are POSIX seconds of the data folder's
    clock. The transaction takes the write lock at once, so that what is counted and what is written agree.
    """
    with _connected(file) as connection:
        connection.execute("BEGIN IMMEDIATE")
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        if done < len(_STEPS):
            for step in _STEPS[done:]:
                for statement in step.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(_STEPS)}")
        yield connection
        connection.execute("COMMIT")


@contextmanager
def read_store(file: Path) -> Iterator[sqlite3.Connection]:
    """A short connection that sees the store as it is at this moment, and waits for nobody who writes."""
    with _connected(file) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] < len(_STEPS):
            with open_store(file):
                pass
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield connection


@contextmanager
def _connected(file: Path) -> Iterator[sqlite3.Connection]:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        # A power cut may undo the last sign-ins, never damage the file; a sync for each request would cost too much.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        yield connection
    finally:
        # Closing rolls back what was not committed.
        connection.close()
