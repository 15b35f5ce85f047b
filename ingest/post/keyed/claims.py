"""Who is at which job: a claim of some minutes, so that two people at once are given different ones.

A claim is a courtesy, not a lock: what somebody keyed is taken after it has run out, too. No answer is in this file.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ingest.post.keyed.rules import person

CLAIM_SECONDS = 15 * 60
# So long a skipped job comes after all others for who skipped it.
SKIP_SECONDS = 8 * 60 * 60
_BUSY_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS claims (
    response TEXT NOT NULL, field TEXT NOT NULL, officer TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (response, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skipped (
    response TEXT NOT NULL, field TEXT NOT NULL, officer TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (officer, response, field)
) WITHOUT ROWID;
"""
Place = tuple[str, str]


def claim_first(file: Path, places: Sequence[Place], officer: str, now: datetime) -> Place | None:
    """Claim the first of `places` (response and column) that nobody else is at; who is at one of them stays there.

    What this person skipped comes last, the longest ago first.
    """
    name, moment = person(officer), now.timestamp()
    with open_file(file, _TABLES) as connection:
        held, skipped = _tidied(connection, name, moment)
        own = [place for place in places if held.get(place) == name]
        free = [place for place in places if place not in held]
        chosen = next(iter(own or sorted(free, key=lambda place: skipped.get(place, 0))), None)
        if chosen:
            connection.execute("DELETE FROM claims WHERE officer = ?", (name,))
            connection.execute("INSERT INTO claims VALUES (?, ?, ?, ?)", (*chosen, name, moment + CLAIM_SECONDS))
        return chosen


def claim_group(file: Path, groups: Sequence[Sequence[Place]], officer: str, now: datetime) -> list[Place]:
    """Claim what nobody else is at of the first of `groups` that has such a place; who is at one of them stays there.

    A group that this person skipped comes last, the longest ago first. Nothing where there is none.
    """
    name, moment = person(officer), now.timestamp()
    with open_file(file, _TABLES) as connection:
        held, skipped = _tidied(connection, name, moment)
        free = [[place for place in group if held.get(place, name) == name] for group in groups]
        left = [group for group in free if group]
        own = [group for group in left if any(place in held for place in group)]
        order = own or sorted(left, key=lambda group: max(skipped.get(place, 0) for place in group))
        chosen = next(iter(order), [])
        if chosen:
            connection.execute("DELETE FROM claims WHERE officer = ?", (name,))
            rows = [(*place, name, moment + CLAIM_SECONDS) for place in chosen]
            connection.executemany("INSERT INTO claims VALUES (?, ?, ?, ?)", rows)
        return chosen


def holds(file: Path, place: Place, officer: str, now: datetime) -> bool:
    """Whether this person's claim on it is live."""
    with open_file(file, _TABLES) as connection:
        row = connection.execute(
            "SELECT 1 FROM claims WHERE response = ? AND field = ? AND officer = ? AND until > ?",
            (*place, person(officer), now.timestamp()),
        ).fetchone()
        return row is not None


def held(file: Path, now: datetime) -> dict[Place, str]:
    """Who is at which place."""
    with open_file(file, _TABLES) as connection:
        rows = connection.execute("SELECT response, field, officer FROM claims WHERE until > ?", (now.timestamp(),))
        return {(row[0], row[1]): row[2] for row in rows}


def give_back(file: Path, place: Place, officer: str) -> None:
    """End this person's claim, for it is done."""
    with open_file(file, _TABLES) as connection:
        _give_back(connection, place, officer)


def skip(file: Path, place: Place, officer: str, now: datetime) -> None:
    """End this person's claim and put the job behind all others for them."""
    with open_file(file, _TABLES) as connection:
        _give_back(connection, place, officer)
        row = (*place, person(officer), now.timestamp())
        connection.execute("INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?)", row)


def _tidied(connection: sqlite3.Connection, name: str, moment: float) -> tuple[dict[Place, str], dict[Place, float]]:
    """Without what has run out: who is at which place, and when this person skipped which."""
    connection.execute("DELETE FROM claims WHERE until <= ?", (moment,))
    connection.execute("DELETE FROM skipped WHERE at <= ?", (moment - SKIP_SECONDS,))
    held = {(row[0], row[1]): row[2] for row in connection.execute("SELECT response, field, officer FROM claims")}
    rows = connection.execute("SELECT response, field, at FROM skipped WHERE officer = ?", (name,))
    return held, {(row[0], row[1]): row[2] for row in rows}


def _give_back(connection: sqlite3.Connection, place: Place, officer: str) -> None:
    connection.execute("DELETE FROM claims WHERE response = ? AND field = ? AND officer = ?", (*place, person(officer)))


@contextmanager
def open_file(file: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """One transaction, which holds the file for writing from its start; `tables` are made where they are missing.

    What is deleted is overwritten.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        for statement in tables.split(";"):
            connection.execute(statement)
        yield connection
        connection.execute("COMMIT")
    finally:
        # Closing rolls back what was not committed.
        connection.close()
