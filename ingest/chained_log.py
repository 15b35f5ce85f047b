"""An append-only log of sealed records in Parquet batches, tamper-evident by a hash chain.

`chain.jsonl` is the index and the commit point (see `ingest.chain_file`): readers see a batch only when its line is
there, and a batch file gets its name only when it is whole. So a writer killed at any moment leaves no half batch:
what it left whole, the next writer takes over, what it left half, the next writer removes.
Each record's `chain` is the SHA-256 of the previous one and of the record's header (its body stands in by the
SHA-256 of the ciphertext, so a body can be removed and the chain still holds); each line holds the SHA-256 of its
batch file too.
One writer at a time (file lock); readers need no lock.
"""

import fcntl
import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.body_removal import finish_removals, removal_is_pending, remove_bodies, write_batch
from ingest.chain_file import BatchLine, ChainFile, file_sha256, sync_folder
from ingest.errors import IngestError

GENESIS = "0" * 64
BATCH_ROWS = 50_000
_BASE_FIELDS = (
    pa.field("seq", pa.int64(), nullable=False),
    pa.field("known_at", pa.timestamp("us", tz="UTC"), nullable=False),
)
_CHAIN_FIELDS = (
    pa.field("ciphertext_sha256", pa.string()),
    pa.field("chain", pa.string(), nullable=False),
    pa.field("body", pa.binary()),
)
_UNREADABLE = (pa.ArrowException, OSError, ValueError)


@dataclass(frozen=True)
class Problem:
    """One fault found by verifying."""

    where: str
    what: str


class ChainedLog:
    """A folder of batches with the header columns given, and its chain."""

    def __init__(self, folder: Path, header: Sequence[pa.Field]) -> None:
        self.folder = folder
        self.schema = pa.schema([*_BASE_FIELDS, *header, *_CHAIN_FIELDS])
        self._header_names = [f.name for f in self.schema if f.name not in ("chain", "body")]
        self._chain_file = ChainFile(folder / "chain.jsonl")

    def lines(self) -> list[BatchLine]:
        """The committed batches in order.

        Raises:
            IngestError: `chain.jsonl` is damaged.
        """
        return self._chain_file.lines()

    def last_line(self) -> BatchLine | None:
        """The last committed batch, without reading about the others."""
        return self._chain_file.last()

    def last_seq(self) -> int:
        last = self.last_line()
        return last.last_seq if last else 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the log for writing; another writer waits.

        Raises:
            IngestError: the log is damaged; nothing may be appended to it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for half in self.folder.glob(".batch-*.part"):
                half.unlink()
            self._chain_file.drop_torn_line()
            finish_removals(self.folder, self._chain_file)
            self._take_over_whole_batches()
            yield

    def append(self, records: Sequence[dict[str, Any]], now: datetime) -> tuple[int, int]:
        """Commit `records` (header columns and `body`); call inside `writing()`.

        Returns:
            The first and last sequence number given; known_at never runs backwards.

        Raises:
            IngestError: a time has no time zone.
        """
        last = self.last_line()
        seq, chain = (last.last_seq, last.chain) if last else (0, GENESIS)
        known_at = max(now, datetime.fromisoformat(last.last_known_at)) if last else now
        first = seq + 1
        for start in range(0, len(records), BATCH_ROWS):
            rows = []
            for record in records[start : start + BATCH_ROWS]:
                seq += 1
                row = {name: _in_utc(record.get(name)) for name in self._header_names}
                row |= {"seq": seq, "known_at": _in_utc(known_at)}
                body = record["body"]
                row["ciphertext_sha256"] = hashlib.sha256(body).hexdigest() if body is not None else None
                chain = next_link(chain, row)
                rows.append(row | {"chain": chain, "body": body})
            self._commit(pa.Table.from_pylist(rows, schema=self.schema))
        return first, seq

    def remove_bodies(self, seqs: Collection[int]) -> int:
        """Remove the bodies of these records; call inside `writing()`. Returns how many were there.

        The headers stay, with the SHA-256 of each ciphertext, and so does the chain.
        """
        lines = [line for line in self.lines() if any(line.first_seq <= seq <= line.last_seq for seq in seqs)]
        return sum(remove_bodies(self.folder, self._chain_file, line, seqs) for line in lines)

    def read(
        self, after: int = 0, known_until: datetime | None = None, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Records with seq > `after` and known_at <= `known_until`, in order; an empty table where there are none."""
        parts = list(self.read_batches(after, known_until, columns))
        wanted = pa.schema([self.schema.field(name) for name in columns]) if columns else self.schema
        return pa.concat_tables(parts) if parts else wanted.empty_table()

    def read_batches(
        self, after: int = 0, known_until: datetime | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.Table]:
        """The same, a batch at a time, for logs larger than memory."""
        for line in self.lines():
            if line.last_seq <= after:
                continue
            filters: list[tuple[str, str, Any]] = [("seq", ">", after)]
            if known_until is not None:
                filters.append(("known_at", "<=", known_until))
            needed = list(columns) if columns else None
            path = self.folder / line.file
            if line.first_seq > after and (
                known_until is None or datetime.fromisoformat(line.last_known_at) <= known_until
            ):
                yield pq.read_table(path, columns=needed)
                continue
            part = pq.read_table(path, columns=needed, filters=filters)
            if part.num_rows:
                yield part

    def read_records(self, seqs: Sequence[int]) -> pa.Table:
        """The records of exactly these sequence numbers."""
        wanted = sorted(set(seqs))
        parts = []
        for line in self.lines():
            here = [s for s in wanted if line.first_seq <= s <= line.last_seq]
            if here:
                parts.append(pq.read_table(self.folder / line.file, filters=[("seq", "in", here)]))
        return pa.concat_tables(parts) if parts else self.schema.empty_table()

    def verify(self) -> list[Problem]:
        """Every fault: a batch missing, one byte changed, a record altered, removed or put in another order.

        A batch that a writer has just finished and not yet committed is no fault, provided that it is sound.
        """
        present = sorted(path.name for path in self.folder.glob("batch-*.parquet"))
        try:
            lines = self.lines()
        except IngestError as error:
            return [Problem("chain.jsonl", str(error))]
        problems: list[Problem] = []
        seq, chain = 0, GENESIS
        for line in lines:
            path = self.folder / line.file
            if not path.exists():
                problems.append(Problem(line.file, "the batch is missing"))
            elif file_sha256(path) != line.sha256 and removal_is_pending(self.folder, line):
                problems.append(Problem(line.file, "an erasure was broken off; run 'yoursay erase --again'"))
            elif file_sha256(path) != line.sha256:
                problems.append(Problem(line.file, "the file is not the one that was committed"))
            else:
                faults, ends = self._check_batch(path, seq, chain)
                problems += faults
                if ends != line and not faults:
                    problems.append(Problem(line.file, "the chain says otherwise of its records"))
            seq, chain = line.last_seq, line.chain
        named = {line.file for line in lines}
        for name in (name for name in present if name not in named):
            if name.startswith(f"batch-{seq + 1:012d}-"):
                problems += self._check_batch(self.folder / name, seq, chain)[0]
            else:
                problems.append(Problem(name, "the chain does not name this batch"))
        return problems

    def _check_batch(self, path: Path, seq: int, chain: str) -> tuple[list[Problem], BatchLine | None]:
        """The faults of a batch that follows record `seq`, and the line that it deserves (none if it is unreadable)."""
        try:
            table = pq.read_table(path)
        except _UNREADABLE:
            return [Problem(path.name, "the file cannot be read")], None
        if not table.schema.equals(self.schema) or not table.num_rows:
            return [Problem(path.name, "it holds no records of this log")], None
        problems: list[Problem] = []
        for row in table.to_pylist():
            seq += 1
            chain = next_link(chain, {name: row[name] for name in self._header_names})
            problems.extend(_faults_of(row, seq, chain, path.name))
            chain, seq = row["chain"], row["seq"]
        return problems, self._line_of(path, table)

    def _commit(self, table: pa.Table) -> None:
        first, last = table["seq"][0].as_py(), table["seq"][-1].as_py()
        name = f"batch-{first:012d}-{last:012d}.parquet"
        path, temporary = self.folder / name, self.folder / f".{name}.part"
        write_batch(table, temporary)
        temporary.replace(path)
        sync_folder(self.folder)
        self._chain_file.add(self._line_of(path, table))

    def _line_of(self, path: Path, table: pa.Table) -> BatchLine:
        first, last = table.slice(0, 1).to_pylist()[0], table.slice(table.num_rows - 1).to_pylist()[0]
        known_at = last["known_at"].astimezone(UTC).isoformat()
        return BatchLine(path.name, first["seq"], last["seq"], known_at, file_sha256(path), last["chain"])

    def _take_over_whole_batches(self) -> None:
        """Commit what a killed writer had finished: the next batch is whole, and only its line is missing."""
        while True:
            last = self.last_line()
            seq, chain = (last.last_seq, last.chain) if last else (0, GENESIS)
            finished = sorted(self.folder.glob(f"batch-{seq + 1:012d}-*.parquet"))
            if not finished:
                return
            faults, line = self._check_batch(finished[0], seq, chain)
            if faults or line is None:
                raise IngestError(f"{finished[0]}: damaged, and not in chain.jsonl; move it away, then verify.")
            self._chain_file.add(line)


def next_link(previous: str, header: dict[str, Any]) -> str:
    """The chain after a record: SHA-256 of the chain before it and its header as canonical JSON."""
    content = json.dumps(header, sort_keys=True, separators=(",", ":"), default=_canonical)
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()


def _in_utc(value: Any) -> Any:
    """A time in UTC, anything else as it is.

    Arrow is given UTC alone: once pandera is imported, pyarrow drops the offset of any other zone without a word.
    """
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise IngestError("A record's time has no time zone; give every time one.")
    return value.astimezone(UTC)


def _canonical(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no canonical form")
    return value.astimezone(UTC).isoformat()


def _faults_of(row: dict[str, Any], seq: int, chain: str, file: str) -> Iterator[Problem]:
    where = f"{file}, record {row['seq']}"
    if row["seq"] != seq:
        yield Problem(where, f"record {seq} is expected here")
    if row["chain"] != chain:
        yield Problem(where, "the header was changed")
    body = row["body"]
    if body is not None and hashlib.sha256(body).hexdigest() != row["ciphertext_sha256"]:
        yield Problem(where, "the body was changed")
