"""An append-only log of sealed records in Parquet batches, tamper-evident by a hash chain.

`chain.jsonl` is the index and the commit point: a batch file counts only when its line is in it, so a writer killed
at any moment leaves no half batch. Each record's `chain` is the SHA-256 of the previous one and of the record's
header (its body stands in by the SHA-256 of the ciphertext); each line holds the SHA-256 of its batch file too.
One writer at a time (file lock); readers need no lock.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

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


@dataclass(frozen=True)
class BatchLine:
    """One line of `chain.jsonl`."""

    file: str
    first_seq: int
    last_seq: int
    last_known_at: str
    sha256: str
    chain: str


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

    def lines(self) -> list[BatchLine]:
        """The committed batches in order. A torn last line (a killed writer) is not committed."""
        file = self.folder / "chain.jsonl"
        if not file.exists():
            return []
        whole, _, _ = file.read_bytes().rpartition(b"\n")
        try:
            return [BatchLine(**json.loads(line)) for line in whole.splitlines()]
        except (ValueError, TypeError) as error:
            raise IngestError(f"{file}: damaged; restore it from a backup, then verify.") from error

    def last_seq(self) -> int:
        lines = self.lines()
        return lines[-1].last_seq if lines else 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the log for writing; another writer waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._drop_torn_line()
            yield

    def append(self, records: Sequence[dict[str, Any]], now: datetime) -> tuple[int, int]:
        """Commit `records` (header columns and `body`); call inside `writing()`.

        Returns:
            The first and last sequence number given; known_at never runs backwards.
        """
        lines = self.lines()
        seq, chain = (lines[-1].last_seq, lines[-1].chain) if lines else (0, GENESIS)
        known_at = max(now, datetime.fromisoformat(lines[-1].last_known_at)) if lines else now
        first = seq + 1
        for start in range(0, len(records), BATCH_ROWS):
            rows = []
            for record in records[start : start + BATCH_ROWS]:
                seq += 1
                row = {name: record.get(name) for name in self._header_names} | {"seq": seq, "known_at": known_at}
                body = record["body"]
                row["ciphertext_sha256"] = hashlib.sha256(body).hexdigest() if body is not None else None
                chain = next_link(chain, row)
                rows.append(row | {"chain": chain, "body": body})
            self._commit(pa.Table.from_pylist(rows, schema=self.schema), known_at, chain)
        return first, seq

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
        """Every fault: a batch missing, one byte changed, a record altered, removed or put in another order."""
        problems: list[Problem] = []
        chain, seq = GENESIS, 0
        try:
            lines = self.lines()
        except IngestError as error:
            return [Problem("chain.jsonl", str(error))]
        for line in lines:
            path = self.folder / line.file
            if not path.exists():
                problems.append(Problem(line.file, "the batch is missing"))
                chain, seq = line.chain, line.last_seq
                continue
            if file_sha256(path) != line.sha256:
                problems.append(Problem(line.file, "the file is not the one that was committed"))
            try:
                rows = pq.read_table(path).to_pylist()
            except (pa.ArrowException, OSError, ValueError):
                problems.append(Problem(line.file, "the file cannot be read"))
                chain, seq = line.chain, line.last_seq
                continue
            if line.first_seq != seq + 1:
                problems.append(Problem(line.file, f"starts at {line.first_seq}, not at {seq + 1}"))
            for row in rows:
                seq += 1
                header = {name: row[name] for name in self._header_names}
                chain = next_link(chain, header)
                problems.extend(self._faults_of(row, seq, chain, line.file))
                chain, seq = row["chain"], row["seq"]
            if (seq, chain) != (line.last_seq, line.chain):
                problems.append(Problem(line.file, f"ends at record {seq}; the chain says {line.last_seq}"))
                seq, chain = line.last_seq, line.chain
        return problems

    @staticmethod
    def _faults_of(row: dict[str, Any], seq: int, chain: str, file: str) -> Iterator[Problem]:
        where = f"{file}, record {row['seq']}"
        if row["seq"] != seq:
            yield Problem(where, f"record {seq} is expected here")
        if row["chain"] != chain:
            yield Problem(where, "the header was changed")
        body = row["body"]
        if body is not None and hashlib.sha256(body).hexdigest() != row["ciphertext_sha256"]:
            yield Problem(where, "the body was changed")

    def _commit(self, table: pa.Table, known_at: datetime, chain: str) -> None:
        first, last = table["seq"][0].as_py(), table["seq"][-1].as_py()
        name = f"batch-{first:012d}-{last:012d}.parquet"
        path, temporary = self.folder / name, self.folder / f".{name}.part"
        pq.write_table(table, temporary, compression="zstd", use_dictionary=False, write_statistics=["seq", "known_at"])
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
        _sync_folder(self.folder)
        line = BatchLine(name, first, last, known_at.astimezone(UTC).isoformat(), file_sha256(path), chain)
        with (self.folder / "chain.jsonl").open("ab") as handle:
            handle.write(json.dumps(asdict(line)).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        _sync_folder(self.folder)

    def _drop_torn_line(self) -> None:
        file = self.folder / "chain.jsonl"
        if not file.exists():
            return
        content = file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            with file.open("r+b") as handle:
                handle.truncate(len(whole))
                os.fsync(handle.fileno())


def next_link(previous: str, header: dict[str, Any]) -> str:
    """The chain after a record: SHA-256 of the chain before it and its header as canonical JSON."""
    content = json.dumps(header, sort_keys=True, separators=(",", ":"), default=_canonical)
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def file_sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
