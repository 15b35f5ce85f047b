"""What was acknowledged, so that no message is acknowledged twice: a small SQLite file beside landing.

Before one is sent, the intent is on the disk; after it, the outcome. Where a run ends between the two, nobody can tell
whether it went out: it is noted as `unknown` and never sent again. It holds no address, only its keyed hash.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

# `not_due`: none is to be sent, `why` says the reason. `refused`: the server takes none for this address.
State = Literal["sending", "sent", "unknown", "refused", "not_due"]
_TABLES = """
CREATE TABLE IF NOT EXISTS acknowledged (
    artefact_id TEXT PRIMARY KEY, state TEXT NOT NULL, why TEXT, address BLOB, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS acknowledged_at ON acknowledged (at) WHERE address IS NOT NULL;
CREATE TABLE IF NOT EXISTS progress (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), through INTEGER NOT NULL);
"""
_SENT_SINCE = "SELECT count(*) FROM acknowledged WHERE address IS NOT NULL AND at > ?"
_SENT_TO_SINCE = "SELECT count(*) FROM acknowledged WHERE address = ? AND at > ?"


class AcknowledgementLog:
    """The log, open for one run."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def settle_half_sent(self) -> int:
        """Note those that a run left between intent and outcome; gives how many."""
        changed = self._connection.execute("UPDATE acknowledged SET state = 'unknown' WHERE state = 'sending'").rowcount
        self._connection.commit()
        return changed

    def through(self) -> int:
        """The record of landing up to which every message is settled."""
        row = self._connection.execute("SELECT through FROM progress").fetchone()
        return int(row[0]) if row else 0

    def move_on(self, through: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", [through])
        self._connection.commit()

    def unsettled(self, artefact_ids: Sequence[str]) -> list[str]:
        """Those of which nothing is noted yet."""
        known = self._connection.execute
        return [
            one
            for one in artefact_ids
            if known("SELECT 1 FROM acknowledged WHERE artefact_id = ?", [one]).fetchone() is None
        ]

    def intend(self, artefact_id: str, address: bytes, at: datetime) -> None:
        """Note that one is about to be sent; it is on the disk when this returns."""
        self._write(artefact_id, "sending", None, address, at)

    def not_due(self, artefact_id: str, why: str, at: datetime) -> None:
        self._write(artefact_id, "not_due", why, None, at)

    def came_to(self, artefact_id: str, state: State) -> None:
        """Note the outcome of one that was to be sent."""
        self._connection.execute("UPDATE acknowledged SET state = ? WHERE artefact_id = ?", [state, artefact_id])
        self._connection.commit()

    def forget(self, artefact_id: str) -> None:
        """One was certainly not sent; it is tried again."""
        self._connection.execute("DELETE FROM acknowledged WHERE artefact_id = ?", [artefact_id])
        self._connection.commit()

    def sent_since(self, moment: datetime) -> int:
        return int(self._connection.execute(_SENT_SINCE, [moment.isoformat()]).fetchone()[0])

    def sent_to_since(self, address: bytes, moment: datetime) -> int:
        return int(self._connection.execute(_SENT_TO_SINCE, [address, moment.isoformat()]).fetchone()[0])

    def _write(self, artefact_id: str, state: State, why: str | None, address: bytes | None, at: datetime) -> None:
        self._connection.execute(
            "INSERT INTO acknowledged VALUES (?, ?, ?, ?, ?)", [artefact_id, state, why, address, at.isoformat()]
        )
        self._connection.commit()


@contextmanager
def open_acknowledgement_log(file: Path) -> Iterator[AcknowledgementLog]:
    """The log in `file`, made on first use; another run waits until this one has ended."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    with file.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
            yield AcknowledgementLog(connection)
