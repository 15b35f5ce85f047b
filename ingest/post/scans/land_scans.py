"""Scanned files into landing: each file sealed whole, with its batch, its days and the postmarks of its envelopes."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ingest.landing import Arrival, Landed, Landing
from ingest.parsed_response import is_day
from ingest.post.errors import KeyingError
from ingest.post.scans.page_images import ScanError
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, Envelope, ScanDescription, ScanReading, pack_scan, read_facts
from ingest.post.scans.scan_child import facts_apart
from ingest.post.scans.scan_limits import MAX_SCAN_BYTES
from schemas.clock import Clock
from schemas.definition import Definition
from schemas.sealing import Recipients, seal

ENVELOPE_COLUMNS = ("file", "first_page", "postmark", "received")
_MAX_ENVELOPES_BYTES = 4 * 1024 * 1024


class ScansError(KeyingError):
    """Scanned files cannot be taken; the message names the file and says what to do."""


@dataclass(frozen=True)
class EnvelopeRow:
    """One row of the list of envelopes: from which page of which file on, its postmark and the day it was received."""

    file: str
    first_page: int
    postmark: str
    received: date


@dataclass(frozen=True)
class Batch:
    """What is the same for all files of a batch, and the envelopes where they are listed."""

    name: str
    postmark: str
    received: date
    sheets: int | None = None
    envelopes: tuple[EnvelopeRow, ...] = ()


@dataclass(frozen=True)
class ScannedFile:
    """A file as it was recognised, and the artefacts it became."""

    file: Path
    artefacts: tuple[str, ...]
    reading: ScanReading


def land_scans(
    files: Sequence[Path],
    batch: Batch,
    landing: Landing,
    recipients: Recipients,
    *,
    definition: Definition,
    clock: Clock,
) -> tuple[Landed, list[ScannedFile]]:
    """Land scanned files. A file is known by the SHA-256 of its bytes: the same file again is not landed again.

    Envelopes that were received on different days make a file several artefacts, each with its own pages.

    Raises:
        ScansError: a file or the batch cannot be taken; nothing was landed.
    """
    _check_batch(batch, files, definition, clock)
    scanned, arrivals = [], []
    for file in files:
        content = _content(file)
        try:
            reading = read_facts(facts_apart(content, definition), definition)
        except ScanError as error:
            raise ScansError(f"{file}: {error}; nothing was taken.") from None
        if all(page.kind == "unreadable" for page in reading.pages):
            raise ScansError(f"{file}: no page of it can be read; scan it again. Nothing was taken.")
        of_file = list(
            _arrivals(
                file, content, len(reading.pages), batch, recipients=recipients, definition=definition, clock=clock
            )
        )
        arrivals += of_file
        scanned.append(ScannedFile(file, tuple(one.artefact_id for one in of_file), reading))
    return landing.append(arrivals), scanned


def _check_batch(batch: Batch, files: Sequence[Path], definition: Definition, clock: Clock) -> None:
    today = clock.now().astimezone(definition.zone).date()
    if not batch.name.strip() or len(batch.name) > 80:
        raise ScansError("The batch needs a name of at most 80 characters; give it with --batch.")
    if not is_postmark(batch.postmark):
        raise ScansError("The postmark is a day (YYYY-MM-DD), 'none' or 'illegible'; give it with --postmark.")
    for received in (batch.received, *(row.received for row in batch.envelopes)):
        if received > today:
            raise ScansError(f"{received} has not come yet; give the day of receipt with --received.")
    names = [file.name for file in files]
    if batch.envelopes and len(set(names)) < len(names):
        raise ScansError("Two of the files have one name, which the list of envelopes cannot tell apart; rename one.")
    unknown = next((row.file for row in batch.envelopes if row.file not in names), None)
    if unknown:
        raise ScansError(f"The list of envelopes names {unknown}, which is not one of the files given.")


def is_postmark(text: str) -> bool:
    """Whether a text is a postmark: a day, 'none' or 'illegible'."""
    return text in ("none", "illegible") or is_day(text)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_SCAN_BYTES:
            raise ScansError(f"{file}: has more than {MAX_SCAN_BYTES // 1024**2} MB; split it. Nothing was taken.")
        return file.read_bytes()
    except OSError:
        raise ScansError(f"{file}: cannot be opened; nothing was taken.") from None


def _arrivals(
    file: Path,
    content: bytes,
    pages: int,
    batch: Batch,
    *,
    recipients: Recipients,
    definition: Definition,
    clock: Clock,
) -> Iterator[Arrival]:
    digest = hashlib.sha256(content).hexdigest()
    parts = list(_parts(file.name, pages, batch))
    for received, first, last, envelopes in parts:
        description = ScanDescription(
            definition.id, batch.name, received.isoformat(), envelopes, first, last, batch.sheets
        )
        # A day is all that is known: its noon, where the council is.
        received_at = datetime.combine(received, time(12), definition.zone).astimezone(UTC)
        yield Arrival(
            artefact_id=f"scan-{digest}" if len(parts) == 1 else f"scan-{digest}-{first}",
            consultation=definition.id,
            channel="post",
            media_type=SCAN_MEDIA_TYPE,
            received_at=min(received_at, clock.now()),
            source=f"scan-{batch.name}",
            body=seal(pack_scan(description, content), recipients),
        )


def _parts(name: str, pages: int, batch: Batch) -> Iterator[tuple[date, int, int | None, tuple[Envelope, ...]]]:
    """The stretches of a file that were received on one day: the day, first and last page, the envelopes."""
    rows = sorted((row for row in batch.envelopes if row.file == name), key=lambda row: row.first_page)
    if not rows or rows[0].first_page > 1:
        rows.insert(0, EnvelopeRow(name, 1, batch.postmark, batch.received))
    if rows[-1].first_page > pages:
        raise ScansError(f"The list of envelopes names page {rows[-1].first_page} of {name}, which has {pages}.")
    stretches: list[list[EnvelopeRow]] = []
    for row in rows:
        if stretches and stretches[-1][0].received == row.received:
            stretches[-1].append(row)
        else:
            stretches.append([row])
    for position, stretch in enumerate(stretches):
        last = stretches[position + 1][0].first_page - 1 if position + 1 < len(stretches) else None
        envelopes = tuple(Envelope(row.first_page, row.postmark) for row in stretch)
        yield stretch[0].received, stretch[0].first_page, last, envelopes


def read_envelopes(file: Path) -> tuple[EnvelopeRow, ...]:
    """The list of envelopes: a CSV file with the columns file, first_page, postmark and received.

    Raises:
        ScansError: it cannot be read; the message names the row and the column.
    """
    try:
        if file.stat().st_size > _MAX_ENVELOPES_BYTES:
            raise ScansError(f"{file}: is larger than a list of envelopes can be.")
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise ScansError(f"{file}: cannot be read as CSV in UTF-8.") from None
    found = []
    for number, row in enumerate(rows, 2):
        cells = {name: str(row.get(name) or "").strip() for name in ENVELOPE_COLUMNS}
        first = cells["first_page"]
        checks = (
            ("file", bool(cells["file"])),
            ("first_page", first.isascii() and first.isdigit() and 0 < len(first) < 6 and int(first) > 0),
            ("postmark", is_postmark(cells["postmark"])),
            ("received", is_day(cells["received"])),
        )
        wrong = next((name for name, fits in checks if not fits), None)
        if wrong:
            raise ScansError(f"{file}: row {number}, column '{wrong}': is missing or not as it should be.")
        found.append(EnvelopeRow(cells["file"], int(first), cells["postmark"], date.fromisoformat(cells["received"])))
    return tuple(found)
