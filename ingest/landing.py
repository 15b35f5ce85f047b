"""Landing: every artefact that arrived, sealed, in the order in which it became known. Append-only."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from ingest.chained_log import GENESIS, ChainedLog, Problem
from ingest.errors import IngestError
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

_TABLES = """
CREATE TABLE IF NOT EXISTS landed (
    artefact_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, source TEXT NOT NULL, source_sequence INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS landed_source ON landed (source, source_sequence);
CREATE TABLE IF NOT EXISTS head (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), seq INTEGER, chain TEXT);
"""


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
        """Commit what is new among `arrivals`; the rest is counted as already there.

        Raises:
            IngestError: the log is damaged, or a time has no time zone.
        """
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
        """Every fault of the log; also where records are gone from its end that the index remembers."""
        indexed = 0
        if self._index_file.exists():
            address = f"{self._index_file.absolute().as_uri()}?mode=ro"
            # An index that cannot be read is made anew by the next writer; it proves nothing.
            with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(address, uri=True)) as index:
                indexed = _head(index)[0]
        problems = self.log.verify()
        if not problems and indexed > self.log.last_seq():
            problems.append(Problem("chain.jsonl", f"it ends before record {indexed}, which was landed"))
        return problems

    def _index(self) -> sqlite3.Connection:
        """The look-up of what is landed: derived from the batches, caught up or made anew as needed.

        Raises:
            IngestError: records are gone from the log.
        """
        try:
            return self._open_index()
        except sqlite3.DatabaseError:
            self._index_file.unlink(missing_ok=True)
            return self._open_index()

    def _open_index(self) -> sqlite3.Connection:
        index = sqlite3.connect(self._index_file)
        try:
            index.executescript(_TABLES)
            self._catch_up(index)
        except BaseException:
            index.close()
            raise
        return index

    def _catch_up(self, index: sqlite3.Connection) -> None:
        indexed, chain = _head(index)
        last = self.log.last_line()
        if indexed > (last.last_seq if last else 0):
            raise IngestError(
                f"{self.log.folder}: record {indexed} was landed, but chain.jsonl ends before it; restore the folder "
                "from a backup."
            )
        if last is None or (indexed, chain) == (last.last_seq, last.chain):
            return
        if indexed and not any((line.last_seq, line.chain) == (indexed, chain) for line in self.log.lines()):
            index.execute("DELETE FROM landed")
            indexed = 0
        columns = ["artefact_id", "seq", "source", "source_sequence"]
        for part in self.log.read_batches(after=indexed, columns=columns):
            index.executemany(
                "INSERT OR IGNORE INTO landed VALUES (?, ?, ?, ?)",
                zip(*(part[name].to_pylist() for name in columns), strict=True),
            )
        index.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", [last.last_seq, last.chain])
        index.commit()


def _head(index: sqlite3.Connection) -> tuple[int, str]:
    """The last record in the index and the chain after it."""
    row = index.execute("SELECT seq, chain FROM head").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def _known(index: sqlite3.Connection, artefact_id: str) -> bool:
    return index.execute("SELECT 1 FROM landed WHERE artefact_id = ?", [artefact_id]).fetchone() is not None
