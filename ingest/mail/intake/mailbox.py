"""From a mailbox into landing: looked at, sealed whole, committed, and only then settled in the mailbox.

A mailbox is a folder of files or an account on a server; this is the order of work for both. Killed at any moment, a
run loses and doubles nothing: what was committed is known again by its artefact id, what was not still waits.
"""

import fcntl
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ingest.landing import Arrival, Landed, Landing
from ingest.mail.intake.message_look import Look, Looker, head_of, known_by_bytes, looking
from ingest.mail.intake.received import Filed, received_at
from ingest.mail.limits import MAX_MESSAGE_BYTES
from schemas.clock import Clock
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import Recipients, seal

# The headers alone, of a message that is larger than is read.
TOO_LARGE_MEDIA_TYPE = "text/rfc822-headers"
BATCH_MESSAGES = 500
BATCH_BYTES = 64 * 1024 * 1024
# What is fetched of a message that says it is too large.
START_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Door:
    """Where a consultation's messages go. `identity_key` makes artefact ids that tell nothing of a message."""

    landing: Landing
    recipients: Recipients
    definition: Definition
    clock: Clock
    identity_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Waiting:
    """A message in a mailbox: what it is called there, its size as the mailbox says, and when it was filed."""

    key: str
    size: int
    filed: Filed
    source_sequence: int | None = None


@dataclass(frozen=True)
class Settled:
    """A message that is landed, under which id; `too_large` where it was landed by its headers."""

    waiting: Waiting
    artefact_id: str
    too_large: bool


class Mailbox(Protocol):
    """What waits in a mailbox, and how it is put away. `source` names it in landing."""

    @property
    def source(self) -> str: ...

    def waiting(self) -> Iterator[Waiting]:
        """Every message, each once."""
        ...

    def read(self, message: Waiting, limit: int) -> bytes | None:
        """The first `limit` bytes of a message; None where it is gone, or cannot be had now."""
        ...

    def settle(self, messages: Sequence[Settled]) -> None:
        """Put landed messages away."""
        ...

    def finish(self) -> None:
        """What is to be done once all are landed.

        Raises:
            IngestError: messages could not be read; what was landed stays.
        """
        ...


@contextmanager
def one_run(door: Door) -> Iterator[None]:
    """Hold the consultation's mailboxes: another run waits, for two that move one message would leave two copies."""
    folder = door.landing.log.folder
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mail.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def land_mailbox(mailbox: Mailbox, door: Door) -> Iterator[Landed]:
    """Land what waits, a batch at a time; says of each what it did, once its messages are put away.

    Raises:
        IngestError: landing is damaged, or the mailbox refuses; what was landed stays.
    """
    with looking() as looker:
        for batch in _batches(mailbox, door, looker):
            landed = door.landing.append(arrival for _, arrival in batch)
            mailbox.settle([settled for settled, _ in batch])
            yield landed
    mailbox.finish()


def in_all(parts: Iterator[Landed], landing: Landing) -> Landed:
    """What all batches did together."""
    new = already = 0
    for landed in parts:
        new, already = new + landed.new, already + landed.already
    return Landed(new, already, landing.log.last_seq())


def _batches(mailbox: Mailbox, door: Door, looker: Looker) -> Iterator[list[tuple[Settled, Arrival]]]:
    batch: list[tuple[Settled, Arrival]] = []
    size = 0
    for message in mailbox.waiting():
        too_large = message.size > MAX_MESSAGE_BYTES
        raw = mailbox.read(message, START_BYTES if too_large else MAX_MESSAGE_BYTES + 1)
        if raw is None:
            continue
        # What a mailbox says of a size is not believed.
        too_large = too_large or len(raw) > MAX_MESSAGE_BYTES
        raw = raw[:START_BYTES] if too_large else raw
        look = looker.look(raw, whole=not too_large)
        settled = Settled(message, artefact_id(raw, look.identity, door.identity_key), too_large)
        arrival = _arrival(head_of(raw) if too_large else raw, settled, look, mailbox.source, door)
        batch.append((settled, arrival))
        size += len(arrival.body or b"")
        if len(batch) >= BATCH_MESSAGES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _arrival(body: bytes, settled: Settled, look: Look, source: str, door: Door) -> Arrival:
    return Arrival(
        artefact_id=settled.artefact_id,
        consultation=door.definition.id,
        channel="email",
        received_at=received_at(look.stamps, settled.waiting.filed, door.definition.opens_at(), door.clock.now()),
        source=source,
        source_sequence=settled.waiting.source_sequence,
        body=seal(body, door.recipients),
        media_type=TOO_LARGE_MEDIA_TYPE if settled.too_large else MAIL_MEDIA_TYPE,
    )


def artefact_id(raw: bytes, identity: bytes | None, identity_key: bytes) -> str:
    """The artefact id of a message: the same for the same message whatever way it came, and telling nothing of it.

    Keyed, so that nobody who has a copy of a message can find out whether it is among those that were landed.
    """
    what = b"bytes" + known_by_bytes(raw) if identity is None else b"message" + identity
    return f"mail-{hmac.digest(identity_key, what, 'sha256').hex()}"
