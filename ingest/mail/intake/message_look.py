"""What must be known of a raw message before it is read: which it is, when it came, whether it may be answered.

A message is looked at in a child process (`Looker`), for a hostile one can keep the standard library's parser busy for
ever. One that ends the child is known by its bytes instead; nothing of it is lost.
"""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime

from ingest.mail.acknowledging.acknowledge_rules import Reply, reply_to
from ingest.mail.bounded_child import BoundedChild, ChildEndedError, serve
from ingest.mail.intake.message_identity import header_of, identity_of, identity_of_start, moment_of
from ingest.mail.intake.received import Stamps

_CPU_SECONDS = 10
_WALL_SECONDS = 180.0
_MEMORY_BYTES = 1024**3
_HEADER_BYTES = 1024**2
_SHORT_HEAD_BYTES = 64 * 1024
# Of a message that is too large to be landed whole, as much of its body as tells it from others.
_START_BYTES = 3 * 1024**2


@dataclass(frozen=True)
class Look:
    """What was seen. `identity` is None where the message can only be known by its bytes."""

    identity: bytes | None
    stamps: Stamps
    reply: Reply = field(default_factory=Reply)


class Looker:
    """Looks at messages in a child process."""

    def __init__(self) -> None:
        self._child = BoundedChild("ingest.mail.intake.message_look", _WALL_SECONDS)

    def look(self, raw: bytes, *, whole: bool = True) -> Look:
        """Look at a message; not `whole` where `raw` is only its start. Never raises on its content."""
        request = (b"w" if whole else b"s") + raw
        look = self._ask(request)
        # What cannot be looked at as a whole still says in its headers when it came.
        return look or self._ask(b"h" + head_of(raw)[:_SHORT_HEAD_BYTES]) or Look(None, Stamps())

    def _ask(self, request: bytes) -> Look | None:
        # Twice, for a child may have been ended from outside: that is no fault of the message.
        for _ in range(2):
            try:
                return _decode(self._child.ask(request))
            except ChildEndedError as error:
                if error.by_limit:
                    break
        return None

    def close(self) -> None:
        self._child.end()


@contextmanager
def looking() -> Iterator[Looker]:
    """A looker whose child ends with it; the child starts with the first message."""
    looker = Looker()
    try:
        yield looker
    finally:
        looker.close()


def head_of(raw: bytes) -> bytes:
    """The headers, with the empty line after them; their lines end in LF."""
    return _lines(raw[:_HEADER_BYTES]).partition(b"\n\n")[0] + b"\n\n"


def known_by_bytes(raw: bytes) -> bytes:
    """A message's bytes as they count where nothing else tells it from others: how its lines end does not."""
    return _lines(raw)


def _lines(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def look_at(raw: bytes, kind: str) -> Look:
    """What the child does: a message `w`hole, by its `s`tart, or its `h`eaders alone."""
    message = email.message_from_bytes(raw if kind == "w" else head_of(raw), policy=email.policy.compat32)
    stamps = Stamps(moment_of(header_of(message, "Received").rpartition(";")[2]), moment_of(header_of(message, "Date")))
    try:
        if kind == "w":
            identity = identity_of(message)
        else:
            body = _lines(raw[: _HEADER_BYTES + 2 * _START_BYTES]).partition(b"\n\n")[2]
            identity = identity_of_start(message, body[:_START_BYTES]) if kind == "s" else None
    except RecursionError:
        identity = None
    return Look(identity, stamps, reply_to(message))


def _answer(request: bytes) -> bytes:
    kind, raw = request[:1].decode(), request[1:]
    try:
        look = look_at(raw, kind)
    except RecursionError:
        look = look_at(head_of(raw), "h")
    said = {"identity": look.identity.hex() if look.identity else None, "reply": asdict(look.reply)}
    for name, moment in (("received", look.stamps.received), ("sent", look.stamps.sent)):
        said[name] = moment.isoformat() if moment else None
    return json.dumps(said).encode()


def _decode(answer: bytes) -> Look:
    said = json.loads(answer)
    moments = [datetime.fromisoformat(said[name]) if said[name] else None for name in ("received", "sent")]
    identity = bytes.fromhex(said["identity"]) if said["identity"] else None
    return Look(identity, Stamps(*moments), Reply(**said["reply"]))


if __name__ == "__main__":
    serve(_answer, _CPU_SECONDS, _MEMORY_BYTES)
