"""The ticket of one form: which form this is and when it was opened, proved by a keyed HMAC.

Its `secret` is known to the page alone and never stored. It is part of the fingerprint that tells the same answers
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


def write_ticket(ticket: Ticket, key: bytes) -> str:
    """The ticket as the text of a hidden field."""
    content = f"{ticket.form_id}.{int(ticket.opened_at.timestamp())}.{ticket.secret}"
    return f"{content}.{_mac(key, ticket.consultation, content)}"


def read_ticket(text: str, consultation: str, key: bytes) -> Ticket | None:
    """The ticket in that text; None where this server did not write it for this consultation."""
    content, _, mac = text.rpartition(".")
    if not text.isascii() or not hmac.compare_digest(mac, _mac(key, consultation, content)):
        return None
    form_id, opened_at, secret = content.split(".")
    return Ticket(consultation, form_id, datetime.fromtimestamp(int(opened_at), UTC), secret)


def fingerprint(ticket: Ticket, plaintext: bytes, key: bytes) -> str:
    """Equal exactly for the same answers sent from the same form (64 hex digits)."""
    return hmac.new(key, b"answers\0" + ticket.secret.encode() + b"\0" + plaintext, hashlib.sha256).hexdigest()


def _mac(key: bytes, consultation: str, content: str) -> str:
    return hmac.new(key, f"ticket\0{consultation}\0{content}".encode(), hashlib.sha256).hexdigest()
