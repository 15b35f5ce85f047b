"""The ticket of one form: which form this is and when it was opened.

Its `secret` is known to the respondent's session alone. It is part of the fingerprint that tells the same answers
sent again, so that whoever holds the server's folder cannot try answers against a fingerprint.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Ticket:
    """`form_id` becomes the submission's id; `opened_at` is whole seconds, UTC."""

    consultation: str
    form_id: str
    opened_at: datetime
    secret: str = field(repr=False)


def new_ticket(consultation: str, now: datetime) -> Ticket:
    opened_at = now.astimezone(UTC).replace(microsecond=0)
    return Ticket(consultation, str(uuid.uuid4()), opened_at, secrets.token_hex(16))


def fingerprint(ticket: Ticket, plaintext: bytes, key: bytes) -> str:
    """Equal exactly for the same answers sent from the same form (64 hex digits)."""
    return hmac.new(key, b"answers\0" + ticket.secret.encode() + b"\0" + plaintext, hashlib.sha256).hexdigest()
