"""`chain.jsonl`: the index of a chained log and its commit point, a line for each batch.

A line that a killed writer left half written is not committed. Anything else that is not, byte for byte, a line as
it was written is damage, and is said to be.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import IngestError

# Longer than any line, so that the last one is found without reading the file.
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class BatchLine:
    """One line: a batch file, the records in it, its SHA-256 and the chain after its last record."""

    file: str
    first_seq: int
    last_seq: int
    last_known_at: str
    sha256: str
    chain: str

    def encoded(self) -> bytes:
        return json.dumps(vars(self)).encode()


class ChainFile:
    """The lines of one log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[BatchLine]:
        """Every committed line in order.

        Raises:
            IngestError: the file is damaged.
        """
        if not self.path.exists():
            return []
        whole, _, torn = self.path.read_bytes().rpartition(b"\n")
        self._check_torn(torn)
        return [self._decoded(line) for line in whole.split(b"\n")] if whole else []

    def last(self) -> BatchLine | None:
        """The last committed line, found from the end of the file.

        Raises:
            IngestError: the end of the file is damaged.
        """
        whole, _ = self._tail()
        return self._decoded(whole.rpartition(b"\n")[2]) if whole else None

    def add(self, line: BatchLine) -> None:
        """Commit a line: it is on the disk when this returns."""
        with self.path.open("ab") as handle:
            handle.write(line.encoded() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        sync_folder(self.path.parent)

    def replace(self, line: BatchLine, sha256: str) -> None:
        """Give the batch of `line` another SHA-256; all lines are replaced at once.

        Raises:
            IngestError: the file is damaged.
        """
        lines = [replace(one, sha256=sha256) if one.file == line.file else one for one in self.lines()]
        beside = self.path.with_name(f".{self.path.name}.part")
        with beside.open("wb") as handle:
            handle.write(b"".join(one.encoded() + b"\n" for one in lines))
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(self.path)
        sync_folder(self.path.parent)

    def drop_torn_line(self) -> None:
        """Remove what a killed writer left of a line.

        Raises:
            IngestError: it is not that, but damage.
        """
        _, torn = self._tail()
        if torn:
            with self.path.open("r+b") as handle:
                handle.truncate(handle.seek(0, os.SEEK_END) - len(torn))
                os.fsync(handle.fileno())

    def _tail(self) -> tuple[bytes, bytes]:
        """The end of the whole lines, the last of them complete, and what a killed writer left after them."""
        if not self.path.exists():
            return b"", b""
        with self.path.open("rb") as handle:
            handle.seek(max(0, handle.seek(0, os.SEEK_END) - _TAIL_BYTES))
            whole, _, torn = handle.read().rpartition(b"\n")
        self._check_torn(torn)
        return whole, torn

    def _decoded(self, content: bytes) -> BatchLine:
        try:
            line = BatchLine(**json.loads(content))
        except (ValueError, TypeError):
            raise self._damaged() from None
        if line.encoded() != content:
            raise self._damaged()
        return line

    def _check_torn(self, torn: bytes) -> None:
        """What follows the last line's end may be the beginning of a line, never a line whose end was altered."""
        if not torn:
            return
        try:
            _, end = json.JSONDecoder().raw_decode(torn.decode("ascii"))
        except json.JSONDecodeError:
            return
        except UnicodeDecodeError:
            raise self._damaged() from None
        if end < len(torn):
            raise self._damaged()

    def _damaged(self) -> IngestError:
        return IngestError(f"{self.path}: damaged; restore it from a backup, then verify.")


def file_sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make names that were added to `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
