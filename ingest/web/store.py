"""The public server's store: sealed submissions in SQLite, numbered in commit order.

One thread writes whatever is queued in one transaction (group commit) and answers only after it is on disk
(WAL, synchronous=FULL). Whether an id is new is decided by the unique constraint, not by a look beforehand.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingest.web.errors import BusyError, StoreUnavailableError

Outcome = Literal["new", "repeat", "conflict"]
MAX_PENDING_BYTES = 64 * 1024 * 1024
MAX_GROUP = 512
_OVERHEAD_BYTES = 1_024
_LOCK_WAIT_SECONDS = 2.0

_SCHEMA = (Path(__file__).parent / "store.sql").read_text("utf-8")
_INSERT = """
INSERT INTO submissions
SELECT :consultation, coalesce(max(sequence), 0) + 1, :id, :event, :relates_to, :questionnaire_hash, :media_type,
       :received_at, :device_time, :device_offset_minutes, :sha256, :fingerprint, :reference, :sealed
FROM submissions WHERE consultation = :consultation
ON CONFLICT (consultation, id) DO NOTHING
RETURNING sequence
"""
_COLUMNS = (
    "consultation, id, event, relates_to, questionnaire_hash, media_type, received_at, device_time,"
    " device_offset_minutes, sha256, fingerprint, reference, sequence"
)
_BY_ID = f"SELECT {_COLUMNS} FROM submissions WHERE consultation = ? AND id = ?"  # noqa: S608 - constants only
_BY_REFERENCE = f"SELECT {_COLUMNS} FROM submissions WHERE reference = ? ORDER BY consultation, sequence"  # noqa: S608
_FEED = f"SELECT {_COLUMNS}, sealed FROM submissions WHERE consultation = ? AND sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608


@dataclass(frozen=True)
class Submission:
    """What is to be stored. Times are ISO 8601 in UTC; `fingerprint` is equal exactly for "the same again"."""

    consultation: str
    id: str
    questionnaire_hash: str
    media_type: str
    received_at: str
    sha256: str
    fingerprint: str
    reference: str
    sealed: bytes
    event: str = "submission"
    relates_to: str | None = None
    device_time: str | None = None
    device_offset_minutes: int | None = None


@dataclass(frozen=True)
class Record:
    """A stored submission's header."""

    consultation: str
    id: str
    event: str
    relates_to: str | None
    questionnaire_hash: str
    media_type: str
    received_at: str
    device_time: str | None
    device_offset_minutes: int | None
    sha256: str
    fingerprint: str
    reference: str
    sequence: int


@dataclass(frozen=True)
class Stored:
    """What became of a submission: `record` is the one that holds its id, which for a conflict is another."""

    outcome: Outcome
    record: Record


class Store:
    """The store in one file. `put` may be called from any thread; `close` waits for what is queued."""

    def __init__(self, file: Path, max_pending_bytes: int = MAX_PENDING_BYTES) -> None:
        """Open or make the store.

        Raises:
            StoreUnavailableError: the file cannot be opened or is no store.
        """
        self._file = file
        self._max_pending_bytes = max_pending_bytes
        self._pending: deque[tuple[Submission, Future[Stored]]] = deque()
        self._pending_bytes = 0
        self._closing = False
        self._changed = threading.Condition()
        try:
            with closing(self._connect()) as connection:
                connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"{file} cannot be used as a store; check the folder and the disk.") from error
        self._writer = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._writer.start()

    def put(self, submission: Submission) -> "Future[Stored]":
        """Queue a submission; the future is answered after its commit is on disk.

        Raises:
            BusyError: too much is waiting. The future raises StoreUnavailableError when the write fails.
        """
        future: Future[Stored] = Future()
        size = len(submission.sealed) + _OVERHEAD_BYTES
        with self._changed:
            if self._closing:
                raise StoreUnavailableError("The server is stopping; send it again in a moment.")
            if self._pending_bytes + size > self._max_pending_bytes:
                raise BusyError("Many responses are arriving at once; send it again in a moment.")
            self._pending.append((submission, future))
            self._pending_bytes += size
            self._changed.notify()
        return future

    def by_reference(self, reference: str) -> list[Record]:
        """Every record of that reference (two are possible, though rare)."""
        with self._reading() as connection:
            return [_record(row) for row in connection.execute(_BY_REFERENCE, [reference])]

    def feed(self, consultation: str, after: int, limit: int, max_bytes: int) -> list[tuple[Record, bytes]]:
        """Committed records with sequence > `after`, in order, with their bodies: at most `limit`, and none more
        once `max_bytes` is met."""
        page: list[tuple[Record, bytes]] = []
        size = 0
        with self._reading() as connection:
            for row in connection.execute(_FEED, [consultation, after, limit]):
                page.append((_record(row[:-1]), row[-1]))
                size += len(row[-1])
                if size >= max_bytes:
                    break
        return page

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=_LOCK_WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection for one look."""
        address = f"{self._file.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=_LOCK_WAIT_SECONDS)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise StoreUnavailableError("The store cannot be read just now; ask again in a moment.") from error

    def _write(self) -> None:
        connection: sqlite3.Connection | None = None
        while group := self._next_group():
            try:
                connection = connection or self._connect()
                results = _commit(connection, [submission for submission, _ in group])
            except sqlite3.Error as error:
                if connection is not None:
                    connection.close()
                    connection = None
                for _, future in group:
                    failure = StoreUnavailableError("The response could not be stored; nothing of it was kept.")
                    failure.__cause__ = error
                    future.set_exception(failure)
                continue
            for (_, future), stored in zip(group, results, strict=True):
                future.set_result(stored)
        if connection is not None:
            connection.close()

    def _next_group(self) -> "list[tuple[Submission, Future[Stored]]]":
        """What is queued, waiting until there is something; empty when closing and nothing is left."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._pending or self._closing)
                group: list[tuple[Submission, Future[Stored]]] = []
                while self._pending and len(group) < MAX_GROUP:
                    submission, future = self._pending.popleft()
                    self._pending_bytes -= len(submission.sealed) + _OVERHEAD_BYTES
                    if future.set_running_or_notify_cancel():
                        group.append((submission, future))
                if group or (self._closing and not self._pending):
                    return group


def _commit(connection: sqlite3.Connection, submissions: list[Submission]) -> list[Stored]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [_insert_or_compare(connection, submission) for submission in submissions]
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _insert_or_compare(connection: sqlite3.Connection, submission: Submission) -> Stored:
    inserted = connection.execute(_INSERT, vars(submission)).fetchall()
    record = _record(connection.execute(_BY_ID, [submission.consultation, submission.id]).fetchone())
    if inserted:
        return Stored("new", record)
    return Stored("repeat" if record.fingerprint == submission.fingerprint else "conflict", record)


def _record(row: tuple[Any, ...]) -> Record:
    return Record(*row)
