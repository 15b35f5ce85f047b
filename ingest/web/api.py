"""The sync API for devices: they put sealed responses. docs/sync-api.md describes it; the feed is in `feed_api`."""

import base64
from datetime import UTC

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest.web.errors import RefusedError
from ingest.web.service import media_type_of, read_body, service_of
from schemas.envelope import MAX_SEALED_BYTES, Envelope
from schemas.response import MEDIA_TYPE

MAX_ENVELOPE_BYTES = MAX_SEALED_BYTES * 4 // 3 + 4_096
_STATUS = {"new": 201, "repeat": 200, "conflict": 409}
_CONFLICT = "Other content was received under this id before; both are kept. 'receipt' is of what was sent now."


async def put_submission(request: Request) -> Response:
    """Take one envelope: 201 with a receipt, 200 with the same one when sent again, 409 for other content."""
    service = service_of(request)
    offered = service.consultations.find(request.path_params["consultation"])
    if not offered.on_the_web:
        raise RefusedError("This consultation takes no answers on the web; see the ways to answer on its page.", 403)
    if offered.state_at(service.clock.now()) == "not_yet":
        raise RefusedError("This consultation is not open yet; send the response again when it is.", 403)
    if media_type_of(request) != "application/json":
        raise RefusedError("An envelope is sent as application/json.", 415)
    envelope = _envelope(await read_body(request, MAX_ENVELOPE_BYTES))
    if (envelope.consultation, envelope.id) != (offered.id, request.path_params["submission"]):
        raise RefusedError("The envelope's consultation and id must be those of the address.", 422)
    if envelope.questionnaire_hash != offered.definition.questionnaire_hash:
        raise RefusedError("The envelope was made for another version of the questionnaire; load the form again.", 422)
    taken = await service.intake.take_envelope(envelope)
    receipt = taken.receipt.model_dump()
    if taken.outcome == "conflict":
        return JSONResponse({"error": _CONFLICT, "receipt": receipt, "first": taken.first.model_dump()}, 409)
    return JSONResponse(receipt, _STATUS[taken.outcome])


async def get_keys(request: Request) -> Response:
    """The public keys that receipts are signed with."""
    signer = service_of(request).signer
    key = {
        "key_id": signer.key_id,
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(signer.public_bytes).decode(),
    }
    return JSONResponse({"keys": [key]})


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


def _envelope(body: bytes) -> Envelope:
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the body"
        raise RefusedError(f"Not an envelope: {key[:64]}: {first['msg']}.", 422) from None
    if envelope.device_time is not None and (
        envelope.device_time.tzinfo is None or not 1970 <= envelope.device_time.year < 2200
    ):
        raise RefusedError("Not an envelope: device_time must have a time zone and be of this age.", 422)
    return envelope


ROUTES = [
    Route("/api/keys", get_keys),
    Route("/api/consultations/{consultation}", get_consultation),
    Route("/api/consultations/{consultation}/submissions/{submission}", put_submission, methods=["PUT"]),
]
