"""The sync API for devices: they put sealed responses. docs/sync-api.md describes it; the feed is in `feed_api`."""

import asyncio
import json
import re
from datetime import UTC
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.intake import Taken
from ingest.web.senders import Sender
from ingest.web.service import Service, address_of, media_type_of, read_body, service_of
from schemas.envelope import MAX_SEALED_BYTES, UUID, EarlierResponse, Envelope
from schemas.response import MEDIA_TYPE

MAX_ENVELOPE_BYTES = MAX_SEALED_BYTES * 4 // 3 + 4_096
MAX_BATCH = 50
MAX_BATCH_BYTES = 4 * MAX_ENVELOPE_BYTES
_MAX_WITHDRAWAL_BYTES = 1_000
_STATUS = {"new": 201, "repeat": 200, "conflict": 409}
_CONFLICT = "Other content was received under this id before; both are kept. 'receipt' is of what was sent now."
_UUID = re.compile(UUID)


async def put_submission(request: Request) -> Response:
    """Take one envelope: 201 with a receipt, 200 with the same one when sent again, 409 for other content."""
    service, offered, sender = await _sender_of(request)
    service.limiter.count_submissions(address_of(request), sender.key)
    envelope = _envelope(await _json_body(request, MAX_ENVELOPE_BYTES))
    if envelope.id != request.path_params["submission"]:
        raise RefusedError("The envelope's consultation and id must be those of the address.", 422)
    taken = await _take(service, offered, sender, envelope)
    if taken.outcome == "conflict":
        both = {"receipt": taken.receipt.model_dump(), "first": taken.first.model_dump()}
        return JSONResponse({"error": _CONFLICT, **both}, 409)
    return Response(taken.receipt.model_dump_json(), _STATUS[taken.outcome], media_type="application/json")


async def post_batch(request: Request) -> Response:
    """Take up to fifty envelopes, each by itself: a result for each, in the order in which they were sent."""
    service, offered, sender = await _sender_of(request)
    body = await _json_body(request, MAX_BATCH_BYTES)
    try:
        envelopes = json.loads(body)["envelopes"]
        if not isinstance(envelopes, list):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RefusedError("A batch is a JSON object whose 'envelopes' is a list.", 422) from None
    if not 1 <= len(envelopes) <= MAX_BATCH:
        raise RefusedError(f"A batch holds from 1 to {MAX_BATCH} envelopes; send the others in another.", 422)
    service.limiter.count_submissions(address_of(request), sender.key, len(envelopes))
    results = await asyncio.gather(*(_result(service, offered, sender, one) for one in envelopes))
    return JSONResponse({"results": results})


async def post_withdrawal(request: Request) -> Response:
    """Withdraw a response by its reference and change code: 201 with a receipt, 200 with the same one again."""
    service, offered, sender = await _sender_of(request)
    service.limiter.count_submissions(address_of(request), sender.key)
    try:
        earlier = EarlierResponse.model_validate_json(await _json_body(request, _MAX_WITHDRAWAL_BYTES))
    except ValidationError as error:
        raise RefusedError(f"Not a withdrawal: {_fault_of(error)}.", 422) from None
    record = await service.intake.changeable(offered.id, earlier)
    taken = await service.intake.withdraw(record)
    return JSONResponse(taken.receipt.model_dump(), _STATUS[taken.outcome])


async def get_keys(request: Request) -> Response:
    """The public keys that receipts are or were signed with, the current one first."""
    return JSONResponse({"keys": [one.model_dump(exclude_none=True) for one in service_of(request).public_keys]})


async def get_consultation(request: Request) -> Response:
    """What a device needs to seal a response for a consultation."""
    service = service_of(request)
    offered = service.consultations.find(request.path_params["consultation"])
    definition, now = offered.definition, service.clock.now()
    return JSONResponse(
        {
            "consultation": offered.id,
            "questionnaire_hash": definition.questionnaire_hash,
            "media_type": MEDIA_TYPE,
            "languages": list(definition.questionnaire.languages),
            "recipients": [offered.recipients.pipeline, offered.recipients.recovery],
            "state": offered.state_at(now),
            "opens_at": definition.opens_at().isoformat(),
            "closes_at": definition.closes_at().isoformat(),
            "server_time": now.astimezone(UTC).isoformat(),
        }
    )


async def _sender_of(request: Request) -> tuple[Service, Offered, Sender]:
    """Who sends, for a consultation that takes answers from them."""
    service = service_of(request)
    offered = service.consultations.find(request.path_params["consultation"])
    sender = await service.senders.of(request, offered)
    if offered.state_at(service.clock.now()) == "not_yet":
        raise RefusedError("This consultation is not open yet; send the response again when it is.", 403)
    return service, offered, sender


async def _json_body(request: Request, limit: int) -> bytes:
    if media_type_of(request) != "application/json":
        raise RefusedError("This is sent as application/json.", 415)
    return await read_body(request, limit)


async def _take(service: Service, offered: Offered, sender: Sender, envelope: Envelope) -> Taken:
    if envelope.consultation != offered.id:
        raise RefusedError("The envelope's consultation and id must be those of the address.", 422)
    if envelope.questionnaire_hash != offered.definition.questionnaire_hash:
        raise RefusedError("The envelope was made for another version of the questionnaire; load the form again.", 422)
    return await service.intake.take_envelope(envelope, sender.channel)


async def _result(service: Service, offered: Offered, sender: Sender, given: Any) -> dict[str, Any]:
    """What became of one envelope of a batch; nothing that is wrong with it touches the others."""
    named = given.get("id") if isinstance(given, dict) else None
    result: dict[str, Any] = {"id": named if isinstance(named, str) and _UUID.fullmatch(named) else None}
    try:
        taken = await _take(service, offered, sender, _envelope(json.dumps(given)))
    except RefusedError as error:
        again = {"retry_after": error.retry_after} if error.retry_after else {}
        return result | {"status": error.status, "error": str(error)} | again
    result |= {"status": _STATUS[taken.outcome], "receipt": taken.receipt.model_dump()}
    return result | ({"error": _CONFLICT, "first": taken.first.model_dump()} if taken.outcome == "conflict" else {})


def _envelope(body: bytes | str) -> Envelope:
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as error:
        raise RefusedError(f"Not an envelope: {_fault_of(error)}.", 422) from None
    if envelope.device_time is not None and (
        envelope.device_time.tzinfo is None or not 1970 <= envelope.device_time.year < 2200
    ):
        raise RefusedError("Not an envelope: device_time must have a time zone and be of this age.", 422)
    return envelope


def _fault_of(error: ValidationError) -> str:
    """The first fault: its key and what is wrong with it, never the value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "the body"
    return f"{key[:64]}: {first['msg']}"


# What comes most often is looked at first.
ROUTES = [
    Route("/api/consultations/{consultation}/submissions/{submission}", put_submission, methods=["PUT"]),
    Route("/api/consultations/{consultation}/submissions", post_batch, methods=["POST"]),
    Route("/api/consultations/{consultation}/withdrawals", post_withdrawal, methods=["POST"]),
    Route("/api/consultations/{consultation}", get_consultation, methods=["GET"]),
    Route("/api/keys", get_keys, methods=["GET"]),
]
