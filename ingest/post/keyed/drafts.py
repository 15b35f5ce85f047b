"""What somebody has typed and not sent yet: sealed, in the file of the claims, so that a closed tab loses nothing.

A draft is of one person and one job. It goes with the answer, with what is erased, and after a month.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from ingest.post.keyed.claims import open_file
from ingest.post.keyed.queue import parse_job_id
from ingest.post.keyed.rules import person

DRAFT_SECONDS = 30 * 24 * 60 * 60
_TABLES = """
CREATE TABLE IF NOT EXISTS drafts (
    job TEXT NOT NULL, response TEXT NOT NULL, officer TEXT NOT NULL, at REAL NOT NULL, sealed BLOB NOT NULL,
    PRIMARY KEY (officer, job)
) WITHOUT ROWID;
"""


def keep_draft(file: Path, job: str, officer: str, sealed: bytes, now: datetime) -> None:
    """Keep what this person has typed of a job in place of what was kept before.

    Raises:
        KeyingError: that names no job.
    """
    response, _, _ = parse_job_id(job)
    with _open(file) as connection:
        connection.execute("DELETE FROM drafts WHERE at <= ?", (now.timestamp() - DRAFT_SECONDS,))
        row = (job, response, person(officer), now.timestamp(), sealed)
        connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)", row)


def drafts_of(file: Path, response: str, officer: str) -> dict[str, bytes]:
    """This person's sealed drafts of one response by their jobs."""
    with _open(file) as connection:
        found = connection.execute(
            "SELECT job, sealed FROM drafts WHERE response = ? AND officer = ?", (response, person(officer))
        )
        return dict(found.fetchall())


def forget_draft(file: Path, job: str, officer: str) -> None:
    """Delete a draft, for the job is done."""
    with _open(file) as connection:
        connection.execute("DELETE FROM drafts WHERE job = ? AND officer = ?", (job, person(officer)))


def forget_drafts(file: Path, responses: Iterable[str]) -> int:
    """Delete everybody's drafts of these responses; returns how many there were."""
    if not file.exists():
        return 0
    with _open(file) as connection:
        rows = [(one,) for one in responses]
        return connection.executemany("DELETE FROM drafts WHERE response = ?", rows).rowcount if rows else 0


def _open(file: Path) -> AbstractContextManager[sqlite3.Connection]:
    return open_file(file, _TABLES)
