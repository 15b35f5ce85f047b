"""Landing: every artefact that arrived, sealed, in the order in which it became known. Append-only."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from ingest.chained_log import ChainedLog, Problem
from schemas.clock import Clock

Event = Literal["submission", "supersede", "withdraw", "tombstone"]
_TIME = pa.timestamp("us", tz="UTC")
HEADER = (
    pa.field("event", pa.string(), nullable=False),
    pa.field("artefact_id", pa.string(), nullable=False),
    pa.field("relates_to", pa.string()),
    pa.field("consultation", pa.string(), nullable=False),
    pa.field("questionnaire_hash", pa.string()),
    pa.field("channel", pa.string(), nullable=False),
    pa.field("media_type", pa.string()),
    pa.field("received_at", _TIME, nullable=False),
    pa.field("device_time", _TIME),
    pa.field("device_offset_minutes", pa.int32()),
    pa.field("source", pa.string(), nullable=False),
    pa.field("source_sequence", pa.int64()),
)


@dataclass(frozen=True)
class Arrival:
    """One artefact to be landed. `artefact_id` is unique for ever: the same id again is not landed again.

    `relates_to` is the artefact that a supersede, withdraw or tombstone is about; `body` is sealed.
    """

    artefact_id: str
    consultation: str
    channel: str
    received_at: datetime
    source: str
    body: bytes | None
    event: Event = "submission"
    relates_to: str | None = None
    questionnaire_hash: str | None = None
    media_type: str | None = None
    device_time: datetime | None = None
    device_offset_minutes: int | None = None
    source_sequence: int | None = None


@dataclass(frozen=True)
class Landed:
    """What an append did: how many records are new, how many were there already, and the log's last sequence."""

    new: int
    already: int
    last_seq: int


class Landing:
    """The landing log of one consultation."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.log = ChainedLog(folder, HEADER)
        self._clock = clock
        self._index_file = folder / "index.sqlite"

    def append(self, arrivals: Iterable[Arrival]) -> Landed:
        """Commit what is new among `arrivals`; the rest is counted as already there."""
        with self.log.writing(), closing(self._index()) as index:
            fresh: dict[str, Arrival] = {}
            total = 0
            for arrival in arrivals:
                total += 1
                if arrival.artefact_id not in fresh and not _known(index, arrival.artefact_id):
                    fresh[arrival.artefact_id] = arrival
            if fresh:
                self.log.append([asdict(arrival) for arrival in fresh.values()], self._clock.now())
                self._catch_up(index)
            return Landed(len(fresh), total - len(fresh), self.log.last_seq())

    def last_source_sequence(self, source: str) -> int:
        """The highest sequence of `source` that is landed, 0 where none: a reader resumes after it."""
        with self.log.writing(), closing(self._index()) as index:
            row = index.execute("SELECT max(source_sequence) FROM landed WHERE source = ?", [source]).fetchone()
        return int(row[0] or 0)

    def seqs_of(self, artefact_ids: Sequence[str]) -> dict[str, int]:
        """The sequence numbers of these artefacts, without those that are not landed."""
        found = {}
        with self.log.writing(), closing(self._index()) as index:
            for artefact_id in artefact_ids:
                row = index.execute("SELECT seq FROM landed WHERE artefact_id = ?", [artefact_id]).fetchone()
                if row:
                    found[artefact_id] = int(row[0])
        return found

    def verify(self) -> list[Problem]:
        return self.log.verify()

    def _index(self) -> sqlite3.Connection:
        """The look-up of what is landed: derived from the batches, caught up or made anew as needed."""
        index = sqlite3.connect(self._index_file)
        index.execute(
            "CREATE TABLE IF NOT EXISTS landed (artefact_id TEXT PRIMARY KEY, seq INTEGER NOT NULL,"
            " source TEXT NOT NULL, source_sequence INTEGER) WITHOUT ROWID"
        )
        index.execute("CREATE INDEX IF NOT EXISTS landed_source ON landed (source, source_sequence)")
        index.execute("CREATE INDEX IF NOT EXISTS landed_seq ON landed (seq)")
        self._catch_up(index)
        return index

    def _catch_up(self, index: sqlite3.Connection) -> None:
        indexed = index.execute("SELECT coalesce(max(seq), 0) FROM landed").fetchone()[0]
        if indexed > self.log.last_seq():
            index.execute("DELETE FROM landed")
            indexed = 0
        if indexed < self.log.last_seq():
            columns = ["artefact_id", "seq", "source", "source_sequence"]
            for part in self.log.read_batches(after=indexed, columns=columns):
                index.executemany(
                    "INSERT OR IGNORE INTO landed VALUES (?, ?, ?, ?)",
                    zip(*(part[name].to_pylist() for name in columns), strict=True),
                )
        index.commit()


def _known(index: sqlite3.Connection, artefact_id: str) -> bool:
    return index.execute("SELECT 1 FROM landed WHERE artefact_id = ?", [artefact_id]).fetchone() is not None
