"""When a message was received: what the closing rule looks at."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Filed:
    """When the mailbox got a message. `by_server` is set where a mail server says so, not a file's date."""

    at: datetime
    by_server: bool = False


@dataclass(frozen=True)
class Stamps:
    """What the message says: the date of its topmost `Received` header, and its sender's `Date`."""

    received: datetime | None = None
    sent: datetime | None = None


def received_at(stamps: Stamps, filed: Filed, opens_at: datetime, now: datetime) -> datetime:
    """The moment of receipt, never later than `now`.

    The topmost `Received` header, which the council's own mail server wrote; those below it are only what others say.
    Without one, the moment at which a mail server filed the message. Without that, the sender's `Date` unless it lies
    before the consultation opened, which no true one can; without that, the time of the file.
    """
    if stamps.received is not None:
        return min(stamps.received, now)
    if not filed.by_server and stamps.sent is not None and opens_at <= stamps.sent:
        return min(stamps.sent, now)
    return min(filed.at, now)
