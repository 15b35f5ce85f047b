"""Takes submissions in: what arrives is sealed if it is not yet, stored, and answered with a signed receipt."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC

from starlette.concurrency import run_in_threadpool

from ingest.web.consultations import Offered
from ingest.web.deliveries import Deliveries
from ingest.web.errors import RefusedError
from ingest.web.store.base import Store
from ingest.web.store.records import Outcome, Record, Stored, Submission
from schemas.change_code import code_fits
from schemas.clock import Clock
from schemas.envelope import EarlierResponse, Envelope
from schemas.receipts import Receipt, Signer, reference_of
from schemas.response import MEDIA_TYPE, ResponseDocument, encode_response
from schemas.sealing import seal


@dataclass(frozen=True)
class Taken:
    """What became of a submission. After a conflict both are kept: `receipt` is of what was sent now, `first` of
    what holds the id."""

    outcome: Outcome
    receipt: Receipt
    first: Receipt


class Intake:
    """One store, its signer and the clock that says when something was received."""

    def __init__(self, store: Store, signer: Signer, clock: Clock) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock
        self._deliveries: Deliveries | None = None

    async def take_envelope(self, envelope: Envelope, channel: str = "web") -> Taken:
        """Store what a device sealed. The same sealed bytes are "the same again".

        Raises:
            RefusedError: it replaces a response whose change code it does not know (403).
        """
        sealed = envelope.sealed_bytes
        replaced = await self.changeable(envelope.consultation, envelope.replaces) if envelope.replaces else None
        submission = Submission(
            consultation=envelope.consultation,
            id=envelope.id,
            questionnaire_hash=envelope.questionnaire_hash,
            media_type=envelope.media_type,
            received_at=self._now(),
            sha256=_sha256(sealed),
            fingerprint=_sha256(sealed),
            reference=reference_of(envelope.consultation, envelope.id),
            sealed=sealed,
            device_time=envelope.device_time.astimezone(UTC).isoformat() if envelope.device_time else None,
            device_offset_minutes=envelope.device_offset_minutes,
            event="supersede" if replaced else "submission",
            channel=channel,
            relates_to=replaced.id if replaced else None,
            change_key=envelope.change_key,
        )
        return await self._take(submission, lambda _: sealed)

    async def take_document(
        self,
        offered: Offered,
        document: ResponseDocument,
        told_by: str,
        *,
        channel: str = "web",
        change_key: str | None = None,
        replaces: str | None = None,
    ) -> Taken:
        """Seal and store a response that arrived in clear.

        `told_by` is the fingerprint that tells the same again, `replaces` the id of a response that it takes the place
        of.
        """

        def sealed_as(new_id: str) -> bytes:
            # The id inside the seal must be the one that it is stored under.
            return seal(encode_response(document.model_copy(update={"id": new_id})), offered.recipients)

        sealed = sealed_as(document.id)
        submission = Submission(
            consultation=document.consultation,
            id=document.id,
            questionnaire_hash=document.questionnaire_hash,
            media_type=MEDIA_TYPE,
            received_at=self._now(),
            sha256=_sha256(sealed),
            fingerprint=told_by,
            reference=reference_of(document.consultation, document.id),
            sealed=sealed,
            event="supersede" if replaces else "submission",
            channel=channel,
            relates_to=replaces,
            change_key=change_key,
        )
        return await self._take(submission, sealed_as)

    async def withdraw(self, record: Record) -> Taken:
        """Note that a response is withdrawn; again, it is the same event. Nothing is removed."""
        event_id = f"{record.id}.withdrawn"
        nothing = _sha256(b"")
        submission = Submission(
            consultation=record.consultation,
            id=event_id,
            questionnaire_hash=record.questionnaire_hash,
            media_type=record.media_type,
            received_at=self._now(),
            sha256=nothing,
            fingerprint=nothing,
            reference=reference_of(record.consultation, event_id),
            sealed=b"",
            event="withdraw",
            channel=record.channel,
            relates_to=record.id,
        )
        return await self._take(submission, lambda _: b"")

    async def changeable(self, consultation: str, earlier: EarlierResponse) -> Record:
        """The response that a reference and its change code name.

        Raises:
            RefusedError: the code does not belong to the reference (403).
        """
        for record in await run_in_threadpool(self._store.by_reference, earlier.reference):
            if record.consultation == consultation and code_fits(earlier.change_code, record.change_key):
                return record
        raise RefusedError("This change code does not belong to this reference; check both.", 403)

    def receipt_of(self, record: Record) -> Receipt:
        """The signed receipt; the same record always gives the same receipt."""
        receipt = Receipt(
            id=record.id,
            consultation=record.consultation,
            sha256=record.sha256,
            sequence=record.sequence,
            received_at=record.received_at,
            reference=record.reference,
            key_id=self._signer.key_id,
        )
        return self._signer.sign(receipt)

    def _now(self) -> str:
        return self._clock.now().astimezone(UTC).isoformat()

    async def _take(self, submission: Submission, sealed_as: Callable[[str], bytes]) -> Taken:
        stored = await self._put(submission)
        first = self.receipt_of(stored.record)
        if stored.outcome != "conflict":
            return Taken(stored.outcome, first, first)
        # Other content of this id is kept under a name that follows from the content, so that sending it again
        # finds it. Eight digits can be made to clash on purpose; the whole fingerprint cannot.
        for digits in (8, 64):
            new_id = f"{submission.id}.conflict-{submission.fingerprint[:digits]}"
            sealed = sealed_as(new_id)
            other = replace(
                submission,
                id=new_id,
                reference=reference_of(submission.consultation, new_id),
                sealed=sealed,
                sha256=_sha256(sealed),
            )
            kept = await self._put(other)
            if kept.outcome != "conflict":
                break
        return Taken("conflict", self.receipt_of(kept.record), first)

    async def _put(self, submission: Submission) -> Stored:
        loop = asyncio.get_running_loop()
        if self._deliveries is None or self._deliveries.loop is not loop:
            self._deliveries = Deliveries(loop)
        return await self._deliveries.of(self._store.put(submission))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
