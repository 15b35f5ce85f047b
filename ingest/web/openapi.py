"""The OpenAPI description of the sync API, made from the models that check its bodies."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest.web.api import MAX_BATCH
from ingest.web.feed_api import DEFAULT_LIMIT, MAX_LIMIT, MAX_SEQUENCE, Acknowledgement
from schemas.envelope import UUID, EarlierResponse, Envelope
from schemas.receipts import PublishedKey, Receipt

VERSION = "1"
_REF = "#/components/schemas/{model}"
_CONSULTATION = {
    "name": "consultation",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"},
}
_SUBMISSION = {"name": "submission", "in": "path", "required": True, "schema": {"type": "string", "pattern": UUID}}
_REFUSALS = {
    400: "not understood",
    401: "the token is missing, unknown or revoked",
    403: "not open, not taken this way, or the change code does not fit",
    404: "no such consultation",
    405: "no such method here",
    408: "the body took too long to arrive",
    413: "too large",
    415: "not JSON",
    422: "not as it should be, or made for another questionnaire",
}
_SENDER: list[dict[str, list[str]]] = [{}, {"sender": []}]
_READER: list[dict[str, list[str]]] = [{"feed": []}]


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document (3.1)."""
    models: list[type[BaseModel]] = [Envelope, EarlierResponse, Receipt, PublishedKey, Acknowledgement]
    _, generated = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "YourSay sync API",
            "version": VERSION,
            "description": "Devices put sealed responses; the pipeline reads them in commit order. docs/sync-api.md.",
        },
        "paths": _paths(),
        "components": {
            "schemas": generated["$defs"] | _schemas(),
            "securitySchemes": {
                "sender": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "a named sender's token, if any",
                },
                "feed": {"type": "http", "scheme": "bearer", "description": "the token of the feed"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    api = "/api/consultations/{consultation}"
    receipt = {200: ("received before: the same receipt", "Receipt"), 201: ("committed: the receipt", "Receipt")}
    after = {"type": "integer", "minimum": 0, "maximum": MAX_SEQUENCE}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return {
        "/api/keys": {"get": _operation("getKeys", "The public keys of receipts.", {200: ("the keys", "Keys")}, ())},
        "/api/openapi.json": {
            "get": _operation("getDescription", "This description.", {200: ("OpenAPI 3.1", "Description")}, ())
        },
        api: {
            "parameters": [_CONSULTATION],
            "get": _operation(
                "getConsultation", "What to seal for.", {200: ("what a device needs", "Consultation")}, (404,)
            ),
        },
        f"{api}/submissions/{{submission}}": {
            "parameters": [_CONSULTATION, _SUBMISSION],
            "put": _operation(
                "putSubmission",
                "Take one sealed response.",
                receipt | {409: ("other content is known under this id; both are kept", "Conflict")},
                (401, 403, 404, 408, 413, 415, 422),
                body="Envelope",
                security=_SENDER,
            ),
        },
        f"{api}/submissions": {
            "parameters": [_CONSULTATION],
            "post": _operation(
                "postBatch",
                "Take up to fifty sealed responses, each by itself.",
                {200: ("a result for each, in the order sent", "Results")},
                (401, 403, 404, 408, 413, 415, 422),
                body="Batch",
                security=_SENDER,
            ),
        },
        f"{api}/withdrawals": {
            "parameters": [_CONSULTATION],
            "post": _operation(
                "postWithdrawal",
                "Withdraw a response by its reference and change code.",
                receipt,
                (401, 403, 404, 408, 413, 415, 422),
                body="EarlierResponse",
                security=_SENDER,
            ),
        },
        f"{api}/feed": {
            "parameters": [_CONSULTATION],
            "get": _operation(
                "getFeed",
                "Committed submissions after a sequence number, a line of JSON each.",
                {200: ("lines", None), 304: ("the asker has this page", None)},
                (400, 401, 404),
                security=_READER,
                parameters=[_query("after", after), _query("limit", limit)],
            ),
        },
        f"{api}/feed/acknowledgement": {
            "parameters": [_CONSULTATION],
            "post": _operation(
                "acknowledge",
                "Say what is landed, so that bodies may be purged.",
                {200: ("noted", "Acknowledged"), 409: ("the chain is another", "Refusal")},
                (401, 404, 408, 413, 422),
                body="Acknowledgement",
                security=_READER,
            ),
        },
        f"{api}/extent": {
            "parameters": [_CONSULTATION],
            "get": _operation(
                "getExtent",
                "How much is there, in all and up to a sequence number.",
                {200: ("counts and chain", "Extents")},
                (400, 401, 404),
                security=_READER,
                parameters=[_query("through", after)],
            ),
        },
        f"{api}/arrived": {
            "parameters": [_CONSULTATION],
            "get": _operation(
                "getArrived",
                "How many responses came after a sequence number, by channel.",
                {200: ("counts", "Arrived")},
                (400, 401, 404),
                security=_READER,
                parameters=[_query("after", after)],
            ),
        },
    }


def _operation(
    name: str,
    summary: str,
    answers: Mapping[int, tuple[str, str | None]],
    refusals: tuple[int, ...],
    *,
    body: str | None = None,
    security: list[dict[str, list[str]]] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {"description": what} | ({"content": _json(schema)} if schema else _lines(status))
        for status, (what, schema) in answers.items()
    }
    responses |= {str(s): {"description": _REFUSALS[s], "content": _json("Refusal")} for s in refusals}
    again = {"retry-after": {"description": "seconds", "schema": {"type": "integer"}}}
    for status, what in ((429, "too much from one sender"), (503, "more than can be done just now")):
        responses[str(status)] = {"description": what, "headers": again, "content": _json("Refusal")}
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "responses": responses}
    if body:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    if parameters:
        operation["parameters"] = parameters
    if security is not None:
        operation["security"] = security
    return operation


def _lines(status: int) -> dict[str, Any]:
    return {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}} if status == 200 else {}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=schema)}}}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _schemas() -> dict[str, Any]:
    """The bodies that no model of ours checks, because the server makes them."""
    text, whole = {"type": "string"}, {"type": "integer"}
    receipt = {"$ref": _REF.format(model="Receipt")}
    result = _object(id={"type": ["string", "null"]}, status=whole)
    result["properties"] |= {"receipt": receipt, "first": receipt, "error": text, "retry_after": whole}
    envelopes = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_BATCH,
        "items": {"$ref": _REF.format(model="Envelope")},
    }
    extent = _object(count=whole, last_sequence=whole, chain=text)
    return {
        "Refusal": _object(error=text),
        "Description": {"type": "object"},
        "Keys": _object(keys={"type": "array", "items": {"$ref": _REF.format(model="PublishedKey")}}),
        "Conflict": _object(error=text, receipt=receipt, first=receipt),
        "Batch": _object(envelopes=envelopes),
        "Results": _object(results={"type": "array", "items": result}),
        "Acknowledged": _object(acknowledged=whole),
        "Extents": _object(count=whole, last_sequence=whole, chain=text, through=extent),
        "Arrived": _object(after=whole, responses={"type": "object", "additionalProperties": whole}),
        "Consultation": _object(
            consultation=text,
            questionnaire_hash=text,
            media_type=text,
            languages={"type": "array", "items": text},
            recipients={"type": "array", "items": text, "minItems": 2, "maxItems": 2},
            state={"enum": ["not_yet", "open", "closed"]},
            opens_at=text,
            closes_at=text,
            server_time=text,
        ),
    }


async def get_description(_: Request) -> Response:
    """The description as JSON."""
    return JSONResponse(description())


ROUTES = [Route("/api/openapi.json", get_description, methods=["GET"])]
