"""A folder of messages into landing: each sealed whole, committed, then moved away, in that order."""

import email
import email.message
import email.policy
import email.utils
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.landing import Arrival, Landed, Landing
from ingest.mail.limits import MAX_MESSAGE_BYTES
from schemas.clock import Clock
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import Recipients, seal

# The headers alone, of a message that is larger than is read.
TOO_LARGE_MEDIA_TYPE = "text/rfc822-headers"
_HEADER_BYTES = 1024 * 1024
_BATCH_BYTES = 64 * 1024 * 1024
_BATCH_MESSAGES = 500


@dataclass(frozen=True)
class _Waiting:
    file: Path
    size: int


def land_mail_folder(
    folder: Path, landing: Landing, recipients: Recipients, definition: Definition, clock: Clock
) -> Landed:
    """Land every `*.eml` file of `folder`; afterwards each lies in `done/` (in `too-large/` above 25 MB).

    A message's artefact id is made of the SHA-256 of its bytes: taken in again, it is not landed again. A process
    killed at any moment loses and doubles nothing. Other files and links are left where they are.
    """
    new = already = 0
    for batch in _batches(folder):
        arrivals = [_arrival(waiting, definition, recipients, clock) for waiting in batch]
        landed = landing.append(arrivals)
        new, already = new + landed.new, already + landed.already
        for waiting, arrival in zip(batch, arrivals, strict=True):
            too_large = arrival.media_type == TOO_LARGE_MEDIA_TYPE
            _move(waiting.file, folder / ("too-large" if too_large else "done"), arrival.artefact_id)
    return Landed(new, already, landing.log.last_seq())


def _batches(folder: Path) -> Iterator[list[_Waiting]]:
    batch: list[_Waiting] = []
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files:
        if file.suffix.lower() != ".eml" or file.is_symlink() or not file.is_file():
            continue
        batch.append(_Waiting(file, file.stat().st_size))
        if len(batch) >= _BATCH_MESSAGES or sum(min(w.size, MAX_MESSAGE_BYTES) for w in batch) >= _BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _arrival(waiting: _Waiting, definition: Definition, recipients: Recipients, clock: Clock) -> Arrival:
    too_large = waiting.size > MAX_MESSAGE_BYTES
    with waiting.file.open("rb") as handle:
        if too_large:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
            handle.seek(0)
            body = handle.read(_HEADER_BYTES).replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
        else:
            body = handle.read()
            digest = hashlib.sha256(body).hexdigest()
    filed_at = datetime.fromtimestamp(waiting.file.stat().st_mtime, UTC)
    return Arrival(
        artefact_id=f"mail-{digest}",
        consultation=definition.id,
        channel="email",
        received_at=received_at(body, filed_at, definition.opens_at(), clock.now()),
        source="mail",
        body=seal(body, recipients),
        media_type=TOO_LARGE_MEDIA_TYPE if too_large else MAIL_MEDIA_TYPE,
    )


def received_at(raw: bytes, filed_at: datetime, opens_at: datetime, now: datetime) -> datetime:
    """When a message was received: what the closing rule looks at. Never later than `now`.

    The topmost `Received` header, which the council's own mail server wrote; without one, the sender's `Date` unless
    it lies before the consultation opened, which no true one can; without that, the time of the file.
    """
    head = raw[:_HEADER_BYTES]
    try:
        message = email.message_from_bytes(head, policy=email.policy.compat32)
    except RecursionError:
        return min(filed_at, now)
    received = _moment(_first(message, "Received").rpartition(";")[2])
    if received is not None:
        return min(received, now)
    sent = _moment(_first(message, "Date"))
    if sent is not None and opens_at <= sent:
        return min(sent, now)
    return min(filed_at, now)


def _first(message: email.message.Message, name: str) -> str:
    values = message.get_all(name) or [""]
    return " ".join(str(values[0])[:4_000].split())


def _moment(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _move(file: Path, folder: Path, artefact_id: str) -> None:
    """Move within the mailbox folder; another message of the same name there is not replaced."""
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / file.name
    if target.exists():
        target = folder / f"{artefact_id}.eml"
    file.replace(target)
