"""The store in one SQLite file (WAL, synchronous=FULL): what one machine needs."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import astuple
from operator import attrgetter
from pathlib import Path

from ingest.web.errors import StoreUnavailableError, TokenError
from ingest.web.store.group import HEADER, Heads, Key, write_group
from ingest.web.store.records import GENESIS, Extent, Record, Stored, Submission, Token
from ingest.web.store.writer import MAX_PENDING_BYTES, GroupWriter

_LOCK_WAIT_SECONDS = 2.0

_SCHEMA = (Path(__file__).parent / "sqlite.sql").read_text("utf-8")
_COLUMNS = ", ".join(HEADER)
_ROW = f"({', '.join('?' * (len(HEADER) + 1))})"
_INSERT = f"INSERT INTO submissions ({_COLUMNS}, sealed) VALUES {{rows}} ON CONFLICT (consultation, id) DO NOTHING"  # noqa: S608
_BY_ID = f"SELECT {_COLUMNS} FROM submissions WHERE consultation = ? AND id = ?"  # noqa: S608 - constants only
_BY_REFERENCE = f"SELECT {_COLUMNS} FROM submissions WHERE reference = ? ORDER BY consultation, sequence"  # noqa: S608
_LATER = f"SELECT {_COLUMNS} FROM submissions WHERE consultation = ? AND relates_to = ? ORDER BY sequence DESC LIMIT 1"  # noqa: S608
_FEED = f"SELECT {_COLUMNS}, sealed FROM submissions WHERE consultation = ? AND sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608
_header = attrgetter(*HEADER)
_HEAD = "SELECT last_sequence, chain FROM consultations WHERE consultation = ?"
_ARRIVED = """
SELECT channel, count(*) FROM submissions
WHERE consultation = ? AND sequence > ? AND event <> 'withdraw' GROUP BY channel
"""
_SAVE_HEAD = """
INSERT INTO consultations (consultation, last_sequence, chain) VALUES (?, ?, ?)
ON CONFLICT (consultation) DO UPDATE SET last_sequence = excluded.last_sequence, chain = excluded.chain
"""
# Each version of a response takes the place of the one before it, so that two versions of one never both stand.
_LATEST = """
WITH RECURSIVE version (id, depth) AS (
    SELECT ?2, 0
    UNION
    SELECT s.id, depth + 1 FROM version JOIN submissions AS s ON s.relates_to = version.id
    WHERE s.consultation = ?1 AND s.event = 'supersede' AND depth < 10000
)
SELECT id FROM version ORDER BY depth DESC LIMIT 1
"""
_ERASE = "UPDATE submissions SET sealed = NULL WHERE sealed IS NOT NULL AND consultation = ? AND id = ?"
_PURGE = """
UPDATE submissions SET sealed = NULL
WHERE sealed IS NOT NULL AND received_at < ?
    AND sequence <= (SELECT acknowledged FROM consultations AS c WHERE c.consultation = submissions.consultation)
"""


class SqliteStore:
    """The store in one file; see `Store` for what each method does."""

    def __init__(self, file: Path, max_pending_bytes: int = MAX_PENDING_BYTES) -> None:
        """Open or make the store.

        Raises:
            StoreUnavailableError: the file cannot be opened or is no store.
        """
        self._file = file
        self._connection: sqlite3.Connection | None = None
        try:
            with closing(self._connect()) as connection:
                connection.executescript(_SCHEMA)
                columns = {row[1] for row in connection.execute("PRAGMA table_info(submissions)")}
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"{file} cannot be used as a store; check the folder and the disk.") from error
        if not columns.issuperset(HEADER):
            raise StoreUnavailableError(
                f"{file} was made by an earlier version of YourSay: pull it with that version, then move it away."
            )
        self._writer = GroupWriter(self._commit, self._finish, max_pending_bytes)

    def put(self, submission: Submission) -> "Future[Stored]":
        return self._writer.put(submission)

    def by_reference(self, reference: str) -> list[Record]:
        with self._reading() as connection:
            return [Record(*row) for row in connection.execute(_BY_REFERENCE, [reference])]

    def later_event(self, consultation: str, record_id: str) -> Record | None:
        with self._reading() as connection:
            row = connection.execute(_LATER, [consultation, record_id]).fetchone()
        return Record(*row) if row else None

    def feed(self, consultation: str, after: int, limit: int, max_bytes: int) -> list[tuple[Record, bytes | None]]:
        page: list[tuple[Record, bytes | None]] = []
        size = 0
        with self._reading() as connection:
            for *header, sealed in connection.execute(_FEED, [consultation, after, limit]):
                page.append((Record(*header), sealed))
                size += len(sealed or b"")
                if size >= max_bytes:
                    break
        return page

    def extent(self, consultation: str, through: int | None = None) -> Extent:
        with self._reading() as connection:
            connection.execute("BEGIN")
            last, chain = connection.execute(_HEAD, [consultation]).fetchone() or (0, GENESIS)
            if through is not None and through < last:
                at = connection.execute(
                    "SELECT chain FROM submissions WHERE consultation = ? AND sequence = ?", [consultation, through]
                ).fetchone()
                last, chain = through, at[0] if at else GENESIS
            count = connection.execute(
                "SELECT count(*) FROM submissions WHERE consultation = ? AND sequence <= ?", [consultation, last]
            ).fetchone()[0]
        return Extent(count, last, chain)

    def arrived(self, consultation: str, after: int) -> dict[str, int]:
        with self._reading() as connection:
            return dict(connection.execute(_ARRIVED, [consultation, after]).fetchall())

    def acknowledge(self, consultation: str, through: int, chain: str, at: str) -> bool:
        with self._writing() as connection:
            known = connection.execute(
                "SELECT chain FROM submissions WHERE consultation = ? AND sequence = ?", [consultation, through]
            ).fetchone()
            if known is None or known[0] != chain:
                return False
            connection.execute(
                "UPDATE consultations SET acknowledged = max(acknowledged, ?), acknowledged_at = ?"
                " WHERE consultation = ?",
                [through, at, consultation],
            )
            return True

    def purge(self, before: str) -> int:
        return self._remove(_PURGE, [[before]])

    def erase(self, consultation: str, record_ids: Sequence[str]) -> int:
        return self._remove(_ERASE, [[consultation, record_id] for record_id in record_ids])

    def save_session(self, session: str, sealed: bytes, expires_at: str) -> None:
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", [session, sealed, expires_at])

    def read_session(self, session: str, now: str) -> bytes | None:
        with self._reading() as connection:
            row = connection.execute(
                "SELECT sealed FROM sessions WHERE session = ? AND expires_at > ?", [session, now]
            ).fetchone()
        return bytes(row[0]) if row else None

    def end_sessions(self, now: str, session: str | None = None) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ? OR session = ?", [now, session])

    def add_token(self, token: Token) -> None:
        with self._writing() as connection:
            added = connection.execute(
                "INSERT INTO tokens (name, kind, consultation, sha256, created_at, revoked_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                astuple(token),
            ).rowcount
        if not added:
            raise TokenError(f"'{token.consultation}' has a token named '{token.name}'; choose another name.")

    def revoke_token(self, consultation: str, name: str, at: str) -> bool:
        with self._writing() as connection:
            return bool(
                connection.execute(
                    "UPDATE tokens SET revoked_at = ? WHERE consultation = ? AND name = ? AND revoked_at IS NULL",
                    [at, consultation, name],
                ).rowcount
            )

    def tokens(self, consultation: str) -> list[Token]:
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT name, kind, consultation, sha256, created_at, revoked_at FROM tokens"
                " WHERE consultation = ? ORDER BY name",
                [consultation],
            )
            return [Token(*row) for row in rows]

    def token_by_hash(self, sha256: str) -> Token | None:
        with self._reading() as connection:
            row = connection.execute(
                "SELECT name, kind, consultation, sha256, created_at, revoked_at FROM tokens WHERE sha256 = ?", [sha256]
            ).fetchone()
        return Token(*row) if row else None

    def close(self) -> None:
        self._writer.close()

    def _remove(self, statement: str, values: Sequence[Sequence[str]]) -> int:
        """Remove bodies in one transaction; returns how many."""
        with self._connected() as connection:
            # What is removed must not stay readable in the file's free pages.
            connection.execute("PRAGMA secure_delete = ON")
            with _transaction(connection):
                removed = sum(connection.execute(statement, one).rowcount for one in values)
            # Nor in the log, which is emptied into the file.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=_LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
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

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own that may write."""
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise StoreUnavailableError("The store cannot be written just now; try again in a moment.") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own, for what is written one at a time."""
        with self._connected() as connection, _transaction(connection):
            yield connection

    def _commit(self, submissions: Sequence[Submission]) -> list[Stored]:
        """Write a group (in the writer's thread)."""
        try:
            self._connection = self._connection or self._connect()
            return write_group(_Transaction(self._connection), submissions)
        except sqlite3.Error as error:
            self._finish()
            raise StoreUnavailableError("The response could not be stored; nothing of it was kept.") from error

    def _finish(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class _Transaction:
    """The writer's connection as a group sees it (`group.Database`): the whole file is locked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def transaction(self) -> AbstractContextManager[object]:
        return _transaction(self._connection)

    def lock_heads(self, consultations: Sequence[str]) -> Heads:
        found = {name: self._connection.execute(_HEAD, [name]).fetchone() for name in consultations}
        return {name: head or (0, GENESIS) for name, head in found.items()}

    def stored(self, keys: Sequence[Key]) -> dict[Key, Record]:
        rows = [(key, self._connection.execute(_BY_ID, key).fetchone()) for key in keys]
        return {key: Record(*row) for key, row in rows if row}

    def latest_version(self, consultation: str, record_id: str) -> str:
        return str(self._connection.execute(_LATEST, [consultation, record_id]).fetchone()[0])

    def insert(self, rows: Sequence[tuple[Record, bytes]]) -> int:
        # One statement is one wait for the interpreter, which the server's own thread keeps busy.
        statement = _INSERT.format(rows=", ".join([_ROW] * len(rows)))
        values = [value for record, sealed in rows for value in (*_header(record), sealed)]
        return self._connection.execute(statement, values).rowcount

    def save_heads(self, heads: Heads) -> None:
        for consultation, head in heads.items():
            self._connection.execute(_SAVE_HEAD, [consultation, *head])
