"""Acknowledging what was landed: each message once at most, and only where a person wrote it.

Nothing is kept for it at landing. Each landed message is opened again in memory, its headers say whether and where to
answer, and the log says that it was done. So a run that ends anywhere forgets none, and what was landed before
acknowledgements were turned on is known by its age.
"""

import hmac
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.mail.acknowledging.acknowledge_rules import Reply
from ingest.mail.acknowledging.acknowledgement_log import AcknowledgementLog
from ingest.mail.acknowledging.acknowledgement_text import acknowledgement_of
from ingest.mail.acknowledging.smtp import Outcome, give, smtp_line
from ingest.mail.intake.mail_settings import AcknowledgementSettings, MailError
from ingest.mail.intake.mailbox import Door
from ingest.mail.intake.message_look import Looker, looking
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import SealingError

# Messages may be large: so many are opened at once.
_AT_ONCE = 8
_BREAKS = 3
_HEADERS = ("seq", "artefact_id", "channel", "event", "received_at", "media_type")


@dataclass(frozen=True)
class Acknowledged:
    """What a run came to, in messages. `unknown`: a run broke off when one was being sent; it is not sent again."""

    sent: int = 0
    not_due: int = 0
    refused: int = 0
    waiting: int = 0
    unknown: int = 0


def acknowledge(
    door: Door,
    open_body: Callable[[bytes], bytes],
    settings: AcknowledgementSettings,
    log: AcknowledgementLog,
) -> Acknowledged:
    """Acknowledge every landed message that is due, in the order of landing, as far as the hour's bound allows.

    Raises:
        MailError: the server is away or refuses; what was not sent waits.
    """
    counts = {"sent": 0, "not_due": 0, "refused": 0, "later": 0, "unknown": log.settle_half_sent()}
    last = door.landing.log.last_seq()
    waiting = _waiting(door, log)
    left: list[int] = []
    with looking() as looker, ExitStack() as lines:
        run = _Run(door, open_body, settings, log, looker, lines)
        for record in _records(door, waiting):
            outcome = run.acknowledge(record)
            if outcome == "no_more":
                left += [seq for seq, _ in waiting if seq >= record["seq"]]
                break
            counts[outcome] += 1
            if outcome == "later":
                left.append(record["seq"])
    log.move_on(min(left) - 1 if left else last)
    return Acknowledged(counts["sent"], counts["not_due"], counts["refused"], len(left), counts["unknown"])


def _waiting(door: Door, log: AcknowledgementLog) -> list[tuple[int, str]]:
    """Sequence and artefact id of the messages that are not settled."""
    table = door.landing.log.read(after=log.through(), columns=_HEADERS)
    mail = table.filter(pc.and_(pc.equal(table["channel"], "email"), pc.equal(table["event"], "submission")))
    seq_of = dict(zip(mail["artefact_id"].to_pylist(), mail["seq"].to_pylist(), strict=True))
    return [(seq_of[artefact_id], artefact_id) for artefact_id in log.unsettled(list(seq_of))]


def _records(door: Door, waiting: list[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(waiting), _AT_ONCE):
        some: pa.Table = door.landing.log.read_records([seq for seq, _ in waiting[start : start + _AT_ONCE]])
        yield from some.to_pylist()


@dataclass
class _Run:
    """One run: its line to the server is opened with the first message that is due."""

    door: Door
    open_body: Callable[[bytes], bytes]
    settings: AcknowledgementSettings
    log: AcknowledgementLog
    looker: Looker
    lines: ExitStack
    line: smtplib.SMTP | None = None
    breaks: int = 0

    def acknowledge(self, record: dict[str, Any]) -> str:
        """What becomes of one message: `sent`, `not_due`, `refused`, `later`, `unknown`, or `no_more` this hour."""
        artefact_id, now = record["artefact_id"], self.door.clock.now()
        reply = self._reply(record)
        why_not = reply.why_not or self._why_not(record, reply)
        if why_not or not reply.address:
            self.log.not_due(artefact_id, why_not or "it has no sender", now)
            return "not_due"
        if self.log.sent_since(now - timedelta(hours=1)) >= self.settings.per_hour:
            return "no_more"
        content = acknowledgement_of(artefact_id, reply, self.door.definition, self.settings, now)
        line = self._open_line()
        self.log.intend(artefact_id, self._hashed(reply.address), now)
        try:
            outcome = give(line, self.settings, reply.address, content)
        except MailError:
            self.log.forget(artefact_id)
            raise
        if outcome == "later":
            self.log.forget(artefact_id)
        else:
            self.log.came_to(artefact_id, outcome)
        self._note_break(outcome, line)
        return outcome

    def _reply(self, record: dict[str, Any]) -> Reply:
        if record["media_type"] != MAIL_MEDIA_TYPE or record["body"] is None:
            return Reply(why_not="it was too large to be read" if record["body"] else "it was erased")
        try:
            return self.looker.look(self.open_body(record["body"])).reply
        except SealingError:
            return Reply(why_not="its seal cannot be opened")

    def _why_not(self, record: dict[str, Any], reply: Reply) -> str | None:
        now, address = self.door.clock.now(), reply.address or ""
        if now - record["received_at"] > timedelta(days=self.settings.within_days):
            return "it came too long ago"
        if address == self.settings.from_address.lower():
            return "it came from the consultation's own address"
        day = now - timedelta(days=1)
        if self.log.sent_to_since(self._hashed(address), day) >= self.settings.per_address_per_day:
            return "its sender has had as many as are sent in a day"
        return None

    def _hashed(self, address: str) -> bytes:
        return hmac.digest(self.door.identity_key, b"address" + address.encode(), "sha256")

    def _open_line(self) -> smtplib.SMTP:
        if self.line is None:
            self.line = self.lines.enter_context(smtp_line(self.settings))
        return self.line

    def _note_break(self, outcome: Outcome, line: smtplib.SMTP) -> None:
        """After a line that broke, the next message gets a new one; several in a row end the run."""
        if line.sock is not None:  # smtplib closes the socket of a broken line.
            self.breaks = 0 if outcome != "unknown" else self.breaks
            return
        self.line, self.breaks = None, self.breaks + 1
        if self.breaks >= _BREAKS:
            raise MailError(
                f"The line to the mail server {self.settings.host} broke {self.breaks} times; acknowledgements wait, "
                "run it again later."
            )
