"""Writing a group of submissions in one transaction, whatever the database: what is new, its number and its link.

The first try takes every id for new and inserts all rows in one statement, which leaves out those that the unique
constraint knows. Where that left any out, the transaction is given up and tried once more with a look at what is
stored; the heads are locked in both, so that nothing can come between.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ingest.web.store.records import Record, Stored, Submission, next_link

Key = tuple[str, str]
Heads = dict[str, tuple[int, str]]
HEADER = tuple(Record.__dataclass_fields__)


class Database(Protocol):
    """What a group needs of a database; all but `transaction` are called inside one."""

    def transaction(self) -> AbstractContextManager[object]:
        """A transaction that is committed at the end of the block, and given up when that raises."""
        ...

    def lock_heads(self, consultations: Sequence[str]) -> Heads:
        """The last sequence and chain of each, which nobody else may move on until the end of the transaction."""
        ...

    def stored(self, keys: Sequence[Key]) -> dict[Key, Record]:
        """Those of the (consultation, id) that are stored."""
        ...

    def latest_version(self, consultation: str, record_id: str) -> str:
        """The id of the last version that took the place of that record; its own where none did."""
        ...

    def insert(self, rows: Sequence[tuple[Record, bytes]]) -> int:
        """Insert records with their bodies in one statement, without those whose id is known; how many went in."""
        ...

    def save_heads(self, heads: Heads) -> None: ...


class _KnownError(Exception):
    """An id that was taken for new is stored already."""


def write_group(database: Database, submissions: Sequence[Submission]) -> list[Stored]:
    """Commit a group; what became of each, in order. Whatever the database raises goes through, and nothing is kept."""
    try:
        with database.transaction():
            return _write(database, submissions, {})
    except _KnownError:
        with database.transaction():
            # Locked before the look: what another process commits in between would be taken for new once more.
            database.lock_heads(sorted({one.consultation for one in submissions}))
            known = database.stored([(one.consultation, one.id) for one in submissions])
            return _write(database, submissions, known)


def _write(database: Database, submissions: Sequence[Submission], stored: Mapping[Key, Record]) -> list[Stored]:
    heads = database.lock_heads(sorted({one.consultation for one in submissions}))
    known, rows, results = dict(stored), list[tuple[Record, bytes]](), []
    for one in submissions:
        key = (one.consultation, one.id)
        if key in known:
            record = known[key]
            results.append(Stored("repeat" if record.fingerprint == one.fingerprint else "conflict", record))
            continue
        relates_to = one.relates_to
        if relates_to is not None:
            # The look must see what this group has written so far.
            _insert(database, rows)
            relates_to = database.latest_version(one.consultation, relates_to)
        last, chain = heads[one.consultation]
        record = Record(
            consultation=one.consultation,
            sequence=last + 1,
            id=one.id,
            event=one.event,
            channel=one.channel,
            relates_to=relates_to,
            questionnaire_hash=one.questionnaire_hash,
            media_type=one.media_type,
            received_at=one.received_at,
            device_time=one.device_time,
            device_offset_minutes=one.device_offset_minutes,
            sha256=one.sha256,
            fingerprint=one.fingerprint,
            reference=one.reference,
            change_key=one.change_key,
            chain=next_link(chain, last + 1, one.id, relates_to, one.sha256),
        )
        heads[one.consultation] = (record.sequence, record.chain)
        known[key] = record
        rows.append((record, one.sealed))
        results.append(Stored("new", record))
    _insert(database, rows)
    database.save_heads(heads)
    return results


def _insert(database: Database, rows: list[tuple[Record, bytes]]) -> None:
    if rows and database.insert(rows) != len(rows):
        raise _KnownError
    rows.clear()
