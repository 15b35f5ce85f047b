"""Mailboxes that are one file: `mbox`, message after message, each behind a line `From sender date`."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ingest.mail.intake.folders import DONE, SOURCE, TOO_LARGE, move_into
from ingest.mail.intake.mailbox import Settled, Waiting
from ingest.mail.intake.received import Filed

# A writer of an answer may begin a line with `From`; a separator also holds a time of day and a year.
_SEPARATOR = re.compile(rb"From .*\d{1,2}:\d{2}.*(?:19|20)\d{2}")
_ASCTIME = re.compile(rb"([A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} +\d{1,2}:\d{2}:\d{2})(?: +[+\-A-Z]\w*)* +(\d{4})")
_ESCAPED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_LINE_BYTES = 64 * 1024
_COPIED_BYTES = 1024 * 1024


class MboxFile:
    """One mbox file. It goes to `done/` as a whole once all of its messages are landed."""

    source = SOURCE

    def __init__(self, file: Path) -> None:
        self._file = file
        self._size = 0

    def waiting(self) -> Iterator[Waiting]:
        state = self._file.stat()
        self._size = state.st_size
        written = datetime.fromtimestamp(state.st_mtime, UTC)
        with self._file.open("rb") as handle:
            for start, end, separator in _messages(handle, self._size):
                yield Waiting(f"{start}-{end}", end - start, Filed(_moment(separator) or written))

    def read(self, message: Waiting, limit: int) -> bytes | None:
        start, end = _range(message)
        with self._file.open("rb") as handle:
            handle.seek(start)
            return _ESCAPED_FROM.sub(b"", handle.read(min(limit, end - start)))

    def settle(self, messages: Sequence[Settled]) -> None:
        for one in messages:
            if one.too_large:
                self._copy_out(one)

    def finish(self) -> None:
        # One that has grown meanwhile is left for the next run, which knows again what it has seen.
        if self._file.stat().st_size == self._size:
            done = self._file.parent / DONE
            number = 2
            while (done / (other := f"{self._file.stem}.{number}{self._file.suffix}")).exists():
                number += 1
            move_into(self._file, done, other)

    def _copy_out(self, one: Settled) -> None:
        folder = self._file.parent / TOO_LARGE
        folder.mkdir(exist_ok=True, mode=0o700)
        part = folder / f".{one.artefact_id}.part"
        start, end = _range(one.waiting)
        with self._file.open("rb") as source, part.open("wb") as target:
            source.seek(start)
            for _ in range(start, end, _COPIED_BYTES):
                target.write(source.read(min(_COPIED_BYTES, end - source.tell())))
        part.replace(folder / f"{one.artefact_id}.eml")


def _range(message: Waiting) -> tuple[int, int]:
    start, _, end = message.key.partition("-")
    return int(start), int(end)


def _messages(handle: BinaryIO, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Start and end of each message in the first `size` bytes, with the line before it; without one, all is one."""
    start, separator, words = 0, b"", False
    position, blank, at_start = 0, 0, True
    while position < size and (line := handle.readline(min(_LINE_BYTES, size - position))):
        if at_start and (blank or position == 0) and _SEPARATOR.match(line):
            if words:
                yield start, position - blank, separator
            start, separator, words = position + len(line), line, False
        # The empty line before the next message is the file's, not the message's.
        blank = len(line) if at_start and not line.strip(b"\r\n") else 0
        words = words or bool(line.strip() and position >= start)
        at_start = line.endswith(b"\n")
        position += len(line)
    if words:
        yield start, position - blank, separator


def _moment(separator: bytes) -> datetime | None:
    """When a message was filed, by the line before it: `Thu Mar  1 09:00:00 2007`, in UTC."""
    found = _ASCTIME.search(separator)
    if not found:
        return None
    try:
        return datetime.strptime(f"{found[1].decode()} {found[2].decode()}", "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
