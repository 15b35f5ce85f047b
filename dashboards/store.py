"""The SQLite file behind the council's screens: accounts, sessions and sign-in attempts. Tables and opening only."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION = 1
_BUSY_SECONDS = 10.0
_TABLES = """
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
"""


@contextmanager
def open_store(file: Path) -> Iterator[sqlite3.Connection]:
    """A short connection to the store, in one transaction that commits unless the block raises.

    The file is made on first use, readable by its owner alone. Times in it are POSIX seconds of the data folder's
    clock. The transaction takes the write lock at once, so that what is counted and what is written agree.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        # A power cut may undo the last sign-ins, never damage the file; a sync for each request would cost too much.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        yield connection
        connection.execute("COMMIT")
    finally:
        # Closing rolls back what was not committed.
        connection.close()
