"""What the public server's store holds, as data. Times are ISO 8601 in UTC."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Event = Literal["submission", "supersede", "withdraw"]
Outcome = Literal["new", "repeat", "conflict"]
TokenKind = Literal["submission", "assisted"]
GENESIS = "0" * 64


@dataclass(frozen=True)
class Submission:
    """What is to be stored; `fingerprint` is equal exactly for "the same again".

    `relates_to` is the id that a supersede or withdraw names; what is stored is the latest version of that response.
    """

    consultation: str
    id: str
    questionnaire_hash: str
    media_type: str
    received_at: str
    sha256: str
    fingerprint: str
    reference: str
    sealed: bytes = field(repr=False)
    event: Event = "submission"
    channel: str = "web"
    relates_to: str | None = None
    device_time: str | None = None
    device_offset_minutes: int | None = None
    change_key: str | None = None


@dataclass(frozen=True)
class Record:
    """A stored submission's header. `chain` is the hash chain after it."""

    consultation: str
    sequence: int
    id: str
    event: Event
    channel: str
    relates_to: str | None
    questionnaire_hash: str
    media_type: str
    received_at: str
    device_time: str | None
    device_offset_minutes: int | None
    sha256: str
    fingerprint: str
    reference: str
    change_key: str | None
    chain: str


@dataclass(frozen=True)
class Stored:
    """What became of a submission: `record` is the one that holds its id, which for a conflict is another."""

    outcome: Outcome
    record: Record


@dataclass(frozen=True)
class Extent:
    """How much of a consultation the store holds: rows that are there, the last sequence given, the chain after it."""

    count: int
    last_sequence: int
    chain: str


@dataclass(frozen=True)
class Token:
    """A named sender's right to write, and nothing else; only the hash of the token is kept."""

    name: str
    kind: TokenKind
    consultation: str
    sha256: str
    created_at: str
    revoked_at: str | None = None


def next_link(chain: str, sequence: int, record_id: str, relates_to: str | None, sha256: str) -> str:
    """The chain after a record: SHA-256 (hex) over the chain before it and what the record is, a line each.

    No part can hold a line end: ids are UUIDs with a suffix of ours.
    """
    content = f"{chain}\n{sequence}\n{record_id}\n{relates_to or ''}\n{sha256}"
    return hashlib.sha256(content.encode()).hexdigest()
