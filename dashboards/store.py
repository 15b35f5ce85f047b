"""The SQLite file behind the council's screens: accounts, sessions, sign-ins on their way. Tables and opening only."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
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

_THREAD = threading.local()


@dataclass(frozen=True)
class _Reader:
    inode: int
    connection: sqlite3.Connection


@contextmanager
def open_store(file: Path) -> Iterator[sqlite3.Connection]:
    """A short connection to the store, in one transaction that commits unless the block raises.

    The file is made on first use, readable by its owner alone. Times in it are POSIX seconds of the data folder's
    clock. The transaction takes the write lock at once, so that what is counted and what is written agree.
    """
    # Closing rolls back what was not committed.
    with closing(_connect(file)) as connection:
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
    """The store as it is at this moment, without waiting for anybody who writes. Not to be nested.

    Each thread keeps its connection, as opening one costs more than what is asked of it; of a file that was put back
    from a backup meanwhile, a new one.
    """
    connection = _reader(file)
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK")


def _reader(file: Path) -> sqlite3.Connection:
    readers: dict[Path, _Reader] = _THREAD.__dict__.setdefault("readers", {})
    reader = readers.get(file)
    if reader is None or not file.exists() or reader.inode != file.stat().st_ino:
        connection = _connect(file)
        # Only a file that is new or older is written to, which waits for who writes.
        if connection.execute("PRAGMA user_version").fetchone()[0] < len(_STEPS):
            with open_store(file):
                pass
        connection.execute("PRAGMA query_only = ON")
        reader = readers[file] = _Reader(file.stat().st_ino, connection)
    return reader.connection


def _connect(file: Path) -> sqlite3.Connection:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    # A power cut may undo the last sign-ins, never damage the file; a sync for each request would cost too much.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection
