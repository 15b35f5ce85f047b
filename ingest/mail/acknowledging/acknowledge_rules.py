"""Which messages are answered by an acknowledgement: those that a person wrote, and no machine or list.

Two programs that answer each other never stop, so what looks like a program's gets no answer (RFC 3834).
"""

import email.message
import re
from dataclasses import dataclass, field

from ingest.mail.intake.message_identity import header_of, message_id_of

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_LISTS = ("List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner", "List-Archive")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Loop", "X-Failed-Recipients")
_MACHINES = re.compile(
    r"(?:.*[._+-])?(?:no|not|do-?not|don-?t)[._-]?reply(?:[._+-].*)?|mailer-?daemon|postmaster|hostmaster|webmaster|root"
    r"|daemon|nobody|bounces?(?:[._+-].*)?|.*[._+-]bounces?|owner-.*|.*-(?:owner|request|admin)|listserv|majordomo"
    r"|notifications?|auto-?(?:reply|responder)",
    re.IGNORECASE,
)
_AUTOMATIC_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?repl|autoreply|out of (?:the )?office|undeliver|returned mail"
    r"|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|system)|read: |not read: )",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reply:
    """Where an acknowledgement goes and which message it answers; `why_not` in words where there is to be none."""

    address: str | None = field(default=None, repr=False)
    message_id: str | None = field(default=None, repr=False)
    why_not: str | None = "the message could not be looked at"


def reply_to(message: email.message.Message) -> Reply:
    """Who may be answered, judged by the headers alone."""
    why_not = _why_automatic(message)
    if why_not:
        return Reply(why_not=why_not)
    senders = message.get_all("From") or []
    addresses = {found.lower() for value in senders for found in _ADDRESS.findall(str(value)[:4_000])}
    # A name may repeat the address; two addresses are two people, of whom nobody knows which one wrote.
    if len(senders) != 1 or len(addresses) != 1:
        return Reply(why_not="it has not one sender whose address can be written to")
    (address,) = addresses
    if _MACHINES.fullmatch(address.partition("@")[0]):
        return Reply(why_not="its sender's address takes no answers")
    message_id = message_id_of(message) or ""
    return Reply(address, message_id if _MESSAGE_ID.fullmatch(message_id) else None, None)


def _why_automatic(message: email.message.Message) -> str | None:
    submitted = header_of(message, "Auto-Submitted").lower().partition(";")[0].strip()
    many = header_of(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
    report = message.get_content_type() == "multipart/report" or header_of(message, "Return-Path") == "<>"
    reasons = {
        "it was sent by a program": (
            submitted not in ("", "no")
            or any(message.get(name) is not None for name in _AUTOMATIC)
            or bool(_AUTOMATIC_SUBJECT.match(header_of(message, "Subject")))
        ),
        "it came by a mailing list": any(message.get(name) is not None for name in _LISTS),
        "it was sent to many": many,
        "it is a report about delivery": report,
        "it was marked as spam": header_of(message, "X-Spam-Flag").lower() == "yes",
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
