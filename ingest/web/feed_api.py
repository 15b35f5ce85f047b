"""The sync API for the pipeline: it reads the feed in commit order, says what it has landed, and compares figures.

Everything here needs the feed token. docs/sync-api.md describes it.
"""

from datetime import UTC
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.feed import MEDIA_TYPE, feed_line
from ingest.web.service import Service, read_body, service_of
from ingest.web.store.records import GENESIS

DEFAULT_LIMIT, MAX_LIMIT = 200, 1_000
MAX_PAGE_BYTES = 8 * 1024 * 1024
MAX_SEQUENCE = 2**53
_MAX_ACKNOWLEDGEMENT_BYTES = 1_000


class Acknowledgement(BaseModel):
    """Everything up to `through` is landed; `chain` is the hash chain there."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    through: Annotated[int, Field(ge=1, le=MAX_SEQUENCE, strict=True)]
    chain: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


async def get_feed(request: Request) -> Response:
    """Committed submissions after a sequence number, a line each; 304 where the asker has that page already."""
    service, offered = _reader_of(request)
    after = _number(request, "after", 0, 0, MAX_SEQUENCE)
    limit = _number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    page = await run_in_threadpool(service.store.feed, offered.id, after, limit, MAX_PAGE_BYTES)
    # A page is told by where it begins and the chain at its end; a purged body makes it another one.
    purged = sum(sealed is None for _, sealed in page)
    tag = f'"{after}-{len(page)}-{purged}-{page[-1][0].chain if page else GENESIS}"'
    if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers={"etag": tag})
    lines = b"".join(feed_line(record, sealed) for record, sealed in page)
    return Response(lines, media_type=MEDIA_TYPE, headers={"etag": tag, "cache-control": "private, no-cache"})


async def acknowledge(request: Request) -> Response:
    """Note what the pipeline has landed, so that its bodies may be purged; 409 where the chain is another."""
    service, offered = _reader_of(request)
    try:
        said = Acknowledgement.model_validate_json(await read_body(request, _MAX_ACKNOWLEDGEMENT_BYTES))
    except ValidationError:
        raise RefusedError(
            "An acknowledgement holds 'through' (a sequence) and 'chain' (64 hex digits).", 422
        ) from None
    now = service.clock.now().astimezone(UTC).isoformat()
    if not await run_in_threadpool(service.store.acknowledge, offered.id, said.through, said.chain, now):
        raise RefusedError("The chain at that sequence is another here; compare the server's store with landing.", 409)
    return JSONResponse({"acknowledged": said.through})


async def get_extent(request: Request) -> Response:
    """How much is there, in all and up to a sequence: rows, the last sequence and the chain."""
    service, offered = _reader_of(request)
    through = _number(request, "through", MAX_SEQUENCE, 0, MAX_SEQUENCE)
    whole = await run_in_threadpool(service.store.extent, offered.id)
    part = await run_in_threadpool(service.store.extent, offered.id, through)
    return JSONResponse(vars(whole) | {"through": vars(part)})


async def get_arrived(request: Request) -> Response:
    """How many responses came after a sequence number, by channel: what a live total adds to what is landed."""
    service, offered = _reader_of(request)
    after = _number(request, "after", 0, 0, MAX_SEQUENCE)
    found = await run_in_threadpool(service.store.arrived, offered.id, after)
    return JSONResponse({"after": after, "responses": found}, headers={"cache-control": "no-store"})


def _reader_of(request: Request) -> tuple[Service, Offered]:
    """The consultation that the address names, for who holds the feed token."""
    service = service_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not service.secrets.feed_token_is(token.strip()):
        raise RefusedError("The feed needs its token: send 'Authorization: Bearer TOKEN'.", 401)
    return service, service.consultations.find(request.path_params["consultation"])


def _number(request: Request, name: str, default: int, minimum: int, maximum: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and minimum <= int(text) <= maximum):
        raise RefusedError(f"'{name}' must be a whole number from {minimum} to {maximum}.")
    return int(text)


ROUTES = [
    Route("/api/consultations/{consultation}/feed", get_feed, methods=["GET"]),
    Route("/api/consultations/{consultation}/feed/acknowledgement", acknowledge, methods=["POST"]),
    Route("/api/consultations/{consultation}/extent", get_extent, methods=["GET"]),
    Route("/api/consultations/{consultation}/arrived", get_arrived, methods=["GET"]),
]
