"""The store in PostgreSQL: what several server processes share.

A group's transaction first locks the head row of its consultations. So whatever processes write, a consultation's
numbers follow its commits without gaps and its chain is one.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout

from ingest.web.errors import StoreUnavailableError, TokenError
from ingest.web.store.group import HEADER, Heads, Key, write_group
from ingest.web.store.records import GENESIS, Extent, Record, Stored, Submission, Token
from ingest.web.store.writer import MAX_PENDING_BYTES, GroupWriter

_Connection = psycopg.Connection[tuple[Any, ...]]

_POOL_SIZE = 4
_POOL_WAIT_SECONDS = 2.0
# A statement that waits longer is given up, so that a stuck database is answered with "come back".
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "options": "-c synchronous_commit=on -c statement_timeout=15000 -c lock_timeout=10000",
}
_SCHEMA = (Path(__file__).parent / "postgres.sql").read_text("utf-8")
# Processes that start together make the tables one after another.
_SCHEMA_LOCK = "SELECT pg_advisory_xact_lock(hashtext('yoursay store'))"
_COLUMNS = sql.SQL(", ").join(sql.Identifier(name) for name in HEADER)
_NEW_HEADS = """
INSERT INTO consultations (consultation, last_sequence, chain)
SELECT consultation, 0, %s FROM unnest(%s::text[]) AS wanted (consultation) ORDER BY consultation
ON CONFLICT DO NOTHING
"""
_LOCK_HEADS = """
SELECT consultation, last_sequence, chain FROM consultations WHERE consultation = ANY(%s)
ORDER BY consultation FOR UPDATE
"""
_SAVE_HEAD = "UPDATE consultations SET last_sequence = %s, chain = %s WHERE consultation = %s"
_ARRAYS = {"sequence": "bigint[]", "device_offset_minutes": "integer[]", "sealed": "bytea[]"}
_INSERT = sql.SQL(
    "INSERT INTO submissions ({columns}, sealed) SELECT * FROM unnest({arrays})"
    " ON CONFLICT (consultation, id) DO NOTHING RETURNING 1"
).format(
    columns=_COLUMNS,
    arrays=sql.SQL(", ").join(sql.SQL("%s::" + _ARRAYS.get(name, "text[]")) for name in (*HEADER, "sealed")),
)
_BY_ID = sql.SQL(
    "SELECT {columns} FROM submissions WHERE (consultation, id) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
).format(columns=_COLUMNS)
_BY_REFERENCE = sql.SQL(
    "SELECT {columns} FROM submissions WHERE reference = %s ORDER BY consultation, sequence"
).format(columns=_COLUMNS)
_LATER = sql.SQL(
    "SELECT {columns} FROM submissions WHERE consultation = %s AND relates_to = %s ORDER BY sequence DESC LIMIT 1"
).format(columns=_COLUMNS)
_FEED = sql.SQL(
    "SELECT {columns}, sealed FROM submissions WHERE consultation = %s AND sequence > %s ORDER BY sequence LIMIT %s"
).format(columns=_COLUMNS)
# As in the SQLite store: each version takes the place of the one before it.
_LATEST = """
WITH RECURSIVE version (id, depth) AS (
    SELECT %(id)s::text COLLATE "C", 0
    UNION ALL
    SELECT s.id, depth + 1 FROM version JOIN submissions AS s ON s.relates_to = version.id
    WHERE s.consultation = %(consultation)s AND s.event = 'supersede' AND depth < 10000
)
SELECT id FROM version ORDER BY depth DESC LIMIT 1
"""
_HEAD = "SELECT last_sequence, chain FROM consultations WHERE consultation = %s"
_LINK = "SELECT chain FROM submissions WHERE consultation = %s AND sequence = %s"
_COUNT = "SELECT count(*) FROM submissions WHERE consultation = %s AND sequence <= %s"
_ARRIVED = """
SELECT channel, count(*) FROM submissions
WHERE consultation = %s AND sequence > %s AND event <> 'withdraw' GROUP BY channel
"""
_ACKNOWLEDGE = """
UPDATE consultations AS c SET acknowledged = greatest(acknowledged, %(through)s), acknowledged_at = %(at)s
FROM submissions AS s
WHERE c.consultation = %(consultation)s
    AND s.consultation = c.consultation AND s.sequence = %(through)s AND s.chain = %(chain)s
"""
_PURGE = """
UPDATE submissions AS s SET sealed = NULL FROM consultations AS c
WHERE c.consultation = s.consultation AND s.sealed IS NOT NULL AND s.received_at < %s AND s.sequence <= c.acknowledged
"""
_ERASE = """
UPDATE submissions SET sealed = NULL
WHERE sealed IS NOT NULL AND consultation = %s AND id IN (SELECT unnest(%s::text[]))
"""
_SAVE_SESSION = """
INSERT INTO sessions VALUES (%s, %s, %s)
ON CONFLICT (session) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at
"""
_OF_A_SENDER = "name, kind, consultation, sha256, created_at, revoked_at"


class PostgresStore:
    """The store in one database; see `Store` for what each method does."""

    def __init__(self, address: str, max_pending_bytes: int = MAX_PENDING_BYTES) -> None:
        """Connect, and make the tables where they are not there.

        Raises:
            StoreUnavailableError: the database cannot be reached or used; says which, without its password.
        """
        self._address = address
        self._connection: _Connection | None = None
        self._with_head: set[str] = set()
        try:
            with self._connect() as connection:
                connection.execute(_SCHEMA_LOCK)
                connection.execute(_SCHEMA)
        except psycopg.Error as error:
            raise StoreUnavailableError(
                f"The database that YOURSAY_STORE names cannot be used ({type(error).__name__}); check that it runs, "
                "and the address, name and password."
            ) from None
        self._pool: ConnectionPool[_Connection] = ConnectionPool(
            address,
            kwargs=dict(_OPTIONS),
            min_size=1,
            max_size=_POOL_SIZE,
            timeout=_POOL_WAIT_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )
        self._writer = GroupWriter(self._commit, self._drop_connection, max_pending_bytes)

    def put(self, submission: Submission) -> "Future[Stored]":
        return self._writer.put(submission)

    def by_reference(self, reference: str) -> list[Record]:
        with self._transaction() as connection:
            return [Record(*row) for row in connection.execute(_BY_REFERENCE, [reference])]

    def later_event(self, consultation: str, record_id: str) -> Record | None:
        with self._transaction() as connection:
            row = connection.execute(_LATER, [consultation, record_id]).fetchone()
        return Record(*row) if row else None

    def feed(self, consultation: str, after: int, limit: int, max_bytes: int) -> list[tuple[Record, bytes | None]]:
        page: list[tuple[Record, bytes | None]] = []
        size = 0
        # A cursor on the server's side, so that no more bodies travel than are wanted.
        with self._transaction() as connection, connection.cursor("feed") as cursor:
            cursor.itersize = 50
            for *header, sealed in cursor.execute(_FEED, [consultation, after, limit]):
                page.append((Record(*header), sealed))
                size += len(sealed or b"")
                if size >= max_bytes:
                    break
        return page

    def extent(self, consultation: str, through: int | None = None) -> Extent:
        with self._transaction() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            last, chain = connection.execute(_HEAD, [consultation]).fetchone() or (0, GENESIS)
            if through is not None and through < last:
                link = connection.execute(_LINK, [consultation, through]).fetchone()
                last, chain = through, link[0] if link else GENESIS
            (count,) = connection.execute(_COUNT, [consultation, last]).fetchone() or (0,)
        return Extent(count, last, chain)

    def arrived(self, consultation: str, after: int) -> dict[str, int]:
        with self._transaction() as connection:
            return dict(connection.execute(_ARRIVED, [consultation, after]).fetchall())

    def acknowledge(self, consultation: str, through: int, chain: str, at: str) -> bool:
        said = {"consultation": consultation, "through": through, "chain": chain, "at": at}
        with self._transaction() as connection:
            return connection.execute(_ACKNOWLEDGE, said).rowcount == 1

    def purge(self, before: str) -> int:
        with self._transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = 0")
            return connection.execute(_PURGE, [before]).rowcount

    def erase(self, consultation: str, record_ids: Sequence[str]) -> int:
        with self._transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = 0")
            return connection.execute(_ERASE, [consultation, list(record_ids)]).rowcount

    def save_session(self, session: str, sealed: bytes, expires_at: str) -> None:
        with self._transaction() as connection:
            connection.execute(_SAVE_SESSION, [session, sealed, expires_at])

    def read_session(self, session: str, now: str) -> bytes | None:
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT sealed FROM sessions WHERE session = %s AND expires_at > %s", [session, now]
            ).fetchone()
        return row[0] if row else None

    def end_sessions(self, now: str, session: str | None = None) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= %s OR session = %s", [now, session])

    def add_token(self, token: Token) -> None:
        with self._transaction() as connection:
            added = connection.execute(
                f"INSERT INTO tokens ({_OF_A_SENDER}) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",  # noqa: S608
                astuple(token),
            ).rowcount
        if not added:
            raise TokenError(f"'{token.consultation}' has a token named '{token.name}'; choose another name.")

    def revoke_token(self, consultation: str, name: str, at: str) -> bool:
        with self._transaction() as connection:
            revoked = connection.execute(
                "UPDATE tokens SET revoked_at = %s WHERE consultation = %s AND name = %s AND revoked_at IS NULL",
                [at, consultation, name],
            )
            return revoked.rowcount == 1

    def tokens(self, consultation: str) -> list[Token]:
        with self._transaction() as connection:
            rows = connection.execute(
                f"SELECT {_OF_A_SENDER} FROM tokens WHERE consultation = %s ORDER BY name",  # noqa: S608
                [consultation],
            )
            return [Token(*row) for row in rows]

    def token_by_hash(self, sha256: str) -> Token | None:
        with self._transaction() as connection:
            row = connection.execute(f"SELECT {_OF_A_SENDER} FROM tokens WHERE sha256 = %s", [sha256]).fetchone()  # noqa: S608
        return Token(*row) if row else None

    def close(self) -> None:
        self._writer.close()
        self._pool.close()

    def _connect(self) -> _Connection:
        return psycopg.connect(self._address, **_OPTIONS)

    @contextmanager
    def _transaction(self) -> Iterator[_Connection]:
        """A transaction on a connection of the pool, which makes a new one where the old one is dead."""
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.Error, PoolTimeout) as error:
            raise StoreUnavailableError("The store cannot be used just now; try again in a moment.") from error

    def _commit(self, submissions: Sequence[Submission]) -> list[Stored]:
        """Write a group (in the writer's thread)."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._make_heads(self._connection, {one.consultation for one in submissions})
            return write_group(_Transaction(self._connection), submissions)
        except psycopg.Error as error:
            self._drop_connection()
            # The commit may have been carried out before the connection was lost: sending again tells.
            raise StoreUnavailableError("It is not certain that the response was stored; send it again.") from error

    def _make_heads(self, connection: _Connection, consultations: set[str]) -> None:
        """Make the heads that are not there yet, in a transaction of their own.

        A group that locks one head and then makes another could wait for a group that does so the other way round.
        """
        unknown = sorted(consultations - self._with_head)
        if unknown:
            with connection.transaction():
                connection.execute(_NEW_HEADS, [GENESIS, unknown])
            self._with_head.update(unknown)

    def _drop_connection(self) -> None:
        self._with_head.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Transaction:
    """The writer's connection as a group sees it (`group.Database`)."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def transaction(self) -> AbstractContextManager[object]:
        return self._connection.transaction()

    def lock_heads(self, consultations: Sequence[str]) -> Heads:
        rows = self._connection.execute(_LOCK_HEADS, [list(consultations)])
        return {consultation: (last, chain) for consultation, last, chain in rows}

    def stored(self, keys: Sequence[Key]) -> dict[Key, Record]:
        columns = [[consultation for consultation, _ in keys], [record_id for _, record_id in keys]]
        records = [Record(*row) for row in self._connection.execute(_BY_ID, columns)]
        return {(record.consultation, record.id): record for record in records}

    def latest_version(self, consultation: str, record_id: str) -> str:
        found = self._connection.execute(_LATEST, {"consultation": consultation, "id": record_id}).fetchone()
        return str(found[0]) if found else record_id

    def insert(self, rows: Sequence[tuple[Record, bytes]]) -> int:
        columns: list[list[Any]] = [[getattr(record, name) for record, _ in rows] for name in HEADER]
        columns.append([sealed for _, sealed in rows])
        return self._connection.execute(_INSERT, columns).rowcount

    def save_heads(self, heads: Heads) -> None:
        for consultation, (last, chain) in heads.items():
            self._connection.execute(_SAVE_HEAD, [last, chain, consultation])
